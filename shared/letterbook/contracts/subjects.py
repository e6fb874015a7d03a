"""What entries are about, as other systems tell of it."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer, StringConstraints

from letterbook.contracts.fields import (
    Body,
    Day,
    DocumentId,
    Line,
    PartyId,
    View,
)
from letterbook.domain.subjects import RegardedRecord

# Amounts are decimal: in JSON a string of digits, or a number, never rounded by binary.
Amount = Annotated[Decimal, Field(max_digits=18, decimal_places=4, strict=False)]
AmountView = Annotated[Decimal, PlainSerializer(lambda value: f"{value:f}", return_type=str)]
Link = Annotated[Line, StringConstraints(pattern=r"^https?://", max_length=500)]


class SubjectBody(Body):
    """As the other system has it. What is left out is not known; `url` leads to it there."""

    version: int | None = None
    party_id: PartyId | None = None
    label: Line | None = None
    url: Link | None = None
    date: Day | None = None
    due_date: Day | None = None
    amount: Amount | None = None
    outstanding: Amount | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    status: Line | None = None
    document_id: DocumentId | None = None

    def subject(self, type_: str, subject_id: str) -> RegardedRecord:
        return RegardedRecord(type=type_, id=subject_id, **self.model_dump(exclude={"version"}))


class SubjectView(View):
    type: str
    id: str
    party_id: str | None
    label: str | None
    url: str | None
    date: Day | None
    due_date: Day | None
    amount: AmountView | None
    outstanding: AmountView | None
    currency: str | None
    status: str | None
    document_id: str | None
    version: int
