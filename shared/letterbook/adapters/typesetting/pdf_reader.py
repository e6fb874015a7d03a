"""Looks into a PDF that somebody gives to be sent as a letter: whether it can be opened and printed by whoever gets it."""

from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from letterbook.ports import UnusablePdf

# ISO 32000-1, annex H: readers look for the header in so much of a file.
_HEADER, _WITHIN = b"%PDF-", 1024
MOST_PAGES = 500


class PypdfReader:
    """See ports.PdfReader."""

    def pages(self, content: bytes) -> int:
        if _HEADER not in content[:_WITHIN]:
            raise UnusablePdf("it is no PDF.")
        try:
            reader = PdfReader(BytesIO(content))
            encrypted = reader.is_encrypted
            count = 0 if encrypted else len(reader.pages)
        except (PyPdfError, ValueError, LookupError, TypeError, AttributeError, RecursionError, OSError) as broken:
            raise UnusablePdf("it is damaged, and cannot be opened.") from broken
        if encrypted:
            raise UnusablePdf("it is encrypted.")
        if count == 0:
            raise UnusablePdf("it has no pages.")
        if count > MOST_PAGES:
            raise UnusablePdf(f"it has {count} pages, and a letter at most {MOST_PAGES}.")
        return count
