"""Which words are an order by themselves, and what is said to them."""

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.inbound_text import Keyword
from letterbook.domain.keywords import answer_to, keyword_in
from letterbook.domain.sms import measure

# Twilio's and AWS's own lists, written out by hand.
VENDORS_STOP = "STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT OPT-OUT ARRET REMOVE TD"


@pytest.mark.parametrize("word", VENDORS_STOP.split())
def test_what_vendors_stop_at_we_stop_at(word: str) -> None:
    assert keyword_in(word) is keyword_in(word.lower()) is Keyword.STOP


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("Stop", Keyword.STOP),
        ("  stop. ", Keyword.STOP),
        ("« ARRÊT »", Keyword.STOP),
        ("arre\u0302t", Keyword.STOP),
        ("ＳＴＯＰ！", Keyword.STOP),
        ("\u200eSTOP\u200f", Keyword.STOP),
        ("stop all", Keyword.STOP),
        ("opt \u2013 out", Keyword.STOP),
        ("Stopp!", Keyword.STOP),
        ("¡BAJA!", Keyword.STOP),
        ("Alto", Keyword.STOP),
        ("cancelar", Keyword.STOP),
        ("PARE", Keyword.STOP),
        ("ferma", Keyword.STOP),
        ("Afmelden", Keyword.STOP),
        ("Désabonner", Keyword.STOP),
        ("START", Keyword.START),
        ("unstop", Keyword.START),
        ("Help?", Keyword.HELP),
        ("INFO", Keyword.HELP),
        ("aide", Keyword.HELP),
        ("Hilfe", Keyword.HELP),
        ("AYUDA", Keyword.HELP),
    ],
)
def test_words_in_the_languages_of_those_who_write(text: str, keyword: Keyword) -> None:
    assert keyword_in(text) is keyword


@pytest.mark.parametrize(
    "text",
    [
        "",
        "...",
        "Please stop calling me.",
        "stop it",
        "STOP 5",
        "Can you help?",
        "yes",
        "Oui",
        "Ja",
        "bus stop",
        "stop\nI mean it",
        "S" * 100_000,
    ],
)
def test_a_word_among_others_is_no_order_and_neither_is_a_yes(text: str) -> None:
    assert keyword_in(text) is None


@given(st.text(max_size=200))
def test_whatever_is_written_is_read(text: str) -> None:
    assert keyword_in(text) in (None, *Keyword)


@pytest.mark.parametrize("keyword", Keyword)
@pytest.mark.parametrize("language", ["en", "fr-BE", "de", "nl", "es", "it", "pt", "xx"])
def test_the_answer_names_the_firm_fits_one_part_and_is_no_order_itself(keyword: Keyword, language: str) -> None:
    said = answer_to(keyword, language, firm="Tolworthy & Marsh", reach="legal@firm.example")
    assert said.startswith("Tolworthy & Marsh")
    assert ("STOP" in said) is (keyword is not Keyword.STOP)
    assert keyword_in(said) is None
    assert "{" not in said
    assert measure(said).segments <= 2


def test_a_language_that_nobody_wrote_for_is_answered_in_english() -> None:
    assert answer_to(Keyword.STOP, "xx", firm="F") == answer_to(Keyword.STOP, "en-GB", firm="F")
