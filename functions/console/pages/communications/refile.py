"""Filing what came in where it belongs: under whom, in which case, and why."""

from collections.abc import Mapping, Sequence

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.errors import wrong
from console.forms.outcome import outcome
from console.forms.parsing import form_faults, form_values, parse, without_empty
from console.lists.lookup import Choice, chosen_id, find_cases, find_parties, party_choices
from console.presenters.labels import heading, subject_or_preview
from letterbook.contracts.refile import RefileBody
from letterbook.domain.access import Permission
from letterbook.domain.communication import Entry
from letterbook.domain.errors import CallerError, Conflict
from letterbook.domain.filing import can_be_filed_anew
from letterbook.domain.ids import Kind
from letterbook.use_cases.directory.related_records import candidates_of
from letterbook.use_cases.messages.refile import refile
from letterbook.use_cases.reading.read import get_visible

_ONE = f"{COMMUNICATIONS}/{{communication_id}}/refile"
_FIELDS = ("party", "case", "reason")
_LABELS = {"party": "Under", "case": "Case", "reason": "Why"}
_PLACES = {"party_id": "party", "case_id": "case"}


@pages.get(_ONE)
def ask(visit: PageRequest, communication_id: str) -> PageResponse:
    entry = _entry(visit, communication_id)
    name = "" if entry.candidates else entry.party.name
    case = entry.case.reference if entry.case else ""
    return _form(visit, entry, {"party": name, "case": case, "reason": ""})


@pages.post(_ONE)
def do(visit: PageRequest, communication_id: str) -> PageResponse:
    """A party by its name, or one of those that it may be from; which of several is asked. A case by its reference."""
    entry = _entry(visit, communication_id)
    values = form_values(visit, *_FIELDS)
    parties, cases = find_parties(visit, values["party"]), find_cases(visit, values["case"])

    def save() -> PageResponse:
        body = parse(
            RefileBody,
            without_empty(
                {
                    "party_id": _one(visit, "party_id", Kind.PARTY, parties, values["party"]),
                    "case_id": _one(visit, "case_id", Kind.CASE, cases, values["case"]) if values["case"] else "",
                    "reason": values["reason"],
                }
            ),
        )
        made = refile(
            visit.world,
            visit.viewer,
            communication_id,
            party_id=body.party_id,
            case_id=body.case_id,
            reason=body.reason,
        )
        return redirect(f"{COMMUNICATIONS}/{communication_id}", f"Filed under {made.entry.party.name}.")

    return outcome(save, lambda error: _form(visit, entry, values, error, parties, cases))


def _entry(visit: PageRequest, communication_id: str) -> Entry:
    """Raises Forbidden, NotFound, Conflict."""
    visit.viewer.require(Permission.RECORDS)
    entry = get_visible(visit.world, visit.viewer, communication_id).entry
    if not can_be_filed_anew(entry):
        raise Conflict("Only what came in is filed elsewhere.", code="not_refilable")
    return entry


def _one(visit: PageRequest, field: str, kind: Kind, found: Sequence[Choice], name: str) -> str:
    """What was chosen, where it is of that name, else the only one that is. Raises Invalid."""
    picked = chosen_id(visit, field, kind)
    if picked and (not name or any(one.id == picked for one in found)):
        return picked
    if len(found) == 1:
        return found[0].id
    what = "party" if kind is Kind.PARTY else "case"
    if not name:
        raise wrong(field, "Say whose it is.")
    raise wrong(field, "Say which one it is." if found else f"There is no {what} of that name.")


def _form(
    visit: PageRequest,
    entry: Entry,
    values: Mapping[str, str],
    error: CallerError | None = None,
    parties: Sequence[Choice] = (),
    cases: Sequence[Choice] = (),
) -> PageResponse:
    return page(
        "communications/refile.html",
        status=error.status if error else 200,
        title="File under…",
        heading=heading(entry),
        subject=subject_or_preview(entry),
        sender=entry.sender,
        candidates=_candidates(visit, entry),
        picked=chosen_id(visit, "party_id", Kind.PARTY),
        typed=values,
        parties=parties if len(parties) > 1 and error else (),
        cases=cases if len(cases) > 1 and error else (),
        faults=form_faults(error, _LABELS, _PLACES),
        path=f"{COMMUNICATIONS}/{entry.id}",
    )


def _candidates(visit: PageRequest, entry: Entry) -> list[Choice]:
    """In the order in which they had the address."""
    candidates = candidates_of(visit.world, visit.viewer, entry)
    return party_choices(visit, candidates)
