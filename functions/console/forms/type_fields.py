"""The fields of a type of correspondence as rows that somebody fills in, and as the JSON Schema that they are kept as."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.app.routing import PageRequest
from console.forms.content import ContentField, FieldKind, content_of, fields_of, typed_of
from console.presenters.labels import KINDS_OF_THINGS, humanize_code
from letterbook.domain.correspondence_fields import DIALECT, MOST_FIELDS
from letterbook.domain.errors import FieldError, Invalid

_SPARE_ROWS = 2
_SUBJECTS = "subjects:"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}", re.ASCII)
# What a row may be, and how it is called. Of things that are ticked the type stands behind the colon.
KINDS: dict[str, str] = {
    FieldKind.LINE: "A line of text",
    FieldKind.TEXT: "Several lines of text",
    FieldKind.DATE: "A date",
    FieldKind.NUMBER: "A number or an amount",
    FieldKind.WHOLE: "A whole number",
    FieldKind.TICK: "Yes or no",
    FieldKind.CHOICE: "One of some choices",
    **{f"{_SUBJECTS}{one}": f"{humanize_code(one)}s to tick" for one in KINDS_OF_THINGS},
}
_DECLARED: dict[str, dict[str, Any]] = {
    FieldKind.LINE: {"type": "string", "maxLength": 200},
    FieldKind.TEXT: {"type": "string", "x-multiline": True, "maxLength": 4000},
    FieldKind.DATE: {"type": "string", "format": "date"},
    FieldKind.NUMBER: {"type": "number"},
    FieldKind.WHOLE: {"type": "integer"},
    FieldKind.TICK: {"type": "boolean"},
    FieldKind.CHOICE: {"type": "string"},
}
# The cell of a row that shows what stands in the schema under that word; the others are about the kind.
_CELL_OF = {
    "title": "label",
    "description": "hint",
    "enum": "choices",
    "type": "kind",
    "x-subjects": "kind",
    "": "name",
}
_CELLS = ("name", "label", "kind", "hint", "choices", "example")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """`choices` and the `example` of what is ticked are written with commas between them."""

    name: str = ""
    label: str = ""
    kind: str = FieldKind.LINE
    required: bool = False
    hint: str = ""
    choices: str = ""
    example: str = ""


def _row_faults(rows: Sequence[FieldRow]) -> Iterator[FieldError]:
    names = [one.name for one in rows]
    for n, one in enumerate(rows):
        if not _NAME.fullmatch(one.name):
            told = "A name has letters, digits and _, and begins with no digit: pay_by."
            yield FieldError(f"fields.{n}.name", "invalid_format", told)
        elif one.name in names[:n]:
            yield FieldError(f"fields.{n}.name", "duplicate", "Another field has this name.")
        if one.kind == FieldKind.CHOICE and not _separate(one.choices):
            yield FieldError(f"fields.{n}.choices", "required", "Say what is offered, with commas between.")


def kind_words(kind: str) -> str:
    return KINDS.get(kind) or f"{humanize_code(kind.removeprefix(_SUBJECTS))}s to tick"


def rows_of(schema: Mapping[str, Any]) -> list[FieldRow]:
    fields = fields_of(schema)
    examples = typed_of(fields, next(iter(schema.get("examples", ())), {}))
    declared = schema.get("properties", {})
    return [
        FieldRow(
            name=one.name,
            label=declared[one.name].get("title", ""),
            kind=_kind(one),
            required=one.required,
            hint=one.hint,
            choices=", ".join(str(option) for option in one.options),
            example="yes" if one.kind is FieldKind.TICK and examples[one.at] else ", ".join(examples[one.at]),
        )
        for one in fields
    ]


def spare(rows: Iterable[FieldRow]) -> list[FieldRow]:
    """With some that are empty, for more."""
    return [*rows, *(FieldRow() for _ in range(_SPARE_ROWS))][:MOST_FIELDS]


def rows_in(visit: PageRequest) -> list[FieldRow]:
    """As they were filled in; a row in which nothing was written is none."""
    rows = (_row_in(visit, f"fields.{n}") for n in range(MOST_FIELDS) if f"fields.{n}.name" in visit.form)
    return [one for one in rows if one.name or one.label or one.hint or one.example]


def _row_in(visit: PageRequest, at: str) -> FieldRow:
    cells = {cell: visit.field(f"{at}.{cell}").replace("\r\n", "\n") for cell in _CELLS}
    return FieldRow(**cells, required=f"{at}.required" in visit.form)


def schema_of(rows: Iterable[FieldRow], before: Mapping[str, Any]) -> dict[str, Any]:
    """What the rows say; of each field that stays of its kind also what they do not show.

    Raises Invalid, at the cells, for what a form cannot ask for.
    """
    written = tuple(rows)
    kinds = {one.name: _kind(one) for one in fields_of(before)}
    if faults := list(_row_faults(written)):
        raise Invalid("The fields cannot be asked for so.", *faults)
    properties = {
        one.name: _declared(one, before["properties"][one.name] if kinds.get(one.name) == one.kind else {})
        for one in written
    }
    rest = {name: value for name, value in before.items() if name not in ("properties", "required", "examples")}
    made = {
        "$schema": DIALECT,
        "type": "object",
        **rest,
        "properties": properties,
        "required": [one.name for one in written if one.required],
        "additionalProperties": False,
    }
    return {**made, "examples": [_example(fields_of(made), written), *before.get("examples", ())[1:]]}


def place_of(fault: str, rows: Sequence[FieldRow]) -> str:
    """The cell of the rows that a fault of the schema is about: of a field, or of what its example says."""
    path = fault.split(".")
    match path:
        case ["fields", "properties", name, *rest]:
            cell = _CELL_OF.get(rest[0] if rest else "", "name")
        case ["fields", "examples", "0", name, *_]:
            cell = "example"
        case _:
            return fault
    place = next((n for n, one in enumerate(rows) if one.name == name), None)
    return "fields" if place is None else f"fields.{place}.{cell}"


def as_json(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False)


def read_json(text: str) -> dict[str, Any]:
    """Raises Invalid."""
    try:
        schema = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        place = f" Line {error.lineno}: {error.msg}." if isinstance(error, json.JSONDecodeError) else ""
        told = f"This is not JSON.{place}"
        raise Invalid(told, FieldError("fields", "invalid_format", told)) from None
    if not isinstance(schema, dict):
        told = "A JSON Schema is written in braces."
        raise Invalid(told, FieldError("fields", "wrong_type", told))
    return schema


def _refuse(constant: str) -> None:
    """NaN and infinity are no JSON."""
    raise ValueError(constant)


def _kind(field: ContentField) -> str:
    return f"{_SUBJECTS}{field.subjects}" if field.kind is FieldKind.SUBJECTS else field.kind


def _declared(row: FieldRow, before: Mapping[str, Any]) -> dict[str, Any]:
    told = {"title": row.label, "description": row.hint}
    kind = {**(before or _fresh(row)), **({"enum": _separate(row.choices)} if row.kind == FieldKind.CHOICE else {})}
    rest = {name: value for name, value in kind.items() if name not in told}
    return {**{name: value for name, value in told.items() if value}, **rest}


def _fresh(row: FieldRow) -> dict[str, Any]:
    if not row.kind.startswith(_SUBJECTS):
        return _DECLARED.get(row.kind, _DECLARED[FieldKind.LINE])
    ticked = {"type": "array", "items": {"type": "string"}, "x-subjects": row.kind.removeprefix(_SUBJECTS)}
    return {**ticked, "minItems": 1} if row.required else ticked


def _example(fields: Iterable[ContentField], rows: Iterable[FieldRow]) -> dict[str, Any]:
    fields = tuple(fields)
    given = {one.name: one.example for one in rows}
    typed = {one.at: _typed(one, given[one.name]) for one in fields}
    return content_of(fields, typed)


def _typed(field: ContentField, example: str) -> list[str]:
    if field.kind is FieldKind.SUBJECTS:
        return _separate(example)
    if field.kind is FieldKind.TICK:
        return ["1"] if example.lower() in ("yes", "true", "1") else []
    return [example]


def _separate(text: str) -> list[str]:
    return [one for one in (each.strip() for each in text.split(",")) if one]
