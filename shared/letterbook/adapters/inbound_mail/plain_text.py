"""Plain text as mail programs show it: on lines of one kind, without marks that are none of its words."""

import re
from collections.abc import Mapping

from letterbook.domain.visible import unturned

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Windows' letters that somebody took for Latin-1 on their way: browsers, too, read `&#146;` as an apostrophe (HTML, 13.2.5.80).
_WINDOWS = {
    byte: bytes([byte]).decode("windows-1252")
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_SIGNATURE = "-- "
# RFC 1896 (text/enriched) and RFC 1341, 7.1.3 (text/richtext).
_PARAMETER = re.compile(r"<param>[^<>]{0,1000}</param>", re.IGNORECASE)
_COMMAND = re.compile(r"</?[a-z0-9-]{1,60}>", re.IGNORECASE)
_RICHTEXT = {"<nl>": "\n", "<lt>": "<", "<np>": "\n"}


def mended(text: str) -> str:
    """Decoded text, without what is no character, or turns the direction of what follows."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode(errors="replace").decode()
    return unturned(_CONTROLS.sub("", lines).translate(_WINDOWS) if not lines.isascii() else _CONTROLS.sub("", lines))


def as_shown(text: str, subtype: str, parameters: Mapping[str, str]) -> str:
    """Text of a part `text/<subtype>` with the parameters of its Content-Type."""
    if subtype in ("enriched", "richtext"):
        return _without_commands(text, is_old=subtype == "richtext")
    if parameters.get("format", "").strip().lower() == "flowed":
        return _flowed(text, joins_words=parameters.get("delsp", "").strip().lower() == "yes")
    return text


def _without_commands(text: str, *, is_old: bool) -> str:
    bare = _PARAMETER.sub("", text)
    if is_old:
        return _COMMAND.sub(lambda found: _RICHTEXT.get(found[0].lower(), ""), bare)
    # Two brackets are one that is meant.
    return "<".join(_COMMAND.sub("", piece) for piece in bare.split("<<"))


def _flowed(text: str, *, joins_words: bool) -> str:
    """A line that ends in a blank goes on in the next of the same depth of quotation (RFC 3676, 4.1 to 4.5)."""
    paragraphs: list[tuple[int, list[str]]] = []
    goes_on = False
    for line in text.split("\n"):
        words = line.lstrip(">")
        depth = len(line) - len(words)
        words = words.removeprefix(" ")
        if not (goes_on and paragraphs[-1][0] == depth and words != _SIGNATURE):
            paragraphs.append((depth, []))
        goes_on = words.endswith(" ") and words != _SIGNATURE
        paragraphs[-1][1].append(words[:-1] if goes_on and joins_words else words)
    return "\n".join(_quoted(depth, "".join(lines)) for depth, lines in paragraphs)


def _quoted(depth: int, words: str) -> str:
    return f"{'>' * depth} {words}" if depth else words
