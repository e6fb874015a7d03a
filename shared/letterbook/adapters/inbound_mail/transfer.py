"""Transfer encodings (RFC 2045, 6; and uuencode, which is older): bytes as they were before they were made fit for mail."""

import binascii
import io
import re
from collections.abc import Iterator

BASE64, QUOTED_PRINTABLE, UUENCODE = "base64", "quoted-printable", "uuencode"
_MAX_NAME = 200
_SPELLINGS = {
    **dict.fromkeys(("base64", "b"), BASE64),
    **dict.fromkeys(("quotedprintable", "q", "qp"), QUOTED_PRINTABLE),
    **dict.fromkeys(("xuuencode", "uuencode", "xuue", "uue", "xuu", "uu"), UUENCODE),
}
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(byte for byte in range(256) if byte not in _ALPHABET)
_BREAKS = b" \t\r\n\v\f"
_MAX_BLOCKS = 1_000
# A line as base64 has it: no blank between its letters.
_WORDS = re.compile(rb"\S[ \t]+\S")
_PROSE_BYTES, _MOST_BLANKS = 2_000, 0.05
_PIECE_BYTES = 256 * 1024
_SOFT_BREAK = re.compile(rb"=[ \t]*(?:\r\n|\n|\r)")
_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} [^\r\n]{1,500}\r?\n", re.MULTILINE)
# Of 45 bytes each, they make more than a mail can hold.
_MAX_UU_LINES = 1_000_000


def encoding_of(named: str) -> str:
    """What a Content-Transfer-Encoding says, in whatever spelling; empty for what changes nothing, or nobody knows."""
    bare = re.sub(r"\([^()]*+\)", "", named[:_MAX_NAME]).partition(";")[0].lower()
    return _SPELLINGS.get(re.sub(r"[^a-z0-9]", "", bare), "")


def decoded_as(named: str, body: bytes) -> bytes:
    """As a Content-Transfer-Encoding says. Never raises."""
    decode = _DECODERS.get(encoding_of(named))
    return decode(body) if decode else body


def from_base64(body: bytes) -> bytes:
    """Whatever can be decoded: what is no base64 in it is passed over, also a letter that is left at its end.

    After its end there may be another block, or words that somebody added, which are left out. What never was base64 is as it is.
    """
    bare = body.translate(None, _BREAKS)
    try:
        return binascii.a2b_base64(bare, strict_mode=True)
    except binascii.Error:
        pass
    return body if _is_prose(body) else b"".join(_blocks(body))


def _blocks(body: bytes) -> Iterator[bytes]:
    at = 0
    for number in range(_MAX_BLOCKS):
        end = body.find(b"=", at)
        block = body[at : end if end >= 0 else len(body)]
        # The first may be full of noise; what follows a padding must look like more of the same.
        if number and not _is_base64(block, padded=end >= 0):
            return
        letters = block.translate(None, _NOT_BASE64)
        letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
        yield binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
        if end < 0:
            return
        at = end + 1


def _is_base64(block: bytes, *, padded: bool) -> bool:
    bare = block.translate(None, _BREAKS)
    sound = not bare.translate(None, _ALPHABET) and not _WORDS.search(block.strip())
    return sound and (padded or len(bare) % 4 == 0)


def _is_prose(body: bytes) -> bool:
    """Whether somebody wrote words and called them base64: its first line shows."""
    line = body[:_PROSE_BYTES].strip().partition(b"\n")[0]
    return len(_WORDS.findall(line)) > _MOST_BLANKS * len(line)


def from_quoted_printable(body: bytes) -> bytes:
    """An equals sign that means nothing stands for itself."""
    if b"=" not in body:
        return body
    bare = body.rstrip(b" \t")
    # A break that the end of the body belongs to.
    ended = bare[:-1] if bare.endswith(b"=") else body
    return b"".join(_from_quoted_printable(piece) for piece in _pieces(ended))


def _pieces(body: bytes) -> Iterator[bytes]:
    """Of bounded size, since what is made of each may be many times as large for a while. None ends within an escape."""
    at = 0
    while len(body) - at > _PIECE_BYTES:
        cut = body.rfind(b"\n", at, at + _PIECE_BYTES) + 1
        if not cut:
            escape = body.rfind(b"=", at + _PIECE_BYTES - 3, at + _PIECE_BYTES)
            cut = at + _PIECE_BYTES if escape < 0 else escape
        yield body[at:cut]
        at = cut
    yield body[at:]


def _from_quoted_printable(piece: bytes) -> bytes:
    joined = _SOFT_BREAK.sub(b"", piece)
    # The codec takes two of them for one, and the last for none.
    told = joined.replace(b"==", b"=3D=3D") if b"==" in joined else joined
    return binascii.a2b_qp(told + b"3D" if told.endswith(b"=") else told)


def from_uuencode(body: bytes) -> bytes:
    """From its `begin` to its `end`. What was never uuencoded is as it is.

    A line's first letter says how many bytes it has, and blanks at its end, which are zeros, may be lost on the way: so lines of
    one letter could make twenty times as much as came. What makes more than came is left as it is.
    """
    begin = _BEGIN.search(body)
    if begin is None:
        return body
    if begin[0].startswith(b"begin-base64"):
        return from_base64(body[begin.end() :].partition(b"====")[0])
    made, lines = io.BytesIO(), io.BytesIO(body)
    lines.seek(begin.end())
    for _, line in zip(range(_MAX_UU_LINES), lines, strict=False):
        if line.strip() in (b"end", b""):
            break
        made.write(_uu_line(line))
        if made.tell() > len(body):
            return body
    else:
        # Without its end it goes on to that of the body; of lines that no program makes so short it is left as it is.
        return body if lines.read(1) else made.getvalue()
    return made.getvalue()


def _uu_line(line: bytes) -> bytes:
    bare = line.rstrip(b"\r\n")
    try:
        return binascii.a2b_uu(bare)
    except binascii.Error:
        # Too long: its first letter says how many bytes it has (POSIX, uuencode).
        wanted = ((bare[0] - 32) & 63) * 4 // 3 + 4
    try:
        return binascii.a2b_uu(bare[:wanted])
    except binascii.Error:
        return b""


_DECODERS = {BASE64: from_base64, QUOTED_PRINTABLE: from_quoted_printable, UUENCODE: from_uuencode}
