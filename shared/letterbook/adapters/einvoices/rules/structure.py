"""Whether a file is what it says: an Invoice holds an invoice, a CreditNote a credit note."""

from collections.abc import Iterator

from letterbook.adapters.einvoices.elements import Element
from letterbook.adapters.einvoices.rules.code_lists import (
    CREDIT_NOTE_TYPES,
    INVOICE_TYPES,
    PEPPOL_CREDIT_NOTE_TYPES,
    PEPPOL_INVOICE_TYPES,
)
from letterbook.domain.einvoice import RuleFault

# What only an invoice has, and what a credit note has in its place.
_PAIRS = (
    ("cbc:InvoiceTypeCode", "cbc:CreditNoteTypeCode"),
    ("cac:InvoiceLine", "cac:CreditNoteLine"),
)


def broken_structure(root: Element, *, peppol: bool) -> Iterator[RuleFault]:
    invoice = root.name == "Invoice"
    for of_invoices, of_credit_notes in _PAIRS:
        own, other = (of_invoices, of_credit_notes) if invoice else (of_credit_notes, of_invoices)
        found = root.first(other)
        if found:
            told = f"{other} cannot stand in {_article(root.name)}, where it is called {own}."
            yield RuleFault("UBL-2.1", found.where, told)
    code = root.first("cbc:InvoiceTypeCode" if invoice else "cbc:CreditNoteTypeCode")
    if code and code.text:
        yield from _broken_type(code, invoice=invoice, peppol=peppol)
    if len(list(root.all("cac:LegalMonetaryTotal"))) > 1:
        yield RuleFault("UBL-2.1", f"{root.name}/cac:LegalMonetaryTotal", "The totals are there more than once.")


def _broken_type(code: Element, *, invoice: bool, peppol: bool) -> Iterator[RuleFault]:
    own, other = (INVOICE_TYPES, CREDIT_NOTE_TYPES) if invoice else (CREDIT_NOTE_TYPES, INVOICE_TYPES)
    kind, root = ("an invoice", "CreditNote") if invoice else ("a credit note", "Invoice")
    rule = ("PEPPOL-EN16931-P0100" if invoice else "PEPPOL-EN16931-P0101") if peppol else "BR-CL-01"
    if code.text in other and code.text not in own:
        it_is = "a credit note" if invoice else "an invoice"
        told = f"The type code {code.text} is that of {it_is}, but the file is {kind}: {it_is} begins with {root}."
        yield RuleFault(rule, code.where, told)
    elif code.text not in own:
        yield RuleFault(rule, code.where, f"{code.text} is no type code of {kind} (UNCL 1001).")
    elif peppol and code.text not in (PEPPOL_INVOICE_TYPES if invoice else PEPPOL_CREDIT_NOTE_TYPES):
        yield RuleFault(rule, code.where, f"Peppol takes no {code.text} as the type of {kind}.")


def _article(name: str) -> str:
    return f"an {name}" if name[0] in "AEIOU" else f"a {name}"
