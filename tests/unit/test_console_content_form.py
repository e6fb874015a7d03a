"""The form of a type of correspondence, what is filled into it, and the rows in which its fields are declared."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from console.forms.content import FieldKind, content_of, fields_of, typed_of
from console.forms.type_fields import KINDS, FieldRow, as_json, read_json, rows_of, schema_of
from letterbook.domain.errors import Invalid

NOTICE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "greeting": {"type": "string", "title": "Greeting", "description": "How it begins", "maxLength": 80},
        "note": {"type": "string", "x-multiline": True},
        "pay_by": {"type": "string", "format": "date", "title": "Pay by"},
        "fee": {"type": "number"},
        "days": {"type": "integer"},
        "urgent": {"type": "boolean"},
        "tone": {"type": "string", "enum": ["plain", "very_firm", "As agreed"]},
        "invoices": {"type": "array", "items": {"type": "string"}, "minItems": 1, "x-subjects": "invoice"},
    },
    "required": ["pay_by", "invoices"],
    "additionalProperties": False,
    "examples": [{"pay_by": "2026-12-24", "urgent": False, "invoices": ["RE-1", "RE-2"]}],
}
FIELDS = fields_of(NOTICE)


def typed(**given: str | list[str]) -> dict[str, list[str]]:
    return {f"content.{name}": [one] if isinstance(one, str) else one for name, one in given.items()}


def test_each_field_is_of_the_kind_that_its_schema_says() -> None:
    assert {one.name: one.kind for one in FIELDS} == {
        "greeting": FieldKind.LINE,
        "note": FieldKind.TEXT,
        "pay_by": FieldKind.DATE,
        "fee": FieldKind.NUMBER,
        "days": FieldKind.WHOLE,
        "urgent": FieldKind.TICK,
        "tone": FieldKind.CHOICE,
        "invoices": FieldKind.SUBJECTS,
    }


def test_it_is_called_as_its_title_says_and_without_one_by_its_name_in_words() -> None:
    called = {one.name: (one.label, one.hint) for one in FIELDS}
    assert called["greeting"] == ("Greeting", "How it begins")
    assert called["days"] == ("Days", "")
    assert [one.name for one in FIELDS if one.required] == ["pay_by", "invoices"]


def test_a_choice_that_is_a_code_is_offered_in_words() -> None:
    (tone,) = (one for one in FIELDS if one.name == "tone")
    assert tone.choices == [("", ""), ("plain", "Plain"), ("very_firm", "Very firm"), ("As agreed", "As agreed")]


@pytest.mark.parametrize(
    ("given", "content"),
    [
        ({"fee": "12.50"}, {"fee": 12.5}),
        ({"fee": "1,250.50"}, {"fee": 1250.5}),
        ({"fee": " 7 "}, {"fee": 7.0}),
        ({"days": "1,000"}, {"days": 1000}),
        ({"tone": "very_firm"}, {"tone": "very_firm"}),
        ({"note": "One\ntwo"}, {"note": "One\ntwo"}),
        ({"invoices": ["RE-1", "RE-1", "RE-2", ""]}, {"invoices": ["RE-1", "RE-2"]}),
        ({"urgent": "1"}, {"urgent": True}),
    ],
)
def test_what_was_filled_in_is_content_of_the_kinds_of_its_fields(
    given: dict[str, Any], content: dict[str, Any]
) -> None:
    assert content_of(FIELDS, typed(**given)) == {"urgent": False, **content}


@pytest.mark.parametrize("text", ["twelve", "1,25", "1e9", "NaN", "²", "9" * 5000, "12.5.1"])
def test_what_is_no_number_stays_as_it_was_typed_for_the_schema_to_refuse(text: str) -> None:
    assert content_of(FIELDS, typed(fee=text))["fee"] == text


def test_what_was_left_empty_is_left_out_and_what_is_no_field_is_not_taken() -> None:
    assert content_of(FIELDS, typed(greeting="  ", pay_by="", invoices=[], other="x")) == {"urgent": False}


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30).map(
    lambda one: one.strip()
)
contents = st.fixed_dictionaries(
    {"urgent": st.booleans()},
    optional={
        "greeting": words.filter(bool),
        "pay_by": st.dates().map(str),
        "fee": st.decimals(-999_999, 999_999, places=2).map(float),
        "days": st.integers(-(10**9), 10**9),
        "tone": st.sampled_from(["plain", "very_firm", "As agreed"]),
        "invoices": st.lists(words.filter(bool), min_size=1, max_size=5, unique=True),
    },
)


@given(contents)
def test_content_that_stands_in_the_form_is_read_from_it_as_it_was(content: dict[str, Any]) -> None:
    assert content_of(FIELDS, typed_of(FIELDS, content)) == content


# ---- the editor of types


def test_rows_that_were_read_of_a_schema_and_are_saved_change_nothing_in_it() -> None:
    made = schema_of(rows_of(NOTICE), NOTICE)
    assert {name: made[name] for name in NOTICE} == NOTICE


def test_a_field_that_becomes_of_another_kind_keeps_nothing_of_the_old_one() -> None:
    rows = [FieldRow(name="greeting", kind=FieldKind.DATE, example="2026-12-24")]
    assert schema_of(rows, NOTICE)["properties"] == {"greeting": {"type": "string", "format": "date"}}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_is_offered_is_a_field_of_that_kind(kind: str) -> None:
    made = schema_of([FieldRow(name="it", label="It", kind=kind, required=True, choices="a, b", example="a")], {})
    (row,) = rows_of(made)
    assert (row.name, row.label, row.kind, row.required) == ("it", "It", kind, True)


def test_the_example_of_each_row_is_the_first_example_of_the_schema() -> None:
    rows = [
        FieldRow(name="fee", kind=FieldKind.NUMBER, example="12.50"),
        FieldRow(name="urgent", kind=FieldKind.TICK, example="yes"),
        FieldRow(name="invoices", kind="subjects:invoice", example="RE-1, RE-2"),
        FieldRow(name="note", kind=FieldKind.TEXT),
    ]
    assert schema_of(rows, {})["examples"] == [{"fee": 12.5, "urgent": True, "invoices": ["RE-1", "RE-2"]}]


def test_two_rows_of_one_name_are_refused_beside_the_second() -> None:
    with pytest.raises(Invalid) as refused:
        schema_of([FieldRow(name="it"), FieldRow(name="other"), FieldRow(name="it")], {})
    assert [one.field for one in refused.value.faults] == ["fields.2.name"]


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "[" * 100_000, '{"a": 1', '{"a": NaN}'])
def test_what_is_no_json_object_is_refused_in_words(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_json(text)
    assert refused.value.faults[0].field == "fields"


def test_a_schema_as_text_is_read_as_it_was() -> None:
    assert read_json(as_json(NOTICE)) == NOTICE
