"""What use cases need of those who read e-invoices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from letterbook.domain.einvoice import Einvoice, Network, RuleFault
    from letterbook.domain.einvoice_numbers import EinvoiceNumber


class UnreadableEinvoice(Exception):
    """It is no e-invoice, or none that is safe to read; `faults` say why, the gravest first."""

    def __init__(self, *faults: RuleFault) -> None:
        super().__init__("; ".join(one.message for one in faults))
        self.faults = faults


class EinvoiceReader(Protocol):
    def read(self, content: bytes) -> Einvoice:
        """What a file says: UBL 2.1, or the XML within a PDF. Raises UnreadableEinvoice for everything else, whatever it is."""

    def faults(self, content: bytes, network: Network) -> Sequence[RuleFault]:
        """Every fatal rule of the network that it breaks; none: it may be sent. Raises UnreadableEinvoice."""


class EinvoiceNumbers(Protocol):
    """Which entry has the number of an invoice; written with the entry that takes it."""

    def get(self, key: str) -> EinvoiceNumber:
        """As it stands now; of no entry where it was never taken."""
