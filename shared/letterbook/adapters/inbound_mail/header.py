"""The header of a mail or of a part (RFC 5322, 2.2), read from its bytes, whoever wrote it."""

import re
from dataclasses import dataclass

from letterbook.adapters.inbound_mail.words import MAX_FIELD_BYTES

# Names of programs that write mail have some hundred fields; a header has as much room as it takes, within this.
MAX_FIELDS = 2_000
_MAX_JUNK_BYTES = 64 * 1024
# Where what counts stands at both ends: the first id, and the last ones.
_BOTH_ENDS = frozenset({"references", "in-reply-to"})
_HEAD_BYTES = 4 * 1024
_BOM = b"\xef\xbb\xbf"
_BLANK = re.compile(rb"(?:[ \t]*+(?:\r\n|\n|\r))++")
_EMPTY = re.compile(rb"\r\n|\n|\r")
# A name may hold any byte but blanks and colons (RFC 6532, 3.4, allows less); blanks before its colon are an old custom.
_NAME = re.compile(rb"([^\x00-\x20:\x7f]{1,200})[ \t]*:")
_END = re.compile(rb"(?>\r\n|\n|\r)(?![ \t])")
_DELIMITER = re.compile(rb"--[^\r\n]{1,200}(?:\r\n|\n|\r)content-[a-z-]{1,40}[ \t]*:", re.IGNORECASE)
_HEADER_END = re.compile(rb"\n\r?\n|\r\r")


@dataclass(slots=True)
class Header:
    """`fields` are names in lower case with their values, still folded; `body_at` is where the body begins.

    `cut` says that there is more of it than was read.
    """

    fields: tuple[tuple[str, bytes], ...]
    body_at: int
    cut: bool = False


def header_of(raw: bytes, start: int, end: int, *, outermost: bool) -> Header:
    """The header from `start`.

    A line that is none is passed over. Where after such a line no field comes any more, the body began there, without the empty
    line that should stand before it. Before the outermost header, byte order marks and empty lines are passed over.
    """
    at = _begin(raw, start, end) if outermost else start
    fields: list[tuple[str, bytes]] = []
    junk, cut = -1, False
    while at < end:
        empty = _EMPTY.match(raw, at, end)
        if empty:
            return Header(tuple(fields), empty.end() if junk < 0 else junk, cut)
        if len(fields) == MAX_FIELDS:
            found = _HEADER_END.search(raw, at, end)
            return Header(tuple(fields), found.end() if found else end, cut=True)
        name = _NAME.match(raw, at, end)
        line = _END.search(raw, at, end)
        stop, after = (line.start(), line.end()) if line else (end, end)
        if _DELIMITER.match(raw, at, end):
            # The body began without an empty line before it.
            break
        if name and name.end() <= stop:
            known = name[1].decode("latin-1").lower()
            fields.append((known, _value(raw, name.end(), stop, known)))
            cut = cut or stop - name.end() > MAX_FIELD_BYTES
            junk = -1
        else:
            junk = at if junk < 0 else junk
            if at - junk > _MAX_JUNK_BYTES:
                break
        at = after
    return Header(tuple(fields), at if junk < 0 else junk, cut)


def _begin(raw: bytes, start: int, end: int) -> int:
    at = start + len(_BOM) if raw.startswith(_BOM, start, end) else start
    blank = _BLANK.match(raw, at, end)
    # Nothing but a body comes after an empty line, unless a header begins there.
    return blank.end() if blank and _NAME.match(raw, blank.end(), end) else at


def _value(raw: bytes, start: int, stop: int, name: str) -> bytes:
    if stop - start <= MAX_FIELD_BYTES:
        return raw[start:stop].strip()
    if name in _BOTH_ENDS:
        return raw[start : start + _HEAD_BYTES] + b" " + raw[stop - MAX_FIELD_BYTES + _HEAD_BYTES + 1 : stop]
    return raw[start : start + MAX_FIELD_BYTES].strip()
