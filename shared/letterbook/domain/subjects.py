"""What communications regard: an invoice, a contract, a payment, a case, a customer, whatever another system names."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from letterbook.domain.references import Regarding


@dataclass(frozen=True, slots=True, kw_only=True)
class RegardedRecord:
    """As the other system last told it. `document_id` is its PDF; amounts are in `currency` (ISO 4217).

    Each party has subjects of its own: the same type and id of two parties are two subjects. `ordinal` tells which of them was
    told of first.
    """

    type: str
    id: str
    party_id: str | None = None
    label: str | None = None
    url: str | None = None
    date: datetime.date | None = None
    due_date: datetime.date | None = None
    amount: Decimal | None = None
    outstanding: Decimal | None = None
    currency: str | None = None
    status: str | None = None
    document_id: str | None = None
    ordinal: int = 1
    version: int = 1

    @property
    def regarding(self) -> Regarding:
        return Regarding(type=self.type, id=self.id, label=self.label or "", url=self.url)

    def lends_to(self, party_id: str, client_id: str | None) -> bool:
        """Whether entries with that party, on behalf of that client, may bear its label and its link: only its own party's."""
        return self.party_id is not None and self.party_id in (party_id, client_id)


def lender(subjects: Iterable[RegardedRecord], *, party_id: str, client_id: str | None) -> RegardedRecord | None:
    """The subject that an entry bears the label of: the client's own before that of whom the entry is with."""
    lending = [one for one in subjects if one.lends_to(party_id, client_id)]
    return next((one for one in lending if one.party_id == client_id), lending[0] if lending else None)


def of_party(subjects: Iterable[RegardedRecord], party_id: str) -> RegardedRecord | None:
    """The party's own among those of one type and id."""
    return next((one for one in subjects if one.party_id == party_id), None)


def first_told(subjects: Iterable[RegardedRecord]) -> RegardedRecord | None:
    """The one that an address without a party means: that which was told of first, whatever others tell later."""
    return min(subjects, key=lambda one: (one.ordinal, one.party_id or ""), default=None)


def pdf_of(regarding: Regarding) -> str:
    """What is waited for until another system tells of it, in words."""
    return f"the PDF of {regarding.type} {regarding.id}"
