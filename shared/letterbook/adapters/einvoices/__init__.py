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
    """See ports.EinvoiceFile. `root` is the invoice as UBL, whatever it came as; rules that are `exempt` do not hold for it."""

    root: Element
    syntax: EinvoiceSyntax
    exempt: re.Pattern[str] | None = None

    def read(self) -> Einvoice:
        return replace(read_ubl(self.root), syntax=self.syntax)

    def faults(self, network: Network) -> Sequence[RuleFault]:
        if self.syntax is EinvoiceSyntax.FACTUR_X and network is Network.PEPPOL:
            told = "Peppol takes an invoice as UBL: hand over the XML alone, or send the PDF by Chorus Pro."
            return (RuleFault("PEPPOL-EN16931-R004", "", told),)
        form = broken_schema(self.root) if self.syntax is EinvoiceSyntax.UBL else ()
        broken = chain(broken_rules(self.root, network), form)
        held = (one for one in broken if self.exempt is None or not self.exempt.fullmatch(one.rule))
        return tuple(islice(held, _MOST_FAULTS))


class EinvoiceFiles:
    """See ports.EinvoiceReader."""

    def open(self, content: bytes) -> _File:
        return _of_pdf(content) if is_pdf(content) else _of_xml(content)


def _of_pdf(content: bytes) -> _File:
    cii = parse(invoice_within(content))
    if cii.name != _CII:
        told = f"What lies in the PDF is no invoice of Factur-X: it begins with {cii.local}."
        raise UnreadableEinvoice(RuleFault("FACTUR-X", cii.local, told))
    return _File(as_ubl(cii), EinvoiceSyntax.FACTUR_X, _exempt(cii))


def _of_xml(content: bytes) -> _File:
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
