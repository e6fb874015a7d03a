"""The variables that are offered to whoever writes a template, by where they come from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from console.presenters.labels import capital
from letterbook.domain.record_variables import BY_NAME, RECORD_VARIABLES
from letterbook.use_cases.admin.template_examples import usage_of


@dataclass(frozen=True, slots=True)
class OfferedVariable:
    """`written` is what a template says to print it."""

    name: str
    written: str
    meaning: str
    example: str


def offered_variables(own: Iterable[tuple[str, str]]) -> Sequence[tuple[str, Sequence[OfferedVariable]]]:
    """Where they come from, and which: the template's `own` first (name, example), then what the record fills in."""
    mine = [OfferedVariable(name, usage_of(name), "", example) for name, example in own if name and name not in BY_NAME]
    known: dict[str, list[OfferedVariable]] = {}
    for one in RECORD_VARIABLES:
        variable = OfferedVariable(one.name, one.written, one.meaning, one.shown_example)
        known.setdefault(capital(one.origin), []).append(variable)
    return [*([("Its own", mine)] if mine else []), *known.items()]
