"""SMS parts: known answers, and what must hold of any text."""

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.sms import SENDER_ID, measure, plain_text


@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("Hello", "gsm7", 1),
        ("A" * 160, "gsm7", 1),
        ("A" * 161, "gsm7", 2),
        ("A" * 306, "gsm7", 2),
        ("A" * 307, "gsm7", 3),
        ("Total: 10 €", "gsm7", 1),
        ("€" * 80, "gsm7", 1),
        ("€" * 81, "gsm7", 2),
        ("a" * 152 + "€" + "a" * 152, "gsm7", 3),
        ("Votre colis a été reçu", "ucs2", 1),
        ("ê" * 70, "ucs2", 1),
        ("ê" * 71, "ucs2", 2),
        ("ê" * 134, "ucs2", 2),
        ("ê" * 135, "ucs2", 3),
        ("👍" * 35, "ucs2", 1),
        ("👍" * 36, "ucs2", 2),
        ("A" * 159 + "👍", "ucs2", 3),
        ("Größe Ä, é, è, à, ù", "gsm7", 1),
        ("a curly ’ apostrophe", "ucs2", 1),
    ],
)
@pytest.mark.covers("A16")
def test_known_answers(text: str, encoding: str, segments: int) -> None:
    size = measure(text)
    assert (size.encoding, size.segments, size.characters) == (encoding, segments, len(text))


@given(st.text(max_size=400), st.text(max_size=20))
def test_more_text_never_makes_fewer_parts(text: str, more: str) -> None:
    assert measure(text + more).segments >= measure(text).segments


@given(st.text(alphabet="abc€[]{}", max_size=700))
def test_parts_hold_what_they_must(text: str) -> None:
    septets = sum(2 if one in "€[]{}" else 1 for one in text)
    segments = measure(text).segments
    assert segments == 1 if septets <= 160 else (segments - 1) * 152 < septets <= segments * 153


@pytest.mark.parametrize("sender", ["THEFIRM", "Firm-1", "abc"])
def test_sender_ids(sender: str) -> None:
    assert SENDER_ID.fullmatch(sender)


@pytest.mark.parametrize("sender", ["ab", "TOOLONGASENDER", "123456", "The Firm", "Fïrm"])
def test_what_is_no_sender_id(sender: str) -> None:
    assert not SENDER_ID.fullmatch(sender)


PLAIN = [
    ("a\r\nb\rc", "a\nb\nc", "line breaks of other systems became plain"),
    ("a\tb", "a b", "tabs and blanks of special widths became plain"),
    ("12\u00a0000\u202f\u20ac\u2009x\u3000y", "12 000 \u20ac x y", "tabs and blanks of special widths became plain"),
    ("a\u200bb\ufeffc\u00add\u2060e", "abcde", "signs that nobody sees were left out"),
    ("a\u200eb\u200cc", "abc", "signs that nobody sees were left out"),
    ("caf\u0065\u0301", "caf\u00e9", "letters and their accents became one"),
    ("\u2018a\u2019 \u201eb\u201c \u00abc\u00bb", '\'a\' "b" "c"', "typographic quotes became plain"),
    ("a \u2013 b\u2014c \u2212 d\u2011e", "a - b-c - d-e", "typographic dashes became plain"),
    ("well\u2026", "well...", "ellipses became three dots"),
    ("\u2022 one", "- one", "bullets became dashes"),
]


@pytest.mark.parametrize(("typed", "sent", "change"), PLAIN)
def test_what_carriers_would_rewrite_is_written_plainly_and_said(typed: str, sent: str, change: str) -> None:
    made = plain_text(typed)
    assert (made.text, made.changes, made.beyond) == (sent, (change,), ())
    assert measure(made.text).encoding == "gsm7"


@pytest.mark.parametrize("typed", ["it\u2019s \u201cx\u201d", "a \u2013 b", "well\u2026"])
def test_typography_stays_where_the_firm_wants_it(typed: str) -> None:
    made = plain_text(typed, typography=False)
    assert (made.text, made.changes) == (typed, ())
    assert made.beyond


def test_blanks_and_breaks_are_plain_whatever_the_firm_wants() -> None:
    assert plain_text("a\u00a0b\r\nc\u200b", typography=False).text == "a b\nc"


@pytest.mark.parametrize(
    "typed",
    [
        "Hello [x] {y} ~ ^ | \\ \u20ac",
        "\u0645\u0631\u062d\u0628\u0627 \u200f\u0627\u0644\u0639\u0627\u0644\u0645",
        "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\u0915\u094d\u200d\u0937",
        "Z\u0142oty, \u0159\u00edjen, \u0444\u0435\u0432\u0440\u0430\u043b\u044c",
    ],
)
def test_what_is_meant_is_kept(typed: str) -> None:
    assert (plain_text(typed).text, plain_text(typed).changes) == (typed, ())


def test_the_signs_that_make_it_long_are_named() -> None:
    assert plain_text("\u00ea\u00ea \U0001f44d \u2019").beyond == ("\u00ea", "\U0001f44d")


def test_an_ellipsis_stays_where_three_dots_would_cost_a_part() -> None:
    assert plain_text("\u00ea" * 69 + "\u2026").text == "\u00ea" * 69 + "\u2026"


SIGNS = "ab \n\r\t\u00a0\u200b\u200d\u2019\u201c\u2013\u2026\u2022\u00ea\u0301\u20ac\U0001f44d\u0645\u00ad"


@given(st.text(alphabet=SIGNS, max_size=320), st.booleans())
def test_a_plain_text_is_no_longer_and_stays_as_it_is(text: str, typography: bool) -> None:
    made = plain_text(text, typography=typography)
    assert measure(made.text).segments <= measure(text).segments
    again = plain_text(made.text, typography=typography)
    assert (again.text, again.changes) == (made.text, ())
    assert (measure(made.text).encoding == "ucs2") == bool(made.beyond)
