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


class EinvoiceFile(Protocol):
    """A file that is an e-invoice, whatever is wrong with it: UBL 2.1, or a PDF with the XML of one in it."""

    def read(self) -> Einvoice:
        """What it says. Raises UnreadableEinvoice where it lacks what it cannot be shown without."""

    def faults(self, network: Network) -> Sequence[RuleFault]:
        """Every fatal rule of the network that it breaks; none: it may be sent."""


class EinvoiceReader(Protocol):
    def open(self, content: bytes) -> EinvoiceFile:
        """Raises UnreadableEinvoice for a file that is something else, whatever it is."""


class EinvoiceNumbers(Protocol):
    """Which entry has the number of an invoice; written with the entry that takes it."""

    def get(self, key: str) -> EinvoiceNumber:
        """As it stands now; of no entry where it was never taken."""
