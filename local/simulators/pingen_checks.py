"""How Pingen looks at a letter: at its request at once, at its file a little later; and what it costs."""

import io
from decimal import Decimal
from typing import Any

from pypdf import PageObject, PdfReader, mult
from pypdf.errors import PyPdfError

_MM = 72 / 25.4
# Where the address is read, in millimetres from the left and the upper edge of the first page.
_WINDOW = ((15, 125), (40, 97))
_A4, _TOLERANCE = (210 * _MM, 297 * _MM), 6
_MOST_PAGES = 500
_PRODUCTS = {"cheap": "0.95", "fast": "1.35", "bulk": "0.80", "premium": "2.10", "registered": "6.45"}
CHOICES = {
    "address_position": ("left", "right"),
    "delivery_product": (*_PRODUCTS,),
    "print_mode": ("simplex", "duplex"),
    "print_spectrum": ("color", "grayscale"),
}
_LONGEST = {"name": 45, "street": 40, "pobox": 45, "number": 10, "zip": 8, "city": 25, "country": 2}
_MISSING, _WRONG = "The field is required.", "The selected value is invalid."


def fault(told: dict[str, Any]) -> tuple[str, str] | None:
    """Which attribute Pingen refuses at once, and why; the file it looks at later."""
    for name in ("file_original_name", "file_url", "file_url_signature"):
        if not (isinstance(told.get(name), str) and told[name]):
            return name, _MISSING
    if type(told.get("auto_send")) is not bool:
        return "auto_send", _WRONG
    for name, values in CHOICES.items():
        if (told["auto_send"] or name == "address_position" or name in told) and told.get(name) not in values:
            return name, _WRONG
    recipient = (told.get("meta_data") or {}).get("recipient")
    if recipient is None:
        return ("meta_data/recipient", _MISSING) if told.get("delivery_product") == "registered" else None
    wrong = _fault_of_recipient(recipient)
    return (f"meta_data/recipient/{wrong[0]}", wrong[1]) if wrong else None


def _fault_of_recipient(told: dict[str, Any]) -> tuple[str, str] | None:
    for name in ("name", "zip", "city", "country", "street" if "street" in told else "pobox"):
        if not (isinstance(told.get(name), str) and told[name].strip()):
            return name, _MISSING
    for name, value in told.items():
        if name not in _LONGEST or not isinstance(value, str) or len(value) > _LONGEST[name]:
            return name, _WRONG
    return None


def looked_into(pdf: bytes) -> tuple[int, list[str], str, tuple[str, ...]]:
    """Pages, lines of the window, all that it says; and what becomes of it for that alone."""
    try:
        reader = PdfReader(io.BytesIO(pdf))
        if reader.is_encrypted:
            return 0, [], "", ("file_not_readable",)
        pages = list(reader.pages)
        lines, text = _window(pages[0]), "\n".join(page.extract_text() for page in pages[:20])
    except (PyPdfError, ValueError, LookupError, TypeError, AttributeError, OSError):
        return 0, [], "", ("file_not_readable",)
    if len(pages) > _MOST_PAGES:
        return len(pages), lines, text, ("file_too_many_pages",)
    upright = all(_is_a4(page) for page in pages)
    return len(pages), lines, text, () if upright else ("file_not_a4_portrait",)


def _is_a4(page: PageObject) -> bool:
    size = (float(page.mediabox.width), float(page.mediabox.height))
    turned = size[::-1] if page.rotation % 180 else size
    return all(abs(told - wanted) <= _TOLERANCE for told, wanted in zip(turned, _A4, strict=True))


def _window(page: PageObject) -> list[str]:
    """The lines of the address, from above."""
    top, found = float(page.mediabox.top), dict[int, list[tuple[float, str]]]()

    def visit(text: str, of_user: list[float], of_text: list[float], *_: object) -> None:
        place = mult(of_text, of_user)
        x, y = place[4] / _MM, (top - place[5]) / _MM
        if text.strip() and _WINDOW[0][0] <= x <= _WINDOW[0][1] and _WINDOW[1][0] <= y <= _WINDOW[1][1]:
            found.setdefault(round(y), []).append((x, text.strip()))

    page.extract_text(visitor_text=visit)
    return [" ".join(text for _, text in sorted(pieces)) for _, pieces in sorted(found.items())]


def price(told: dict[str, Any], sheets: int) -> float:
    """By the sheet, and more in colour."""
    by_sheet = Decimal("0.22") if told.get("print_spectrum") == "color" else Decimal("0.08")
    return float(Decimal(_PRODUCTS[told.get("delivery_product", "cheap")]) + by_sheet * sheets)
