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

# What only an invoice has, and what only a credit note.
_OWN = {
    "Invoice": ("cbc:InvoiceTypeCode", "cac:InvoiceLine"),
    "CreditNote": ("cbc:CreditNoteTypeCode", "cac:CreditNoteLine"),
}
_WORDS = {"Invoice": "an invoice", "CreditNote": "a credit note"}


def broken_structure(root: Element, *, peppol: bool) -> Iterator[RuleFault]:
    invoice = root.name == "Invoice"
    other = "CreditNote" if invoice else "Invoice"
    strange = next((found for name in _OWN[other] if (found := root.first(name))), None)
    if strange:
        told = f"It begins with {root.name}, and holds {strange.name}, which only {_WORDS[other]} has: that begins with {other}."
        yield RuleFault("UBL-2.1", strange.where, told)
    code = root.first("cbc:InvoiceTypeCode" if invoice else "cbc:CreditNoteTypeCode")
    if code and code.text:
        yield from _broken_type(code, invoice=invoice, peppol=peppol)


def _broken_type(code: Element, *, invoice: bool, peppol: bool) -> Iterator[RuleFault]:
    own, other = (INVOICE_TYPES, CREDIT_NOTE_TYPES) if invoice else (CREDIT_NOTE_TYPES, INVOICE_TYPES)
    kind, root = ("an invoice", "CreditNote") if invoice else ("a credit note", "Invoice")
    rule = ("PEPPOL-EN16931-P0100" if invoice else "PEPPOL-EN16931-P0101") if peppol else "BR-CL-01"
    word = code.text[:40]
    if code.text in other and code.text not in own:
        it_is = "a credit note" if invoice else "an invoice"
        told = f"The type code {word} is that of {it_is}, but the file is {kind}: {it_is} begins with {root}."
        yield RuleFault(rule, code.where, told)
    elif code.text not in own:
        yield RuleFault(rule, code.where, f"{word} is no type code of {kind} (UNCL 1001).")
    elif peppol and code.text not in (PEPPOL_INVOICE_TYPES if invoice else PEPPOL_CREDIT_NOTE_TYPES):
        yield RuleFault(rule, code.where, f"Peppol takes no {word} as the type of {kind}.")
