"""Values with parameters, as Content-Type has them (RFC 2045, 2183, 2231), read leniently and within bounds."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from letterbook.adapters.inbound_mail.charsets import decoded
from letterbook.adapters.inbound_mail.words import text_of, unfolded

# A field is read so far; its values have so much room together: a long name in letters of three bytes each takes a third of it.
MAX_BYTES, MAX_PARAMETERS, MAX_PARAMETER_BYTES = 32 * 1024, 64, 8 * 1024
# Names by which a parameter is known where the semicolon before it is missing.
_NAMES = rb"(?:boundary|charset|delsp|filename|format|micalg|name|protocol|report-type|size|smime-type|start|type)"
_NEXT = rb"[ \t]+" + _NAMES + rb"(?:\*\d{0,4}\*?)?[ \t]*="
_COMMENTS = re.compile(rb"\([^()]*+\)")
_VALUE = re.compile(rb"[\s\"']*+([^\s;\"'=/]++(?:[ \t]*+/[ \t]*+[^\s;\"'=/]++)?+)[\"']?(?=[\s;]|\Z)")
_BETWEEN = re.compile(rb"[\s;,]*+")
_NAME = re.compile(rb"(?:\([^()]*+\)\s*+)?([^\s=;\"(),]{1,100})\s*=[ \t]*", re.ASCII)
# A quotation mark ends the value only where something may follow it: names hold such marks that nobody escaped.
_QUOTED = re.compile(
    rb"\"((?:[^\"\\]|\\.|\"(?![ \t]*(?:[;(]|\Z|" + _NAMES + rb"(?:\*\d{0,4}\*?)?[ \t]*=)))*+)\"",
    re.DOTALL | re.IGNORECASE,
)
# One that has no end goes as far as the next parameter.
_OPEN = re.compile(rb"\"((?:(?!;[ \t]*" + _NAMES + rb"(?:\*\d{0,4}\*?)?[ \t]*=).)*+)", re.DOTALL | re.IGNORECASE)
_BARE = re.compile(rb"[^;\s]*+(?:(?!" + _NEXT + rb")[^;])*+", re.DOTALL | re.IGNORECASE)
# Before a letter or a digit a backslash is part of a path, as old mail programs write it.
_ESCAPED = re.compile(rb"\\([^A-Za-z0-9])")
_SEGMENT = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*?)")
_NAMES_OF_FILES = frozenset({"name", "filename"})


@dataclass(frozen=True, slots=True)
class Parameters:
    """A value such as `text/plain` or `attachment` in lower case, with its parameters; their names are in lower case.

    `raw` has the parameters as they were before anything in them was decoded.
    """

    value: str = ""
    all: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Segment:
    """A parameter, or a piece of one; `extended` has a charset and escapes (RFC 2231, 3 and 4)."""

    content: bytes
    number: int
    extended: bool


def parameters_of(value: bytes) -> Parameters:
    """The first of two parameters of one name counts; one whose charset is told, before one whose is not."""
    raw = unfolded(value[:MAX_BYTES])
    head = _VALUE.match(_COMMENTS.sub(b" ", raw[:1000]))
    given = head[1] if head else b""
    begin = raw.find(given) + len(given) if given in raw else 0
    plain: dict[str, bytes] = {}
    extended: dict[str, dict[int, _Segment]] = {}
    room = MAX_PARAMETER_BYTES
    for name, written in _parameters(raw, begin):
        known, content = _SEGMENT.fullmatch(name), written[:room]
        if known is None or not content:
            continue
        room -= len(content)
        if known[2] is None and not known[3]:
            plain.setdefault(name, content)
        else:
            number = int(known[2] or 0)
            extended.setdefault(known[1], {}).setdefault(number, _Segment(content, number, bool(known[3])))
    joined = {name: [found[at] for at in sorted(found)] for name, found in extended.items()}
    return Parameters(
        value=re.sub(r"\s", "", given.decode("latin-1")).lower(),
        all={name: text_of(content) for name, content in plain.items()}
        | {name: _text(segments) for name, segments in joined.items()},
        raw=plain | {name: b"".join(one.content for one in segments) for name, segments in joined.items()},
    )


def _parameters(raw: bytes, at: int) -> Iterator[tuple[str, bytes]]:
    """Names in lower case with their values, without quotation marks."""
    for _ in range(MAX_PARAMETERS):
        between = _BETWEEN.match(raw, at)
        at = between.end() if between else at
        name = _NAME.match(raw, at)
        if name is None:
            at = raw.find(b";", at) + 1
            if not at:
                return
            continue
        key = name[1].decode("latin-1").lower()
        quoted = _QUOTED.match(raw, name.end()) or _OPEN.match(raw, name.end())
        found = quoted or _BARE.match(raw, name.end())
        if found is None:
            return
        at = found.end()
        yield key, _ESCAPED.sub(rb"\1", quoted[1]) if quoted else _without_rest(key, found[0])


def _without_rest(name: str, bare: bytes) -> bytes:
    """An unquoted value: a name of a file may hold blanks and brackets, other values end before them."""
    content = bare.strip().strip(b'"')
    return content if name.partition("*")[0] in _NAMES_OF_FILES else re.sub(rb"[ \t]+\([^()]*+\)?$", b"", content)


def _text(segments: list[_Segment]) -> str:
    charset = ""
    if segments[0].extended:
        head = segments[0].content.split(b"'", 2)
        if len(head) == 3:
            charset = head[0].decode("latin-1")
            segments = [_Segment(head[2], segments[0].number, extended=True), *segments[1:]]
    elif not any(one.extended for one in segments):
        return text_of(b"".join(one.content for one in segments))
    return decoded(
        b"".join(unquote_to_bytes(one.content) if one.extended else one.content for one in segments), charset
    ).strip()
