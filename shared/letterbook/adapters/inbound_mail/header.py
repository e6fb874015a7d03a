"""The header of a mail or of a part (RFC 5322, 2.2), read from its bytes, whoever wrote it."""

import re
from dataclasses import dataclass

from letterbook.adapters.inbound_mail.words import MAX_FIELD_BYTES

# More than any program writes, as fields or as lines that are none; a part has fewer than a mail, which every server adds to.
MAX_FIELDS, MAX_FIELDS_OF_PART = 5_000, 200
# Of these, what counts stands at both ends: the first id, and the last ones.
_BOTH_ENDS = (b"references", b"in-reply-to")
_HEAD_BYTES = 4 * 1024
_BOM = b"\xef\xbb\xbf"
_EMPTY_LINES = re.compile(rb"(?:[ \t]*+(?:\r\n|\n|\r))*+")
_LINE_BREAK = re.compile(rb"\r\n|\n|\r")
# Any byte but blanks and colons may stand in a name, also those that RFC 5322 forbids; blanks before its colon are an old custom.
_NAME = re.compile(rb"([^\x00-\x20:\x7f]{1,200})[ \t]{0,200}:")
# Where a line ends that is not folded.
_END = re.compile(rb"(?:\r\n|\n|\r(?!\n))(?![ \t])")
# Where a body of parts begins without an empty line before it: a delimiter, and a field of the first of them.
_DELIMITER = re.compile(rb"--[^\r\n]{1,200}(?:\r\n|\n|\r)content-[a-z-]{1,40}[ \t]*:", re.IGNORECASE)
_END_OF_HEADER = re.compile(rb"\n\r?\n|\r\r")


@dataclass(slots=True)
class Header:
    """`fields` are names in lower case with their values, still folded; `body_at` is where the body begins.

    `junk_at` is where lines begin that follow the last field and are none, or `body_at`. `cut`: there is more than was read.
    """

    fields: tuple[tuple[str, bytes], ...]
    body_at: int
    junk_at: int
    cut: bool = False


def header_of(raw: bytes, start: int, end: int, *, outermost: bool) -> Header:
    """The header that begins at `start`.

    A line that is no field is passed over. Where nothing but such lines comes before the header ends, they may be the beginning of
    a body that no empty line stands before. Before the outermost header byte order marks and empty lines are passed over.
    """
    at = begin_of(raw, start, end) if outermost else start
    limit = MAX_FIELDS if outermost else MAX_FIELDS_OF_PART
    fields: list[tuple[str, bytes]] = []
    junk_at, junk_lines, cut = -1, 0, False
    while at < end:
        empty = _LINE_BREAK.match(raw, at, end)
        if empty:
            return _header(fields, empty.end(), junk_at, cut)
        if limit in (len(fields), junk_lines) or _DELIMITER.match(raw, at, end):
            break
        found = _END.search(raw, at, end)
        line_end, next_at = found.span() if found else (end, end)
        name = _NAME.match(raw, at, line_end)
        if name:
            value, was_cut = _value(raw, name, line_end)
            fields.append((name[1].removeprefix(_BOM).decode("latin-1").lower(), value))
            junk_at, junk_lines, cut = -1, 0, cut or was_cut
        else:
            junk_at, junk_lines = at if junk_at < 0 else junk_at, junk_lines + 1
        if _is_blank_before(raw, at, line_end) and not _goes_on(raw, next_at, end):
            return _header(fields, next_at, junk_at, cut)
        at = next_at
    if len(fields) == limit:
        found = _END_OF_HEADER.search(raw, at, end)
        return _header(fields, found.end() if found else end, -1, cut=True)
    return _header(fields, at, junk_at, cut)


def _header(fields: list[tuple[str, bytes]], body_at: int, junk_at: int, cut: bool) -> Header:
    return Header(tuple(fields), body_at, body_at if junk_at < 0 else junk_at, cut)


def begin_of(raw: bytes, start: int, end: int) -> int:
    """Where the outermost header begins: what stands before it is nobody's."""
    while raw.startswith(_BOM, start, end):
        start += len(_BOM)
    empty = _EMPTY_LINES.match(raw, start, end)
    return empty.end() if empty else start


def _value(raw: bytes, name: re.Match[bytes], end: int) -> tuple[bytes, bool]:
    """The value of a field that ends at `end`, and whether it was cut."""
    begin = name.end()
    if end - begin <= MAX_FIELD_BYTES:
        return raw[begin:end].strip(), False
    if name[1].lower() in _BOTH_ENDS:
        tail = raw[end - MAX_FIELD_BYTES + _HEAD_BYTES : end]
        return (raw[begin : begin + _HEAD_BYTES] + b"\r\n " + tail).strip(), False
    return raw[begin : begin + MAX_FIELD_BYTES].strip(), True


def _is_blank_before(raw: bytes, at: int, end: int) -> bool:
    """Whether the last line of a folded one holds nothing but blanks: somebody may have meant it for the end of the header."""
    tail = raw[max(at, end - 200) : end].rstrip(b" \t")
    return tail.endswith((b"\n", b"\r"))


def _goes_on(raw: bytes, at: int, end: int) -> bool:
    return at >= end or _LINE_BREAK.match(raw, at, end) is not None or _NAME.match(raw, at, end) is not None
