"""Which letters speak of something that goes with them."""

import pytest

from letterbook.domain.enclosures import told_of


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        ("en", "Please find attached the form.", "attached"),
        ("en", "See the enclosed letter of authority.", "enclosed"),
        ("en", "Yours faithfully\n\nEncl: form", "Encl:"),
        ("en", "Yours faithfully\n\nEncs.", "Encs."),
        ("en", "We\u2019ve ENCLOSED it.", "ENCLOSED"),
        ("en-GB", "I attach\nmy statement.", "I attach"),
        ("de", "Anbei das Formular.", "Anbei"),
        ("fr-CH", "Vous trouverez ci-joint le formulaire.", "ci-joint"),
        ("es", "Adjunto encontrará el formulario.", "Adjunto"),
        ("cy", "Gweler y ffurflen ynghlwm.", "ynghlwm"),
        ("pl", "W załączeniu formularz.", "W załączeniu"),
        ("de", "Please find attached the form.", "attached"),
    ],
)
def test_the_words_that_speak_of_it_are_found(language: str, text: str, told: str) -> None:
    assert told_of(text, [language]) == told


@pytest.mark.parametrize(
    "text",
    [
        "There is nothing attached.",
        "Send it without enclosures.",
        "This has no attachment.",
        "Your flat is detached.",
        "We hold an attachment of earnings order.",
        "Anbei das Formular.",
        "",
    ],
)
def test_what_speaks_of_none_asks_nothing(text: str) -> None:
    assert told_of(text, ["en"]) == ""


def test_each_language_of_the_firm_is_asked() -> None:
    assert told_of("Anbei das Formular.", ["en", "de"]) == "Anbei"
    assert told_of("Anbei das Formular.", ["xx"]) == ""
