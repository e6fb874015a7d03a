"""Checks the content of a correspondence by the schema of its type, and says what is wrong in the words of its form."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from letterbook.domain.correspondence_fields import (
    FORM,
    LARGEST_SCHEMA,
    LONGEST_ID,
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_SUBJECTS,
    label_of,
)
from letterbook.domain.errors import FieldError

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BREAKS = re.compile("[\n\r\u2028\u2029]")
_ID = re.compile(rf"[^\x00-\x1f\x7f-\x9f]{{1,{LONGEST_ID}}}")
# No amount of anybody's needs more, and a letter has no room for it.
_LARGEST = 10**15
_MOST_FAULTS = 50


def content_faults(fields: Mapping[str, Any], content: object) -> list[FieldError]:
    """What of the content its form does not take, each at `content.<field>`. Nothing for content that it takes."""
    # Few requests bring content, and every cold start would wait for it.
    from jsonschema import Draft202012Validator, FormatChecker

    if not isinstance(content, Mapping):
        return [FieldError("content", "invalid_type", "This is an object with the fields of the form.")]
    if faults := list(_beyond_any_form(fields, content)):
        return faults[:_MOST_FAULTS]
    checker = Draft202012Validator(fields, format_checker=FormatChecker(formats=["date"]))
    found = (fault for error in checker.iter_errors(content) for fault in _faults(fields, content, error))
    return sorted({(one.field, one.code): one for one in found}.values(), key=lambda one: one.field)[:_MOST_FAULTS]


def schema_faults(fields: Mapping[str, Any]) -> list[FieldError]:
    """Why a form cannot be made of the schema, each at `fields.<place>`. Nothing for one that can."""
    from jsonschema import Draft202012Validator

    try:
        size = len(json.dumps(fields, allow_nan=False))
    except ValueError:
        return [FieldError("fields", "invalid_schema", "No form can be made of this: one of its numbers is none.")]
    if size > LARGEST_SCHEMA:
        return [FieldError("fields", "too_large", f"A form is described in {LARGEST_SCHEMA // 1024} KB at most.")]
    found = [
        FieldError(_place("fields", error), "invalid_schema", f"No form can be made of this: {error.message[:300]}.")
        for error in islice(Draft202012Validator(FORM).iter_errors(fields), _MOST_FAULTS)
    ]
    if not found:
        unknown = [one for one in fields.get("required", ()) if one not in fields.get("properties", {})]
        found = [FieldError("fields.required", "invalid_schema", f"There is no field {one[:60]}.") for one in unknown]
    return sorted(found, key=lambda one: one.field)


def _place(whole: str, error: "ValidationError") -> str:
    return ".".join((whole, *(str(one)[:60] for one in error.absolute_path)))


def template_values(content: Mapping[str, Any]) -> dict[str, str]:
    """The content as values of a template: amounts and dates as programs write them, for its filters."""
    return {name: _written(value) for name, value in content.items() if not isinstance(value, list)}


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, int | float):
        # JSON knows one kind of number: 3.0 is a whole one.
        return str(int(value)) if value == int(value) else f"{Decimal(str(value)):f}"
    return str(value)


def _beyond_any_form(fields: Mapping[str, Any], content: Mapping[str, Any]) -> Iterator[FieldError]:
    """What no form takes, whatever its schema says: it is asked before the schema is, so that nothing large is looked at twice."""
    properties: Mapping[str, Any] = fields.get("properties", {})
    for name, value in content.items():
        place, label = f"content.{name[:60]}", label_of(fields, name[:60])
        if isinstance(value, str):
            of = properties.get(name, {})
            multiline = isinstance(of, Mapping) and bool(of.get("x-multiline"))
            longest = LONGEST_TEXT if multiline else LONGEST_LINE
            if len(value) > longest:
                yield FieldError(place, "too_long", f"{label} has at most {longest} characters.")
            elif _CONTROLS.search(value) or (not multiline and _BREAKS.search(value)):
                told = f"{label} may hold no {'control character' if multiline else 'line break'}."
                yield FieldError(place, "control_character", told)
        elif isinstance(value, int | float) and not abs(value) <= _LARGEST:
            yield FieldError(place, "out_of_range", f"{label} is too large a number.")
        elif isinstance(value, list) and len(value) > MOST_SUBJECTS:
            yield FieldError(place, "too_many", f"{label}: choose at most {MOST_SUBJECTS}.")
        elif isinstance(value, list):
            told = f"{label} names something that is no id: at most {LONGEST_ID} characters on one line."
            for number, one in enumerate(value):
                if isinstance(one, str) and not _ID.fullmatch(one):
                    yield FieldError(f"{place}.{number}", "invalid_id", told)


def _faults(fields: Mapping[str, Any], content: Mapping[str, Any], error: "ValidationError") -> Iterator[FieldError]:
    if error.validator == "required":
        missing = [one for one in fields.get("required", ()) if one not in content]
        yield from (FieldError(f"content.{one}", "required", f"{label_of(fields, one)} is missing.") for one in missing)
    elif error.validator == "additionalProperties":
        known = fields.get("properties", {})
        for name in content:
            if name not in known:
                yield FieldError(f"content.{name[:60]}", "unknown_field", "The form has no such field.")
    else:
        name = str(error.absolute_path[0]) if error.absolute_path else ""
        code, words = _WORDS.get(str(error.validator), ("invalid", lambda _: "is not what the form takes"))
        yield FieldError(_place("content", error), code, f"{label_of(fields, name)} {words(error.validator_value)}.")


_KINDS = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "yes or no: true or false",
    "array": "a list",
}
# By the word of the schema: a code, and what is said of the field, given what the schema asks for.
_WORDS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "type": ("invalid_type", lambda kind: f"is {_KINDS.get(kind, 'of another kind')}"),
    "format": ("invalid_date", lambda _: "is a date such as 2026-11-20"),
    "enum": ("not_offered", lambda choices: f"is one of {', '.join(choices)}"[:400]),
    "minLength": ("too_short", lambda least: f"has at least {least} characters"),
    "maxLength": ("too_long", lambda most: f"has at most {most} characters"),
    "minimum": ("out_of_range", lambda least: f"is at least {least}"),
    "maximum": ("out_of_range", lambda most: f"is at most {most}"),
    "exclusiveMinimum": ("out_of_range", lambda least: f"is more than {least}"),
    "exclusiveMaximum": ("out_of_range", lambda most: f"is less than {most}"),
    "minItems": ("too_few", lambda least: "needs a choice" if least == 1 else f"needs at least {least}"),
    "maxItems": ("too_many", lambda most: f"holds at most {most}"),
    "uniqueItems": ("duplicate", lambda _: "names something twice"),
}
