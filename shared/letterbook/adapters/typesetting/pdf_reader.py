"""Looks into PDFs that are sent as letters: whether each can be opened, and printed by whoever prints it."""

from collections.abc import Sequence
from io import BytesIO

from pypdf import PageObject, PdfReader, PdfWriter

from letterbook.adapters.spoilt_pdfs import SPOILT, DependencyError
from letterbook.ports import UnusablePdf

# ISO 32000-1, annex H: readers look for the header in so much of a file.
_HEADER, _WITHIN = b"%PDF-", 1024
MOST_PAGES = 500
# A4 in points (ISO 216), and what two programs that mean it differ by.
_A4, _TOLERANCE = (595.28, 841.89), 6.0


class PypdfReader:
    """See ports.PdfReader."""

    def pages(self, content: bytes) -> int:
        return len(_opened(content))

    def printable(self, files: Sequence[tuple[str, bytes]], *, both_sides: bool) -> bytes:
        opened = [(name, _of_a4(name, content)) for name, content in files]
        count = sum(len(pages) for _, pages in opened)
        if count > MOST_PAGES:
            raise UnusablePdf(f"with all that is enclosed it has {count} pages, and a letter at most {MOST_PAGES}.")
        return files[0][1] if len(files) == 1 else _joined(opened, both_sides=both_sides)


def _opened(content: bytes) -> Sequence[PageObject]:
    if _HEADER not in content[:_WITHIN]:
        raise UnusablePdf("it is no PDF.")
    try:
        reader = PdfReader(BytesIO(content))
        encrypted = reader.is_encrypted
        pages = [] if encrypted else list(reader.pages)
    except DependencyError as locked:
        raise UnusablePdf("it is encrypted.") from locked
    except SPOILT as broken:
        raise UnusablePdf("it is damaged, and cannot be opened.") from broken
    if encrypted:
        raise UnusablePdf("it is encrypted.")
    if not pages:
        raise UnusablePdf("it has no pages.")
    if len(pages) > MOST_PAGES:
        raise UnusablePdf(f"it has {len(pages)} pages, and a letter at most {MOST_PAGES}.")
    return pages


def _of_a4(name: str, content: bytes) -> Sequence[PageObject]:
    try:
        pages = _opened(content)
        wrong = next((place for place, page in enumerate(pages, 1) if not _is_upright_a4(page)), None)
    except UnusablePdf as unusable:
        raise UnusablePdf(f"{name}: {unusable}") from unusable
    except SPOILT as broken:
        raise UnusablePdf(f"{name}: it is damaged, and cannot be opened.") from broken
    if wrong:
        raise UnusablePdf(f"{name}: page {wrong} is not A4, upright.")
    return pages


def _is_upright_a4(page: PageObject) -> bool:
    scale = float(page.user_unit)
    width, height = float(page.mediabox.width) * scale, float(page.mediabox.height) * scale
    told = (height, width) if page.rotation % 180 else (width, height)
    return all(abs(one - wanted) <= _TOLERANCE for one, wanted in zip(told, _A4, strict=True))


def _joined(files: Sequence[tuple[str, Sequence[PageObject]]], *, both_sides: bool) -> bytes:
    """Pages alone: no bookmarks, scripts or files of theirs."""
    writer, made = PdfWriter(), BytesIO()
    for name, pages in files:
        if both_sides and len(writer.pages) % 2:
            writer.add_blank_page(*_A4)
        try:
            for page in pages:
                writer.add_page(page)
        except SPOILT as broken:
            raise UnusablePdf(f"{name}: it is damaged, and cannot be printed.") from broken
    writer.write(made)
    return made.getvalue()
