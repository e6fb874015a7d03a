"""A mail's header and its parts are found however badly it was written, and within bounds."""

import base64

import pytest
from hypothesis import given, settings, strategies as st

from letterbook.adapters.inbound_mail.mime import MAX_DEPTH, MAX_PARTS, Part, parse
from tests.support.effort import bounded_effort

MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def leaves(raw: bytes) -> list[tuple[str, bytes]]:
    """Media type and content of each, without the blanks around it."""
    return [(one.media_type, one.content().strip()) for one in parse(raw)[0].leaves()]


def texts(raw: bytes) -> list[bytes]:
    return [content for _, content in leaves(raw)]


# ---- the header


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"\xef\xbb\xbf",
        b"\n",
        b"\n \n\n",
        b"\xef\xbb\xbf\n",
        b"From ann@bank.example Mon Jun  1 10:00:00 2026\n",
        b">From x 10:00\n",
        b"score 1.2 of 5\n",
        b"Received: from a\n by b\n",
        b"Received: a\n\xef\xbb\xbf",
        b"X-T\xe9st: 8 bits\n",
        b": nothing\n",
        b"X-Nothing:\n",
        b"HTTP/1.1 200 OK\n",
        b"two words: no name\n folded\n",
    ],
)
def test_what_is_no_header_before_or_within_it_is_passed_over(before: bytes, end: bytes) -> None:
    raw = before + b"From: Ann\nscore 1.2 of 5\n more of it\nSubject : one\n\ttwo\nTO: Priya\n\nWords."
    mail = parse(raw.replace(b"\n", end))[0]
    assert [mail.text(name) for name in ("from", "subject", "to")] == ["Ann", "one two", "Priya"]
    assert mail.body == b"Words."


def test_lines_may_end_in_different_ways() -> None:
    mail = parse(b"From: Ann\r\nSubject: one\n two\r\n\tthree\nTo: Priya\n\r\nWords.")[0]
    assert [mail.text(name) for name in ("from", "subject", "to")] == ["Ann", "one two three", "Priya"]
    assert mail.body == b"Words."


def test_a_mail_with_other_line_ends_than_what_a_server_wrote_above_it_is_read() -> None:
    raw = b"Received: by x\r\n" + (MIXED + b"--b\n\nOne.\n--b\n\nTwo.\n--b--\n").replace(b"\r\n", b"\n").replace(
        b"\n", b"\r"
    )
    assert texts(raw) == [b"One.", b"Two."]


def test_of_two_fields_the_topmost_counts() -> None:
    mail = parse(b"Subject: one\nSUBJECT: two\n\n")[0]
    assert (mail.value("subject"), mail.values("subject")) == (b"one", [b"one", b"two"])


@pytest.mark.parametrize("blanks", [b" ", b"\t", b" \t  "])
def test_a_line_of_blanks_ends_a_header_only_where_no_more_of_it_comes(blanks: bytes) -> None:
    mail = parse(b"Subject: one\n" + blanks + b"\n two\nTo: Priya\n" + blanks + b"\nWords: there are none\n\n")[0]
    assert (mail.text("subject").split(), mail.text("to"), mail.text("words")) == (
        ["one", "two"],
        "Priya",
        "there are none",
    )
    mail = parse(b"Subject: one\nTo: Priya\n" + blanks + b"\nDear Priya,\n\nwords.")[0]
    assert (mail.text("to"), mail.body) == ("Priya", b"Dear Priya,\n\nwords.")


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"From: Ann\nDear Priya,\nwords.\n\nYours", b"Dear Priya,\nwords.\n\nYours"),
        (b"From: Ann\nDear Priya", b"Dear Priya"),
        (b"Dear Priya,\n\nwords.", b"Dear Priya,\n\nwords."),
        (b"\n\nDear Priya", b"Dear Priya"),
        (b"From: Ann", b""),
        (b"From: Ann\n", b""),
        (b"From: Ann\n\n", b""),
        (b"\n", b""),
        (b"", b""),
    ],
)
def test_a_body_without_an_empty_line_before_it_loses_nothing(raw: bytes, body: bytes) -> None:
    assert parse(raw)[0].body == body


def test_words_before_what_is_encoded_are_no_piece_of_it() -> None:
    raw = b"Content-Transfer-Encoding: base64\nscore 1.2 of 5\n\nSGVsbG8="
    assert texts(raw) == [b"Hello"]


def test_fields_and_values_are_bounded_and_it_is_told() -> None:
    many, bounds = parse(b"X: y\n" * 1_000_000 + b"\nWords.")
    assert (len(many.fields) < 10_000, many.body, bounds.unread) == (True, b"Words.", ["header lines"])
    long, bounds = parse(b"Subject: " + b"x" * 1_000_000 + b"\nFrom: Ann\n\nWords.")
    assert (len(long.value("subject")) < 100_000, long.text("from"), bounds.unread) == (True, "Ann", ["header lines"])


def test_of_long_references_both_ends_are_kept() -> None:
    references = b"\r\n ".join(b"<%d@b.example>" % at for at in range(100_000))
    mail, bounds = parse(b"References: " + references + b"\r\nFrom: Ann\r\n\r\n")
    value = mail.value("references")
    assert (value[:13], value[-17:], len(value) < 100_000) == (b"<0@b.example>", b"<99999@b.example>", True)
    assert (mail.text("from"), bounds.unread) == ("Ann", [])


# ---- parts


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("boundary", [b"b", b"=_a?b/c(d)=", b"----=_Part.1", b"--", b"b c", b"a.b+c*[d]", b"'b'"])
@pytest.mark.parametrize("quote", [b'"', b""])
def test_a_boundary_may_be_anything_and_unquoted(boundary: bytes, quote: bytes, end: bytes) -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=" + quote + boundary + quote + b"\n\nBefore.\n--" + boundary
        + b"\n\nOne.\n--" + boundary + b"  \nContent-Type: text/html\n\nTwo.\n--" + boundary + b"--\nAfter.\n"
    )  # fmt: skip
    assert leaves(raw.replace(b"\n", end)) == [("text/plain", b"One."), ("text/html", b"Two.")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"--b\n\nOne.\n--b\n\nTwo.", [b"One.", b"Two."]),
        (b"--b\n\nOne.\n--b--\n--b--\n", [b"One."]),
        (b"--b\n\nOne.\n--b--\nAfter.\n--b\n\nTwo.\n--b--", [b"One.", b"Two."]),
        (b"--b\n\nOne.\n--bc\nstill one\n--b--", [b"One.\n--bc\nstill one"]),
        (b"--b\n\nOne. --b\n --b\n--b--", [b"One. --b\n --b"]),
        (b"--b\n--b\n\nOne.\n--b--", [b"", b"One."]),
        (b"--c\nContent-Type: text/plain\n\nOne.\n--c\n\nTwo.\n--c--", [b"One.", b"Two."]),
        (b"--c\n\nOne.\n--c\n\nTwo.\n--c--", [b"One.", b"Two."]),
        (b"One.\n\nMore of it.", [b"One.\n\nMore of it."]),
        (b"One.\n-- \nAnn", [b"One.\n-- \nAnn"]),
        (b"One.\n--b--\n", [b"One."]),
        (b"--b--\nOne.", [b"One."]),
        (b"", [b""]),
    ],
)
def test_parts_are_found_where_delimiters_are_missing_or_too_many(body: bytes, expected: list[bytes]) -> None:
    assert texts(MIXED + body) == expected


@pytest.mark.parametrize(
    "announced", [b"multipart/mixed", b"multipart/mixed; boundary=", b"multipart/related; boundary=never"]
)
def test_a_boundary_that_is_not_told_or_never_comes_is_guessed(announced: bytes) -> None:
    head = b"Content-Type: " + announced + b"\n\n"
    part = b"--=_x\ncontent-type: text/html\n\nOne.\n"
    assert leaves(head + b"Before.\n" + part + b"--=_x\n\nTwo.\n--=_x--\n") == [
        ("text/html", b"One."),
        ("text/plain", b"Two."),
    ]
    assert texts(head + b"Only words.\n--\nAnn") == [b"Only words.\n--\nAnn"]
    assert leaves(head + b"<html><p>Only words.") == [("text/html", b"<html><p>Only words.")]


def test_one_boundary_may_begin_another() -> None:
    inner = b"Content-Type: multipart/alternative; boundary=bb\n\n--bb\n\nOne.\n--bb\n\nTwo.\n"
    for end in (b"--bb--\n", b""):
        raw = MIXED + b"--b\n" + inner + end + b"--b\n\nThree.\n--b--"
        assert texts(raw) == [b"One.", b"Two.", b"Three."]


def test_parts_whose_multipart_has_lost_its_own_delimiter_are_found() -> None:
    lost = b"Content-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: text/plain\n\nOne.\n--c--\n"
    assert texts(MIXED + lost + b"--b\n\nTwo.\n--b--") == [b"One.", b"Two."]


def test_a_header_may_go_on_to_the_first_delimiter() -> None:
    assert texts(b"Content-Type: multipart/mixed; boundary=b\n--b\nContent-Type: text/plain\n\nOne.\n--b--") == [
        b"One."
    ]
    assert texts(b"Content-Type: multipart/mixed; boundary=b\n--b\n\nOne.\n--b--") == [b"One."]


def test_a_multipart_may_be_encoded_as_a_whole() -> None:
    body = base64.encodebytes(b"--b\n\nOne.\n--b\n\nTwo.\n--b--\n")
    raw = b"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n" + body
    assert texts(raw) == [b"One.", b"Two."]


def test_a_mail_in_a_mail_is_one_leaf_byte_for_byte() -> None:
    inner = b"Subject: In it\r\n" + MIXED + b"--c\r\n\r\nOne.\r\n--c--"
    plain = MIXED + b"--b\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--b--"
    encoded = (
        MIXED
        + b"--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(inner)
        + b"--b--"
    )
    digest = plain.replace(b"mixed", b"digest", 1).replace(b"Content-Type: message/rfc822\r\n", b"", 1)
    for raw in (plain, encoded, digest):
        assert leaves(raw) == [("message/rfc822", inner)]


@pytest.mark.parametrize("value", [b"", b"text", b"/", b"text/", b";", b"nonsense; charset=utf-8", b"\xff"])
def test_what_has_no_type_is_text(value: bytes) -> None:
    assert parse(b"Content-Type: " + value + b"\n\nWords.")[0].media_type == "text/plain"


def test_parts_are_bounded_and_it_is_told() -> None:
    with bounded_effort():
        mail, bounds = parse(MIXED + b"--b\r\n\r\nx\r\n" * 80_000)
    assert (len(mail.parts), bounds.unread) == (MAX_PARTS, ["parts"])
    whole, bounds = parse(MIXED + b"--b\r\n\r\nx\r\n" * MAX_PARTS + b"--b--")
    assert (len(whole.parts), bounds.unread) == (MAX_PARTS, [])


def test_depth_is_bounded_and_it_is_told() -> None:
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (at, at) for at in range(100))
    mail, bounds = parse(opened + b"\r\nWords.")
    depth = 0
    part: Part = mail
    while part.parts:
        part, depth = part.parts[0], depth + 1
    assert (depth, bounds.unread) == (MAX_DEPTH, ["parts"])
    assert part.body.endswith(b"Words.")


LINES = st.lists(
    st.sampled_from(
        [
            b"Content-Type: multipart/mixed; boundary=b",
            b"Content-Type: message/rfc822",
            b"Content-Transfer-Encoding: base64",
            b"--b",
            b"--b--",
            b"",
            b" ",
            b"From: Ann",
            b"words",
            b"\xef\xbb\xbf",
            b"--c",
            b"Content-Type: multipart/digest; boundary=c",
        ]
    )
)


@given(st.binary(max_size=300) | LINES.map(b"\n".join) | LINES.map(b"\r\n".join) | LINES.map(b"\r".join))
@settings(max_examples=500)
def test_no_bytes_make_it_fail(raw: bytes) -> None:
    mail, _ = parse(raw)
    for part in mail.leaves():
        assert len(part.content()) <= len(raw)
        "".join([part.media_type, part.file_name, part.content_id]).encode()
