"""What came with a mail is a file each, byte for byte, under a name that shows what it is."""

import base64

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.inbound_mail import read
from letterbook.adapters.inbound_mail.files import safe_name
from letterbook.domain.inbound_email import InboundEmail, InboundFile
from letterbook.domain.receipts import Signal
from letterbook.domain.visible import hides
from tests.support.builders import NOW

INNER = b"From: Ann <ann@bank.example>\r\nSubject: =?utf-8?q?Re=3A_12/2026_=E2=82=AC?=\r\n\r\nInside\xff\r\n"


def came(*parts: bytes) -> InboundEmail:
    inner = b"".join(b"--b\n" + one + b"\n" for one in parts)
    head = b"From: Ann <ann@bank.example>\nContent-Type: multipart/mixed; boundary=b\n\n"
    return read(head + b"--b\n\nSee the files.\n" + inner + b"--b--\n", NOW)


def only(part: bytes) -> InboundFile:
    (found,) = came(part).enclosed
    return found


def named(disposition: str, media_type: str = "application/pdf") -> str:
    return only(f"Content-Type: {media_type}\nContent-Disposition: {disposition}\n\nx".encode()).name


@pytest.mark.parametrize("encoding", ["", "8bit", "base64", "quoted-printable"])
def test_a_mail_in_the_mail_is_kept_byte_for_byte_and_named_by_its_subject(encoding: str) -> None:
    encoded = {
        "base64": base64.encodebytes(INNER),
        "quoted-printable": INNER.replace(b"=", b"=3D").replace(b"\xff", b"=FF"),
    }
    field = f"Content-Transfer-Encoding: {encoding}\n".encode() if encoding else b""
    found = only(b"Content-Type: message/rfc822\n" + field + b"\n" + encoded.get(encoding, INNER))
    assert (found.name, found.media_type) == ("Re: 12-2026 €.eml", "message/rfc822")
    assert found.content.rstrip(b"\r\n") == INNER.rstrip(b"\r\n")


def test_a_mail_without_a_subject_has_a_name_too() -> None:
    assert only(b"Content-Type: message/rfc822\n\nFrom: x\n\ny").name == "attachment-1.eml"
    assert named('attachment; filename="Terms"', "message/rfc822") == "Terms.eml"


def test_a_file_without_content_is_a_file() -> None:
    found = came(b"Content-Type: application/pdf; name=a.pdf\n\n", b"Content-Type: image/png\n\n")
    assert [(one.name, one.content) for one in found.enclosed] == [("a.pdf", b""), ("attachment-2.png", b"")]
    assert found.left_out == 0


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("in\u200bvoice\x07.pdf", "invoice .pdf"),
        ("C:\\Users\\ann\\letter.pdf", "letter.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a.pdf. . .", "a.pdf"),
        ("  two   words.pdf ", "two words.pdf"),
        ("..", ""),
        ("\u200b", ""),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_name_shows_what_the_file_is(given: str, shown: str) -> None:
    assert safe_name(given) == shown


@given(st.text(max_size=300))
def test_no_name_hides_anything(given: str) -> None:
    name = safe_name(given)
    assert len(name) <= 200
    assert not hides(name)
    assert not set(name) & set("/\\\n\r\0")
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("media_type", "name"),
    [
        ("application/pdf", "attachment-1.pdf"),
        ("image/jpeg", "attachment-1.jpg"),
        ("text/calendar", "attachment-1.ics"),
        ("application/pgp-signature", "attachment-1.asc"),
        ("application/x-unheard-of", "attachment-1"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "attachment-1.docx"),
    ],
)
def test_what_has_no_name_is_named_by_its_type(media_type: str, name: str) -> None:
    assert only(f"Content-Type: {media_type}\n\nx".encode()).name == name


def test_two_files_may_have_one_name_and_each_keeps_its_id() -> None:
    part = b"Content-Type: image/png; name=a.png\nContent-ID: <%s@x>\n\nx"
    found = came(part % b"1", part % b"2")
    assert [(one.name, one.content_id) for one in found.enclosed] == [("a.png", "1@x"), ("a.png", "2@x")]


def test_files_beyond_the_limit_are_counted() -> None:
    found = came(*[b"Content-Type: application/pdf\n\nx"] * 230)
    assert (len(found.enclosed), found.left_out) == (200, 30)
    assert "files after the first 200" in found.unread
    assert Signal.TRUNCATED in found.signals


def test_a_mail_that_is_a_file_is_one() -> None:
    found = read(b"Content-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf\n\n%PDF", NOW)
    assert ([one.name for one in found.enclosed], found.text) == (["a.pdf"], "")
