"""How a letter goes by post, in words: what carries it, how it is printed, what it cost, and whether anything will confirm it."""

from dataclasses import replace

from letterbook.domain.post import DeliveryProduct, PostalAddress, PostOptions, Price, PrintMode, PrintSpectrum
from letterbook.domain.postal_addresses import country_name, lines_of

MODES = {PrintMode.SIMPLEX: "One side", PrintMode.DUPLEX: "Both sides"}
SPECTRA = {PrintSpectrum.GRAYSCALE: "Black and white", PrintSpectrum.COLOR: "In colour"}
CONFIRMS_NOTHING = "This product confirms nothing: that it was posted is all that will be known."


def print_words(options: PostOptions) -> str:
    """`one side, black and white`."""
    return f"{MODES[options.print_mode]}, {SPECTRA[options.print_spectrum]}".lower()


def product_words(product: DeliveryProduct) -> str:
    """`Economy: usually there in two to four working days`."""
    return f"{product.label}: {product.arrives}"


def post_words(options: PostOptions) -> str:
    """What a preview says of how it goes."""
    confirms = "" if options.product.confirms_delivery else f" {CONFIRMS_NOTHING}"
    paid = "It is charged by the letter; the provider names the price once it has it."
    return f"{product_words(options.product)}. Printed {print_words(options)}. {paid}{confirms}"


def one_line(address: PostalAddress) -> str:
    """Where it is, as its country writes it, with commas between its lines."""
    lines = lines_of(replace(address, name=""), home=address.country, language="en").splitlines()
    country = [country_name(address.country, "en")] if address.country else []
    return ", ".join([*lines, *country])


def price_words(price: Price) -> str:
    return (
        f"{price.currency} {price.amount:.2f}"
        if price.amount == round(price.amount, 2)
        else f"{price.currency} {price.amount:f}"
    )


def wish_options(usual: PostOptions | None) -> dict[str, list[tuple[str, str]]]:
    """What may be chosen; first, where the firm's `usual` stands, that it goes as usual."""

    def first(words: str) -> list[tuple[str, str]]:
        return [("", f"As usual: {words}")] if usual else []

    return {
        "product": [
            *first(usual.product.label.lower() if usual else ""),
            *((one.value, product_words(one)) for one in DeliveryProduct),
        ],
        "print_mode": [
            *first(MODES[usual.print_mode].lower() if usual else ""),
            *((one.value, words) for one, words in MODES.items()),
        ],
        "print_spectrum": [
            *first(SPECTRA[usual.print_spectrum].lower() if usual else ""),
            *((one.value, words) for one, words in SPECTRA.items()),
        ],
    }
