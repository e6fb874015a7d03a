"""What a mail says: all of its text that is no file, in its order, as plain text and as HTML.

A mail may say the same twice, as text and as HTML (multipart/alternative, RFC 2046, 5.1.4), and may change between the two as it
goes on, around a picture or below, where a list added its own words. Neither face of it misses what stands only in the other.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

from letterbook.adapters.inbound_mail.charsets import decoded
from letterbook.adapters.inbound_mail.data_pictures import PICTURES, without_data
from letterbook.adapters.inbound_mail.mime import Part
from letterbook.adapters.inbound_mail.plain_text import as_shown, mended
from letterbook.adapters.incoming_html import clean, without_tags
from letterbook.domain.inbound_email import InboundFile
from letterbook.domain.pictures import content_ids
from letterbook.domain.text import MAX_HTML_BYTES

MAX_TEXT = 1024 * 1024
END_OF_TEXT, LAYOUT = "the end of the text", "the layout of the HTML"
# No charset has longer characters.
_MAX_BYTES = 4 * MAX_TEXT
# Text that a program reads: in mail it is a file, whether it has a name or not.
_FOR_PROGRAMS = frozenset(
    {"calendar", "css", "csv", "directory", "ecmascript", "javascript", "rfc822-headers", "rtf", "tab-separated-values"}
    | {"vcard", "watch-html", "x-amp-html", "x-vcalendar", "x-vcard", "xml"}
)
_END_OF_TAG, _MAX_CONTENT_ID = 2_000, 250
_BETWEEN = "<br>\n"

_Choice = Callable[[Part], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """`html` is cleaned, and None where nothing of it was written as HTML. `parts` are those that it was made of.

    `pictures` are those that were written into its HTML. `unread` says in plain words what of it is only in the original.
    """

    text: str = ""
    html: str | None = None
    parts: tuple[Part, ...] = ()
    pictures: tuple[InboundFile, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(slots=True)
class _Room:
    """How many characters may still be read as text, and as HTML; what was left unread for want of it; pictures that were found."""

    text: int = MAX_TEXT
    html: int = MAX_TEXT
    pictures: list[InboundFile] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def leave(self, what: str) -> None:
        if what not in self.unread:
            self.unread.append(what)


@dataclass(frozen=True)
class _Paragraph:
    """What one part says, or several that say the same. `plain` or `source`, which is HTML, is None where it was not written so.

    `picture` is the Content-ID of one that stands here, which says nothing.
    """

    plain: str | None = None
    source: str | None = None
    cleaned: str | None = None
    picture: str = ""

    @cached_property
    def text(self) -> str:
        if self.plain is not None and (self.plain.strip() or self.source is None):
            return self.plain
        return without_tags(self.source or "")

    @property
    def html(self) -> str:
        if self.picture:
            return f'<p><img src="cid:{quote(self.picture, safe="@")}" alt=""></p>'
        return self.cleaned if self.cleaned is not None else _as_html(self.text)

    @property
    def is_blank(self) -> bool:
        return not self.picture and "<img" not in (self.cleaned or "") and not self.text.strip()


def body_of(mail: Part) -> Body:
    """Text without a name; where there is none, text that is marked as a file, which some programs do to all they send."""
    body = Body()
    looked_at: set[tuple[Part, ...]] = set()
    for chosen in (_is_said, _is_unnamed, _is_text):
        parts = tuple(part for part in mail.leaves() if chosen(part))
        if parts in looked_at:
            continue
        looked_at.add(parts)
        room = _Room()
        paragraphs = _with_words(_paragraphs(mail, chosen, room))
        says = any(not one.picture for one in paragraphs)
        if says or chosen is _is_said:
            body = _body(paragraphs, room, parts)
        if says:
            break
    return body


def body_of_text(plain: str, source: str) -> Body:
    """Of a text, and of HTML that says the same; either may be empty."""
    room = _Room()
    rich = _rich(mended(source[: room.html]), room) if source.strip() else _Paragraph()
    both = _Paragraph(plain=mended(plain[: room.text]), source=rich.source, cleaned=rich.cleaned)
    return _body(_with_words([both]), room, ())


def _body(paragraphs: Sequence[_Paragraph], room: _Room, parts: tuple[Part, ...]) -> Body:
    text = _joined((one.text for one in paragraphs if not one.picture), "\n\n")
    if len(text) > MAX_TEXT:
        room.leave(END_OF_TEXT)
    rich = _html_of(paragraphs)
    if rich is not None and len(rich.encode(errors="replace")) > MAX_HTML_BYTES:
        rich = None
        room.leave(LAYOUT)
    return Body(text=text[:MAX_TEXT], html=rich, parts=parts, pictures=tuple(room.pictures), unread=tuple(room.unread))


def _html_of(paragraphs: Sequence[_Paragraph]) -> str | None:
    """None where nothing of it was written as HTML, or none of that could be cleaned."""
    if not any(one.cleaned is not None and one.cleaned.strip() for one in paragraphs):
        return None
    shown = {name for one in paragraphs for name in content_ids(one.cleaned or "")}
    return _BETWEEN.join(one.html for one in paragraphs if one.picture not in shown)


def _with_words(paragraphs: Iterable[_Paragraph]) -> list[_Paragraph]:
    return [one for one in paragraphs if not one.is_blank]


def _is_text(part: Part) -> bool:
    """A multipart without parts is what was written in it. What has no type, or none that is one, is text."""
    kind, _, subtype = part.media_type.partition("/")
    return kind == "multipart" or (kind == "text" and subtype not in _FOR_PROGRAMS)


def _is_unnamed(part: Part) -> bool:
    return _is_text(part) and not part.file_name


def _is_said(part: Part) -> bool:
    return _is_unnamed(part) and part.disposition.value != "attachment"


def _is_picture(part: Part) -> bool:
    """One that stands between paragraphs; those of the HTML stand where it says."""
    return part.media_type in PICTURES and bool(part.content_id) and part.disposition.value == "inline"


def _paragraphs(part: Part, chosen: _Choice, room: _Room) -> Iterator[_Paragraph]:
    """Of a part and all that it holds, in order."""
    if part.parts and part.media_type == "multipart/alternative":
        yield from _of_alternatives([_with_words(_paragraphs(one, chosen, room)) for one in part.parts])
    elif part.parts:
        # Those of multipart/related stand where its HTML says, or nowhere.
        has_places = part.media_type == "multipart/related"
        several = (each for one in part.parts for each in _paragraphs(one, chosen, room))
        yield from (one for one in several if not (has_places and one.picture))
    elif chosen(part):
        yield _of_leaf(part, room)
    elif _is_picture(part):
        yield _Paragraph(picture=part.content_id[:_MAX_CONTENT_ID])


def _of_alternatives(branches: Sequence[Sequence[_Paragraph]]) -> Sequence[_Paragraph]:
    """The plain branch is the text, the rich one the HTML. Of two of a kind that say different things, none is left out."""
    rich = _different(one for one in branches if any(each.source is not None for each in one))
    plain = _different(one for one in branches if all(each.source is None for each in one))
    if not rich or not plain:
        return rich or plain
    said = " ".join(word for one in plain for word in one.text.split())
    own = [one for one in rich if one.plain is not None and " ".join(one.plain.split()) not in said]
    return [
        _Paragraph(
            plain=_joined((one.text for one in (*plain, *own)), "\n\n"),
            source="",
            cleaned=_html_of(rich),
        )
    ]


def _different(branches: Iterable[Sequence[_Paragraph]]) -> list[_Paragraph]:
    known: set[str] = set()
    found: list[_Paragraph] = []
    for branch in branches:
        words = " ".join(word for one in branch for word in one.text.split())
        if branch and words not in known:
            known.add(words)
            found.extend(branch)
    return found


def _of_leaf(part: Part, room: _Room) -> _Paragraph:
    subtype = part.media_type.partition("/")[2]
    is_html = subtype == "html"
    content = part.content()
    if is_html:
        content, found = without_data(content, len(room.pictures))
        room.pictures.extend(found)
    shown = mended(decoded(content[:_MAX_BYTES], part.content_type.all.get("charset"), html=is_html))
    left = room.html if is_html else room.text
    if len(content) > _MAX_BYTES or len(shown) > left:
        room.leave(END_OF_TEXT)
        shown = _without_half_a_tag(shown[:left]) if is_html else shown[:left]
    if is_html:
        return _rich(shown, room)
    shown = as_shown(shown, subtype, part.content_type.all)
    room.text -= min(left, len(shown))
    return _Paragraph(plain=shown)


def _rich(source: str, room: _Room) -> _Paragraph:
    room.html -= min(room.html, len(source))
    cleaned = clean(source)
    if cleaned is None:
        room.leave(LAYOUT)
    return _Paragraph(source=source, cleaned=cleaned)


def _without_half_a_tag(source: str) -> str:
    """HTML that was cut: what is left of a tag is no text."""
    last = source.rfind("<", max(0, len(source) - _END_OF_TAG))
    return source[:last] if last >= 0 and ">" not in source[last:] else source


def _as_html(text: str) -> str:
    return "<div>" + "<br>\n".join(html.escape(line, quote=False) for line in text.strip("\n").split("\n")) + "</div>"


def _joined(texts: Iterable[str], between: str) -> str:
    """A single one is left as it is."""
    several = list(texts)
    return several[0] if len(several) == 1 else between.join(one.strip("\n") for one in several)
