"""A letter as data: whatever stands on its pages, and nothing of how they look. The same letter makes the same bytes.

It is kept with the content of its entry, so that it can be set in type at any time, by whoever has the means (ports.Typesetter).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from letterbook.domain.communication import Attachment
from letterbook.domain.organisation import INK, Organisation


class Layout(StrEnum):
    """Where the address stands, so that it shows in the window of the envelope."""

    DIN_5008_B = "din_5008_b"
    UK_C5 = "uk_c5"


class Align(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    CENTER = "center"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words that look alike. A line break in `text` breaks the line."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """`level` is 1 to 6."""

    level: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemList:
    """`start` is the number of its first item; None for a list without numbers."""

    start: int | None = None
    items: tuple[tuple["Block", ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`head` and each row have as many cells as `align`. The last `totals` rows are sums, and never stand alone on a page."""

    align: tuple[Align, ...]
    head: tuple[tuple[Run, ...], ...]
    rows: tuple[tuple[tuple[Run, ...], ...], ...]
    totals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBreak:
    """What follows stands on a new page."""


Block = Heading | Paragraph | ItemList | Quotation | Table | PageBreak


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """How the firm writes: its name, its address in lines, what the law wants named; its logo is PNG or SVG, its colour #rrggbb."""

    name: str
    address: tuple[str, ...] = ()
    registration: str = ""
    colour: str = INK
    logo: Attachment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A line of the reference block: "Our reference", "CASE-77"."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    name: str
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """`recipient` are the lines in the window, `code` what tells which letter came back, as a barcode and in words.

    `language` (BCP 47) is that of the words that the layout itself adds, and of the date.
    """

    layout: Layout
    language: str
    date: date
    letterhead: Letterhead
    recipient: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    subject: str = ""
    blocks: tuple[Block, ...] = ()
    signature: Signature | None = None
    enclosures: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypesetLetter:
    """A letter as PDF; `missing` are the characters that no font has, each once."""

    content: bytes
    pages: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterProof:
    """How many pages a letter makes, and which characters no font has; `pictures` are its pages as PNG.

    Where it cannot be shown, `told` says why, and the rest says nothing; `later`: it may be in a moment.
    """

    pages: int = 0
    missing: tuple[str, ...] = ()
    pictures: tuple[bytes, ...] = ()
    told: str = ""
    later: bool = False


# Where letters go into the envelopes of DIN 5008, in its form B. Elsewhere: the window of a C5 envelope, as in the United Kingdom.
_DIN = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CH",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)


def layout_for(country: str) -> Layout:
    """By the country that it goes to (ISO 3166)."""
    return Layout.DIN_5008_B if country in _DIN else Layout.UK_C5


def letterhead_of(organisation: Organisation) -> Letterhead:
    """How the firm writes now. A letter that was made keeps its own, with the logo that it had."""
    own = organisation.letterhead
    return Letterhead(
        name=organisation.name,
        address=tuple(line.strip() for line in organisation.address.splitlines() if line.strip()),
        registration=own.registration,
        colour=own.colour,
        logo=own.logo,
    )


class TypesettingFailed(ValueError):
    """A letter that makes no pages, or too many: nothing helps but another letter."""
