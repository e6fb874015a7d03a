"""Outlook's `winmail.dat`: its files are files of the mail, and what it says is said where nothing else is."""

import struct

import pytest
from hypothesis import given, settings, strategies as st

from letterbook.adapters.inbound_mail import read
from letterbook.adapters.inbound_mail.rtf import html_or_text_of
from letterbook.domain.inbound_email import InboundEmail
from tests.support.builders import NOW, mail
from tests.support.tnef import FILE, MESSAGE, attribute, properties, unicode, winmail


def came(content: bytes, text: str = "") -> InboundEmail:
    return read(mail(text, files=[("winmail.dat", "application/ms-tnef", content)]), NOW)


def stored_rtf(rtf: bytes) -> bytes:
    """Uncompressed, as MS-OXRTFCP allows."""
    return struct.pack("<II4sI", len(rtf) + 12, len(rtf), b"MELA", 0) + rtf


def test_its_files_are_listed_whole_and_the_original_is_kept() -> None:
    content = winmail([("Statement of account – März.pdf", b"%PDF-1.7\0\0\0"), ("empty.txt", b"")])
    found = came(content, "See attached.")
    assert [(one.name, one.media_type, one.content) for one in found.enclosed] == [
        ("winmail.dat", "application/ms-tnef", content),
        ("Statement of account – März.pdf", "application/pdf", b"%PDF-1.7\0\0\0"),
        ("empty.txt", "text/plain", b""),
    ]
    assert found.text.strip() == "See attached."


@pytest.mark.parametrize("media_type", ["application/octet-stream", "application/vnd.ms-tnef", "application/ms-tnef"])
def test_it_is_known_by_its_name_or_its_type(media_type: str) -> None:
    name = "winmail.dat" if media_type.endswith("octet-stream") else "att0001"
    found = read(mail(files=[(name, media_type, winmail([("a.pdf", b"x")]))]), NOW)
    assert [one.name for one in found.enclosed] == [name, "a.pdf"]


def test_what_it_says_is_shown_where_nothing_else_is() -> None:
    assert came(winmail(text=b"I don\x92t owe \x80500.")).text == "I don’t owe €500."
    assert came(winmail(text=b"In it."), "In the mail.").text.strip() == "In the mail."
    rich = came(winmail(html=b"<p>Hello</p><script>x()</script>"))
    assert (rich.text, rich.html) == ("Hello", "<p>Hello</p>")


def test_rich_text_is_read() -> None:
    rtf = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\uc1 I don\'92t owe \u8364?500.\par {\*\generator x;}Yours\tab P\{\}}"
    assert came(winmail(rtf=stored_rtf(rtf))).text == "I don’t owe €500.\nYours\tP{}"


def test_html_within_rich_text_is_html() -> None:
    rtf = rb"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Pay {\*\htmltag84 <b>}"
    rtf += rb"\htmlrtf \b\htmlrtf0 me{\*\htmltag92 </b>}"
    assert html_or_text_of(rtf + rb"\htmlrtf }\htmlrtf0 {\*\htmltag72 </p>}}") == ("<p>Pay <b>me</b></p>", "")


def test_compressed_rich_text_is_read() -> None:
    """The example of MS-OXRTFCP, 4.1.1."""
    example = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert came(winmail(rtf=example)).text.strip() == "hello world"


def test_a_message_in_it_is_told_in_files() -> None:
    iid = bytes.fromhex("0703020000000000c000000000000046")
    inner = iid + winmail([("inner.pdf", b"%PDF")], text=b"Inside")
    held = struct.pack("<HHII", 0x0D, 0x3701, 1, len(inner)) + inner + b"\0" * (-len(inner) % 4)
    outer = winmail() + attribute(FILE, 0x00069002, b"\0" * 14)
    found = came(outer + attribute(FILE, 0x00069005, properties([unicode(0x3001, "Re: terms"), held])), "x")
    assert [(one.name, one.content) for one in found.enclosed[1:]] == [
        ("Re: terms.txt", b"Inside"),
        ("inner.pdf", b"%PDF"),
    ]


def test_what_is_broken_is_read_as_far_as_it_goes() -> None:
    whole = winmail([("a.pdf", b"first"), ("b.pdf", b"second")])
    assert [one.name for one in came(whole[:-60], "x").enclosed][:2] == ["winmail.dat", "a.pdf"]
    unknown = attribute(MESSAGE, 0x00069003, struct.pack("<IHH", 0xFFFFFFFF, 0x7777, 1))
    assert [one.name for one in came(winmail() + unknown + whole[6:], "x").enclosed] == [
        "winmail.dat",
        "a.pdf",
        "b.pdf",
    ]


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=30), st.floats(0, 1))
@settings(max_examples=200)
def test_nothing_makes_it_fail(changes: list[tuple[float, int]], end: float) -> None:
    made = bytearray(winmail([("a.pdf", b"x" * 30)], text=b"Hello", html=b"<p>x", rtf=stored_rtf(rb"{\rtf1 \u8364?x}")))
    for place, byte in changes:
        made[int(place * (len(made) - 1))] = byte
    content = bytes(made[: int(len(made) * end)])
    assert came(content).enclosed[0].content == content
