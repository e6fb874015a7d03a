"""Outlook's `winmail.dat` (MS-OXTNEF): the files in it, and what it says, as far as that is all there is.

The library for it, tnefparse, was last released in 2021; it stops at the first attribute that it does not understand and loses
the files before it, cuts zeros off the end of files, and copies the rest of its input for each attribute. So this is read here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from letterbook.adapters.inbound_mail.charsets import decoded
from letterbook.adapters.inbound_mail.rtf import html_or_text_of, uncompressed
from letterbook.domain.inbound_email import InboundFile

# 2.1.3.3.1: 0x223E9F78, written from its end.
SIGNATURE = b"\x78\x9f\x3e\x22"
_MAX_ATTRIBUTES, _MAX_PROPERTIES, _MAX_VALUES = 5_000, 20_000, 100
_MAX_TEXT_BYTES = 4 * 1024 * 1024
_MAX_DEPTH = 3
# Attributes (2.1.3.2), without the half of their ids that names their type.
_BODY, _MESSAGE_PROPERTIES, _CODE_PAGE = 0x800C, 0x9003, 0x9007
_NEW_FILE, _FILE_DATA, _FILE_TITLE, _FILE_PROPERTIES = 0x9002, 0x800F, 0x8010, 0x9005
# Properties (MS-OXPROPS).
_TEXT, _RTF, _HTML = 0x1000, 0x1009, 0x1013
_INTERNET_CODE_PAGE = 0x3FDE
_DATA, _SHORT_NAME, _LONG_NAME, _MIME_TYPE, _CONTENT_ID = 0x3701, 0x3704, 0x3707, 0x370E, 0x3712
_DISPLAY_NAME = 0x3001
# Types of properties (MS-OXCDATA, 2.11.1): how many bytes a value has; the others say so themselves.
_FIXED = {0x01: 4, 0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_SEVERAL, _UNICODE, _OBJECT, _STRING = 0x1000, 0x1F, 0x0D, 0x1E
_LENGTHY = frozenset({_OBJECT, _STRING, _UNICODE, 0x102, 0x00})
# IID_IMessage, behind which stands a message in TNEF (2.1.3.3.15).
_MESSAGE = b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
_CODE_PAGES = {
    20127: "us-ascii",
    20866: "koi8-r",
    21866: "koi8-u",
    50220: "iso-2022-jp",
    51932: "euc-jp",
    65001: "utf-8",
}


@dataclass(slots=True)
class Message:
    """`text` and `html` are empty where it does not say so."""

    text: str = ""
    html: str = ""
    files: list[InboundFile] = field(default_factory=list)


@dataclass(slots=True)
class _Values:
    """The properties that were read, each as (type, bytes), by their ids."""

    all: dict[int, tuple[int, bytes]] = field(default_factory=dict)

    def content(self, name: int) -> bytes:
        return self.all.get(name, (0, b""))[1]

    def number(self, name: int) -> int:
        return int.from_bytes(self.content(name)[:4], "little")

    def words(self, name: int, code_page: str) -> str:
        kind, content = self.all.get(name, (0, b""))
        if kind == _UNICODE:
            return content[:_MAX_TEXT_BYTES].decode("utf-16-le", "replace").rstrip("\0")
        return decoded(content[:_MAX_TEXT_BYTES], code_page).rstrip("\0")


@dataclass(slots=True)
class _File:
    title: bytes = b""
    data: bytes = b""
    values: _Values = field(default_factory=_Values)


def read(content: bytes) -> Message | None:
    """None for what is none. Never raises; what is broken is read as far as it goes."""
    return _message(content, 0) if content.startswith(SIGNATURE) else None


def _message(content: bytes, depth: int) -> Message:
    code_page, body = "", b""
    values = _Values()
    files: list[_File] = []
    for name, data in _attributes(content):
        if name == _CODE_PAGE:
            code_page = _charset(int.from_bytes(data[:4], "little"))
        elif name == _BODY:
            body = data[:_MAX_TEXT_BYTES]
        elif name == _MESSAGE_PROPERTIES:
            values = _Values(dict(_properties(data)))
        elif name == _NEW_FILE:
            files.append(_File())
        elif files and name == _FILE_TITLE:
            files[-1].title = data
        elif files and name == _FILE_DATA:
            files[-1].data = data
        elif files and name == _FILE_PROPERTIES:
            files[-1].values = _Values(dict(_properties(data)))
    message = _said(values, body, code_page)
    for one in files:
        message.files.extend(_files_of(one, code_page, depth))
    return message


def _said(values: _Values, body: bytes, code_page: str) -> Message:
    own = _charset(values.number(_INTERNET_CODE_PAGE)) or code_page
    text = values.words(_TEXT, code_page) or decoded(body, code_page).rstrip("\0")
    rich = values.words(_HTML, own)
    if not text.strip() and not rich.strip():
        rich, text = html_or_text_of(uncompressed(values.content(_RTF)))
    return Message(text=text, html=rich)


def _files_of(file: _File, code_page: str, depth: int) -> Iterator[InboundFile]:
    """A message in it is told in files: what it says, and what came with it."""
    values = file.values
    name = (
        values.words(_LONG_NAME, code_page)
        or values.words(_SHORT_NAME, code_page)
        or decoded(file.title[:2_000], code_page).rstrip("\0")
        or values.words(_DISPLAY_NAME, code_page)
    )
    content = file.data or values.content(_DATA)
    if content.startswith(_MESSAGE + SIGNATURE) and depth < _MAX_DEPTH:
        inner = _message(content[len(_MESSAGE) :], depth + 1)
        for words, extension, media_type in ((inner.text, "txt", "text/plain"), (inner.html, "html", "text/html")):
            if words.strip():
                yield InboundFile(
                    name=f"{name or 'message'}.{extension}", media_type=media_type, content=words.encode()
                )
        yield from inner.files
        return
    yield InboundFile(
        name=name,
        media_type=values.words(_MIME_TYPE, code_page).strip().lower(),
        content=content,
        content_id=values.words(_CONTENT_ID, code_page).strip("<> ")[:250],
    )


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    """2.1.3.1: a level, an id, a length, the data, a checksum that nobody needs. The end of the last may be missing."""
    at = 6
    for _ in range(_MAX_ATTRIBUTES):
        if at + 9 > len(content):
            return
        _, name, length = struct.unpack_from("<BII", content, at)
        yield name & 0xFFFF, content[at + 9 : at + 9 + length]
        at += 9 + length + 2


def _properties(data: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """2.1.3.4: of several values only the first is told. Ends where something is not understood."""
    at, count = 4, int.from_bytes(data[:4], "little")
    for _ in range(min(count, _MAX_PROPERTIES)):
        if at + 4 > len(data):
            return
        kind, name = struct.unpack_from("<HH", data, at)
        at = _behind_name(data, at + 4) if name >= 0x8000 else at + 4
        is_lengthy = kind & ~_SEVERAL in _LENGTHY
        values = 1
        if kind & _SEVERAL or is_lengthy:
            values = int.from_bytes(data[at : at + 4], "little")
            at += 4
        size = _FIXED.get(kind & ~_SEVERAL, 0)
        if values > _MAX_VALUES or not (is_lengthy or size):
            return
        for place in range(values):
            length = int.from_bytes(data[at : at + 4], "little") if is_lengthy else size
            at += 4 if is_lengthy else 0
            if place == 0:
                yield name, (kind & ~_SEVERAL, data[at : at + length])
            at += length + -length % 4


def _behind_name(data: bytes, at: int) -> int:
    """A property without an id of its own: a GUID, a kind, and a number or a name (2.1.3.4.1)."""
    is_named = int.from_bytes(data[at + 16 : at + 20], "little")
    length = int.from_bytes(data[at + 20 : at + 24], "little")
    return at + 24 + (length + -length % 4 if is_named else 0)


def _charset(code_page: int) -> str:
    if 28591 <= code_page <= 28606:
        return f"iso-8859-{code_page - 28590}"
    return _CODE_PAGES.get(code_page, f"cp{code_page}" if code_page else "")
