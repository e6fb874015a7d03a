"""What communications regard: an invoice, a contract, a payment, a case, a customer, whatever another system names."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from letterbook.domain.communication import Regarding


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """As the other system last told it. `document_id` is its PDF; amounts are in `currency` (ISO 4217)."""

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
    version: int = 1

    @property
    def regarding(self) -> Regarding:
        return Regarding(type=self.type, id=self.id, label=self.label or "", url=self.url)
