"""The form of a type of correspondence: its fields as its JSON Schema declares them, and what was filled in as its content.

Which kinds of field there are, the contract of the types says; the schema itself refuses what is not as it has to be.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from console.app.routing import PageRequest
from console.forms.values import number
from console.presenters.dates import Clock
from console.presenters.labels import humanize_code

# What stands in a form before the name of a field, so that none is taken for one of the form's own.
PREFIX = "content."
# A whole amount or one with decimals, with or without commas between the thousands.
_DECIMAL = re.compile(r"-?(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{1,6})?", re.ASCII)
_CODE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)

# By the name that a field has in the form, the values that stand there.
Typed = dict[str, list[str]]


class FieldKind(StrEnum):
    LINE = "line"
    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    WHOLE = "whole"
    TICK = "tick"
    CHOICE = "choice"
    SUBJECTS = "subjects"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentField:
    """`options` are what a choice offers; `subjects` is the type of the subjects that are ticked. `longest` 0: no limit."""

    name: str
    label: str
    hint: str = ""
    kind: FieldKind
    required: bool = False
    longest: int = 0
    options: tuple[Any, ...] = ()
    subjects: str = ""

    @property
    def at(self) -> str:
        return f"{PREFIX}{self.name}"

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What is offered, and how it is called: a code in words, anything else as it is."""
        return [("", ""), *((str(one), _called(str(one))) for one in self.options)]


def fields_of(schema: Mapping[str, Any]) -> tuple[ContentField, ...]:
    """In the order in which the schema has them."""
    required = schema.get("required", ())
    return tuple(
        ContentField(
            name=name,
            label=one.get("title") or humanize_code(name),
            hint=one.get("description", ""),
            kind=_kind(one),
            required=name in required,
            longest=one.get("maxLength", 0),
            options=tuple(one.get("enum", ())),
            subjects=one.get("x-subjects", ""),
        )
        for name, one in schema.get("properties", {}).items()
    )


def _kind(declared: Mapping[str, Any]) -> FieldKind:
    if "enum" in declared:
        return FieldKind.CHOICE
    match declared.get("type"):
        case "array":
            return FieldKind.SUBJECTS
        case "boolean":
            return FieldKind.TICK
        case "integer":
            return FieldKind.WHOLE
        case "number":
            return FieldKind.NUMBER
    if declared.get("format") == "date":
        return FieldKind.DATE
    return FieldKind.TEXT if declared.get("x-multiline") else FieldKind.LINE


def labels_of(fields: Iterable[ContentField]) -> dict[str, str]:
    """By the names that the fields have in the form, for what is wrong with them."""
    return {one.at: one.label for one in fields}


def typed_in(visit: PageRequest, fields: Iterable[ContentField]) -> Typed:
    """As it was filled in, to stand there again."""
    return {one.at: [each.replace("\r\n", "\n") for each in visit.form.get(one.at, ())] for one in fields}


def typed_of(fields: Iterable[ContentField], content: Mapping[str, Any]) -> Typed:
    """As a form is filled in that has this content."""
    return {one.at: _written(content.get(one.name)) for one in fields}


def content_of(fields: Iterable[ContentField], typed: Typed) -> dict[str, Any]:
    """What was filled in, without what is empty, each of its field's kind; what is none of that stays the text that it is."""
    content = {one.name: _value(one, typed.get(one.at, ())) for one in fields}
    return {name: value for name, value in content.items() if value not in (None, "", [])}


def _value(field: ContentField, given: Sequence[str]) -> Any:
    if field.kind is FieldKind.SUBJECTS:
        return list(dict.fromkeys(one for one in given if one))
    if field.kind is FieldKind.TICK:
        return bool(given)
    text = given[0].strip() if given else ""
    match field.kind:
        case FieldKind.NUMBER if _DECIMAL.fullmatch(text):
            return float(Decimal(text.replace(",", "")))
        case FieldKind.WHOLE:
            return number(text.replace(",", "") if _DECIMAL.fullmatch(text) else text)
        case FieldKind.CHOICE:
            return next((one for one in field.options if str(one) == text), text)
    return text


def _called(option: str) -> str:
    return humanize_code(option) if _CODE.fullmatch(option) else option


def content_words(field: ContentField, value: Any, clock: Clock) -> str:
    """What was filled in, as one reads it."""
    match field.kind:
        case FieldKind.TICK:
            return "Yes" if value else "No"
        case FieldKind.CHOICE:
            return dict(field.choices).get(str(value), str(value))
        case FieldKind.DATE:
            return clock.in_words(str(value))
    return ", ".join(_written(value))


def _written(value: Any) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    if isinstance(value, bool):
        return ["1"] if value else []
    return [] if value is None else [str(value)]
