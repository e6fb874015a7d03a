"""The fields of a type of correspondence: JSON Schema 2020-12, of the kinds that a form can show and a letter can say."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from letterbook.domain.errors import FieldError

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MOST_FIELDS, _MOST_CHOICES, _MOST_EXAMPLES = 40, 100, 5
# As JSON: what is larger is no form.
_MOST_BYTES = 64 * 1024
LONGEST_LINE, LONGEST_TEXT, MOST_SUBJECTS = 500, 20_000, 500
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}", re.ASCII)
_SUBJECT_TYPE = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}", re.ASCII)
_WHOLE = frozenset(
    {"$schema", "type", "title", "description", "properties", "required", "additionalProperties", "examples"}
)
_SAID = frozenset({"type", "title", "description", "default", "examples"})
_BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
# What may stand at a field, by its type.
_AT = {
    "string": _SAID | {"format", "minLength", "maxLength", "enum", "x-multiline"},
    "number": _SAID | _BOUNDS,
    "integer": _SAID | _BOUNDS,
    "boolean": _SAID,
    "array": _SAID | {"items", "minItems", "maxItems", "uniqueItems", "x-subjects"},
}


def checked_schema(fields: Mapping[str, Any]) -> tuple[dict[str, Any], list[FieldError]]:
    """The schema as it is kept, which refuses what it does not name, and what is wrong with it, at `fields…`."""
    try:
        size = len(json.dumps(fields))
    except (ValueError, RecursionError, TypeError):
        return {}, [FieldError("fields", "invalid_schema", "This is no JSON Schema.")]
    if size > _MOST_BYTES:
        return {}, [FieldError("fields", "too_large", "A form is described in 64 KB at most.")]
    schema = {"$schema": DIALECT, "type": "object", "additionalProperties": False, **fields}
    faults = list(_whole_faults(schema))
    return schema, faults


def subject_types(fields: Mapping[str, Any]) -> dict[str, str]:
    """By the names of the fields that hold ids of subjects, the type of these."""
    properties: Mapping[str, Mapping[str, Any]] = fields.get("properties", {})
    return {name: one["x-subjects"] for name, one in properties.items() if "x-subjects" in one}


def label_of(fields: Mapping[str, Any], name: str) -> str:
    """What the form calls a field."""
    return str(fields.get("properties", {}).get(name, {}).get("title") or name.replace("_", " ").capitalize())


def _whole_faults(schema: Mapping[str, Any]) -> Iterator[FieldError]:
    for word in schema.keys() - _WHOLE:
        yield _fault(word, f"A form knows no {word[:60]}.")
    if schema["$schema"] != DIALECT:
        yield _fault("$schema", f"The dialect is {DIALECT}.")
    if schema["type"] != "object":
        yield _fault("type", "The content is an object.")
    if schema["additionalProperties"] is not False:
        yield _fault("additionalProperties", "A form refuses what it does not name: this is false.")
    yield from _words(schema, "")
    properties = schema.get("properties", {})
    if not isinstance(properties, dict) or len(properties) > MOST_FIELDS:
        yield _fault("properties", f"These are at most {MOST_FIELDS} fields by name.")
        return
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(one, str) and one in properties for one in required):
        yield _fault("required", "These are names of fields that there are.")
    examples = schema.get("examples", [])
    if not isinstance(examples, list) or len(examples) > _MOST_EXAMPLES:
        yield _fault("examples", f"These are at most {_MOST_EXAMPLES} contents.")
    for name, field in properties.items():
        place = f"properties.{name[:60]}"
        if not _NAME.fullmatch(name):
            yield _fault(place, "A field is called with letters, digits and _, and begins with no digit.")
        elif not isinstance(field, dict) or field.get("type") not in _AT:
            yield _fault(place, f"A field is of one of the types {', '.join(_AT)}.")
        else:
            yield from _field_faults(place, field)


def _field_faults(place: str, field: Mapping[str, Any]) -> Iterator[FieldError]:
    kind = field["type"]
    for word in field.keys() - _AT[kind]:
        yield _fault(f"{place}.{word[:60]}", f"A field of the type {kind} knows no {word[:60]}.")
    yield from _words(field, f"{place}.")
    for word in ("minLength", "maxLength", "minItems", "maxItems"):
        if word in field and not _is_count(field[word]):
            yield _fault(f"{place}.{word}", "This is a whole number, and not negative.")
    for word in _BOUNDS & field.keys():
        if isinstance(field[word], bool) or not isinstance(field[word], int | float):
            yield _fault(f"{place}.{word}", "This is a number.")
        elif word == "multipleOf" and field[word] <= 0:
            yield _fault(f"{place}.{word}", "This is more than 0.")
    for word in ("x-multiline", "uniqueItems"):
        if word in field and not isinstance(field[word], bool):
            yield _fault(f"{place}.{word}", "This is true or false.")
    if field.get("format", "date") != "date":
        yield _fault(f"{place}.format", "The only format is date.")
    yield from _choice_faults(place, field)
    if kind == "array":
        if field.get("items") != {"type": "string"}:
            yield _fault(f"{place}.items", 'A list holds ids of subjects: {"type": "string"}.')
        named = field.get("x-subjects")
        if not isinstance(named, str) or not _SUBJECT_TYPE.fullmatch(named):
            yield _fault(f"{place}.x-subjects", 'A list says of which type its subjects are, such as "invoice".')


def _choice_faults(place: str, field: Mapping[str, Any]) -> Iterator[FieldError]:
    choices = field.get("enum", [""])
    good = isinstance(choices, list) and 0 < len(choices) <= _MOST_CHOICES
    if not good or not all(isinstance(one, str) and len(one) <= LONGEST_LINE for one in choices):
        yield _fault(f"{place}.enum", f"These are up to {_MOST_CHOICES} texts.")
    elif len({*choices}) != len(choices):
        yield _fault(f"{place}.enum", "Each of these is another one.")


def _words(of: Mapping[str, Any], place: str) -> Iterator[FieldError]:
    for word in ("title", "description"):
        if not isinstance(of.get(word, ""), str) or len(of.get(word, "")) > LONGEST_LINE:
            yield _fault(f"{place}{word}", f"This is a text of at most {LONGEST_LINE} characters.")


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _fault(place: str, message: str) -> FieldError:
    return FieldError(f"fields.{place}", "invalid_schema", message)
