"""E-invoices, read safely and checked by the rules of the networks (see ports.EinvoiceReader)."""

from collections.abc import Sequence
from itertools import islice

from letterbook.adapters.einvoices.elements import Element
from letterbook.adapters.einvoices.rules import broken_rules
from letterbook.adapters.einvoices.safe_xml import parse, refuse
from letterbook.adapters.einvoices.ubl import read_ubl
from letterbook.domain.einvoice import Einvoice, Network, RuleFault
from letterbook.ports.einvoices import UnreadableEinvoice

# So many are more than anybody mends at once; a file that is wrong throughout is not answered with as many words.
_MOST_FAULTS = 50
_ROOTS = {"Invoice", "CreditNote"}


class EinvoiceFiles:
    """See ports.EinvoiceReader."""

    def read(self, content: bytes) -> Einvoice:
        return read_ubl(_root(content))

    def faults(self, content: bytes, network: Network) -> Sequence[RuleFault]:
        return tuple(islice(broken_rules(_root(content), network), _MOST_FAULTS))


def _root(content: bytes) -> Element:
    """The invoice in a file. Raises UnreadableEinvoice for whatever else it is."""
    if content[:1024].lstrip().startswith(b"%PDF-"):
        refuse("", "The file is a PDF, and holds no invoice for programs (Factur-X).")
    root = parse(content)
    if root.name in _ROOTS:
        return root
    told = f"The file is XML, but no e-invoice: it begins with {root.local}, and not with Invoice or CreditNote."
    if root.local in _ROOTS:
        told = f"The namespace of {root.local} is not that of UBL 2.1: {root.namespace or 'it has none'}."
    raise UnreadableEinvoice(RuleFault("UBL-2.1", root.local, told))
