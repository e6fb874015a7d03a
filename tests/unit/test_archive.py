"""Names in a ZIP: what every system can write, no two alike, whatever somebody called a file; and its index, which runs nothing."""

import csv
import io
from zipfile import ZipFile

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.archive import IndexRow, different, folder_of, index_of, safe_name, text_of
from letterbook.domain.communication import Direction, Entry
from letterbook.domain.organisation import Organisation
from letterbook.domain.templates import Rendered
from tests.support.builders import NOW, entry

ZONE = Organisation().zone
LONGEST_PATH = 150


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Letter of authority.pdf", "Letter of authority.pdf"),
        ("../../etc/passwd", "etc passwd"),
        ("C:\\scans\\a.pdf", "C scans a.pdf"),
        ("invoice\u202efdp.exe", "invoice fdp.exe"),
        ("con.txt", "_con.txt"),
        ("aux .txt", "_aux.txt"),
        ("COM¹", "_COM¹"),
        ("a\r\nb.txt", "a b.txt"),
        ("...", "unnamed"),
        ("", "unnamed"),
        ("Größe ☂.pdf", "Größe ☂.pdf"),
        ("ä" * 300 + ".pdf", "ä" * 26 + ".pdf"),
    ],
)
def test_a_name_is_one_that_can_be_written(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_names_differ_whatever_their_capitals() -> None:
    assert different(["a.pdf", "A.PDF", "a.pdf", "a", "a"]) == ["a.pdf", "A (2).PDF", "a (3).pdf", "a", "a (2)"]


@given(st.lists(st.text(max_size=200), max_size=8))
def test_no_name_leads_elsewhere_or_is_written_twice(names: list[str]) -> None:
    made = different(safe_name(one) for one in names)
    assert len({one.casefold() for one in made}) == len(names)
    for one in made:
        assert one not in ("", ".", "..")
        assert not set(one) & set('/\\:*?"<>|\x00\r\n')


# Half of a pair is no character: nobody can put one into a subject (test_api_values.py).
CHARACTERS = st.characters(exclude_categories=["Cs"])


@given(st.text(CHARACTERS, max_size=300), st.lists(st.text(CHARACTERS, max_size=300), max_size=4))
def test_a_path_is_short_safe_and_comes_out_of_the_zip_as_it_went_in(subject: str, files: list[str]) -> None:
    folder = folder_of(entry(subject=subject), ZONE)
    paths = [f"{folder}/{name}" for name in different(safe_name(one) for one in files)]
    packed = io.BytesIO()
    with ZipFile(packed, "w") as written:
        for path in paths:
            written.writestr(path, b"x")
    with ZipFile(packed) as read:
        assert read.namelist() == paths
    assert all(len(path) <= LONGEST_PATH and path.count("/") == 1 for path in paths)


def test_a_folder_is_known_by_its_entry() -> None:
    told = entry(direction=Direction.INBOUND, subject="Re: 12/2026.")
    assert (
        folder_of(told, ZONE) == f"{NOW.astimezone(ZONE):%Y-%m-%d %H%M} Email from Priya Raman - Re 12 2026 ({told.id})"
    )


def test_a_text_stands_below_its_envelope() -> None:
    text = text_of(entry(subject="Hello"), Rendered(subject="Hello", text="Dear Priya,"), ZONE)
    assert text.endswith("Subject: Hello\n\nDear Priya,\n")


def read(index: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(index.decode("utf-8-sig"), newline="")))


def row(of: Entry, **values: str) -> IndexRow:
    return IndexRow(entry_id=of.id, entry=of, **values)


def test_the_index_says_of_each_file_whose_it_is_and_what_it_is() -> None:
    told = entry(subject="Your review, again")
    gone = IndexRow(entry_id="com_gone", note="It is not there.")
    [first, second] = read(index_of([row(told, document="a.pdf", file="x/a.pdf", sha256="00ff"), gone], ZONE))
    assert first == {
        "entry": told.id,
        "date": f"{NOW.astimezone(ZONE):%Y-%m-%d %H:%M:%S}",
        "channel": "email",
        "direction": "outbound",
        "party": "Priya Raman",
        "subject": "Your review, again",
        "status": told.status.value,
        "document": "a.pdf",
        "file": "x/a.pdf",
        "sha256": "00ff",
        "note": "",
    }
    assert (second["entry"], second["file"], second["note"]) == ("com_gone", "", "It is not there.")


@given(st.sampled_from("=+-@\uff1d"), st.text(" \t", max_size=3), st.text(CHARACTERS, max_size=20))
def test_no_cell_of_the_index_is_a_formula(sign: str, before: str, rest: str) -> None:
    typed = f"{before}{sign}{rest}"
    [written] = read(index_of([row(entry(subject=typed), document=typed)], ZONE))
    assert written["subject"] == written["document"] == f"'{typed}"
