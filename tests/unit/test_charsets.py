"""Labels of charsets mean what browsers take them to mean, and what nobody labelled is read as what it is."""

import pytest
from hypothesis import given, settings, strategies as st

from letterbook.adapters.inbound_mail.charsets import codec_of, decoded

UTF_8 = "Grüße, 10 €"


@pytest.mark.parametrize(
    ("label", "content", "text"),
    [
        ("iso-8859-1", b"I don\x92t owe \x80500", "I don’t owe €500"),
        ("US-ASCII", b"\x93quoted\x94 \x96 na\xefve", "“quoted” – naïve"),
        ("latin1", b"\x85", "…"),
        ("iso8859_1", b"\x80", "€"),
        ("windows-1252", b"\x81\x8d\x8f\x90\x9d", "\x81\x8d\x8f\x90\x9d"),
        ("windows1250", b"\x8a\x9a", "Šš"),
        ("cp1251", "Привет".encode("cp1251"), "Привет"),
        ("koi8-r", "Привет".encode("koi8-r"), "Привет"),
        ("koi8-u", "їжак".encode("koi8-u"), "їжак"),
        ("iso-8859-9", "ığüş".encode("cp1254"), "ığüş"),
        ("iso-8859-11", "ไทย".encode("cp874"), "ไทย"),
        ("gb2312", "朱镕基".encode("gb18030"), "朱镕基"),
        ("gbk", b"\x80100", "€100"),
        ("x-gbk", "㐀".encode("gb18030"), "㐀"),
        ("shift_jis", "①髙橋".encode("cp932"), "①髙橋"),
        ("euc-kr", "똠방".encode("cp949"), "똠방"),
        ("ks_c_5601-1987", "똠방".encode("cp949"), "똠방"),
        ("big5", "香港嘅".encode("big5hkscs"), "香港嘅"),
        ("iso-2022-jp", b"\x1b$B-!|b66\x1b(B desu", "①髙橋 desu"),
        ("iso-2022-jp", b"\x1b(I1\x1b(B", "ｱ"),
        ("euc-jp", b"\xad\xa1\xfc\xe2 ok", "①髙 ok"),
        ("macintosh", "é…".encode("mac-roman"), "é…"),
        ("utf-16", "Grüße".encode("utf-16-le"), "Grüße"),
        ("utf-16be", "Grüße".encode("utf-16-be"), "Grüße"),
    ],
)
def test_a_label_means_what_browsers_take_it_to_mean(label: str, content: bytes, text: str) -> None:
    assert decoded(content, label) == text


@pytest.mark.parametrize(
    ("label", "content"),
    [
        ("utf-7", UTF_8.encode("utf-7")),
        ("unicode-1-1-utf-7", UTF_8.encode("utf-7")),
        ("utf-32", UTF_8.encode("utf-32")),
        ("cp850", "Grüße, 10 ".encode("cp850")),
        ("IBM437", "Grüße, 10 ".encode("cp437")),
        ("iso-2022-kr", "한국어".encode("iso2022_kr")),
        ("hz-gb-2312", "中文".encode("hz")),
        ("johab", "한국어".encode("johab")),
    ],
)
def test_labels_that_no_browser_knows_are_known(label: str, content: bytes) -> None:
    assert decoded(content, label) == content.decode(codec_of(label))
    assert decoded(content, label) in (UTF_8, "Grüße, 10 ", "한국어", "中文")


@pytest.mark.parametrize(
    "label", ['"utf-8"', " utf-8 ", "UTF8", "utf-8;format=flowed", "'utf-8'", "utf_8", "utf8mb4", "cp65001", "=utf-8"]
)
def test_a_label_is_known_in_any_spelling(label: str) -> None:
    assert codec_of(label) == "utf-8"


@pytest.mark.parametrize(
    "label", ["", "x-unknown", "unknown-8bit", "x-user-defined", "replacement", "none", "\x00", "é"]
)
def test_without_a_label_that_is_known_it_is_utf_8_if_it_is_else_windows_1252(label: str) -> None:
    assert decoded(UTF_8.encode(), label) == UTF_8
    assert decoded(UTF_8.encode("cp1252"), label) == UTF_8


@pytest.mark.parametrize(
    "label",
    ["rot13", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "base64", "hex", "zlib", "mbcs"],
)
def test_what_python_calls_a_codec_and_is_no_charset_is_not_one(label: str) -> None:
    assert codec_of(label) == ""
    assert decoded(b"\\u0041 uryyb", label) == "\\u0041 uryyb"


def test_utf_8_that_is_none_is_what_it_is() -> None:
    assert decoded(UTF_8.encode("cp1252"), "utf-8") == UTF_8


def test_one_broken_letter_does_not_spoil_the_others() -> None:
    assert decoded("Łódź, Kraków".encode() + b"\xc5", "utf-8") == "Łódź, Kraków\ufffd"


def test_ascii_that_is_called_utf_16_is_ascii() -> None:
    assert decoded(b"Dear Sir", "utf-16") == "Dear Sir"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_says_more_than_a_label(encoding: str) -> None:
    assert decoded(UTF_8.encode(encoding), "iso-8859-1") == UTF_8


@pytest.mark.parametrize(
    "head",
    [
        "<meta charset=koi8-r>",
        "<!doctype html><html><head><META CharSet = 'koi8-r' />",
        '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">',
        "<meta content='text/html;charset=koi8-r' http-equiv=Content-Type>",
        "<!-- <meta charset=utf-16> --><meta charset=koi8-r>",
        '<?xml version="1.0" encoding="koi8-r"?><html>',
        "<meta name=description content='charset=utf-16'><meta charset=koi8-r>",
    ],
)
def test_a_document_that_nobody_labelled_says_its_charset_itself(head: str) -> None:
    content = (head + "<p>Привет").encode("koi8-r")
    assert decoded(content, html=True) == head + "<p>Привет"
    assert decoded(content, "x-unknown", html=True) == head + "<p>Привет"


@pytest.mark.parametrize(
    "head", [" " * 1100 + "<meta charset=koi8-r>", "<p>charset=koi8-r", "<meta name=x content='charset=koi8-r'>"]
)
def test_what_only_looks_like_it_does_not_count(head: str) -> None:
    assert decoded((head + "é").encode(), html=True) == head + "é"


def test_a_label_says_more_than_the_document() -> None:
    content = "<meta charset=koi8-r>é".encode()
    assert decoded(content, "utf-8", html=True) == "<meta charset=koi8-r>é"
    assert decoded(content) == "<meta charset=koi8-r>é"


def test_a_document_that_can_be_read_so_far_is_not_utf_16() -> None:
    assert decoded("<meta charset=utf-16>é".encode(), html=True) == "<meta charset=utf-16>é"


LABELS = st.sampled_from(
    ["utf-8", "iso-8859-1", "gb2312", "shift_jis", "iso-2022-jp", "euc-jp", "big5", "utf-7", "utf-16", "hz", "utf-32"]
)


@given(st.binary(max_size=200), LABELS | st.text(max_size=20), st.booleans())
@settings(max_examples=500)
def test_anything_is_decoded_to_text_that_can_be_stored(content: bytes, label: str, html: bool) -> None:
    decoded(content, label, html=html).encode()


@given(st.binary(max_size=200))
def test_each_byte_of_an_encoding_of_single_bytes_is_a_character(content: bytes) -> None:
    assert len(decoded(b"a" + content, "iso-8859-1")) == len(content) + 1


@given(st.sampled_from(["utf-8", "iso-2022-jp", "euc-jp", "gb2312", "utf-7", "utf-16le"]), st.data())
def test_what_was_written_is_read(label: str, data: st.DataObject) -> None:
    letters = "cp1252" if label in ("utf-8", "utf-16le", "utf-7") else "ascii"
    text = "a" + data.draw(st.text(st.characters(codec=letters, categories=["L", "N", "P"]), max_size=50)) + "\0"
    assert decoded(text.encode(codec_of(label)), label) == text
