"""What stands in the fields of a mail is read as it was meant, however it was written, and within bounds."""

import base64

import pytest
from hypothesis import given, settings, strategies as st

from letterbook.adapters.inbound_mail.fields import ids_of, parameters_of, text_of
from tests.support.effort import bounded_effort

LETTERS = st.characters(codec="utf-8", exclude_categories=["C", "Z"])

# ---- words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        # RFC 2047, 8.
        (b"=?ISO-8859-1?Q?a?=", "a"),
        (b"=?ISO-8859-1?Q?a?= b", "a b"),
        (b"=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"),
        (b"=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=", "ab"),
        (b"=?ISO-8859-1?Q?a_b?=", "a b"),
        (b"=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b"),
        # And as it is not allowed.
        (b"=?utf-8?q?caf=c3?=\r\n =?UTF-8?Q?=a9?=", "café"),
        (b"=?utf-8?b?w6nD?= =?utf-8?b?qQ==?=", "éé"),
        (b"=?utf-8?B?w6?= =?utf-8?B?nD?= =?utf-8?B?qQ?=", "éé"),
        (b"=?utf-8?b?w6k?=", "é"),
        (b"=?utf-8?b?w6 nD\tqQ?=", "éé"),
        (b"=?utf-8?b?YWJjZ?=", "abc"),
        (b"=?utf-8?q?two words?=", "two words"),
        (b"=?utf-8?q?Really??=", "Really?"),
        (b"=?utf-8*en?q?caf=C3=A9?=", "café"),
        (b"=? utf-8 ?q?caf=C3=A9?=", "café"),
        (b"=??q?caf=C3=A9?=", "café"),
        (b"=?x-nobody?q?caf=E9?=", "café"),
        (b"Re:=?utf-8?q?caf=C3=A9?=au lait", "Re:caféau lait"),
        (b'"=?utf-8?q?Ann=2C?= Lee"', '"Ann, Lee"'),
        (b"=?utf-8?q?100=_=zz?=", "100= =zz"),
        (b"=?utf-8?q?one =?utf-8?q?two?=", "=?utf-8?q?one two"),
        (b"=?utf-8?q?without end", "=?utf-8?q?without end"),
        (b"=?utf-8?x?what?=", "=?utf-8?x?what?="),
        (b"=?iso-8859-1?q?=805?=", "€5"),
        (b"=?gb2312?b?" + base64.b64encode("朱镕基".encode("gbk")) + b"?=", "朱镕基"),
        (b"=?iso-2022-jp?b?" + base64.b64encode(b"\x1b$B-!\x1b(B") + b"?=", "①"),
        (b"=?utf-8?q?one=0D=0ABcc=3A_x?=", "one Bcc: x"),
        ("raw UTF-8: Grüße".encode(), "raw UTF-8: Grüße"),
        (b"raw windows-1252: Gr\xfc\xdfe \x80", "raw windows-1252: Grüße €"),
        (b"folded\r\n\twith a tab\r\n \r\n twice", "folded with a tab  twice"),
        (b"", ""),
    ],
)
def test_words_are_read_as_they_were_meant(value: bytes, text: str) -> None:
    assert text_of(value) == text


@given(st.text(LETTERS, max_size=60), st.integers(1, 7))
def test_a_word_may_be_split_anywhere(text: str, size: int) -> None:
    raw = text.encode()
    pieces = [raw[at : at + size] for at in range(0, len(raw), size)]
    quoted = b"\r\n ".join(b"=?utf-8?q?" + b"".join(b"=%02X" % byte for byte in one) + b"?=" for one in pieces)
    assert text_of(quoted) == text
    encoded = b"\r\n ".join(b"=?utf-8?b?" + base64.b64encode(one) + b"?=" for one in pieces)
    assert text_of(encoded) == text


@given(
    st.binary(max_size=300)
    | st.lists(st.sampled_from([b"=?", b"?=", b"utf-8", b"?q?", b"?b?", b"w6k", b" ", b"="])).map(b"".join)
)
@settings(max_examples=500)
def test_any_value_becomes_one_line_of_text(value: bytes) -> None:
    text = text_of(value)
    text.encode()
    assert len(text.splitlines()) < 2


# ---- parameters


@pytest.mark.parametrize(
    ("value", "kind", "parameters"),
    [
        (b"text/plain; charset=utf-8", "text/plain", {"charset": "utf-8"}),
        (b'Text/HTML; Charset="UTF-8"', "text/html", {"charset": "UTF-8"}),
        (b"text / plain; charset = utf-8", "text/plain", {"charset": "utf-8"}),
        (b"text/plain (a comment); (one more) charset=us-ascii (Plain text)", "text/plain", {"charset": "us-ascii"}),
        (b"application/pdf; name=Statement of account.pdf", "application/pdf", {"name": "Statement of account.pdf"}),
        (
            b"attachment; filename=Statement (1).pdf; size=3",
            "attachment",
            {"filename": "Statement (1).pdf", "size": "3"},
        ),
        (b"attachment filename=a b.pdf size=3", "attachment", {"filename": "a b.pdf", "size": "3"}),
        (b'application/pdf; name="a.pdf" charset=utf-8', "application/pdf", {"name": "a.pdf", "charset": "utf-8"}),
        (b'attachment; filename="a \\"b\\" \\\\ c.pdf"', "attachment", {"filename": 'a "b" \\ c.pdf'}),
        (
            b'attachment; filename="the "new" one.pdf"; size=1',
            "attachment",
            {"filename": 'the "new" one.pdf', "size": "1"},
        ),
        (b'attachment; filename="C:\\Users\\ann\\a.pdf"', "attachment", {"filename": "C:\\Users\\ann\\a.pdf"}),
        (b'attachment; filename="a;b.pdf', "attachment", {"filename": "a;b.pdf"}),
        (b'attachment; filename="a.pdf; size=3', "attachment", {"filename": "a.pdf", "size": "3"}),
        (b"filename=a.pdf", "", {"filename": "a.pdf"}),
        (b"attachment; filename=caf\xe9.pdf", "attachment", {"filename": "café.pdf"}),
        ("attachment; filename=café.pdf".encode(), "attachment", {"filename": "café.pdf"}),
        (b"attachment; filename==?utf-8?q?caf=C3=A9.pdf?=", "attachment", {"filename": "café.pdf"}),
        (b'attachment; filename="=?utf-8?q?caf=C3?=\r\n =?utf-8?q?=A9.pdf?="', "attachment", {"filename": "café.pdf"}),
        # RFC 2231, 3, 4 and 4.1.
        (
            b"message/external-body; url*0=ftp://;\r\n url*1=a.example/x",
            "message/external-body",
            {"url": "ftp://a.example/x"},
        ),
        (b"x/y; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A", "x/y", {"title": "This is ***fun***"}),
        (
            b"x/y; title*0*=us-ascii'en'This%20is%20even%20more%20;title*1*=%2A%2A%2Afun%2A%2A%2A%20\r\n ;title*2=\"isn't it!\"",
            "x/y",
            {"title": "This is even more ***fun*** isn't it!"},
        ),
        (b"attachment; filename*1=b.pdf; filename*0=a", "attachment", {"filename": "ab.pdf"}),
        (b"attachment; filename*=iso-8859-1''%80.pdf", "attachment", {"filename": "€.pdf"}),
        (b"attachment; filename*=%C3%A9.pdf", "attachment", {"filename": "é.pdf"}),
        (b"attachment; filename*=\"utf-8''%C3%A9.pdf\"", "attachment", {"filename": "é.pdf"}),
        (b"attachment; filename*0*=utf-8''%C3; filename*1*=%A9.pdf", "attachment", {"filename": "é.pdf"}),
        (b"attachment; filename=e.pdf; filename*=utf-8''%C3%A9.pdf", "attachment", {"filename": "é.pdf"}),
        (b"attachment; filename=first.pdf; filename=second.pdf", "attachment", {"filename": "first.pdf"}),
        (b'attachment; filename=""; filename=second.pdf', "attachment", {"filename": "second.pdf"}),
        (b";;; ; =; a; charset=utf-8;", "", {"charset": "utf-8"}),
        (b"multipart/mixed; boundary==_a?b/c(d)=", "multipart/mixed", {"boundary": "=_a?b/c(d)="}),
        (b"", "", {}),
    ],
)
def test_parameters_are_read_as_they_were_meant(value: bytes, kind: str, parameters: dict[str, str]) -> None:
    found = parameters_of(value)
    assert (found.value, dict(found.all)) == (kind, parameters)


def test_a_boundary_is_told_as_the_bytes_that_it_is() -> None:
    assert parameters_of(b'multipart/mixed; boundary="=?utf-8?q?a?= \xe9"').raw["boundary"] == b"=?utf-8?q?a?= \xe9"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40))
def test_a_quoted_name_of_a_file_comes_through(name: str) -> None:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    found = parameters_of(f'attachment; filename="{escaped}"; size=1'.encode())
    assert (found.all["filename"], found.all["size"]) == (text_of(name.encode()), "1")


@given(
    st.binary(max_size=300)
    | st.lists(st.sampled_from([b";", b"=", b'"', b"*0*", b"name", b"'", b"%", b"(", b")", b"\\", b" "])).map(b"".join)
)
@settings(max_examples=500)
def test_any_value_has_parameters_that_can_be_stored(value: bytes) -> None:
    found = parameters_of(value)
    "".join([found.value, *found.all, *found.all.values()]).encode()


# ---- ids


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (b"<a@b.example>", ("a@b.example",)),
        (b"a@b.example", ("a@b.example",)),
        (b"ABC-123", ("ABC-123",)),
        (b"<<a@b.example>>", ("a@b.example",)),
        (b"<a@b.example", ("a@b.example",)),
        (b"<very-long\r\n -id@b.example>", ("very-long-id@b.example",)),
        (b"<a @ b.example>", ("a@b.example",)),
        (b"<a@b.example><c@d.example>", ("a@b.example", "c@d.example")),
        (b"<a@b.example>,\r\n\t<c@d.example>", ("a@b.example", "c@d.example")),
        (b"a@b.example c@d.example <e@f.example>", ("a@b.example", "c@d.example", "e@f.example")),
        (b"(no, <x@y.example>) <a@b.example> (it is)", ("a@b.example",)),
        (b"<a(b)c@d.example>", ("a(b)c@d.example",)),
        (b'Your message of "Mon, 1 Jun" <a@b.example>', ("a@b.example",)),
        (b"Message from ann@bank.example of Monday", ()),
        (b"<a@b.example> <a@b.example>", ("a@b.example",)),
        (b"<COM_1@FIRM.EXAMPLE>", ("COM_1@FIRM.EXAMPLE",)),
        (b"<>", ()),
        (b"", ()),
        (b"<" + b"a" * 900 + b"@b.example>", ()),
    ],
)
def test_ids_are_read_with_or_without_their_brackets(value: bytes, ids: tuple[str, ...]) -> None:
    assert ids_of(value) == ids


def test_of_many_ids_the_first_and_the_last_fifty_count() -> None:
    many = b"\r\n ".join(b"<%d@b.example>" % at for at in range(50_000))
    assert ids_of(many) == ("0@b.example", *(f"{at}@b.example" for at in range(49_950, 50_000)))


# ---- within bounds


@pytest.mark.parametrize("read", [text_of, parameters_of, ids_of])
@pytest.mark.parametrize(
    "piece",
    [
        b"=?utf-8?b?w6k=?= ",
        b"=?utf-8?q?",
        b"=?",
        b"; a*0*=b",
        b'; a="',
        b'"',
        b"\\",
        b"(",
        b"()",
        b"<",
        b"<a@b> ",
        b"\r\n ",
        b" ",
        b"x=",
        b"=",
    ],
)
def test_a_value_of_a_megabyte_takes_no_time(read: object, piece: bytes) -> None:
    assert callable(read)
    with bounded_effort():
        read(b"text/plain" + piece * (1_000_000 // len(piece)))
