"""The words that the layout of a letter adds, in the letter's language; English where it is none of these."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutWords:
    """`page_of` has the gaps {page} and {pages}; of what there may be several, one and many."""

    date: str
    page_of: str
    enclosures: tuple[str, str]
    copies: str


_ENGLISH = LayoutWords(
    date="Date", page_of="{page} of {pages}", enclosures=("Enclosure", "Enclosures"), copies="Copy to"
)
_WORDS = {
    "en": _ENGLISH,
    "de": LayoutWords(date="Datum", page_of="{page} von {pages}", enclosures=("Anlage", "Anlagen"), copies="Kopie an"),
    "es": LayoutWords(date="Fecha", page_of="{page} de {pages}", enclosures=("Anexo", "Anexos"), copies="Copia a"),
    "fr": LayoutWords(
        date="Date", page_of="{page} sur {pages}", enclosures=("Pièce jointe", "Pièces jointes"), copies="Copie à"
    ),
    "it": LayoutWords(date="Data", page_of="{page} di {pages}", enclosures=("Allegato", "Allegati"), copies="Copia a"),
    "nl": LayoutWords(
        date="Datum", page_of="{page} van {pages}", enclosures=("Bijlage", "Bijlagen"), copies="Kopie aan"
    ),
}


def words_in(language: str) -> LayoutWords:
    """`language` is a tag of BCP 47, of which only the first part counts."""
    return _WORDS.get(language.replace("_", "-").partition("-")[0].lower(), _ENGLISH)


def date_in(day: date, language: str) -> str:
    """The date as people of that language write it; as in Britain where the language says of no place, or is not known."""
    from babel import Locale, UnknownLocaleError
    from babel.dates import format_date

    try:
        locale = Locale.parse("en-GB" if language in ("", "en") else language.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en", "GB")
    return str(format_date(day, "long", locale=locale))
