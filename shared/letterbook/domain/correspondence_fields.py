"""The fields of a type of correspondence: JSON Schema 2020-12, of the kinds that a form can show and a letter can say."""

from collections.abc import Mapping
from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MOST_FIELDS, _MOST_CHOICES, _MOST_EXAMPLES = 40, 100, 5
# As JSON: what is larger is no form.
LARGEST_SCHEMA = 64 * 1024
LONGEST_LINE, LONGEST_TEXT, MOST_SUBJECTS = 500, 20_000, 500
# As the id of a subject is (contracts/fields.py, ForeignId).
LONGEST_ID = 120

_COUNT = {"type": "integer", "minimum": 0, "maximum": LONGEST_TEXT}
_LINE = {"type": "string", "maxLength": LONGEST_LINE, "pattern": r"^[^\x00-\x1f\x7f-\x9f]*\Z"}
_NUMBER = {"type": "number"}
_YES_OR_NO = {"type": "boolean"}
_BOUNDS: dict[str, Any] = dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _NUMBER)
# What may stand at a field besides its title, its description and its examples, by its type.
_OF_TYPE: dict[str, dict[str, Any]] = {
    "string": {
        "format": {"const": "date"},
        "minLength": _COUNT,
        "maxLength": _COUNT,
        "enum": {"type": "array", "items": _LINE, "minItems": 1, "maxItems": _MOST_CHOICES, "uniqueItems": True},
        "x-multiline": _YES_OR_NO,
    },
    "number": _BOUNDS,
    "integer": _BOUNDS,
    "boolean": {},
    "array": {
        "items": {"const": {"type": "string"}},
        "minItems": _COUNT,
        "maxItems": _COUNT,
        "uniqueItems": _YES_OR_NO,
        "x-subjects": {"type": "string", "pattern": r"^[a-z0-9][a-z0-9_-]{0,59}\Z"},
    },
}
_SAID: dict[str, Any] = {"type": True, "title": _LINE, "description": _LINE, "examples": {"type": "array"}}


def _field_of(kind: str) -> dict[str, Any]:
    only = {"properties": {**_SAID, **_OF_TYPE[kind]}, "additionalProperties": False}
    needs = {"required": ["items", "x-subjects"]} if kind == "array" else {}
    return {"if": {"properties": {"type": {"const": kind}}}, "then": {**only, **needs}}


# What the schema of a form is, as a schema.
FORM: Mapping[str, Any] = {
    "$schema": DIALECT,
    "type": "object",
    "properties": {
        "$schema": {"const": DIALECT},
        "type": {"const": "object"},
        "title": _LINE,
        "description": _LINE,
        "additionalProperties": {"const": False},
        "required": {"type": "array", "items": {"type": "string"}, "maxItems": MOST_FIELDS},
        "examples": {"type": "array", "items": {"type": "object"}, "maxItems": _MOST_EXAMPLES},
        "properties": {
            "type": "object",
            "maxProperties": MOST_FIELDS,
            "propertyNames": {"pattern": r"^[A-Za-z_][A-Za-z0-9_]{0,59}\Z"},
            "additionalProperties": {
                "type": "object",
                "required": ["type"],
                "properties": {"type": {"enum": list(_OF_TYPE)}},
                "allOf": [_field_of(kind) for kind in _OF_TYPE],
            },
        },
    },
    "additionalProperties": False,
}


def completed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with what every form has: it is an object, and refuses what it does not name."""
    return {"$schema": DIALECT, "type": "object", "additionalProperties": False, **fields}


def subject_types(fields: Mapping[str, Any]) -> dict[str, str]:
    """By the names of the fields that hold ids of subjects, the type of these."""
    properties: Mapping[str, Mapping[str, Any]] = fields.get("properties", {})
    return {name: one["x-subjects"] for name, one in properties.items() if "x-subjects" in one}


def label_of(fields: Mapping[str, Any], name: str) -> str:
    """What the form calls a field."""
    return str(fields.get("properties", {}).get(name, {}).get("title") or name.replace("_", " ").capitalize())
