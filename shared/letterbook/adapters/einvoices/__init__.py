"""E-invoices, read safely and checked by the rules of the networks (see ports.EinvoiceReader)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from letterbook.adapters.einvoices.cii import as_ubl
from letterbook.adapters.einvoices.elements import Element
from letterbook.adapters.einvoices.factur_x import invoice_within, is_pdf
from letterbook.adapters.einvoices.rules import broken_rules
from letterbook.adapters.einvoices.rules.schema import broken_schema
from letterbook.adapters.einvoices.safe_xml import parse
from letterbook.adapters.einvoices.ubl import read_ubl
from letterbook.domain.einvoice import Einvoice, EinvoiceSyntax, Network, RuleFault
from letterbook.ports.einvoices import UnreadableEinvoice

# So many are more than anybody mends at once; a file that is wrong throughout is not answered with as many words.
_MOST_FAULTS = 50
_UBL = {name: f"urn:oasis:names:specification:ubl:schema:xsd:{name}-2" for name in ("Invoice", "CreditNote")}
_CII = "rsm:CrossIndustryInvoice"
# What the profiles of Factur-X that have no lines need not keep: what lines make, and in the smallest the taxes by category too.
_WITHOUT_LINES = re.compile(r"BR-16|BR-CO-10|BR-[A-Z]+-(?:01|08)")
_MINIMUM = re.compile(r"BR-(?:08|10|12|16|CO-10|CO-18|CO-25|[A-Z]+-0[18])")


@dataclass(frozen=True, slots=True)
class _File:
    """An invoice as UBL, whatever it came as, and which of its rules do not hold for it."""

    root: Element
    syntax: EinvoiceSyntax
    exempt: re.Pattern[str] | None = None


class EinvoiceFiles:
    """See ports.EinvoiceReader."""

    def read(self, content: bytes) -> Einvoice:
        file = _opened(content)
        return replace(read_ubl(file.root), syntax=file.syntax)

    def faults(self, content: bytes, network: Network) -> Sequence[RuleFault]:
        file = _opened(content)
        if file.syntax is EinvoiceSyntax.FACTUR_X and network is Network.PEPPOL:
            told = "Peppol takes an invoice as UBL, and no PDF with one in it: hand over the XML."
            return (RuleFault("PEPPOL-EN16931-R004", "", told),)
        form = broken_schema(file.root) if file.syntax is EinvoiceSyntax.UBL else ()
        broken = chain(broken_rules(file.root, network), form)
        held = (one for one in broken if file.exempt is None or not file.exempt.fullmatch(one.rule))
        return tuple(islice(held, _MOST_FAULTS))


def _opened(content: bytes) -> _File:
    """The invoice in a file. Raises UnreadableEinvoice for whatever else it is."""
    if is_pdf(content):
        cii = parse(invoice_within(content))
        if cii.name != _CII:
            told = f"What lies in the PDF is no invoice of Factur-X: it begins with {cii.local}."
            raise UnreadableEinvoice(RuleFault("FACTUR-X", cii.local, told))
        return _File(as_ubl(cii), EinvoiceSyntax.FACTUR_X, _exempt(cii))
    root = parse(content)
    if root.namespace == _UBL.get(root.local):
        return _File(root, EinvoiceSyntax.UBL)
    told = f"The file is XML, but no e-invoice: it begins with {root.local}, and not with Invoice or CreditNote."
    if root.local in _UBL:
        told = f"The namespace of {root.local} is not that of UBL 2.1: {root.namespace[:100] or 'it has none'}."
    elif root.name == _CII:
        told = (
            "The file is a Cross Industry Invoice by itself: hand over UBL, or the PDF that it belongs in (Factur-X)."
        )
    raise UnreadableEinvoice(RuleFault("UBL-2.1", root.local, told))


def _exempt(cii: Element) -> re.Pattern[str] | None:
    profile = cii.value("rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID").lower()
    if profile.endswith(":minimum"):
        return _MINIMUM
    return _WITHOUT_LINES if profile.endswith(":basicwl") else None
