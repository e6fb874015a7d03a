"""What goes by e-invoice, at the border: the number that it goes to, and what it says."""

from datetime import date
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from letterbook.contracts.fields import Body, View
from letterbook.contracts.subjects import AmountView
from letterbook.domain.einvoice import EinvoiceKind
from letterbook.domain.errors import FieldError
from letterbook.domain.party import EinvoiceAddress, Network


class ReceiverBody(Body):
    """An e-invoice address as somebody wrote it down: of what is to be sent it is checked as a party's is."""

    scheme: Annotated[str, Field(pattern=r"^\d{4}$")]
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9:._-]{1,50}$")]

    def address(self) -> EinvoiceAddress:
        return EinvoiceAddress(scheme=self.scheme, id=self.id)

    def wrong(self) -> FieldError | None:
        """What is wrong with it, at the field that it is wrong in."""
        return _wrong_scheme(self.scheme) or _wrong_number(self.address())


class EinvoiceBody(Body):
    """A scheme of those that e-invoices are addressed by and the number in it, whose form and check digits are looked at.

    `network` is where a party takes part in, for whoever sends to it without naming one.
    """

    scheme: Annotated[str, Field(pattern=r"^\d{4}$")]
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9:._-]{1,50}$")]
    network: Network | None = None

    @field_validator("scheme")
    @classmethod
    def _known(cls, value: str) -> str:
        return _unless(_wrong_scheme(value), value)

    @field_validator("id")
    @classmethod
    def _checked(cls, value: str, info: ValidationInfo) -> str:
        scheme = info.data.get("scheme")
        return _unless(_wrong_number(EinvoiceAddress(scheme=scheme, id=value)), value) if scheme else value

    def address(self) -> EinvoiceAddress:
        return EinvoiceAddress(scheme=self.scheme, id=self.id, network=self.network)


def _wrong_scheme(scheme: str) -> FieldError | None:
    # Few requests name an address, and every cold start would wait for it.
    from letterbook.domain.einvoice_address import SCHEMES

    told = "This is no scheme of e-invoice addresses, such as 0208."
    return None if scheme in SCHEMES else FieldError("scheme", "unknown_scheme", told)


def _wrong_number(address: EinvoiceAddress) -> FieldError | None:
    from letterbook.domain.einvoice_address import fault_of

    told = fault_of(address)
    return FieldError("id", "invalid_number", told) if told else None


def _unless(wrong: FieldError | None, value: str) -> str:
    if wrong:
        raise PydanticCustomError(wrong.code, "{words}", {"words": wrong.message})
    return value


class EinvoiceAddressView(View):
    scheme: str
    id: str


class EinvoiceView(View):
    """What an e-invoice is and where it goes; `amount` is what is to be paid."""

    network: Network
    receiver: EinvoiceAddressView
    kind: EinvoiceKind
    number: str
    amount: AmountView
    currency: str
    due_on: date | None
