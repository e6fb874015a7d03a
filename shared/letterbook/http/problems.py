"""Errors as RFC 9457 problem details."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from letterbook.contracts.resend import draft_of
from letterbook.domain.errors import AlreadySentAgain, CallerError, FieldError, Invalid, Malformed
from letterbook.domain.message import TooOld

# Of what stands at another address for good (RFC 9110, 15.4.2).
MOVED = 301
MEDIA_TYPE = "application/problem+json"

# pydantic's error types, and our codes for them; ours are already codes.
_CODES = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "enum": "not_one_of",
    "literal_error": "not_one_of",
    "too_long": "too_long",
    "string_too_long": "too_long",
    "too_short": "too_short",
    "string_too_short": "too_short",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "string_pattern_mismatch": "invalid_format",
    "timezone_aware": "no_time_zone",
    "finite_number": "out_of_range",
    "int_parsing_size": "out_of_range",
}
_WRONG_TYPE = re.compile(r"_(type|parsing|from_date_parsing|from_datetime_inexact|string_unicode)$")
# What pydantic puts into a place to say that it means the name itself, or which member of a union it tried.
_UNION_TAG = re.compile(
    r"^(\[key\]|[A-Z]\w*Body|constrained-str|str|int|float|date|datetime|(literal|str-enum)\[.*|function-.*|json-or-.*)$"
)


class FaultView(BaseModel):
    """`line` is told of a text of which one line is wrong, counted from 1."""

    field: str
    code: str
    message: str
    line: int | None = Field(default=None, exclude_if=lambda line: line is None)


class Problem(BaseModel):
    """A problem: `type` and `code` are stable, `detail` for people, `errors` say where the request is wrong.

    `draft` is the body of a new message to begin with, where this one is too old to be sent again; `communication_id` the later
    attempt, where one said it already.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FaultView] = []
    draft: dict[str, Any] | None = None
    communication_id: str | None = None


def problem(error: CallerError) -> Problem:
    return Problem(
        type=f"/problems/{error.code.replace('_', '-')}",
        title=error.title,
        status=error.status,
        detail=error.detail,
        code=error.code,
        errors=[FaultView(field=one.field, code=one.code, message=one.message, line=one.line) for one in error.faults],
        draft=draft_of(error.message) if isinstance(error, TooOld) else None,
        communication_id=error.communication_id if isinstance(error, AlreadySentAgain) else None,
    )


def unexpected() -> Problem:
    """What the caller is told of a defect of ours: nothing of its inside."""
    return Problem(
        type="/problems/internal",
        title="Something went wrong on our side",
        status=500,
        code="internal",
        detail="It was logged. Trying again is safe with the same Idempotency-Key.",
    )


def from_validation_error(error: ValidationError) -> CallerError:
    """What pydantic objects to. Malformed when it is not even JSON."""
    details = error.errors(include_url=False, include_input=False, include_context=False)
    if any(detail["type"] == "json_invalid" for detail in details):
        return Malformed("The body is not JSON.", FieldError("", "invalid_json", details[0]["msg"]))
    faults = {_fault(detail["loc"], detail["type"], detail["msg"]): None for detail in details}
    return Invalid("Some fields are not acceptable.", *_first_of_each_field(faults))


def _fault(place: tuple[int | str, ...], kind: str, message: str) -> FieldError:
    parts = [str(part) for part in place if not (isinstance(part, str) and _UNION_TAG.match(part))]
    code = _CODES.get(kind) or ("wrong_type" if _WRONG_TYPE.search(kind) else kind)
    return FieldError(".".join(parts), code, message)


def _first_of_each_field(faults: Iterable[FieldError]) -> list[FieldError]:
    """A union objects once for each member: one objection is enough."""
    first: dict[str, FieldError] = {}
    for fault in faults:
        first.setdefault(fault.field, fault)
    return list(first.values())
