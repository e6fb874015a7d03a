"""Names in a ZIP: what every system can write, no two alike, whatever somebody called a file."""

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.archive import Missing, contents, different, folder_of, safe_name, text_of
from letterbook.domain.communication import Direction
from letterbook.domain.organisation import Organisation
from letterbook.domain.templates import Rendered
from tests.support.builders import NOW, entry

ZONE = Organisation().zone


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Letter of authority.pdf", "Letter of authority.pdf"),
        ("../../etc/passwd", "etc passwd"),
        ("C:\\scans\\a.pdf", "C scans a.pdf"),
        ("invoice\u202efdp.exe", "invoice fdp.exe"),
        ("con.txt", "_con.txt"),
        ("a\r\nb.txt", "a b.txt"),
        ("...", "unnamed"),
        ("", "unnamed"),
        ("Größe ☂.pdf", "Größe ☂.pdf"),
        ("ä" * 300 + ".pdf", "ä" * 58 + ".pdf"),
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
        assert len(one.encode()) <= 255


def test_a_folder_is_known_by_its_entry() -> None:
    told = entry(direction=Direction.INBOUND, subject="Re: 12/2026.")
    assert folder_of(told, ZONE) == f"{NOW.astimezone(ZONE):%Y-%m-%d %H%M} Email from Priya Raman, Re 12 2026"


def test_a_text_stands_below_its_envelope_and_the_list_names_what_is_left_out() -> None:
    text = text_of(entry(subject="Hello"), Rendered(subject="Hello", text="Dear Priya,"), ZONE)
    assert text.endswith("Subject: Hello\n\nDear Priya,\n")
    listed = contents("The firm", NOW, ZONE, [("a/Message.txt", "00ff")], [Missing("b.pdf", "it is too large")])
    assert "In it (1), each with its SHA-256:\n00ff  a/Message.txt" in listed
    assert "Left out (1):\nb.pdf: it is too large" in listed
