"""What goes by post, at the border: an address in its parts, how a letter is printed and carried, what it cost."""

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Discriminator, PlainSerializer, StringConstraints, Tag, model_validator
from pydantic_core import PydanticCustomError

from letterbook.contracts.fields import Body, Country, Line, Postal, View
from letterbook.domain.post import DeliveryProduct, PostalAddress, PostWish, PrintMode, PrintSpectrum

_Part = Annotated[Line, StringConstraints(max_length=100)]
_ShortPart = Annotated[Line, StringConstraints(max_length=20)]


class PostalAddressBody(Body):
    """An address in its parts. Without a `name` it is the party's, without a `country` (ISO 3166) the country where the party is.

    It has a `street` with its `number`, or a `po_box`; villages, and who has a postal code of their own, have neither. A state is
    written with its town: "Springfield, IL".
    """

    name: _Part | None = None
    street: _Part | None = None
    number: _ShortPart | None = None
    po_box: _Part | None = None
    postal_code: _ShortPart | None = None
    town: _Part | None = None
    country: Country | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if not any((self.street, self.po_box, self.postal_code, self.town)):
            raise PydanticCustomError("required", "An address has a street, a PO box, a postal code or a town.")
        return self

    def postal_address(self) -> PostalAddress:
        return PostalAddress(**{name: getattr(self, name) or "" for name in type(self).model_fields})


def _kind_of(value: Any) -> str:
    return "PostalAddressBody" if isinstance(value, dict | PostalAddressBody) else "str"


# In lines, as on an envelope, or in its parts.
PostalLinesOrParts = Annotated[
    Annotated[Postal, Tag("str")] | Annotated[PostalAddressBody, Tag("PostalAddressBody")], Discriminator(_kind_of)
]


class PostalAddressView(View):
    """The parts of an address; empty where it has none."""

    name: str
    street: str
    number: str
    po_box: str
    postal_code: str
    town: str
    country: str


class PostWishBody(Body):
    """How a letter is printed and carried; what is not said here is as the settings say."""

    product: DeliveryProduct | None = None
    print_mode: PrintMode | None = None
    print_spectrum: PrintSpectrum | None = None

    def wish(self) -> PostWish:
        return PostWish(**{name: getattr(self, name) for name in type(self).model_fields})


class PriceView(View):
    """What a provider named as the price: `amount` in digits, `currency` ISO 4217."""

    amount: Annotated[Decimal, PlainSerializer(lambda value: f"{value:f}", return_type=str)]
    currency: str


class PostOptionsView(View):
    """How letters are printed and carried."""

    product: DeliveryProduct
    print_mode: PrintMode
    print_spectrum: PrintSpectrum
