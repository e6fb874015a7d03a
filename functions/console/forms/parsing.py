"""Forms: what was typed becomes a body of the API, so that rules and messages are the same."""

import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from console.app.routing import PageRequest
from console.forms.errors import Faults, faults_of
from console.forms.values import number
from letterbook.contracts.fields import Body
from letterbook.domain.errors import CallerError, FieldError, Invalid, PreconditionFailed
from letterbook.http.problems import from_validation_error

B = TypeVar("B", bound=Body)

# In place of what is meant for programs, by code or by field and code.
_WORDS = {
    "required": "Fill this in.",
    "not_one_of": "Choose one of these.",
    "language.invalid_format": "Write the language as en, or de-CH.",
    "payment_method.invalid_format": "Write it in small letters, with _ for blanks: direct_debit.",
    "einvoice.scheme.invalid_format": "The scheme has four digits, such as 0088.",
    "skip.invalid_format": "Write categories in small letters, with _ for blanks: reminder.",
    "opt_outs.invalid_format": "Write the category in small letters, with _ for blanks: reminder.",
}

_FASTER = (
    "Somebody changed it meanwhile. What they saved stands below; what only they changed is in the form by now. "
    "Save again to put yours in the place of the rest, or take theirs."
)


def form_values(visit: PageRequest, *names: str) -> dict[str, str]:
    """The fields as they were filled in, to stand there again."""
    return {name: visit.field(name) for name in names}


def validate(kind: type[B], values: Mapping[str, Any]) -> B:
    """Raises Invalid, as the API does."""
    try:
        return kind.model_validate_json(json.dumps(values))
    except ValidationError as error:
        raise from_validation_error(error) from None


def parse(kind: type[B], values: Mapping[str, Any]) -> B:
    """Raises Invalid in the words of our pages."""
    try:
        return validate(kind, values)
    except Invalid as error:
        raise _in_our_words(error) from None


def without_empty(values: Mapping[str, str]) -> dict[str, Any]:
    """Without what was left empty."""
    return {name: value for name, value in values.items() if value}


def empty_as_none(values: Mapping[str, str]) -> dict[str, str | None]:
    """What was left empty is taken away."""
    return {name: value or None for name, value in values.items()}


def form_faults(
    error: CallerError | None, labels: Mapping[str, str], places: Mapping[str, str] | None = None
) -> Faults:
    if isinstance(error, PreconditionFailed):
        return Faults(summary=((_FASTER, ""),))
    if error is None:
        return Faults()
    return faults_of(Invalid(error.detail, *_in_order(error.faults, labels, places or {})), labels, places)


def version_of(visit: PageRequest) -> int | None:
    """The version that the form was filled in for. Raises Invalid for one that is none: it would put aside what others wrote."""
    written = visit.field("version")
    version = number(written) if written else None
    if isinstance(version, str):
        told = "This form is not as it was made: open it again."
        raise Invalid(told, FieldError("version", "invalid_format", told))
    return version


def standing_version(visit: PageRequest, error: CallerError | None, version: int) -> str:
    """What the form goes back with: who was told that others were faster may put theirs over it."""
    return str(version) if isinstance(error, PreconditionFailed) else visit.field("version") or str(version)


def once(visit: PageRequest) -> str:
    """The same as before where a form comes back with what is wrong."""
    return visit.field("once") or secrets.token_urlsafe(16)


def digest(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True)


def _in_order(faults: Iterable[FieldError], labels: Mapping[str, str], places: Mapping[str, str]) -> list[FieldError]:
    """As the fields stand on the page, which is the order of their labels."""
    order = list(labels)

    def place(fault: FieldError) -> int:
        name = places.get(fault.field, fault.field)
        found = name if name in labels else name.partition(".")[0]
        return order.index(found) if found in labels else len(order)

    return sorted(faults, key=place)


def _in_our_words(error: Invalid) -> Invalid:
    def said(fault: FieldError) -> FieldError:
        words = _WORDS.get(f"{fault.field}.{fault.code}") or _WORDS.get(f"{fault.field.split('.')[0]}.{fault.code}")
        return FieldError(fault.field, fault.code, words or _WORDS.get(fault.code) or fault.message)

    return Invalid(error.detail, *(said(one) for one in error.faults))
