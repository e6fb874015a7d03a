"""Rich Text Format (RTF 1.9.1) as text: what Outlook writes where it writes neither text nor HTML.

Outlook keeps HTML within it (MS-OXRTFEX): then that is what it says. Compressed as MS-OXRTFCP has it.
"""

import re
import struct

_MAX_COMPRESSED, _MAX_RTF = 512 * 1024, 2 * 1024 * 1024
_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArial"
    rb"Times New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?[0-9]{1,9})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL | re.I
)
# Groups that hold no words of the letter.
_HIDDEN = frozenset(
    b"fonttbl colortbl stylesheet info pict object header footer headerl headerr footerl footerr listtable listoverridetable"
    b" generator themedata datastore xmlnstbl rsidtbl latentstyles pntext fldinst".split()
)
_WRITTEN = {
    **dict.fromkeys((b"par", b"line", b"sect", b"page", b"row"), "\n"),
    b"tab": "\t",
    b"cell": " ",
    b"lquote": "\u2018",
    b"rquote": "\u2019",
    b"ldblquote": "\u201c",
    b"rdblquote": "\u201d",
    b"bullet": "\u2022",
    b"endash": "\u2013",
    b"emdash": "\u2014",
}
_SYMBOLS = {b"~": b" ", b"_": b"-", b"\n": b"\n", b"\r": b"\n", b"\\": b"\\", b"{": b"{", b"}": b"}"}
_MAX_DEPTH = 200


def uncompressed(content: bytes) -> bytes:
    """Empty for what is none; cut at the most that is read. Never raises."""
    if len(content) < 16:
        return b""
    _, size, kind, _ = struct.unpack_from("<II4sI", content)
    if kind == b"MELA":
        return content[16 : 16 + min(size, _MAX_RTF)]
    return _decompressed(content[16 : 16 + _MAX_COMPRESSED]) if kind == b"LZFu" else b""


def _decompressed(data: bytes) -> bytes:
    """MS-OXRTFCP, 2.2: each bit of a control byte tells a letter from a reference into the last 4096 bytes."""
    made = bytearray(_DICTIONARY)
    start = len(made)
    at = 0
    while at < len(data) and len(made) < _MAX_RTF:
        control = data[at]
        at += 1
        for bit in range(8):
            if not control >> bit & 1:
                made += data[at : at + 1]
                at += 1
                continue
            reference = int.from_bytes(data[at : at + 2], "big")
            at += 2
            back = (len(made) - (reference >> 4)) % 4096
            if not back or at > len(data):
                return bytes(made[start:])
            for _ in range((reference & 15) + 2):
                made.append(made[-back] if back <= len(made) else 32)
    return bytes(made[start:])


def html_or_text_of(rtf: bytes) -> tuple[str, str]:
    """(HTML, text), one of which is empty. Never raises."""
    if not rtf.lstrip().startswith(b"{\\rtf"):
        return "", ""
    is_html = b"\\fromhtml" in rtf[:2_000]
    words = _words(rtf[:_MAX_RTF], is_html=is_html)
    return (words, "") if is_html else ("", words)


def _words(rtf: bytes, *, is_html: bool) -> str:
    found = re.search(rb"\\ansicpg([0-9]{3,5})", rtf[:2_000])
    words = _Words(f"cp{found[1].decode()}" if found else "windows-1252", is_html=is_html)
    for token in _TOKEN.finditer(rtf):
        word, number, code, symbol, brace, text = token.groups()
        if brace:
            words.group(is_end=brace == b"}")
        elif word:
            words.command(word.lower(), int(number) if number else None)
        elif symbol == b"*":
            words.hide()
        else:
            words.add(bytes([int(code, 16)]) if code else _SYMBOLS.get(symbol, b"") if symbol else text or b"")
    return words.all()


class _Words:
    """`_instead` is how many letters stand for one that older programs cannot show (`uc`), `_skip` how many still follow."""

    def __init__(self, charset: str, *, is_html: bool) -> None:
        self._charset, self._is_html = charset, is_html
        self._pieces: list[str] = []
        self._letters = bytearray()
        self._groups: list[tuple[bool, int]] = []
        self._hidden, self._instead, self._skip = False, 1, 0

    def all(self) -> str:
        self._end_letters()
        return "".join(self._pieces).encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def group(self, *, is_end: bool) -> None:
        if not is_end and len(self._groups) < _MAX_DEPTH:
            self._groups.append((self._hidden, self._instead))
        elif is_end and self._groups:
            self._hidden, self._instead = self._groups.pop()

    def hide(self) -> None:
        self._hidden = True

    def add(self, letters: bytes) -> None:
        if not self._hidden:
            skipped = min(self._skip, len(letters))
            self._skip -= skipped
            self._letters += letters[skipped:]

    def command(self, word: bytes, number: int | None) -> None:
        if self._is_html and word in (b"htmlrtf", b"htmltag"):
            self._hidden = word == b"htmlrtf" and number != 0
        elif word in _HIDDEN:
            self._hidden = True
        elif word == b"uc":
            self._instead = max(0, min(number or 0, 10))
        elif not self._hidden:
            self._write(word, number)

    def _write(self, word: bytes, number: int | None) -> None:
        if word == b"u" and number is not None:
            self._end_letters()
            self._pieces.append(chr(number % 0x10000))
            self._skip = self._instead
        elif word in _WRITTEN:
            self._end_letters()
            self._pieces.append(_WRITTEN[word])

    def _end_letters(self) -> None:
        if self._letters:
            self._pieces.append(_decoded(bytes(self._letters), self._charset))
            self._letters.clear()


def _decoded(letters: bytes, charset: str) -> str:
    try:
        return letters.decode(charset, "replace")
    except LookupError:
        return letters.decode("windows-1252", "replace")
