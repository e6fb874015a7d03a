"""SMS parts: known answers, and what must hold of any text."""

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.sms import SENDER_ID, measure


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
