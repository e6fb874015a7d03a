"""What is printed and posted: all files in one, each page upright A4."""

from io import BytesIO

import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

from letterbook.adapters.typesetting.pdf_reader import PypdfReader
from letterbook.ports import UnusablePdf
from tests.support.pdfs import a_pdf, without_aes

READER = PypdfReader()


def saying(*pages: str, size: str | tuple[float, float] = "A4", turned: bool = False) -> bytes:
    made = FPDF(orientation="landscape" if turned else "portrait", unit="mm", format=size)
    made.set_font("helvetica", size=12)
    for page in pages:
        made.add_page()
        made.cell(text=page)
    return bytes(made.output())


def turned_by(content: bytes, degrees: int) -> bytes:
    writer, made = PdfWriter(clone_from=BytesIO(content)), BytesIO()
    writer.pages[0].rotate(degrees)
    writer.write(made)
    return made.getvalue()


def words(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


def test_one_file_stays_as_it_is() -> None:
    one = saying("Letter")
    assert READER.printable([("Letter.pdf", one)], both_sides=True) == one


def test_what_is_enclosed_stands_behind_the_letter() -> None:
    files = [("Letter.pdf", saying("Letter 1", "Letter 2")), ("Terms.pdf", saying("Terms")), ("Map.pdf", saying("Map"))]
    made = READER.printable(files, both_sides=False)
    assert words(made) == ["Letter 1", "Letter 2", "Terms", "Map"]
    assert READER.printable(files, both_sides=False) == made


def test_on_both_sides_each_file_begins_on_a_sheet_of_its_own() -> None:
    files = [("Letter.pdf", saying("Letter")), ("Terms.pdf", saying("1", "2")), ("Map.pdf", saying("Map"))]
    assert words(READER.printable(files, both_sides=True)) == ["Letter", "", "1", "2", "Map"]


@pytest.mark.parametrize("size", ["A4", (208.5, 298.5)], ids=["A4", "nearly"])
def test_a_page_that_is_shown_upright_is_upright(size: str | tuple[float, float]) -> None:
    assert READER.printable([("Letter.pdf", saying("Letter", size=size))], both_sides=False)
    lying = turned_by(saying("Letter", turned=True), 90)
    assert READER.printable([("Letter.pdf", lying)], both_sides=False) == lying


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (saying("1", size="letter"), "page 1 is not A4, upright."),
        (saying("1", "2", size=(148, 210)), "page 1 is not A4, upright."),
        (saying("1", turned=True), "page 1 is not A4, upright."),
        (turned_by(saying("1"), 270), "page 1 is not A4, upright."),
        (a_pdf(password="secret"), "it is encrypted."),
        (a_pdf(0), "it has no pages."),
        (b"PK a document", "it is no PDF."),
        (b"%PDF-1.7\nand then nothing", "it is damaged, and cannot be opened."),
        (
            saying("1").replace(b"/MediaBox [0 0 595.28 841.89]", b"/MediaBox [1]"),
            "it is damaged, and cannot be opened.",
        ),
    ],
    ids=["US", "A5", "lying", "turned", "encrypted", "empty", "no PDF", "damaged", "spoilt"],
)
def test_what_cannot_be_printed_is_named(content: bytes, why: str) -> None:
    with pytest.raises(UnusablePdf) as raised:
        READER.printable([("Letter.pdf", saying("Letter")), ("Terms.pdf", content)], both_sides=False)
    assert str(raised.value) == f"Terms.pdf: {why}"


def test_one_that_is_encrypted_as_most_are_is_named_where_nothing_could_open_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    locked = a_pdf(password="secret", algorithm="AES-256")
    without_aes(monkeypatch)
    with pytest.raises(UnusablePdf, match="it is encrypted"):
        READER.pages(locked)


def test_all_together_have_as_many_pages_as_a_letter_may_have() -> None:
    with pytest.raises(UnusablePdf, match="with all that is enclosed it has 501 pages"):
        READER.printable([("Letter.pdf", a_pdf(251)), ("Terms.pdf", a_pdf(250))], both_sides=False)
