"""Whether a letter speaks of something that goes with it, by the words that its languages have for that."""

import re
from collections.abc import Iterable
from functools import cache

# By language: patterns of what is said of an attachment. English is asked in every firm, which writes it to somebody.
_WORDS = {
    "en": (
        r"(?:attached|attaching|enclosed|enclosing|enclosures?|herewith|attachments?(?! of earnings))",
        r"enc(?:l?s?)\b[.:]",
        r"(?:i|we) (?:attach|enclose)",
    ),
    "cy": (r"(?:atodiad|atodiadau|ynghlwm|amgaeaf|amgaeir|amgaewyd)", r"amgaeedig"),
    "de": (r"(?:anbei|beigefügte?[nrms]?|angehängte?[nrms]?|beiliegende?[nrms]?|anlagen?|anhang|im anhang)",),
    "es": (r"(?:adjuntos?|adjuntas?|adjuntamos|adjuntar|anexos?)",),
    "fr": (r"(?:ci-joints?|ci-jointes?|pièces? jointes?|en annexe|joints? à (?:la présente|ce))", r"p\.\s?j\."),
    "it": (r"(?:allegat[oaie]|in allegato|alleghiamo|allego)",),
    "nl": (r"(?:bijlagen?|bijgevoegde?|bijgesloten|bijgaande?)",),
    "pl": (r"(?:załączniki?|załączniku|załącznikach|załączam|załączamy|w załączeniu)",),
    "pt": (r"(?:anexos?|em anexo|anexamos|segue anexo|anexad[oa]s?)",),
    "ro": (r"(?:atașat|atașată|ataşat|anexat|anexată|în anexă)",),
}
_ALWAYS = "en"
# Behind these it is said that there is none.
_NOTHING = re.compile(
    r"\b(?:no|not|nothing|without|any|kein(?:e[nr]?)?|ohne|sans|sin|senza|geen|zonder|bez|sem|fără)\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
_BEFORE = 30


def told_of(text: str, languages: Iterable[str]) -> str:
    """The first words of a text that speak of an attachment, as they stand in it; empty where none do."""
    for found in _pattern(frozenset({_ALWAYS, *(one.partition("-")[0].lower() for one in languages)})).finditer(text):
        before = text[max(0, found.start() - _BEFORE) : found.start()]
        if not _NOTHING.search(before):
            return " ".join(found[0].split())
    return ""


@cache
def _pattern(languages: frozenset[str]) -> re.Pattern[str]:
    words = "|".join(one for language in sorted(languages) for one in _WORDS.get(language, ()))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
