"""The invoice for programs that lies in a PDF for people (Factur-X, which is ZUGFeRD 2 too)."""

from io import BytesIO
from itertools import islice

from letterbook.adapters.einvoices.safe_xml import check_size, refuse

# What the invoice is called within the PDF, in the versions that there are.
_NAMES = {"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"}
_MOST_ATTACHMENTS = 100
_BEGINS = b"%PDF-"
# ISO 32000-1, annex H: readers look for the beginning in so much of a file.
_WITHIN = 1024


def is_pdf(content: bytes) -> bool:
    start = content[:_WITHIN]
    return _BEGINS in start and not start.lstrip().startswith(b"<")


def invoice_within(content: bytes) -> bytes:
    """The XML within a PDF, still unread. Raises UnreadableEinvoice for a PDF that holds none, or cannot be opened.

    The reader of PDFs bounds what it unpacks by itself; nothing but the list of attachments is looked at.
    """
    from pypdf import PdfReader

    from letterbook.adapters.spoilt_pdfs import SPOILT, DependencyError

    check_size(content)
    found: bytes | None = None
    try:
        try:
            reader = PdfReader(BytesIO(content))
            encrypted = reader.is_encrypted
        except DependencyError:
            encrypted = True
        if encrypted:
            refuse("", "The PDF is encrypted, and cannot be read: hand it over without a password.")
        attachments = islice(reader.attachment_list, _MOST_ATTACHMENTS)
        found = next((one.content for one in attachments if one.name.lower() in _NAMES), None)
    except SPOILT:
        refuse("", "The PDF is damaged, and cannot be opened.")
    if found is None:
        refuse("", "The PDF holds no invoice for programs (Factur-X): hand over the XML, or a PDF that has it.")
    return found
