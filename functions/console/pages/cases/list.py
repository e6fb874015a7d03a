"""Cases: found, opened, amended, closed and opened again."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.meanwhile import Merge, merge, takes
from console.forms.outcome import outcome
from console.forms.parsing import (
    digest,
    form_faults,
    form_values,
    once,
    parse,
    standing_version,
    version_of,
    without_empty,
)
from console.forms.values import link_of, query_of
from console.lists.lookup import Choice, find_parties, party_choices
from console.lists.pagination import PAGE, pager
from console.presenters.people import CASE_KINDS
from letterbook.contracts.directory import CaseBody, CasePatch
from letterbook.contracts.queries import CasesQuery
from letterbook.domain.access import Permission
from letterbook.domain.errors import CallerError, FieldError, Invalid
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.party import Case, CaseStatus
from letterbook.use_cases.directory.cases import amend_case, create_case, list_cases
from letterbook.use_cases.directory.related_records import visible_parties
from letterbook.use_cases.support.access import case_to_change, visible_case

PATH = "/cases"
_STATUSES = [(CaseStatus.OPEN.value, "Open"), (CaseStatus.CLOSED.value, "Closed")]
_FIELDS = ("reference", "title", "kind", "status")
_LABELS = {
    "reference": "Reference",
    "title": "Title",
    "party_ids": "For",
    "creditor_ids": "Against",
    "add_party": "For",
    "add_creditor": "Against",
}
# More than any case has of people.
_MOST_SIDES = 100
_SIDES = {"party_ids": "add_party", "creditor_ids": "add_creditor"}


@dataclass(slots=True)
class CaseParties:
    """Who stands on each side: those who may be chosen, and those who are."""

    choices: dict[str, list[Choice]] = field(default_factory=lambda: {side: [] for side in _SIDES})
    chosen: dict[str, list[str]] = field(default_factory=lambda: {side: [] for side in _SIDES})

    def offer(self, side: str, found: Iterable[Choice], *, chosen: bool) -> None:
        for one in found:
            if one.id not in {known.id for known in self.choices[side]}:
                self.choices[side].append(one)
            if chosen and one.id not in self.chosen[side]:
                self.chosen[side].append(one.id)


@pages.get(PATH)
def index(visit: PageRequest) -> PageResponse:
    words = query_of(visit, CasesQuery).q
    turning = pager(visit, PATH, {"q": [words]} if words else None)
    found = list_cases(visit.world, visit.viewer, None, limit=PAGE, after=turning.after, words=words)
    return page(
        "cases/list.html",
        title="Cases",
        words=words,
        cases=[
            {"case": one, "kind": CASE_KINDS[one.kind], "when": visit.clock.relative(one.created_at)}
            for one in found.items
        ],
        newer=turning.newer,
        older=turning.older(found.after),
    )


@pages.get(f"{PATH}/new")
def new(visit: PageRequest) -> PageResponse:
    visit.viewer.require(Permission.RECORDS)
    sides = CaseParties()
    own = [
        one for one in _visible_choices(visit, [link_of(visit).party_id or ""]) if visit.viewer.changes_party(one.id)
    ]
    sides.offer("party_ids", own, chosen=True)
    return _form(visit, {"reference": "", "title": "", "kind": "case", "status": "open"}, sides)


@pages.post(PATH, form=True)
def create(visit: PageRequest) -> PageResponse:
    visit.viewer.require(Permission.RECORDS)
    values, sides = form_values(visit, *_FIELDS), CaseParties()
    if takes(visit):
        with suppress(Invalid):
            _sides(visit, sides)
        return _form(visit, values, sides)

    def save() -> PageResponse:
        body = without_empty({**values, "status": values["status"] or "open"}) | _sides(visit, sides)
        draft = parse(CaseBody, body).case(visit.world.now())
        case, _ = create_case(visit.world, visit.viewer, draft, visit.key("cases", digest(body)))
        return redirect(f"{PATH}/{case.id}", f"{case.reference} was opened.")

    return outcome(save, lambda error: _form(visit, values, sides, error))


@pages.get(f"{PATH}/{{case_id}}/edit")
def edit(visit: PageRequest, case_id: str) -> PageResponse:
    case = case_to_change(visit.world, visit.viewer, case_id)
    sides = CaseParties()
    for side in _SIDES:
        sides.offer(side, _visible_choices(visit, getattr(case, side)), chosen=True)
    return _form(visit, {name: str(getattr(case, name)) for name in _FIELDS}, sides, case=case)


@pages.post(f"{PATH}/{{case_id}}/edit", form=True)
def amend(visit: PageRequest, case_id: str) -> PageResponse:
    visit.viewer.require(Permission.RECORDS)
    case = visible_case(visit.world, visit.viewer, case_id)
    values, sides = form_values(visit, *_FIELDS), CaseParties()
    if takes(visit):
        with suppress(Invalid):
            _sides(visit, sides, case)
        return _form(visit, values, sides, case=case)

    def save() -> PageResponse:
        change = parse(CasePatch, {**values, **_sides(visit, sides, case)}).amended
        after = amend_case(visit.world, visit.viewer, case_id, version_of(visit), change)
        return redirect(f"{PATH}/{case_id}", f"{after.reference} was changed.")

    return outcome(save, lambda error: _form(visit, values, sides, error, case))


@pages.post(f"{PATH}/{{case_id}}/close")
def close(visit: PageRequest, case_id: str) -> PageResponse:
    return _set_status(visit, case_id, CaseStatus.CLOSED, "is closed")


@pages.post(f"{PATH}/{{case_id}}/reopen")
def reopen(visit: PageRequest, case_id: str) -> PageResponse:
    return _set_status(visit, case_id, CaseStatus.OPEN, "is open again")


def _set_status(visit: PageRequest, case_id: str, status: CaseStatus, said: str) -> PageResponse:
    case = amend_case(visit.world, visit.viewer, case_id, None, CasePatch(status=status).amended)
    return redirect(f"{PATH}/{case_id}", f"{case.reference} {said}.")


def _visible_choices(visit: PageRequest, ids: Sequence[str]) -> list[Choice]:
    """Those that are there, and that the viewer sees, in that order."""
    wanted = [one for one in ids if is_id(Kind.PARTY, one)][:_MOST_SIDES]
    parties = visible_parties(visit.world, visit.viewer, wanted).values() if wanted else ()
    return party_choices(visit, list(parties))


def _sides(visit: PageRequest, sides: CaseParties, case: Case | None = None) -> dict[str, list[str]]:
    """The ids on each side, with whom somebody added by name: who stood there before, in the order of then, before the others.

    Raises Invalid where the name is nobody's, or several people's.
    """
    faults = []
    ticked = {side: visit.form.get(side, []) for side in _SIDES}
    known = {one.id: one for one in _visible_choices(visit, [one for ids in ticked.values() for one in ids])}
    for side, added in _SIDES.items():
        sides.offer(side, (known[one] for one in ticked[side] if one in known), chosen=True)
        if any(one not in known for one in ticked[side]):
            faults.append(FieldError(side, "unknown_party", "Somebody who was ticked is not here."))
        name = visit.field(added)
        found = [one for one in find_parties(visit, name) if visit.viewer.changes_party(one.id)]
        sides.offer(side, found, chosen=len(found) == 1)
        if name and len(found) != 1:
            words = (
                "Several have this name: tick the right one."
                if found
                else "Nobody of that name is yours to put on a case."
            )
            faults.append(FieldError(side if found else added, "unknown_party", words))
    if faults:
        raise Invalid("", *faults)
    standing = {side: tuple(getattr(case, side)) if case else () for side in _SIDES}
    return {
        side: [
            *(one for one in standing[side] if one in chosen),
            *(one for one in chosen if one not in standing[side]),
        ]
        for side, chosen in sides.chosen.items()
    }


def _merged(
    visit: PageRequest, error: CallerError | None, values: Mapping[str, str], sides: CaseParties, case: Case | None
) -> Merge:
    """With who stands on the sides by now, where somebody else changed that; whom the viewer does not see is not told of."""
    typed: dict[str, Any] = {**values, **{side: list(sides.chosen[side]) for side in _SIDES}}
    if case is None:
        return merge(visit, error, typed, typed, _LABELS)
    known: dict[str, Choice] = {}
    for side in _SIDES:
        known |= {one.id: one for one in (*sides.choices[side], *_visible_choices(visit, getattr(case, side)))}
    present: dict[str, Any] = {name: str(getattr(case, name)) for name in _FIELDS}
    present |= {side: [one for one in getattr(case, side) if one in known] for side in _SIDES}

    def words(name: str, value: Any) -> str:
        if name in _SIDES:
            return ", ".join(known[one].name for one in value if one in known)
        return str(value)

    merged = merge(visit, error, typed, present, _LABELS | {"kind": "Kind", "status": "Status"}, words)
    for side in _SIDES:
        sides.chosen[side] = merged.values[side]
        sides.offer(side, (known[one] for one in merged.values[side]), chosen=True)
    return merged


def _form(
    visit: PageRequest,
    values: Mapping[str, str],
    sides: CaseParties,
    error: CallerError | None = None,
    case: Case | None = None,
) -> PageResponse:
    places = {one.field: one.field.partition(".")[0] for one in error.faults} if error else {}
    lost = {side: added for side, added in _SIDES.items() if not sides.choices[side]}
    places = {at: lost.get(side, side) for at, side in places.items()}
    shown: dict[str, Any] = {"party_ids": "For", "creditor_ids": "Against"}
    merged = _merged(visit, error, values, sides, case)
    return page(
        "cases/form.html",
        status=error.status if error else 200,
        title=f"Change {case.reference}" if case else "New case",
        typed=merged.values,
        meanwhile=merged.changes,
        began=merged.began,
        sides=[
            {
                "name": side,
                "label": label,
                "fixed": [(one.id, one.name) for one in sides.choices[side] if not visit.viewer.changes_party(one.id)],
                "options": [
                    (one.id, f"{one.name}{f', {one.beside}' if one.beside else ''}")
                    for one in sides.choices[side]
                    if visit.viewer.changes_party(one.id)
                ],
                "chosen": sides.chosen[side],
                "added": _SIDES[side],
                "text": visit.field(_SIDES[side]) if visit.form and not sides.choices[side] else "",
            }
            for side, label in shown.items()
        ],
        kinds=[(kind.value, words) for kind, words in CASE_KINDS.items()],
        statuses=_STATUSES,
        faults=form_faults(error, _LABELS, places),
        to=f"{PATH}/{case.id}/edit" if case else PATH,
        back=f"{PATH}/{case.id}" if case else PATH,
        version=standing_version(visit, error, case.version if case else 0),
        once=once(visit),
        button="Save" if case else "Open the case",
        new=case is None,
    )
