"""What a word is: the same for whoever writes a text and whoever looks for it, in any script and any way of writing numbers."""

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.search_terms import MOST_WORDS, Query, matches, parse_query, terms_of


def finds(text: str, query: str, country: str = "GB") -> bool:
    asked = parse_query(query, country)
    return bool(asked) and matches(frozenset(terms_of([text], country).words), asked)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Søren Kierkegård", "soren kierkegard"),
        ("Łukasz Żółw", "lukasz zolw"),
        ("Straße 7", "STRASSE"),
        ("Strasse 7", "straße"),
        ("Đặng Thị Ánh", "dang thi anh"),
        ("Þórður Æsir", "thordur aesir"),
        ("Diyarbakır, İstanbul", "diyarbakir istanbul"),
        ("Χρήστος", "ΧΡΗΣΤΟΣ"),
        ("\uff26\uff55\uff4c\uff4c width", "full"),
        ("col\u00b7legi", "collegi"),
        ("E\u0301clair", "eclair"),
        ("محمد على", "محمد علي"),
        ("हिन्दी भाषा", "भाषा"),
    ],
)
def test_accents_case_and_width_make_no_difference(text: str, query: str) -> None:
    assert finds(text, query)


APOSTROPHES = "'\u2019\u2018\u02bc\u00b4`\u2032\uff07"


@pytest.mark.parametrize("written", APOSTROPHES)
@pytest.mark.parametrize("asked", [*(f"O{one}Neill" for one in APOSTROPHES), "ONeill", "neill", "O Neill"])
def test_an_apostrophe_of_any_kind_joins_and_parts(written: str, asked: str) -> None:
    assert finds(f"Siobhán O{written}Neill", asked)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Smith-Jones", "smithjones"),
        ("Smith-Jones", "smith jones"),
        ("Smith\u2013Jones", "Smith\u2010Jones"),
        ("Smith Jones", "smith-jones"),
        ("SmithJones", "smith-jones"),
        ("e-mail", "email"),
        ("email", "e-mail"),
        ("DC-2024-00123", "dc-2024-00123"),
        ("DC-2024-00123", "DC202400123"),
        ("DC-2024-00123", "00123"),
        ("DC202400123", "DC-2024-00123"),
        ("12345/C001", "12345c001"),
        ("jane.doe@firm.example", "jane.doe@firm.example"),
        ("jane.doe@firm.example", "doe firm"),
        ("a letter to John Smith", "smith j"),
        ("12,500.00", "12500.00"),
        ("12 500 EUR", "12500"),
        ("12,500", "12 500"),
        ("\u0661\u0662\u0663\u0664\u0665", "12345"),
    ],
)
def test_what_is_joined_is_found_whole_and_by_its_parts(text: str, query: str) -> None:
    assert finds(text, query)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("東京都庁からの手紙", "東京"),
        ("東京都庁からの手紙", "都庁"),
        ("東京都庁", "庁"),
        ("東京都庁", "京"),
        ("李小龙", "李 龙"),
        ("山田太郎 2026年", "2026 山田"),
        ("\uff76\uff9e\uff7d料金", "ガス"),
        ("서울중앙지방법원에서", "법원"),
        ("กรุงเทพมหานคร", "มหา"),
        ("ที่ดินของเรา", "ดิน"),
        ("ປະເທດລາວ", "ລາວ"),
        ("ប្រទេសកម្ពុជា", "កម្ពុជា"),
        ("မြန်မာနိုင်ငံ", "နိုင်ငံ"),
    ],
)
def test_scripts_without_blanks_are_found_from_any_sign_on(text: str, query: str) -> None:
    assert finds(text, query)


NUMBERS = [
    "07700 900199", "+44 7700 900199", "+44 (0)7700 900199", "0044 7700 900 199", "(07700) 900-199", "07700.900.199",
    "7700 900199", "+447700900199", "447700900199", "07700\u00a0900199", "900199",
]  # fmt: skip


@pytest.mark.parametrize("query", NUMBERS)
@pytest.mark.parametrize("text", ["+447700900199", "ring me on 07700 900199, after six", "Tel: (07700) 900 199"])
def test_a_telephone_number_is_found_however_it_is_spaced_or_prefixed(text: str, query: str) -> None:
    assert finds(text, query)


@pytest.mark.parametrize(
    ("text", "query", "country"),
    [
        ("+441134960102", "0113 496 0102", "GB"),
        ("ring (0113) 496-0102", "+44 113 496 0102", "GB"),
        ("+441134960102", "496 0102", "GB"),
        ("+4532123456", "32 12 34 56", "DK"),
        ("tlf. 32 12 34 56", "+45 32123456", "DK"),
        ("(212) 555-0123", "+1 212 555 0123", "US"),
        ("+33123456789", "01 23 45 67 89", "FR"),
    ],
)
def test_a_number_is_dialled_as_the_country_dials(text: str, query: str, country: str) -> None:
    assert finds(text, query, country)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("1250.00", "125000"),
        ("1/2", "12"),
        ("東京", "京都"),
        ("かき", "がき"),
        ("07700 900199", "07700 900198"),
        ("Northmoor", "moor"),
        ("Smith", "smith jones"),
    ],
)
def test_what_is_not_there_is_not_found(text: str, query: str) -> None:
    assert not finds(text, query)


@pytest.mark.parametrize("query", ["", " ", "!!!", "-", "\u200b", "'"])
def test_what_holds_no_word_asks_for_nothing(query: str) -> None:
    assert parse_query(query) == ()
    assert Query.of(query, "GB").wanted == ()


def test_a_text_of_more_words_than_are_kept_says_so() -> None:
    whole, cut = terms_of([" ".join(f"w{n}" for n in range(MOST_WORDS))]), terms_of(["x " * 40_000])
    assert (len(whole.words), whole.cut, cut.cut) == (MOST_WORDS, False, True)
    more = terms_of(["subject", " ".join(f"w{n}" for n in range(MOST_WORDS))])
    assert (len(more.words), more.words[0], more.cut) == (MOST_WORDS, "subject", True)


def test_a_number_at_the_beginning_of_a_long_letter_is_kept_as_dialled() -> None:
    assert finds("Ring 0113 496 0102. " + " ".join(f"w{n}" for n in range(MOST_WORDS + 1)), "+441134960102")


@given(st.text(max_size=300))
def test_a_text_is_found_by_any_of_its_words(text: str) -> None:
    """Whatever a text holds, each piece of it that holds a word leads to it."""
    kept = frozenset(terms_of([text], "GB", common=True).words)
    for piece in text.split()[:20]:
        asked = parse_query(piece, "GB")
        assert not asked or matches(kept, asked), piece
