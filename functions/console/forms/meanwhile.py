"""Who saves after somebody else is shown what the other saved, field by field, and takes either, or both.

A form carries in `began` what each field held when it was filled in, as a short digest: so it is known who changed what. What only
the other changed is theirs in the form that comes back, what only oneself changed stays one's own; of what both changed one's own
stays, and a button, `take` with the field's name, puts theirs in its place.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from console.app.routing import PageRequest
from letterbook.domain.errors import CallerError, PreconditionFailed

_DIGITS = 8
_LONGEST = 2_000
_NOTHING = "nothing"

Words = Callable[[str, Any], str]


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody else made of a field meanwhile. `taken` says that the form has theirs by now."""

    name: str
    label: str
    theirs: str
    yours: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Merge:
    """What the form is filled with, what was changed meanwhile, and what it began with."""

    values: dict[str, Any]
    changes: tuple[Change, ...]
    began: str


def takes(visit: PageRequest) -> str:
    """The field of which the other's value is wanted, by a button, or another word: the form is shown again, nothing is saved."""
    return visit.field("take")


def merge(
    visit: PageRequest,
    error: CallerError | None,
    typed: Mapping[str, Any],
    present: Mapping[str, Any],
    labels: Mapping[str, str],
    words: Words = lambda _, value: str(value),
) -> Merge:
    """`typed` is what stands in the form, `present` what is saved by now, under the same names; `words` tell a value to people."""
    began = visit.field("began") or began_with(typed)
    if not (isinstance(error, PreconditionFailed) or takes(visit)):
        return Merge(dict(typed), (), began)
    values, overtaken = both(typed, present, visit.field("began"), takes(visit))
    changes = (
        Change(
            name,
            labels.get(name, name),
            _told(words(name, present[name])),
            _told(words(name, typed[name])),
            values[name] != typed[name],
        )
        for name in overtaken
    )
    return Merge(values, tuple(changes), began)


def both(
    typed: Mapping[str, Any], present: Mapping[str, Any], began: str, take: str = ""
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The fields with what both made of them, and the names of those that the other changed. Without `began` all may be theirs."""
    before = _read(began)
    values, overtaken = dict(typed), []
    for name, mine in typed.items():
        theirs = present.get(name, mine)
        if theirs == mine or before.get(name) == _digest(theirs):
            continue
        overtaken.append(name)
        if name == take or before.get(name) == _digest(mine):
            values[name] = theirs
    return values, tuple(overtaken)


def _told(text: str) -> str:
    shown = text.strip() or _NOTHING
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


def _digest(value: Any) -> str:
    text = (
        value.replace("\r\n", "\n").strip()
        if isinstance(value, str)
        else json.dumps(value, sort_keys=True, default=str)
    )
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:_DIGITS]


def began_with(values: Mapping[str, Any]) -> str:
    """What `began` holds of a form that is filled with these."""
    return " ".join(f"{name}={_digest(value)}" for name, value in values.items())


def _read(began: str) -> dict[str, str]:
    pairs = (one.rpartition("=") for one in began.split(" "))
    return {name: digest for name, _, digest in pairs if name}
