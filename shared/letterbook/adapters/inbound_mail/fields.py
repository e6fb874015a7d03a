"""What stands in the fields of a mail: words, parameters, ids (RFC 5322, 2047, 2231, 6532), read leniently and within bounds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.header import decode_header
from urllib.parse import unquote_to_bytes

from letterbook.adapters.inbound_mail.charsets import decoded

_FOLD = re.compile(rb"\r?\n(?=[ \t])|[\r\n]+")
_PARAMETER = re.compile(rb";\s*([^\s=;]+)\s*=\s*(\"(?:[^\"\\]|\\.)*\"|[^;]*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parameters:
    """A value such as `text/plain` or `attachment` in lower case, with its parameters; their names are in lower case."""

    value: str = ""
    all: Mapping[str, str] = field(default_factory=dict)


def unfolded(value: bytes) -> bytes:
    return _FOLD.sub(b"", value).strip()


def text_of(value: bytes) -> str:
    """Words as people read them: encoded words decoded, raw bytes taken for the text that they are, on one line."""
    raw = unfolded(value)
    if b"=?" not in raw:
        return decoded(raw)
    try:
        pieces = decode_header(raw.decode("latin-1"))
    except ValueError:
        return decoded(raw)
    return "".join(
        decoded(piece if isinstance(piece, bytes) else piece.encode("latin-1"), label) for piece, label in pieces
    )


def parameters_of(value: bytes) -> Parameters:
    """A structured value, as Content-Type and Content-Disposition have it."""
    raw = unfolded(value)
    found: dict[str, str] = {}
    for name, content in _PARAMETER.findall(raw):
        key = name.decode("latin-1").lower()
        bare = content.strip().strip(b'"')
        if key.endswith("*"):
            charset, _, rest = bare.partition(b"'")
            found[key[:-1]] = decoded(unquote_to_bytes(rest.partition(b"'")[2]), charset.decode("latin-1"))
        else:
            found.setdefault(key, text_of(bare))
    return Parameters(value=raw.partition(b";")[0].strip().decode("latin-1").lower(), all=found)
