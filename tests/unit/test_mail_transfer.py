"""Transfer encodings are undone however they were written, and what was never encoded is as it is."""

import base64
import binascii

import pytest
from hypothesis import example, given, settings, strategies as st

from letterbook.adapters.inbound_mail.transfer import decoded_as

BASE64 = b"SGVsbG8="


@pytest.mark.parametrize(
    "named", ["base64", "BASE64", '"base64"', "base64 (as usual)", "base64;", "base-64", " base64 ; x=y"]
)
def test_an_encoding_is_known_in_any_spelling(named: str) -> None:
    assert decoded_as(named, BASE64) == b"Hello"


@pytest.mark.parametrize("named", ["", "7bit", "8bit", "binary", "x-nobody", "none", "bas64"])
def test_what_is_not_encoded_or_by_nobody_knows_what_is_as_it_is(named: str) -> None:
    assert decoded_as(named, BASE64) == BASE64


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (b"SGVs\r\nbG8=\r\n", b"Hello"),
        (b"SGVsbG8", b"Hello"),
        (b"SGVsbG8==", b"Hello"),
        (b"SGVsbG8gQQ", b"Hello A"),
        (b"SGVsb", b"Hel"),
        (b"SGVsbG8gd29ybGQhX", b"Hello world!"),
        (b"S G V s\tbG8=", b"Hello"),
        (b"SGVs!\x00\xffbG8=", b"Hello"),
        (b"SGVsbG8=\r\n-- \r\nA footer of the list", b"Hello"),
        (b"SGVsbG8=\r\nV29ybGQ=\r\n", b"HelloWorld"),
        (b"SGVsbG8=\r\nSGVs", b"HelloHel"),
        (b"SGVs=bG8=", b"Hello"),
        (b"", b""),
        (b"====", b""),
        (b"Dear Sir, I owe you nothing.\r\nYours, Ann", b"Dear Sir, I owe you nothing.\r\nYours, Ann"),
    ],
)
def test_base64_is_read_as_far_as_it_is_base64(body: bytes, content: bytes) -> None:
    assert decoded_as("base64", body) == content


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (b"caf=C3=A9", "café".encode()),
        (b"caf=c3=a9", "café".encode()),
        (b"one =\r\ntwo=\nthree=\rfour", b"one twothreefour"),
        (b"one = \t\r\ntwo", b"one two"),
        (b"1 == 1", b"1 == 1"),
        (b"a=b, 50=%", b"a=b, 50=%"),
        (b"100=3D=zz", b"100==zz"),
        (b"the end=", b"the end"),
        (b"=3D3D", b"=3D"),
        (b"a_b", b"a_b"),
        (b"line\r\n\r\nline", b"line\r\n\r\nline"),
    ],
)
def test_an_equals_sign_that_means_nothing_stands_for_itself(body: bytes, content: bytes) -> None:
    assert decoded_as("quoted-printable", body) == content


@pytest.mark.parametrize("line", [b"=C3=A9=\r\n", b"=C3=A9", b"=\n", b"1 = 1 == ", b"=C3=A9= \r"])
def test_a_large_body_is_read_as_a_small_one(line: bytes) -> None:
    few = decoded_as("quoted-printable", line + b".").removesuffix(b".")
    many = 600_000 // len(line)
    assert decoded_as("quoted-printable", line * many + b".") == few * many + b"."


def test_a_uuencoded_file_is_read_from_its_beginning_to_its_end() -> None:
    lines = b"".join(binascii.b2a_uu(one) for one in (b"Hello ", b"World"))
    body = b"Here it is:\r\n\r\nbegin 644 a.txt\r\n" + lines.replace(b"\n", b"\r\n") + b"`\r\nend\r\nBye"
    assert decoded_as("x-uuencode", body) == b"Hello World"
    assert decoded_as("uuencode", b"No file at all") == b"No file at all"
    assert decoded_as("uuencode", b"begin-base64 644 a\n" + BASE64 + b"\n====\n") == b"Hello"


@given(st.binary(max_size=500), st.integers(1, 80))
def test_what_was_encoded_comes_through(content: bytes, width: int) -> None:
    encoded = base64.b64encode(content)
    assert decoded_as("base64", b"\n".join(encoded[at : at + width] for at in range(0, len(encoded), width))) == content
    # As bytes: of a text, Python's own encoder changes the line breaks where they differ.
    assert decoded_as("quoted-printable", binascii.b2a_qp(content, istext=False)) == content
    lines = b"".join(binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45))
    assert decoded_as("x-uuencode", b"begin 644 a\n" + lines + b"`\nend\n") == content


def test_lines_that_say_to_be_longer_than_they_are_make_no_more_than_came() -> None:
    zeros = binascii.b2a_uu(bytes(45)).replace(b"`", b" ").rstrip(b" \n") + b"\n"
    words = binascii.b2a_uu(b"Forty five bytes, of which the last are lost.")
    assert decoded_as("uuencode", b"begin 644 a\n" + words * 3 + zeros + b"end\n")[-45:] == bytes(45)
    many = b"begin 644 a\n" + b"M\n" * 1000 + b"end\n"
    assert decoded_as("uuencode", many) == many


PIECES = st.lists(st.sampled_from([b"=", b"A", b"\n", b"begin 644 a\n", b"M", b"\r", b" ", b"end", b"\xff"])).map(
    b"".join
)


@given(st.sampled_from(["base64", "quoted-printable", "uuencode"]), st.binary(max_size=300) | PIECES)
@example("uuencode", b"begin 000 \x00\n\x00")
@settings(max_examples=500)
def test_no_body_makes_decoding_fail(named: str, body: bytes) -> None:
    assert len(decoded_as(named, body)) <= len(body)
