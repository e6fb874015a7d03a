"""What is seen of a name is what it holds; what somebody wrote turns nothing but itself."""

import unicodedata
from string import ascii_letters

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.visible import hides, isolated, name_of, unturned

UNSEEN = (
    "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad\u061c\u3164\U000e0041"
)


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("Jane\u200b Marsh", "Jane Marsh"),
        ("\u2066Jane\u2069", "Jane"),
        ("pay\u00adpal", "paypal"),
        ("\u200b\u202e\u2060", ""),
        ("\u2800", ""),
        ("\u3164", ""),
        # Letters of scripts that are written with joiners, and pictures that are made with them, stay as they are.
        ("می‌خواهم", "می‌خواهم"),
        ("क्‍ष", "क्‍ष"),
        ("Family 👨‍👩‍👧", "Family 👨‍👩‍👧"),
        ("دانا رامان", "دانا رامان"),
        ("Søren O’Neill", "Søren O’Neill"),
    ],
)
def test_of_a_name_stays_what_is_seen(told: str, seen: str) -> None:
    assert name_of(told) == seen
    assert hides(told) == (told != seen)


@given(st.text(alphabet=st.sampled_from(UNSEEN) | st.sampled_from(ascii_letters), max_size=40))
def test_of_latin_letters_nothing_unseen_stays_between(told: str) -> None:
    assert name_of(told) == "".join(one for one in told if one not in UNSEEN)


@given(st.text(alphabet=st.sampled_from(UNSEEN + " aב\n"), max_size=60))
def test_a_text_turns_nothing_behind_it(told: str) -> None:
    for line in unturned(told).splitlines():
        opened = 0
        for one in line:
            kind = unicodedata.bidirectional(one)
            assert kind not in ("LRE", "RLE", "LRO", "RLO", "LRI", "RLI", "PDF")
            opened += {"FSI": 1, "PDI": -1}.get(kind, 0)
            assert opened >= 0
        assert opened == 0


def test_a_value_from_right_to_left_is_kept_apart_and_any_other_stays_bare() -> None:
    assert isolated("דנה") == "\u2068דנה\u2069"
    assert isolated("Jane \u202eMarsh") == "Jane Marsh"
