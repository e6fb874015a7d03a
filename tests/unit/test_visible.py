"""What is seen of a name is what it holds, and no text turns what stands behind it."""

import pytest
from hypothesis import given, strategies as st
from pydantic import TypeAdapter, ValidationError

from letterbook.adapters.rendering.renderer import TemplateRenderer
from letterbook.contracts.fields import Address, ForeignId, Line, LongLine, MaybeEmptyLine, Postal, Text
from letterbook.domain.visible import hides, isolated, name_of, unturned
from tests.support.builders import template

TURNING = [*map(chr, range(0x202A, 0x202F)), "\u2066", "\u2067"]
UNSEEN = [
    *TURNING,
    "\u2068",
    "\u2069",
    "\u200e",
    "\u200f",
    "\u061c",
    "\u200b",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u034f",
    "\u3164",
]
UNSEEN += ["\U000e0041", "\U000e0020", "\u180e", "\u115f", "\uffa0", "\u2063"]


@pytest.mark.parametrize("hidden", UNSEEN, ids=lambda one: f"U+{ord(one):04X}")
def test_a_name_loses_what_is_not_seen(hidden: str) -> None:
    assert name_of(f"invoice{hidden}fdp.exe") == "invoicefdp.exe"
    assert name_of(hidden * 3) == ""
    assert hides(f"a{hidden}")


@pytest.mark.parametrize(
    "name",
    [
        "Zoë O'Brien-Łukasz",
        "שרה כהן",
        "محمد",
        "می\u200cخواهم",
        "क्\u200dष",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 Ltd",
        "\u2764\ufe0f\u200d\U0001f525",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "株式会社",
        "...",
    ],
)
def test_a_name_of_any_script_stays(name: str) -> None:
    assert name_of(name) == name


def test_joiners_where_nothing_is_joined_are_hidden() -> None:
    assert name_of("Bar\u200dclays") == name_of("Bar\u200cclays") == "Barclays"


@given(st.text(alphabet=st.sampled_from([*UNSEEN, "\u200c", "\u200d", "a", " ", "ש", "\n"]), max_size=20))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert name_of(name_of(text)) == name_of(text)
    assert unturned(unturned(text)) == unturned(text)


@given(st.text(alphabet=st.sampled_from([*UNSEEN, "a", " ", "ש", "\n"]), max_size=20))
def test_whatever_a_value_holds_it_ends_what_it_begins(value: str) -> None:
    """UAX 9: an isolate that is never ended, or an end too many, would reach into what stands behind."""
    for line in isolated(value).splitlines():
        assert not set(line) & set(TURNING)
        standing = 0
        for one in line:
            standing += {"\u2068": 1, "\u2069": -1}.get(one, 0)
            assert standing >= 0
        assert standing == 0


@pytest.mark.parametrize("kind", [Line, LongLine, Postal, Address])
def test_names_are_cleaned_where_they_come_in(kind: object) -> None:
    field: TypeAdapter[str] = TypeAdapter(kind)
    assert field.validate_python("\u202ainvoice\u202efdp.exe\u202c\u200b") == "invoicefdp.exe"
    with pytest.raises(ValidationError) as refused:
        field.validate_python("\u200b\u2060\u3164")
    assert refused.value.errors()[0]["type"] == "invisible"


def test_a_name_may_be_empty_where_that_is_allowed_but_not_seem_so() -> None:
    field: TypeAdapter[str] = TypeAdapter(MaybeEmptyLine)
    assert field.validate_python("") == ""
    with pytest.raises(ValidationError):
        field.validate_python("\u200b")


def test_an_id_of_another_system_is_refused_and_never_changed() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(ForeignId).validate_python("2025\u200b-00123")


def test_a_text_keeps_its_letters_and_marks_and_turns_nothing() -> None:
    field: TypeAdapter[str] = TypeAdapter(Text)
    assert field.validate_python("שלום \u200fעולם\u202e 001 \u2067x") == "שלום \u200fעולם 001 x"


@pytest.mark.parametrize("html", [True, False], ids=["email", "sms"])
def test_a_value_turns_nothing_around_it(html: bool) -> None:
    made = TemplateRenderer().render(
        template(subject="About {{ x }}: 12", body="Pay {{ x }} 100 GBP."), {"x": "\u202eשרה\u2067"}, html=html
    )
    assert made.text == "Pay \u2068שרה\u2069 100 GBP."
    if html:
        assert made.subject == "About \u2068שרה\u2069: 12"
        assert '<body dir="ltr"' in (made.html or "")


def test_a_letter_runs_as_its_language_does() -> None:
    arabic = TemplateRenderer().render(
        template(language="ar", subject="S", body="مرحبا {{ x }}"), {"x": "Otto"}, html=True
    )
    assert '<body dir="rtl"' in (arabic.html or "")
    assert '<body dir="auto"' in (TemplateRenderer().free_text("S", "שלום", "en").html or "")
