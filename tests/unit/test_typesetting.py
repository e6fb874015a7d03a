"""Letters as PDF, read by other programs: what stands where, what they claim to be, and what never becomes more than words."""

import hashlib
import io
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pdfua
import pikepdf
import pytest
import zxingcpp
from hypothesis import given, settings, strategies as st
from PIL import Image

from letterbook.domain.letter import Layout, PageBreak, Paragraph, Reference, Run, TypesettingFailed
from tests.support.letters import SVG, letter, letterhead, logo, pages_of, places_of, tags_of, typesetter
from tests.support.sam_template import ROOT

LAYOUTS = pytest.mark.parametrize("layout", list(Layout))
set_in_type = typesetter().pdf


def content(body: str | None = None, **changes: Any) -> bytes:
    return set_in_type(letter(**changes) if body is None else letter(body, **changes)).content


def in_order(text: str, *words: str) -> bool:
    places = [text.find(one) for one in words]
    return -1 not in places and places == sorted(places)


# ---- what it says, and where


@LAYOUTS
def test_a_letter_reads_from_its_letterhead_to_its_copies(layout: Layout) -> None:
    (page,) = pages_of(content(layout=layout))
    assert in_order(
        page,
        "Marsh & Pryce LLP",
        "14 Park Square",
        "Registered in England and Wales, OC300001.",
        "Ms Priya Raman Flat 4, Mill House 22 Wharf Street Leeds LS2 7EQ",
        "12345/C001",
        "Our reference RAM/2026/114",
        "Date 29 November 2026",
        "Your overdue account",
        "Dear Ms Raman,",
        "of which £1,250.50 has been outstanding since 3 October 2026.",
        "• pay the amount by 11 December 2026, or",
        "Invoice Due Outstanding",
        "INV-2026-0113 3 October 2026 £750.50",
        "Total £1,250.50",
        "tell us (pay.firm.example/raman)",
        "Yours sincerely,",
        "Jane Marsh Head of Credit Control",
        "Enclosure Statement of account",
        "Copy to Castlegate Finance",
    )


# From the left and upper edge of the sheet: DIN 5008, and what a C5 envelope shows however the sheet lies in it.
WINDOWS = {Layout.DIN_5008_B: (20, 45, 105, 90), Layout.UK_C5: (20, 54, 110, 89)}
RECIPIENTS: Sequence[tuple[str, ...]] = [
    ("Ms Priya Raman", "Leeds LS2 7EQ"),
    ("Frau Dr. Annegret Freifrau von Hohenlohe-Schillingsfürst", *(f"Zeile {n} der Anschrift" for n in range(7))),
    ("Wolfeschlegelsteinhausenbergerdorffvoralternwarengewissenhaft" * 3, "Hamburg"),
]


@LAYOUTS
@pytest.mark.parametrize("recipient", RECIPIENTS, ids=["short", "many lines", "a long name"])
def test_the_recipient_stands_in_the_window(layout: Layout, recipient: tuple[str, ...]) -> None:
    made = content(layout=layout, recipient=recipient)
    left, top, right, bottom = WINDOWS[layout]
    places = places_of(made)
    first = next(n for n, (text, _, _) in enumerate(places) if recipient[0].startswith(text[:10]))
    last = next(n for n, (text, _, _) in enumerate(places) if text == recipient[-1])
    assert all(left + 4.9 < x < right and top < y < bottom for _, x, y in places[first : last + 1])


@LAYOUTS
def test_the_text_begins_below_the_window_and_the_references(layout: Layout) -> None:
    many = tuple(Reference(label=f"Reference {n}", value="A" * 60) for n in range(9))
    for references in ((), many):
        places = places_of(content("", layout=layout, references=references, code=""))
        lowest = max(y for text, _, y in places if text.startswith(("Date", "Leeds LS2")))
        (subject,) = [y for text, _, y in places if text == "Your overdue account"]
        assert subject >= max(98, lowest + 5)


@LAYOUTS
def test_the_code_is_read_by_a_scanner(layout: Layout) -> None:
    (page,) = typesetter().pages(letter(layout=layout))
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page)).convert("L"))
    assert (found.text, found.format) == ("12345/C001", zxingcpp.BarcodeFormat.DataMatrix)


def test_a_code_that_no_scanner_reads_is_there_in_words() -> None:
    made = content(code="Łódź/C001")
    assert "Łódź/C001" in pages_of(made)[0]
    assert "Figure" not in dict(tags_of(made))


@pytest.mark.parametrize(
    "body", [f"{'W' * 400} and {'i' * 3000}", "| A | B |\n|---|---|\n" + f"| {'W' * 90} | {'m' * 90} |\n" * 3]
)
def test_words_without_end_keep_to_the_page_and_stay_whole_words(body: str) -> None:
    long = letter(
        body, layout=Layout.UK_C5, recipient=("W" * 90,), references=(Reference(label="L" * 40, value="W" * 60),)
    )
    page = Image.open(io.BytesIO(typesetter().pages(long)[0])).convert("L")
    beyond = page.crop((round(page.width * 191.5 / 210), 0, page.width, page.height))
    assert beyond.getextrema() == (255, 255)
    words = "".join(pages_of(set_in_type(long).content)).replace(" ", "")
    assert all(word in words for word in re.findall(r"W+|i{9,}|m+", body)[:1])


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Date 29 November 2026", "2 of 3", "Enclosures", "Copy to")),
        ("en-US", ("Date November 29, 2026", "2 of 3")),
        ("fr", ("Date 29 novembre 2026", "2 sur 3", "Pièces jointes", "Copie à")),
        ("de-AT", ("Datum 29. November 2026", "2 von 3", "Anlagen", "Kopie an")),
        ("pl", ("Date 29 listopada 2026", "2 of 3", "Enclosures")),
        ("tlh", ("Date 29 November 2026", "2 of 3")),
    ],
)
def test_the_words_of_the_layout_are_in_the_letters_language(language: str, said: tuple[str, ...]) -> None:
    made = content("a\n\n[page break]\n\nb\n\n[page break]\n\nc", language=language, enclosures=("One", "Two"))
    pages = pages_of(made)
    assert [bool(re.search(r"\d (of|sur|von) 3", page)) for page in pages] == [False, True, True]
    assert all(one in " ".join(pages) for one in said)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert str(pdf.Root.Lang).lower() == language.lower()


def test_a_letter_from_right_to_left_keeps_what_is_written_from_left_to_right() -> None:
    made = content("שלום רב,\n\n- אחת\n- שתיים", language="he", recipient=("22 Wharf Street", "+44 113 496 0100"))
    places = {text: x for text, x, _ in places_of(made)}
    assert places["22 Wharf Street"] < 30
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert str(pdf.Root.ViewerPreferences.Direction) == "/R2L"


# ---- over several pages


def rows(count: int) -> str:
    lines = "".join(f"| INV-{n:04} | {n}.00 |\n" for n in range(count))
    return f"| Invoice | Amount |\n|---|--:|\n{lines}| **Subtotal** | **1.00** |\n| **Total** | **2.00** |\n"


def test_a_long_table_repeats_its_head_and_loses_no_row() -> None:
    made = set_in_type(letter(rows(120)))
    pages = pages_of(made.content)
    assert made.pages == len(pages) == 4
    assert all("Invoice Amount" in page for page in pages)
    assert re.findall(r"INV-(\d+)", " ".join(pages)) == [f"{n:04}" for n in range(120)]


@pytest.mark.parametrize("count", range(20, 28))
def test_totals_stand_on_one_page_with_a_row_of_theirs(count: int) -> None:
    """About where the first page ends: whichever row is its last."""
    pages = pages_of(content(rows(count), signature=None, enclosures=(), copies=()))
    (with_total,) = [page for page in pages if "Total 2.00" in page]
    assert f"INV-{count - 1:04} {count - 1}.00 Subtotal 1.00 Total 2.00" in with_total


@pytest.mark.parametrize("count", range(28, 36))
def test_a_signature_stands_below_words_of_its_letter(count: int) -> None:
    pages = pages_of(content("\n\n".join(f"Paragraph {n}." for n in range(count)), enclosures=(), copies=()))
    (signed,) = [page for page in pages if "Jane Marsh" in page]
    assert f"Paragraph {count - 1}. Jane Marsh" in signed


def test_a_new_page_begins_where_the_author_says() -> None:
    first, second = pages_of(content("a before\n\n[page break]\n\na behind", signature=None))
    assert "a before" in first
    assert "a behind" in second


def test_more_pages_than_anybody_reads_are_refused() -> None:
    blocks = (PageBreak(),) * 500
    with pytest.raises(TypesettingFailed, match="500"):
        set_in_type(letter(blocks=blocks))
    assert set_in_type(letter(blocks=blocks[1:], signature=None, enclosures=(), copies=())).pages == 500


# ---- what it claims to be


def test_it_is_an_archived_document_that_is_read_aloud() -> None:
    """ISO 19005-2, level B, and ISO 14289-1, claim by claim."""
    made = content(letterhead=letterhead(logo=logo()), language="en-GB")
    with pikepdf.open(io.BytesIO(made)) as pdf:
        metadata, root = pdf.open_metadata(), pdf.Root
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == ("2", "B", "1")
        assert (metadata["dc:title"], metadata["dc:creator"]) == ("Your overdue account", ["Marsh & Pryce LLP"])
        assert (pdf.docinfo["/Title"], pdf.docinfo["/Author"]) == ("Your overdue account", "Marsh & Pryce LLP")
        assert pdf.docinfo["/CreationDate"] == "D:20261129000000Z"
        (intent,) = root.OutputIntents
        assert intent.S == "/GTS_PDFA1"
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"
        assert (root.MarkInfo.Marked, root.Lang, root.ViewerPreferences.DisplayDocTitle) == (True, "en-GB", True)
        assert not pdf.is_encrypted
        assert not {"/OpenAction", "/AA", "/AcroForm", "/Names"} & set(root.keys())


def test_every_font_is_in_it_and_says_which_characters_its_glyphs_are() -> None:
    made = content("Größe, Łódź, Việt, Ελληνικά, Кириллица, שלום, **bold**, _italic_, ***both***, € £ ₴ ✓")
    with pikepdf.open(io.BytesIO(made)) as pdf:
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert len(fonts) >= 4
        for font in fonts:
            (descendant,) = font.DescendantFonts
            assert {"/FontFile2", "/FontFile3"} & set(descendant.FontDescriptor.keys()), font.BaseFont
            assert "/ToUnicode" in font
            # Of each only the part that is used.
            assert re.match(r"/[A-Z]{6}\+", str(font.BaseFont))
    assert "Größe, Łódź, Việt, Ελληνικά, Кириллица" in pages_of(made)[0]


def test_it_is_tagged_as_what_it_is(tmp_path: Path) -> None:
    made = content("## Why\n\n> quoted\n\n" + "1. a\n2. b\n\n" + rows(2), letterhead=letterhead(logo=logo()))
    tags = tags_of(made)
    names = [name for name, _ in tags]
    assert ("Figure", "Marsh & Pryce LLP") in tags
    assert ("Figure", "12345/C001") in tags
    assert in_order(" ".join(names), "H1", "H2", "BlockQuote", "L LI", "Table", "THead TR TH", "TBody TR TD", "TFoot")
    assert names.count("TH") == 2
    file = tmp_path / "letter.pdf"
    file.write_bytes(made)
    assert pdfua.validate(str(file)).findings == ()


@given(st.lists(st.integers(1, 6), max_size=6), st.booleans())
@settings(max_examples=25, deadline=None)
def test_no_level_of_headings_is_left_out(levels: list[int], with_subject: bool) -> None:
    body = "\n\n".join(f"{'#' * level} Heading" for level in levels)
    made = content(body, subject="Subject" if with_subject else "")
    told = [int(name[1:]) for name, _ in tags_of(made) if re.fullmatch("H[1-6]", name)]
    assert len(told) == len(levels) + with_subject
    assert all(next_ <= last + 1 for last, next_ in zip([0, *told], told, strict=False))


def test_a_link_leads_where_it_says() -> None:
    made = content("[our page](https://firm.example/a_b) [mail](mailto:office@firm.example)")
    with pikepdf.open(io.BytesIO(made)) as pdf:
        told = [str(one.A.URI) for page in pdf.pages for one in page.Annots]
    assert told == ["https://firm.example/a_b", "mailto:office@firm.example"]


def test_the_same_letter_makes_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib; from tests.support.letters import letter, letterhead, logo, typesetter;"
        "print(hashlib.sha256(typesetter().pdf(letter(letterhead=letterhead(logo=logo()))).content).hexdigest())"
    )
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'shared'}", "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo"}
    other = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    ours = hashlib.sha256(content(letterhead=letterhead(logo=logo()))).hexdigest()
    assert other.stdout.strip() == ours == hashlib.sha256(content(letterhead=letterhead(logo=logo()))).hexdigest()


# ---- what is not well


def test_characters_that_no_font_has_are_named_and_the_rest_is_there() -> None:
    made = set_in_type(letter("Dear 漢字, 漢 and \U0001f600.", recipient=("字", "Leeds")))
    assert sorted(made.missing) == ["字", "漢", "\U0001f600"]
    assert "Dear \ufffd\ufffd, \ufffd and \ufffd." in pages_of(made.content)[0]
    assert set_in_type(letter()).missing == ()


HOSTILE = [
    '#import "@preview/evil:1.0.0"',
    "#panic()",
    '#read("/etc/passwd")',
    "*a* _b_ `c`",
    "<label> @reference",
    "$x^2$ \\ // comment /* more */",
    "= Heading",
    "- item",
    "#{ while true {} }",
    "\\u{41} \\n ~ --- ...",
    '"); panic("',
]


@pytest.mark.parametrize("words", HOSTILE)
def test_what_looks_like_markup_is_words(words: str) -> None:
    made = content(
        blocks=(Paragraph(runs=(Run(text=words),)),),
        subject=words,
        recipient=(words,),
        references=(Reference(label=words, value=words),),
        letterhead=letterhead(name=words, address=(words,), registration=words),
        enclosures=(words,),
        copies=(words,),
        code=words,
    )
    said = "".join(pages_of(made)).replace(" ", "")
    assert said.count(words.replace(" ", "")) >= 9


@pytest.mark.parametrize(
    "words", ["a\x00b\x1b[31m", "a\ud800b", "a\u202eb\u202db", "a\u2066b", "\ufeffa\u200bb", "a\r\nb\u2028b", "\ufffea"]
)
def test_what_is_no_character_or_turns_the_line_is_left_out(words: str) -> None:
    made = content(blocks=(Paragraph(runs=(Run(text=f"{words} end"),)),), subject=words, recipient=(words,))
    (page,) = pages_of(made)
    assert re.search(r"a.* end", page)
    assert not re.search("[\x00-\x1f\u202d\u202e\u2066]", page)


NO_LOGOS = {
    "no SVG": b"<svg",
    "an SVG that is no UTF-8": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>\xe9</text></svg>',
    "a file of ours": SVG.replace(b"<rect", b'<image href="/etc/hostname"/><rect'),
    "an address": SVG.replace(b"<rect", b'<image href="https://firm.example/a.png"/><rect'),
    "entities of entities": b'<!DOCTYPE x [<!ENTITY a "a"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>' + SVG,
}


@pytest.mark.parametrize("picture", list(NO_LOGOS.values())[:4], ids=list(NO_LOGOS)[:4])
def test_a_logo_that_is_none_or_reaches_out_makes_no_letter(picture: bytes) -> None:
    with pytest.raises(TypesettingFailed):
        typesetter(picture).pdf(letter(letterhead=letterhead(logo=logo())))


def png(width: int, height: int) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (1, 1), "#1f3a5f").resize((min(width, 64), min(height, 64))).save(held, "png")
    whole = held.getvalue()
    return whole[:16] + width.to_bytes(4, "big") + height.to_bytes(4, "big") + whole[24:]


def test_a_logo_may_be_a_png_of_a_size_that_somebody_prints() -> None:
    with_png = letter(letterhead=letterhead(logo=logo("image/png")))
    assert ("Figure", "Marsh & Pryce LLP") in tags_of(typesetter(png(64, 32)).pdf(with_png).content)
    for picture, reason in {png(50_000, 50_000): "pixels", png(64, 32)[:60]: "image", b"GIF89a": "neither"}.items():
        with pytest.raises(TypesettingFailed, match=reason):
            typesetter(picture).pdf(with_png)
