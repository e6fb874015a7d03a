"""A letter on the page: what of its HTML is seen, and the pictures of its pages."""

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from letterbook.domain.letter import LetterProof

_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)
_HEADING, _STYLE = re.compile(r"<(/?)h[1-6]>"), re.compile(r' style="[^"<>]*"(?=>)')
# What a page of ours may hold of pictures, as they stand in it.
_MOST_BYTES = 3_500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSheets:
    """`pages` are addresses of pictures that hold the picture itself; where there are none, `told` says why.

    `rest` says that there are more pages than are shown, `later` that there may be some in a moment: who sets letters in type may
    have to begin first.
    """

    pages: Sequence[str] = ()
    number: str = ""
    text: str = ""
    told: str = ""
    rest: str = ""
    later: bool = False


def letter_sheets(number: str, pictures: Sequence[bytes], text: str) -> LetterSheets:
    pages: list[str] = []
    room = _MOST_BYTES
    for one in pictures:
        page = data_address("image/png", one)
        room -= len(page)
        if pages and room < 0:
            break
        pages.append(page)
    rest = f"These are the first {len(pages)} of {len(pictures)} pages." if len(pages) < len(pictures) else ""
    return LetterSheets(pages=pages, number=number, text=text, rest=rest)


def proof_sheets(proof: LetterProof, text: str) -> LetterSheets:
    """A letter while it is written: its pages, or its words and why its pages cannot be shown. What no font has is named."""
    if proof.told:
        return LetterSheets(text=text, told=f"{proof.told} Its words are these:", later=proof.later)
    sheets = letter_sheets("the letter", proof.pictures, text)
    if not proof.missing:
        return sheets
    told = f"No font has {named(proof.missing)}: a mark stands there instead. Write it otherwise."
    return replace(sheets, told=told)


def named(characters: Iterable[str]) -> str:
    """Each with its number: what no font has, no screen may show either."""
    return ", ".join(f"{one} (U+{ord(one):04X})" for one in characters)


def data_address(media_type: str, picture: bytes) -> str:
    """An address that holds the picture itself (RFC 2397)."""
    return f"data:{media_type};base64,{b64encode(picture).decode()}"


def seen_html(page: str | None) -> str:
    """What stands in the body; empty for a message that has no HTML."""
    body = _BODY.search(page or "")
    return body[1] if body else ""


def inline_html(page: str | None) -> str:
    """The same to stand in a page of ours: its headings are none of the page's, and it brings no style."""
    html = _STYLE.sub("", seen_html(page))
    return _HEADING.sub(lambda found: "</b></p>" if found[1] else "<p><b>", html)
