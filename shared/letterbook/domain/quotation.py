"""What of a letter its author took over from earlier ones: quotations by their signs, and all that stands below an attribution.

Nothing is lost: the passages of a text, one behind the other, are the text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

# "On Monday, Jane wrote:", as mail programs write it above what they quote, by the languages of our users' correspondents.
_ATTRIBUTIONS = (
    r"On\b.+\bwrote",
    r"(?:Am|Den)\b.+\bschrieb\b.*",
    r"Le\b.+\ba écrit",
    r"El\b.+\bescribió",
    r"Il\b.+\bha scritto",
    r"Op\b.+\b(?:schreef|het volgende geschreven)\b.*",
    r"(?:Em|A|No dia)\b.+\bescreveu",
    r"(?:W dniu|Dnia|dn\.|pon\.|wt\.|śr\.|czw\.|pt\.|sob\.|niedz\.)\s?.+\b(?:napisała?|napisał\(a\)|pisze)",
    r"(?:Den|På)\b.+\b(?:skrev|skrifaði|kirjoitti)\b.*",
    r"Ar\b.+\bysgrifennodd\b.*",
)
_ATTRIBUTION = re.compile(rf"\s*(?:{'|'.join(_ATTRIBUTIONS)})\s?:\s*")
_ORIGINAL = re.compile(
    r"\s*-{3,}\s*(?:Original Message|Ursprüngliche Nachricht|Message d'origine|Mensaje original|Messaggio originale|"
    r"Oorspronkelijk bericht|Mensagem original|Originalmeddelande|Oprindelig meddelelse|Wiadomość oryginalna)\s*-{3,}\s*",
    re.IGNORECASE,
)
# What Outlook puts above: from whom, then when and to whom.
_FROM = re.compile(r"\s*\**(?:From|Von|De|Da|Van|Från|Fra|Od|Oddi wrth):\**\s+\S.*", re.IGNORECASE)
_WHEN = re.compile(
    r"\s*\**(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado(?: el)?|Enviada em|Fecha|Data|Inviato|Verzonden|Skickat|Sendt|"
    r"Wysłano|Anfonwyd):\**\s+\S.*",
    re.IGNORECASE,
)
_LOOKED_AHEAD = 4
_LONGEST_LINE = 1_000


@dataclass(frozen=True, slots=True)
class Passage:
    """Some of a text, as it stands; `quoted` where somebody else wrote it before."""

    text: str
    quoted: bool


def passages(text: str) -> tuple[Passage, ...]:
    """A text as its author's own words and what they quote, in order. Where all is quoted, it is what they send: their own."""
    lines = text.splitlines(keepends=True)
    marks = _marks(lines)
    if all(quoted or not line.strip() for line, quoted in zip(lines, marks, strict=True)):
        return (Passage(text, quoted=False),) if text else ()
    return tuple(
        Passage("".join(line for line, _ in group), quoted)
        for quoted, group in groupby(zip(lines, marks, strict=True), key=lambda one: one[1])
    )


def own_words(text: str) -> str:
    """Without what is quoted."""
    return "".join(one.text for one in passages(text) if not one.quoted)


def _marks(lines: Sequence[str]) -> list[bool]:
    """For each line whether it is quoted. Blank lines go with what stands around them."""
    marks = [line.lstrip().startswith(">") for line in lines]
    for at, height in _attributions(lines):
        below = next((place for place in range(at + height, len(lines)) if lines[place].strip()), None)
        if below is None or marks[at]:
            continue
        marks[at : at + height] = [True] * height
        if not marks[below]:
            # HTML has no signs of quotation when it is read as text, and what some programs quote has none either.
            marks[at:] = [True] * (len(lines) - at)
            break
    for at, line in enumerate(lines):
        if at and not line.strip() and marks[at - 1]:
            following = next((place for place in range(at, len(lines)) if lines[place].strip()), None)
            marks[at] = following is None or marks[following]
    return marks


def _attributions(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where lines say that something is quoted below them, and how many they are: programs break them at 76 characters."""
    for at, line in enumerate(lines):
        if not line.strip() or len(line) > _LONGEST_LINE:
            continue
        if _ORIGINAL.fullmatch(line):
            yield at, 1
            return
        if _FROM.fullmatch(line.rstrip("\r\n")) and any(
            _WHEN.fullmatch(one.rstrip("\r\n")) for one in lines[at + 1 : at + _LOOKED_AHEAD]
        ):
            yield at, 1
            return
        for height in (1, 2):
            whole = " ".join(one.strip() for one in lines[at : at + height])
            if whole.endswith(":") and len(whole) <= _LONGEST_LINE and _ATTRIBUTION.fullmatch(whole):
                yield at, height
                break
