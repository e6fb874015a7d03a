"""The parts of a mail (RFC 2045, 2046), read from its bytes without copying them, however badly it was written.

The standard library's parser makes an object of every line and of every parameter before it can be asked to stop. Here a part is a
range of the mail's bytes, and what is read of it is bounded before it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from letterbook.adapters.inbound_mail.fields import Parameters, parameters_of, text_of
from letterbook.adapters.inbound_mail.header import header_of
from letterbook.adapters.inbound_mail.transfer import decoded_as

MAX_PARTS, MAX_DEPTH = 500, 20
# What is taken for a delimiter where none was announced: a line such as one, with a field of a part behind it.
_GUESS = re.compile(rb"(?:\A|(?<=\n))--([^\r\n]{1,200}?)[ \t]*\r?\n(?=content-[a-z-]{1,40}[ \t]*:)", re.IGNORECASE)


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
        header = header_of(raw, start, end, outermost=depth == 0)
        self.fields, self._body_at = header.fields, header.body_at
        if header.cut:
            bounds.leave("the rest of a long header")
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
        return self._content

    @cached_property
    def _content(self) -> bytes:
        return decoded_as(self.text("content-transfer-encoding"), self.body)

    def leaves(self) -> Iterator[Part]:
        """The parts that have content, in their order."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    @property
    def _is_multipart(self) -> bool:
        if not self.media_type.startswith("multipart/"):
            return False
        if self._depth >= MAX_DEPTH:
            self._bounds.leave("parts in parts in parts")
            return False
        return True

    def _find_parts(self) -> Iterator[Part]:
        default = "message/rfc822" if self.media_type == "multipart/digest" else "text/plain"
        delimiters = self._delimiters(self.content_type.raw.get("boundary", b"").strip())
        if not delimiters:
            guess = _GUESS.search(self._raw, self._body_at, self._end)
            delimiters = self._delimiters(guess[1].removesuffix(b"--")) if guess else []
        if delimiters and all(closes for _, _, closes in delimiters):
            # It has no part, and is a text for as far as it goes.
            self._end = delimiters[0][0]
        for place, (_, begin, closes) in enumerate(delimiters):
            if closes:
                # Behind the end there is nothing but what programs add, until somebody begins anew.
                continue
            if not self._bounds.parts:
                self._bounds.leave("parts")
                return
            self._bounds.parts -= 1
            end = delimiters[place + 1][0] if place + 1 < len(delimiters) else self._end
            yield Part(self._raw, begin, max(begin, end), self._bounds, self._depth + 1, default)

    def _delimiters(self, boundary: bytes) -> list[tuple[int, int, bool]]:
        """Where the line break before each begins (it belongs to it: RFC 2046, 5.1.1), where its line ends, whether it closes.

        The first may stand where a header goes on to, for want of the empty line that should end it.
        """
        if not boundary:
            return []
        line = re.escape(b"--" + boundary) + rb"(--)?[ \t]*+(?:\r?\n|\Z)"
        first = re.compile(line).match(self._raw, self._start, self._end)
        found = [(first.start(), first.end(), bool(first[1]))] if first else []
        # The break at the end of one delimiter may be the one before the next.
        more = re.compile(rb"\n(?=" + line + rb")").finditer(self._raw, max(self._start - 1, 0), self._end)
        whole = re.compile(line)
        for one in islice(more, MAX_PARTS + 2):
            delimiter = whole.match(self._raw, one.end(), self._end)
            if delimiter is None or (found and delimiter.start() == found[-1][0]):
                continue
            before = one.start() - 1 if self._raw[one.start() - 1 : one.start()] == b"\r" else one.start()
            found.append((max(before, self._start), delimiter.end(), bool(delimiter[1])))
        return found


def parse(raw: bytes) -> tuple[Part, Bounds]:
    """Never raises, whatever the bytes are."""
    bounds = Bounds()
    if b"\r" in raw and b"\n" not in raw:
        # As computers wrote it that ended lines so.
        raw = raw.replace(b"\r", b"\n")
    return Part(raw, 0, len(raw), bounds), bounds
