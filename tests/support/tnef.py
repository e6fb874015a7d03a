"""A `winmail.dat` as Outlook writes it (MS-OXTNEF), as far as tests need one."""

import struct
from collections.abc import Sequence

SIGNATURE = struct.pack("<IH", 0x223E9F78, 1)
MESSAGE = 1
FILE = 2


def winmail(
    files: Sequence[tuple[str, bytes]] = (),
    *,
    text: bytes = b"",
    html: bytes = b"",
    rtf: bytes = b"",
    code_page: int = 1252,
) -> bytes:
    """`files` are (name, content), the names as Outlook has them since 2003: in Unicode, beside a short one."""
    said = [_binary(name, value) for name, value in ((0x1013, html), (0x1009, rtf)) if value]
    parts = [SIGNATURE, attribute(MESSAGE, 0x00069007, struct.pack("<II", code_page, 0))]
    parts += [attribute(MESSAGE, 0x0002800C, text + b"\0")] if text else []
    parts += [attribute(MESSAGE, 0x00069003, properties(said))] if said else []
    for name, content in files:
        parts += [
            attribute(FILE, 0x00069002, b"\x01\0" + b"\0" * 12),
            attribute(FILE, 0x00018010, b"SHORT~1.BIN\0"),
            attribute(FILE, 0x0006800F, content),
            attribute(FILE, 0x00069005, properties([unicode(0x3707, name)])),
        ]
    return b"".join(parts)


def attribute(level: int, name: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def properties(all_of_them: Sequence[bytes]) -> bytes:
    return struct.pack("<I", len(all_of_them)) + b"".join(all_of_them)


def unicode(name: int, words: str) -> bytes:
    return _lengthy(0x1F, name, words.encode("utf-16-le") + b"\0\0")


def _binary(name: int, value: bytes) -> bytes:
    return _lengthy(0x102, name, value)


def _lengthy(kind: int, name: int, value: bytes) -> bytes:
    return struct.pack("<HHII", kind, name, 1, len(value)) + value + b"\0" * (-len(value) % 4)
