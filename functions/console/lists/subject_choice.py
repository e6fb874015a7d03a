"""The things of a party that a form offers to be ticked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from console.app.routing import PageRequest
from console.presenters.labels import format_count, humanize_code
from console.presenters.subjects import SubjectLine, subject_line
from letterbook.use_cases.directory.subjects import subjects_of_type

_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectChoice:
    """`lines` are the newest first; `documents` says that the PDF of each is what is sent; `more` what is left out."""

    lines: tuple[SubjectLine, ...]
    documents: bool
    more: str
    none: str


def subject_choices(
    visit: PageRequest, party_id: str, types: Iterable[str], *, documents: bool
) -> dict[str, SubjectChoice]:
    """By their types. Raises Forbidden."""
    return {one: _choice(visit, party_id, one, documents=documents) for one in dict.fromkeys(types)}


def _choice(visit: PageRequest, party_id: str, type_: str, *, documents: bool) -> SubjectChoice:
    called = f"{humanize_code(type_).lower()}s"
    found = subjects_of_type(visit.world, visit.viewer, party_id, type_, limit=_MOST + 1)
    newest = sorted(found, key=lambda one: (one.date or date.min, one.id), reverse=True)[:_MOST]
    return SubjectChoice(
        lines=tuple(subject_line(one, visit.clock) for one in newest),
        documents=documents,
        more=f"These are {format_count(_MOST, called)}; there are more." if len(found) > _MOST else "",
        none=f"No {called} of theirs are known.",
    )
