"""The header of a mail of ours is as clean as what was typed: read back it is the same, and no line is longer than mail allows."""

import re
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

from letterbook.adapters.inbound_mail import read
from letterbook.adapters.providers.mime_message import mime
from letterbook.domain.communication import Attachment
from letterbook.domain.inbound_email import InboundEmail
from letterbook.domain.templates import Rendered
from tests.support import builders
from tests.support.builders import NOW


def made(subject: str = "S", **changes: Any) -> bytes:
    text = "Dear Sir,\n  two\n\n-- \nJane"
    values = {"message_id": "com_1@firm.example", "rendered": Rendered(subject=subject, text=text, html="<p>x</p>")}
    return mime(builders.parcel(**{**values, **changes}))


def read_back(raw: bytes) -> InboundEmail:
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    return read(raw, NOW)


def subject_lines(raw: bytes) -> list[str]:
    found = re.search(rb"^Subject: ([^\r]*(?:\r\n[ \t][^\r]*)*)", raw, re.MULTILINE)
    assert found
    return found[1].decode("ascii").split("\r\n")


WORD = "a" * 100


@pytest.mark.parametrize(
    ("subject", "lines"),
    [
        (WORD, [WORD]),
        (f"Re: {WORD}", [f"Re: {WORD}"]),
        (f"{WORD} and more", [WORD, " and more"]),
        ("a  b   c", ["a  b   c"]),
        ("word " * 14 + "word word", ["word " * 13 + "word", " word word"]),
        ("b" * 989, ["b" * 989]),
    ],
)
def test_a_subject_is_folded_at_its_own_blanks_and_where_that_helps(subject: str, lines: list[str]) -> None:
    raw = made(subject)
    assert subject_lines(raw) == lines
    assert read_back(raw).subject == subject


@pytest.mark.parametrize(
    "subject",
    ["b" * 998, f"{'b' * 900} {'c' * 97}", "ü" * 998,
      "日本語の件名" * 20, "Grüße — § 78", "\U0001f600" * 200, "=?utf-8?q?x?=", "a" + " " * 996 + "b"],
)  # fmt: skip
def test_long_and_foreign_subjects_are_read_as_they_were_written(subject: str) -> None:
    assert read_back(made(subject)).subject == subject


SEEN = st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Zs", "Cn", "Co", "M"])
SUBJECT = st.text(alphabet=SEEN | st.just(" "), min_size=1, max_size=300).map(str.strip).filter(bool)


@given(SUBJECT)
@example("a=?b?= =?utf-8?q?c?=")
@example("ab " * 100 + "c")
def test_a_subject_in_is_the_subject_out(subject: str) -> None:
    assert " ".join(read_back(made(subject)).subject.split(" ")) == subject


@given(st.lists(st.integers(1, 120), min_size=1, max_size=40))
def test_no_line_of_a_folded_subject_is_blank_or_longer_than_it_must_be(lengths: list[int]) -> None:
    words = ["w" * one for one in lengths]
    subject = " ".join(words)[:998].strip()
    lines = subject_lines(made(subject))
    if not lines[0].startswith("=?"):
        assert "".join(lines) == subject
        assert all(line.strip() for line in lines)
        assert all(len(line) <= 78 or max(map(len, line.split(" "))) > 77 for line in lines)


@given(
    st.text(alphabet=SEEN | st.just(" "), min_size=1, max_size=200)
    .map(lambda one: re.sub(" +", " ", one).strip())
    .filter(bool)
)
def test_a_senders_name_is_read_as_it_was_written(name: str) -> None:
    found = read_back(made(sender_name=name))
    assert found.sender == "legal@firm.example"
    assert made(sender_name=name).count(b"\r\nFrom: ") <= 1


@pytest.mark.parametrize(
    "name",
    [
        "a" * 196 + ".pdf",
        "ü" * 196 + ".pdf",
        "日本" * 90 + ".pdf",
        'a;b="c".pdf',
        "50% (1) 'x'.pdf",
        "Vollmacht für Müller.pdf",
    ],
)
def test_the_name_of_a_file_is_read_as_it_was_written(name: str) -> None:
    file = Attachment(id="doc_1", name=name, bytes=4, media_type="application/pdf", object_version="v", sha256="s")
    [found] = read_back(made(attachments=((file, b"%PDF"),))).enclosed
    assert (found.name, found.content) == (name, b"%PDF")


def test_references_are_one_a_line_and_none_is_longer_than_a_line() -> None:
    long = f"{'x' * 1200}@mailbox.example"
    found = read_back(made(answers=("first@mailbox.example", long, "last@mailbox.example")))
    assert found.references == ("first@mailbox.example", "last@mailbox.example")
    assert read_back(made(answers=(long,))).references == ()


@given(st.text(alphabet=SEEN | st.sampled_from(" \n"), max_size=400))
def test_the_text_is_read_as_it_was_written(text: str) -> None:
    found = read_back(made(rendered=Rendered(subject="S", text=text, html=None)))
    assert found.text.rstrip("\n") == text.rstrip("\n")
