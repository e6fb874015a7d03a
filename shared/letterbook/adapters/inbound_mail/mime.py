"""The parts of a mail (RFC 2045, 2046), read from its bytes without copying them, however badly it was written.

The standard library's parser makes an object of every line and of every parameter before it can be asked to stop. Here a part is a
range of the mail's bytes, and what is read of it is bounded before it is read.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from letterbook.adapters.inbound_mail.fields import Parameters, parameters_of, text_of

MAX_PARTS, MAX_DEPTH = 500, 20
MAX_FIELDS, MAX_HEADER_BYTES, MAX_FIELD_BYTES = 1_000, 256 * 1024, 64 * 1024
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?(?:\n|\Z)")
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)


@dataclass(slots=True)
class Bounds:
    """What is left to be read of one mail; `unread` says in plain words what was left out."""

    parts: int = MAX_PARTS
    unread: list[str] = field(default_factory=list)

    def leave(self, what: str) -> None:
        if what not in self.unread:
            self.unread.append(what)


class Part:
    """A mail, or a part of one.

    `fields` are names in lower case with their values as they came, still folded; `body` what follows them, still encoded; `raw`
    both. `parts` are those of a multipart; everything else is a leaf, a mail inside the mail too.
    """

    def __init__(
        self, raw: bytes, start: int, end: int, bounds: Bounds, depth: int = 0, default: str = "text/plain"
    ) -> None:
        self._raw, self._start, self._end = raw, start, end
        self._bounds, self._depth, self._default = bounds, depth, default
        self.fields, self._body_at = _fields(raw, start, end)
        self.parts: tuple[Part, ...] = tuple(self._find_parts()) if self._is_multipart else ()

    @property
    def raw(self) -> bytes:
        return self._raw[self._start : self._end]

    @property
    def body(self) -> bytes:
        return self._raw[self._body_at : self._end]

    def values(self, name: str) -> list[bytes]:
        """All values of a field, the topmost first."""
        return [value for known, value in self.fields if known == name]

    def value(self, name: str) -> bytes:
        """The topmost value; empty where there is none."""
        return next((value for known, value in self.fields if known == name), b"")

    def text(self, name: str) -> str:
        """The topmost value as it is read by people, on one line."""
        return text_of(self.value(name))

    @cached_property
    def content_type(self) -> Parameters:
        """Its value is a media type in lower case, such as `text/plain`."""
        found = parameters_of(self.value("content-type"))
        return found if "/" in found.value else Parameters(value=self._default, all=found.all)

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
        return self.text("content-id").strip("<> ")

    def content(self) -> bytes:
        """Decoded as its Content-Transfer-Encoding says."""
        encoding = re.sub(r"\(.*?\)", "", self.text("content-transfer-encoding")).strip(" ;\t").lower()
        if encoding == "base64":
            return _from_base64(self.body)
        if encoding == "quoted-printable":
            return quopri.decodestring(self.body)
        return self.body

    def leaves(self) -> Iterator[Part]:
        """The parts that have content, in their order."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    @property
    def _is_multipart(self) -> bool:
        return self.media_type.startswith("multipart/") and self._depth < MAX_DEPTH

    def _find_parts(self) -> Iterator[Part]:
        boundary = self.content_type.all.get("boundary", "").encode("latin-1", "replace").rstrip()
        if not boundary:
            return
        default = "message/rfc822" if self.media_type == "multipart/digest" else "text/plain"
        starts: list[tuple[int, int]] = []
        delimiter = re.compile(rb"(?:^|(?<=\n))--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r?\n|\Z)")
        for found in delimiter.finditer(self._raw, self._body_at, self._end):
            starts.append((found.start(), found.end()))
            if found[1]:
                break
        for place, (_, begin) in enumerate(starts):
            end = starts[place + 1][0] if place + 1 < len(starts) else self._end
            if place == len(starts) - 1 and place > 0 and self._raw[:begin].rstrip().endswith(b"--"):
                return
            if not self._bounds.parts:
                self._bounds.leave("parts")
                return
            self._bounds.parts -= 1
            yield Part(self._raw, begin, _without_break(self._raw, begin, end), self._bounds, self._depth + 1, default)


def parse(raw: bytes) -> tuple[Part, Bounds]:
    """Never raises, whatever the bytes are."""
    bounds = Bounds()
    return Part(raw, 0, len(raw), bounds), bounds


def _fields(raw: bytes, start: int, end: int) -> tuple[tuple[tuple[str, bytes], ...], int]:
    """The fields of a header, and where the body begins."""
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return (), start + (1 if raw[start] == 10 else 2)
    found = _BLANK_LINE.search(raw, start, end)
    header = raw[start : min(found.start() if found else end, start + MAX_HEADER_BYTES)]
    fields: list[tuple[str, bytes]] = []
    for line in re.split(rb"\r?\n(?![ \t])", header)[:MAX_FIELDS]:
        known = _FIELD.fullmatch(line[:MAX_FIELD_BYTES])
        if known:
            fields.append((known[1].decode("latin-1").lower(), known[2].strip()))
    return tuple(fields), found.end() if found else end


def _without_break(raw: bytes, begin: int, end: int) -> int:
    """The line break before a delimiter belongs to it (RFC 2046, 5.1.1)."""
    if end > begin and raw[end - 1] == 10:
        end -= 1
        if end > begin and raw[end - 1] == 13:
            end -= 1
    return end


def _from_base64(body: bytes) -> bytes:
    """What can be decoded; a rest of one character that belongs to nothing is left out."""
    bare = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    bare = bare[: len(bare) - 1] if len(bare) % 4 == 1 else bare
    try:
        return base64.b64decode(bare + b"=" * (-len(bare) % 4))
    except binascii.Error:
        return b""
