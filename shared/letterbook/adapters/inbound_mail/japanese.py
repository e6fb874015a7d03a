"""Japanese mail (ISO-2022-JP and EUC-JP) as Microsoft and WHATWG extend it.

Python's codecs know JIS X 0208 without the rows that Windows adds: circled digits, company marks, and letters of names. Those
rows are in Python's codec of Shift JIS, into which each pair of bytes can be turned by arithmetic.
"""

import re
from collections.abc import Iterator

_ESCAPE = re.compile(rb"\x1b(\([BJI]|\$[@B]|\$\([DOQ]|&@|\$A|\$\(C|-A|\.[AF])")
_EUC = re.compile(rb"((?:[\xa1-\xfe][\xa1-\xfe])+)|((?:\x8e[\xa1-\xdf])+)|((?:\x8f[\xa1-\xfe]{2})+)")
_PYTHON = {"iso-2022-jp": "iso2022_jp", "euc-jp": "euc_jp"}


def decoded(content: bytes, codec: str) -> str:
    """`codec` is `iso-2022-jp` or `euc-jp`. Never raises."""
    try:
        return content.decode(_PYTHON[codec])
    except ValueError:
        return "".join(_iso_2022_jp(content) if codec == "iso-2022-jp" else _euc_jp(content))


def _iso_2022_jp(content: bytes) -> Iterator[str]:
    shift, at = b"(B", 0
    for escape in _ESCAPE.finditer(content):
        if escape.start() > at:
            yield _shifted(shift, content[at : escape.start()])
        shift, at = escape[1], escape.end()
    yield _shifted(shift, content[at:])


def _shifted(shift: bytes, letters: bytes) -> str:
    if shift in (b"$@", b"$B"):
        # A line ends the shift, as those who forget to end it mean.
        line, end, rest = _until_line_end(letters)
        return _pairs(line) + end.decode() + rest.decode("ascii", "replace")
    if shift == b"(I":
        return bytes(byte | 0x80 for byte in letters).decode("cp932", "replace")
    if shift in (b"(B", b"(J"):
        return letters.decode("cp932", "replace")
    return (b"\x1b" + shift + letters + b"\x1b(B").decode("iso2022_jp_ext", "replace")


def _until_line_end(letters: bytes) -> tuple[bytes, bytes, bytes]:
    found = re.search(rb"[\r\n]+", letters)
    return (letters[: found.start()], found[0], letters[found.end() :]) if found else (letters, b"", b"")


def _euc_jp(content: bytes) -> Iterator[str]:
    at = 0
    for found in _EUC.finditer(content):
        if found.start() > at:
            yield content[at : found.start()].decode("ascii", "replace")
        at = found.end()
        if found[1]:
            yield _pairs(bytes(byte & 0x7F for byte in found[1]))
        elif found[2]:
            yield found[2].replace(b"\x8e", b"").decode("cp932", "replace")
        else:
            yield found[3].decode("euc_jp", "replace")
    yield content[at:].decode("ascii", "replace")


def _pairs(jis: bytes) -> str:
    """Pairs of JIS X 0208 (each byte 0x21 to 0x7E), as Shift JIS has them (JIS X 0208, appendix 1)."""
    made = bytearray()
    for row, cell in zip(jis[::2], jis[1::2], strict=False):
        if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
            made += b"?"
            continue
        made.append((row + 1) // 2 + (0x70 if row < 0x5F else 0xB0))
        if row % 2:
            made.append(cell + (0x1F if cell < 0x60 else 0x20))
        else:
            made.append(cell + 0x7E)
    return made.decode("cp932", "replace")
