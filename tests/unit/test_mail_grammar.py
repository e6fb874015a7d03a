"""Mails made from the grammar, with what is right beside them: the reader finds that; of broken ones what is still whole."""

import base64
import quopri
import re
from dataclasses import dataclass
from email.header import Header

from hypothesis import HealthCheck, given, settings, strategies as st

from letterbook.adapters.inbound_mail import read
from tests.support.builders import NOW
from tests.support.mail_corpus import lines_of, words_of

CHARSETS = ("utf-8", "iso-8859-1", "windows-1252", "iso-8859-15", "koi8-r", "shift_jis", "gb18030", "big5", "utf-16")
LETTERS = {
    "utf-8": "aä€語я🙂",
    "iso-8859-1": "aäéß",
    "windows-1252": "aä€’“",
    "iso-8859-15": "aä€Œ",
    "koi8-r": "aжюя",
    "shift_jis": "a日本語",
    "gb18030": "a中文€",
    "big5": "a中文",
    "utf-16": "aä€語",
}


@dataclass(frozen=True)
class Leaf:
    """A part as it is written, with the paragraph or the file (name, media type, bytes) that it is."""

    written: bytes
    paragraph: str = ""
    file: tuple[str, str, int] | None = None


@dataclass(frozen=True)
class Written:
    """A mail with what is in it, in order."""

    raw: bytes
    sender: str
    name: str
    subject: str
    leaves: tuple[Leaf, ...]

    @property
    def paragraphs(self) -> list[str]:
        return [one.paragraph for one in self.leaves if one.paragraph]

    @property
    def files(self) -> list[tuple[str, str, int]]:
        return [one.file for one in self.leaves if one.file]


def transfer_encoded(content: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return base64.encodebytes(content).replace(b"\n", b"\r\n").rstrip()
    if encoding == "quoted-printable":
        return quopri.encodestring(content).replace(b"\n", b"\r\n")
    return content


words = st.text("abcdefghij", min_size=1, max_size=8)
numbers = st.integers(0, 10**9)


@st.composite
def paragraphs(draw: st.DrawFn) -> tuple[str, str]:
    """(text, charset): words that can be told from all others, in letters of the charset."""
    charset = draw(st.sampled_from(CHARSETS))
    letters = draw(st.text(LETTERS[charset], min_size=1, max_size=6))
    return f"Paragraph {draw(numbers)} {letters} {draw(words)}.", charset


@st.composite
def texts(draw: st.DrawFn) -> Leaf:
    text, charset = draw(paragraphs())
    rich = draw(st.booleans())
    encodings = ["base64"] if charset == "utf-16" else ["base64", "quoted-printable", "8bit"]
    encoding = draw(st.sampled_from(encodings))
    content = (f"<div>{text}</div>" if rich else text).encode(charset)
    label = draw(st.sampled_from([charset, charset.upper(), f'"{charset}"']))
    kind = "html" if rich else "plain"
    header = f"Content-Type: text/{kind}; charset={label}\r\nContent-Transfer-Encoding: {encoding}\r\n"
    inline = draw(st.sampled_from(["", "Content-Disposition: inline\r\n"]))
    return Leaf(f"{header}{inline}\r\n".encode() + transfer_encoded(content, encoding), paragraph=text)


@st.composite
def enclosures(draw: st.DrawFn) -> Leaf:
    media_type, suffix = draw(st.sampled_from([("application/pdf", "pdf"), ("image/png", "png"), ("text/csv", "csv")]))
    letters = draw(st.text("abä€語 ", max_size=8))
    name = f"{' '.join(f'file {letters} {draw(numbers)}'.split())}.{suffix}"
    content = draw(st.binary(max_size=60))
    encoded = "".join(f"%{one:02X}" for one in name.encode())
    written = draw(
        st.sampled_from(
            [
                f'filename="{name}"',
                f"filename*=utf-8''{encoded}",
                f'filename="=?utf-8?B?{base64.b64encode(name.encode()).decode()}?="',
                f"filename*0*=utf-8''{encoded[:9]};\r\n filename*1*={encoded[9:]}",
            ]
        )
    )
    header = f"Content-Type: {media_type}\r\nContent-Disposition: attachment; {written}\r\n"
    body = transfer_encoded(content, "base64")
    return Leaf(
        f"{header}Content-Transfer-Encoding: base64\r\n\r\n".encode() + body, file=(name, media_type, len(content))
    )


def joined(parts: list[tuple[bytes, tuple[Leaf, ...]]], boundary: str, quote: str) -> tuple[bytes, tuple[Leaf, ...]]:
    delimiter = b"\r\n--" + boundary.encode()
    body = b"".join(delimiter + b"\r\n" + written for written, _ in parts) + delimiter + b"--\r\n"
    header = f"Content-Type: multipart/mixed; boundary={quote}{boundary}{quote}\r\n".encode()
    return header + b"\r\nThis is a message in MIME format." + body, tuple(one for _, leaves in parts for one in leaves)


@st.composite
def multiparts(draw: st.DrawFn, depth: int = 0) -> tuple[bytes, tuple[Leaf, ...]]:
    leaves = (texts() | texts() | enclosures()).map(lambda one: (one.written, (one,)))
    inner = leaves if depth == 3 else leaves | leaves | multiparts(depth + 1)
    parts = draw(st.lists(inner, min_size=1, max_size=4))
    boundary = f"{draw(st.sampled_from(['b', '=_Part', '----x', 'a.b']))}.{depth}.{draw(numbers)}"
    # What has a = in it has to be in quotes.
    return joined(parts, boundary, draw(st.sampled_from(['"'] if "=" in boundary else ['"', ""])))


def encoded_word(text: str, how: str) -> str:
    if how == "raw":
        return text
    return Header(text, charset="utf-8", header_name="Subject").encode(linesep="\r\n")


@st.composite
def mails(draw: st.DrawFn) -> Written:
    body, leaves = draw(multiparts() | texts().map(lambda one: (one.written, (one,))))
    name = " ".join(draw(st.lists(st.text("abäé語", min_size=1, max_size=6), min_size=1, max_size=3)))
    subject = " ".join(draw(st.lists(st.text("abc€ü語", min_size=1, max_size=12), min_size=1, max_size=8)))
    sender = f"{draw(words)}@{draw(words)}.example"
    how = draw(st.sampled_from(["raw", "encoded"]))
    shown = encoded_word(name, how) if how == "encoded" else f'"{name}"'
    mailbox = draw(st.sampled_from([f"{shown} <{sender}>", f"{shown}\r\n\t<{sender}>"]))
    fields = [f"From: {mailbox}\r\n", "To: legal@firm.example\r\n", f"Subject: {encoded_word(subject, how)}\r\n"]
    header = "".join(draw(st.permutations([*fields, "MIME-Version: 1.0\r\n", "X-Other: a: b; c=<d>\r\n"])))
    return Written(header.encode() + body, sender, name, subject, leaves)


def joined_text(mail: Written) -> list[str]:
    return lines_of("\n".join(mail.paragraphs))


@given(mails())
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_what_was_written_is_found(mail: Written) -> None:
    found = read(mail.raw, NOW)
    assert (found.sender, found.sender_name, found.subject) == (mail.sender, mail.name, mail.subject)
    assert [(one.name, one.media_type, len(one.content)) for one in found.enclosed] == mail.files
    assert lines_of(found.text) == joined_text(mail)
    assert (found.left_out, found.unread) == (0, ())


# ---- broken


def plain(text: bytes) -> bytes:
    return b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """A mail of plain paragraphs, some of whose lines are gone, doubled, or others."""
    numbered = [Leaf(plain(f"Paragraph {draw(numbers)} is here.".encode())) for _ in range(draw(st.integers(1, 4)))]
    parts: list[tuple[bytes, tuple[Leaf, ...]]] = [(one.written, (one,)) for one in numbered]
    depth = draw(st.integers(0, 3))
    body = joined(parts, f"b{depth}", '"')[0]
    for outer in reversed(range(depth)):
        more = draw(st.lists(texts(), max_size=2))
        body = joined([(body, ()), *((one.written, ()) for one in more)], f"b{outer}", '"')[0]
    lines = (b"From: Ann Lee <ann@bank.example>\r\nSubject: Pay me\r\n" + body).split(b"\r\n")
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(lines) - 1))
        change = draw(st.sampled_from(["drop", "double", "swap", "cut", "junk", "boundary", "blanks"]))
        lines = changed(lines, place, change, draw(st.binary(max_size=20)))
    return draw(st.sampled_from([b"\r\n", b"\n"])).join(lines)


def changed(lines: list[bytes], place: int, change: str, junk: bytes) -> list[bytes]:
    if change == "drop":
        return lines[:place] + lines[place + 1 :] or [b""]
    if change == "double":
        return lines[: place + 1] + lines[place:]
    if change == "swap":
        return lines[:place] + lines[place : place + 2][::-1] + lines[place + 2 :]
    if change == "cut":
        return lines[: place + 1]
    if change == "junk":
        return [*lines[:place], junk.replace(b"\n", b"").replace(b"\r", b""), *lines[place:]]
    if change == "boundary":
        return [line.replace(b"--b", b"--c", 1) if number == place else line for number, line in enumerate(lines)]
    return [line + b"  \t" if number == place else line for number, line in enumerate(lines)]


def whole_paragraphs(raw: bytes) -> list[str]:
    """Those whose part is whole, in multiparts that began and have not ended: the rest is no text (RFC 2046, 5.1.1)."""
    lines = raw.replace(b"\r\n", b"\n")
    closed = re.search(rb"^--b\d+--", lines, re.MULTILINE)
    open_ = lines[: closed.start()] if closed else lines
    whole = rb"^--b\d+\nContent-Type: text/plain; charset=utf-8\n\n(Paragraph \d+ is here\.)$"
    found = re.finditer(whole, open_, re.MULTILINE)
    return [one[1].decode() for one in found if all_begun(open_[: one.start(1)])]


def all_begun(before: bytes) -> bool:
    """Whether the first delimiter of each multipart came after its header."""
    announced = re.finditer(rb'boundary="(b\d+)"', before)
    return all(re.search(rb"^--" + one[1] + rb"$", before[one.end() :], re.MULTILINE) for one in announced)


@given(broken())
@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow])
def test_of_a_broken_mail_every_paragraph_that_is_still_whole_is_shown(raw: bytes) -> None:
    found = read(raw, NOW)
    assert found.raw == raw
    shown = words_of(found.text)
    assert [one for one in whole_paragraphs(raw) if one not in shown] == []


@given(mails(), st.floats(0, 1))
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_a_mail_that_is_cut_shows_whom_it_is_from_as_soon_as_that_stands_in_it(mail: Written, where: float) -> None:
    header = mail.raw.index(b"Content-Type: ")
    found = read(mail.raw[: header + int(where * (len(mail.raw) - header))], NOW)
    assert (found.sender, found.subject) == (mail.sender, mail.subject)
