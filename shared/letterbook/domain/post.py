"""What goes by post: where to, in the parts of an address, and how it is printed and carried."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """Where a letter goes. `postal_code` and `town` are as the country writes them, `country` is ISO 3166 (two letters).

    It has a `street` with its `number`, or a `po_box`; some addresses have neither (a village, a great company).
    """

    name: str
    street: str = ""
    number: str = ""
    po_box: str = ""
    postal_code: str = ""
    town: str = ""
    country: str = ""


class DeliveryProduct(StrEnum):
    """How fast and how surely it is carried, whatever the post of the country calls that."""

    CHEAP = "cheap"
    FAST = "fast"
    BULK = "bulk"
    PREMIUM = "premium"
    REGISTERED = "registered"

    @property
    def confirms_delivery(self) -> bool:
        """Whether the post tells that it arrived; otherwise that it was posted is all that will ever be known."""
        return self is DeliveryProduct.REGISTERED

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def arrives(self) -> str:
        """When it usually does, in words; abroad later."""
        return _ARRIVES[self]

    @property
    def words(self) -> str:
        """What carries it, and when it usually arrives."""
        return f"{self.label.lower()} mail, {self.arrives}"


_LABELS = {
    DeliveryProduct.CHEAP: "Economy",
    DeliveryProduct.FAST: "Priority",
    DeliveryProduct.BULK: "Bulk",
    DeliveryProduct.PREMIUM: "Premium",
    DeliveryProduct.REGISTERED: "Registered",
}
_ARRIVES = {
    DeliveryProduct.CHEAP: "usually there in two to four working days",
    DeliveryProduct.FAST: "usually there on the next working day",
    DeliveryProduct.BULK: "usually there within six working days",
    DeliveryProduct.PREMIUM: "usually there on the next working day",
    DeliveryProduct.REGISTERED: "usually there on the next working day; the post confirms that it arrived",
}


class PrintMode(StrEnum):
    SIMPLEX = "simplex"
    DUPLEX = "duplex"


class PrintSpectrum(StrEnum):
    GRAYSCALE = "grayscale"
    COLOR = "color"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostOptions:
    product: DeliveryProduct = DeliveryProduct.CHEAP
    print_mode: PrintMode = PrintMode.SIMPLEX
    print_spectrum: PrintSpectrum = PrintSpectrum.GRAYSCALE


@dataclass(frozen=True, slots=True, kw_only=True)
class PostWish:
    """What somebody wants of one letter; what they do not say is as the firm's settings say."""

    product: DeliveryProduct | None = None
    print_mode: PrintMode | None = None
    print_spectrum: PrintSpectrum | None = None

    def over(self, usual: PostOptions) -> PostOptions:
        return PostOptions(
            product=self.product or usual.product,
            print_mode=self.print_mode or usual.print_mode,
            print_spectrum=self.print_spectrum or usual.print_spectrum,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a provider names as the price; `currency` is ISO 4217."""

    amount: Decimal
    currency: str
