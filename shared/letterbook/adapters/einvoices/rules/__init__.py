"""What the networks ask of an invoice, by the numbers that their rules have.

Rules of EN 16931 have numbers like BR-27; what its form in UBL must be is the schema's (UBL-2.1); what Peppol BIS Billing 3 adds
begins with PEPPOL-. Each module holds the rules about one thing, as functions of the invoice that yield a fault for each place
where it is broken. They repeat what the published rules test, and nothing that those only warn of (decision 39).
"""

from collections.abc import Iterator

from letterbook.adapters.einvoices.elements import Element
from letterbook.adapters.einvoices.rules.charges import broken_charges
from letterbook.adapters.einvoices.rules.chorus_pro import broken_for_chorus_pro
from letterbook.adapters.einvoices.rules.lines import broken_lines
from letterbook.adapters.einvoices.rules.peppol import broken_for_peppol
from letterbook.adapters.einvoices.rules.required import missing_fields
from letterbook.adapters.einvoices.rules.structure import broken_structure
from letterbook.adapters.einvoices.rules.totals import broken_totals
from letterbook.adapters.einvoices.rules.values import broken_values
from letterbook.adapters.einvoices.rules.vat import broken_vat
from letterbook.domain.einvoice import Network, RuleFault


def broken_rules(root: Element, network: Network) -> Iterator[RuleFault]:
    """Each rule of the network that an Invoice or a CreditNote breaks: what it is, then what is missing, then what is wrong."""
    peppol = network is Network.PEPPOL
    yield from broken_structure(root, peppol=peppol)
    yield from missing_fields(root)
    yield from broken_for_peppol(root) if peppol else broken_for_chorus_pro(root)
    yield from broken_values(root, peppol=peppol)
    yield from broken_lines(root, peppol=peppol)
    yield from broken_charges(root, peppol=peppol)
    yield from broken_totals(root)
    yield from broken_vat(root)
