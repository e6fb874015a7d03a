"""Words as they stand in the fields of a mail (RFC 5322, 2047, 6532), however they were encoded.

The standard library copies all that it has read with each encoded word that it finds. Here one pass finds them, and those that
belong together are decoded together.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from letterbook.adapters.inbound_mail.charsets import decoded
from letterbook.adapters.inbound_mail.transfer import from_base64
from letterbook.domain.visible import name_of

MAX_FIELD_BYTES = 64 * 1024
_FOLD = re.compile(rb"\r\n(?=[ \t])|[\r\n]+")
_LINES = re.compile("[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029\0]+")
# The charset may have a language (RFC 2231, 5), and blanks around it that nobody should have written.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_BEGIN = re.compile(rb"=\?([^?=\r\n]{0,80})\?[ \t]*([bBqQ])[ \t]*\?")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_BLANKS = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class _Word:
    """An encoded word. `content` is still as it was written."""

    charset: str
    encoding: str
    content: bytes


def unfolded(value: bytes) -> bytes:
    """On one line, and bounded. A line break that is no fold is a blank."""
    return _FOLD.sub(
        lambda fold: b"" if fold.end() < len(value) and value[fold.end()] in b" \t" else b" ", value[:MAX_FIELD_BYTES]
    ).strip()


def seen_line(text: str) -> str:
    """A text that names somebody or something: on one line, and only what is seen of it."""
    return name_of(_UNSEEN.sub(" ", text.encode(errors="replace").decode())).strip()


def text_of(value: bytes) -> str:
    """Words as people read them: encoded words decoded, raw bytes taken for the text that they are, on one line."""
    raw = unfolded(value)
    text = "".join(_texts(list(_pieces(raw)))) if b"=?" in raw else decoded(raw)
    return _LINES.sub(" ", text).strip()


def _pieces(raw: bytes) -> Iterator[bytes | _Word]:
    """Encoded words, and what stands between them. One that has no end is no word."""
    at, end = 0, -1
    begin = _BEGIN.search(raw)
    while begin:
        if end < begin.end():
            end = raw.find(b"?=", begin.end())
        if end < 0:
            break
        following = _BEGIN.search(raw, begin.end())
        if following and following.start() < end - 1:
            begin = following
            continue
        if begin.start() > at:
            yield raw[at : begin.start()]
        charset = begin[1].decode("latin-1").partition("*")[0].strip()
        yield _Word(charset.lower(), begin[2].decode().lower(), raw[begin.end() : end])
        at = end + 2
        begin = following if following and following.start() >= at else _BEGIN.search(raw, at)
    if at < len(raw):
        yield raw[at:]


def _texts(pieces: list[bytes | _Word]) -> Iterator[str]:
    together: list[_Word] = []
    for place, piece in enumerate(pieces):
        if isinstance(piece, _Word):
            if together and together[0].charset != piece.charset:
                yield _joined(together)
                together = []
            together.append(piece)
            continue
        between = 0 < place < len(pieces) - 1 and isinstance(pieces[place - 1], _Word)
        if between and isinstance(pieces[place + 1], _Word) and not piece.strip(_BLANKS):
            # Blanks between two words are only there to keep them apart (RFC 2047, 6.2).
            continue
        yield _joined(together)
        together = []
        yield decoded(piece)
    yield _joined(together)


def _joined(words: list[_Word]) -> str:
    """The text of words of one charset: a letter of several bytes may be split between two of them."""
    if not words:
        return ""
    made, base64 = bytearray(), bytearray()
    for word in words:
        if word.encoding == "b":
            base64 += word.content.translate(None, _BLANKS)
            # A word that ends within four letters, without padding, goes on in the next.
            if len(base64) % 4 and not base64.endswith(b"="):
                continue
        made += from_base64(bytes(base64))
        base64.clear()
        if word.encoding == "q":
            made += _HEX.sub(lambda found: bytes([int(found[1], 16)]), word.content.replace(b"_", b" "))
    made += from_base64(bytes(base64))
    return decoded(bytes(made), words[0].charset)
