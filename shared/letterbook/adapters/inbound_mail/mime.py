"""The parts of a mail (RFC 2045, 2046), read from its bytes without copying them, however badly it was written.

The standard library's parser makes an object of every line and of every parameter before it can be asked to stop. Here a part is a
range of the mail's bytes, and what is read of it is bounded before it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from letterbook.adapters.inbound_mail.fields import Parameters, parameters_of, text_of
from letterbook.adapters.inbound_mail.header import header_of
from letterbook.adapters.inbound_mail.transfer import BASE64, QUOTED_PRINTABLE, decoded_as, encoding_of

MAX_PARTS, MAX_DEPTH = 500, 20
# How often something that begins like a delimiter is looked at, in one mail.
_MAX_LOOKS = 500_000
_MAX_BOUNDARY = 200
_TAIL = re.compile(rb"(--)?[ \t]*(?:\r\n|\n|\r|\Z)")
_DASHES = re.compile(rb"(?:\A|(?<=[\r\n]))--([^\s][^\r\n]{0,198}?)[ \t]*(?=[\r\n])")
_MAX_GUESSES, _GUESS_BYTES = 20, 256 * 1024
_CONTENT_FIELD = re.compile(rb"(?:\r\n|\n|\r)content-[a-z-]{1,40}[ \t]*:", re.IGNORECASE)
_HTML = re.compile(rb"\s{0,1000}<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_MAX_ENCODING, _MAX_CONTENT_ID = 200, 1_000


@dataclass(slots=True)
class Bounds:
    """What is left to be read of one mail; `unread` says in plain words what was left out."""

    parts: int = MAX_PARTS
    looks: int = _MAX_LOOKS
    unread: list[str] = field(default_factory=list)

    def leave(self, what: str) -> None:
        if what not in self.unread:
            self.unread.append(what)


class Part:
    """A mail, or a part of one.

    `fields` are names in lower case with their values as they came, still folded; `body` what follows them, still encoded; `raw`
    both. `parts` are those of a multipart; everything else is a leaf, a mail inside the mail too. A multipart in which no part
    can be found has one, which is all that is written in it.
    """

    def __init__(
        self,
        raw: bytes,
        start: int,
        end: int,
        bounds: Bounds,
        depth: int = 0,
        default: str = "text/plain",
        *,
        has_header: bool = True,
    ) -> None:
        self._raw, self._start, self._end = raw, start, end
        self._bounds, self._depth, self._default = bounds, depth, default
        self.fields: tuple[tuple[str, bytes], ...] = ()
        self._body_at = start
        if has_header:
            header = header_of(raw, start, end, outermost=depth == 0)
            self.fields = header.fields
            # Words before an encoded body would be taken for a piece of it.
            self._body_at = header.body_at if self._is_encoded else header.junk_at
            if header.cut:
                bounds.leave("header lines")
        self.parts: tuple[Part, ...] = tuple(self._find_parts()) if self._is_multipart else ()

    @property
    def raw(self) -> bytes:
        return self._raw[self._start : self._end]

    @property
    def body(self) -> bytes:
        return self._raw[self._body_at : self._end]

    @cached_property
    def _values(self) -> dict[str, list[bytes]]:
        found: dict[str, list[bytes]] = {}
        for name, value in self.fields:
            found.setdefault(name, []).append(value)
        return found

    def values(self, name: str) -> list[bytes]:
        """All values of a field, the topmost first."""
        return self._values.get(name, [])

    def value(self, name: str) -> bytes:
        """The topmost value; empty where there is none."""
        return next(iter(self.values(name)), b"")

    def text(self, name: str) -> str:
        """The topmost value as it is read by people, on one line."""
        return text_of(self.value(name))

    @cached_property
    def content_type(self) -> Parameters:
        """Its value is a media type in lower case, such as `text/plain`."""
        found = parameters_of(self.value("content-type"))
        kind, slash, subtype = found.value.partition("/")
        return found if kind and slash and subtype else Parameters(value=self._default, all=found.all, raw=found.raw)

    @cached_property
    def disposition(self) -> Parameters:
        return parameters_of(self.value("content-disposition"))

    @property
    def media_type(self) -> str:
        return self.content_type.value

    @property
    def file_name(self) -> str:
        """As it was written; empty where it has none. Who shows it makes it safe."""
        return self.disposition.all.get("filename") or self.content_type.all.get("name") or ""

    @property
    def content_id(self) -> str:
        return text_of(self.value("content-id")[:_MAX_CONTENT_ID]).strip("<> ")

    def content(self) -> bytes:
        """Decoded as its Content-Transfer-Encoding says."""
        return self._content

    @cached_property
    def _content(self) -> bytes:
        return decoded_as(self._encoding, self.body)

    def leaves(self) -> Iterator[Part]:
        """The parts that have content, in their order."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    @property
    def _encoding(self) -> str:
        return text_of(self.value("content-transfer-encoding")[:_MAX_ENCODING])

    @property
    def _is_encoded(self) -> bool:
        return encoding_of(self._encoding) in (BASE64, QUOTED_PRINTABLE)

    @property
    def _is_multipart(self) -> bool:
        if not self.media_type.startswith("multipart/"):
            return False
        if self._depth == MAX_DEPTH:
            self._bounds.leave("parts")
        return self._depth < MAX_DEPTH

    @property
    def _boundary(self) -> bytes:
        return self.content_type.raw.get("boundary", b"")[:_MAX_BOUNDARY].strip()

    def _find_parts(self) -> Iterator[Part]:
        default = "message/rfc822" if self.media_type == "multipart/digest" else "text/plain"
        ranges = self._ranges(self._boundary) or self._ranges(_guess(self._raw, self._body_at, self._end))
        if not ranges:
            yield self._all_of_it()
        elif _guess(self._raw, self._body_at, ranges[0][0]):
            # Parts of another multipart, whose own delimiter is missing, stand before the first of this one.
            yield from self._part(self._body_at, ranges[0][0], "multipart/mixed", has_header=False)
        for _, begin, end in ranges:
            yield from self._part(begin, end, default)

    def _part(self, begin: int, end: int, default: str, *, has_header: bool = True) -> Iterator[Part]:
        """One part, if there may still be one."""
        if self._bounds.parts:
            self._bounds.parts -= 1
            yield Part(self._raw, begin, end, self._bounds, self._depth + 1, default, has_header=has_header)
        else:
            self._bounds.leave("parts")

    def _all_of_it(self) -> Part:
        """What is written in a multipart without parts; one that was encoded as a whole is looked into again."""
        if self._is_encoded:
            content = b"Content-Type: " + self.value("content-type") + b"\r\n\r\n" + self.content()
            return Part(content, 0, len(content), self._bounds, self._depth + 1)
        begin, end = self._text_range()
        default = "text/html" if _HTML.match(self._raw, begin, end) else "text/plain"
        return Part(self._raw, begin, end, self._bounds, self._depth + 1, default, has_header=False)

    def _text_range(self) -> tuple[int, int]:
        """What stands before the delimiter that closes a multipart without parts, if anything does; else all of it."""
        closing = next(iter(self._delimiters(b"--" + self._boundary)), None) if self._boundary else None
        if closing and self._raw[self._body_at : closing[0]].strip():
            return self._body_at, _without_break(self._raw, self._body_at, closing[0])
        return closing[1] if closing else self._body_at, self._end

    def _ranges(self, boundary: bytes) -> list[tuple[int, int, int]]:
        """Where the delimiter before each part begins, the part, and its end, which is that of the multipart if it has none.

        One more than may be read, at most.
        """
        found: list[tuple[int, int, int]] = []
        before, begin = -1, -1
        for at, after, closes in self._delimiters(b"--" + boundary) if boundary else ():
            if begin >= 0:
                found.append((before, begin, _without_break(self._raw, begin, at)))
            if len(found) > self._bounds.parts:
                return found
            before, begin = at, -1 if closes else after
        return [*found, (before, begin, self._end)] if begin >= 0 else found

    def _delimiters(self, line: bytes) -> Iterator[tuple[int, int, bool]]:
        """Where each delimiter begins, where the line after it does, and whether it closes (RFC 2046, 5.1.1).

        The first may stand where a header goes on to, for want of the empty line that should end it.
        """
        at = self._raw.find(line, self._start, self._end)
        while at >= 0:
            if not self._bounds.looks:
                self._bounds.leave("parts")
                return
            self._bounds.looks -= 1
            tail = _TAIL.match(self._raw, at + len(line), self._end)
            if tail and (at == self._start or self._raw[at - 1] in b"\r\n"):
                yield at, tail.end(), bool(tail[1])
            at = self._raw.find(line, at + len(line), self._end)


def parse(raw: bytes) -> tuple[Part, Bounds]:
    """Never raises, whatever the bytes are."""
    bounds = Bounds()
    return Part(raw, 0, len(raw), bounds), bounds


def _guess(raw: bytes, start: int, end: int) -> bytes:
    """The boundary of a multipart that does not tell it, or tells another: it stands before the fields of a part."""
    stop = min(end, start + _GUESS_BYTES)
    for _, found in zip(range(_MAX_GUESSES), _DASHES.finditer(raw, start, stop), strict=False):
        boundary = found[1]
        if _CONTENT_FIELD.match(raw, found.end(), end) or raw.find(b"--" + boundary + b"--", found.end(), stop) >= 0:
            return boundary
    return b""


def _without_break(raw: bytes, begin: int, end: int) -> int:
    """The line break before a delimiter belongs to it (RFC 2046, 5.1.1)."""
    if end > begin and raw[end - 1] == 10:
        end -= 1
    if end > begin and raw[end - 1] == 13:
        end -= 1
    return end
