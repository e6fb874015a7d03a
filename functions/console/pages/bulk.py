"""Many at once: what would become of each is said first, on a page that asks; then it is done, once."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qs, urlencode

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.lists.filters import filters_within
from console.presenters.bulk import VERBS, result_title, summary
from console.presenters.labels import subject_or_preview
from console.presenters.log_rows import in_flight, log_row
from letterbook.domain.access import Permission
from letterbook.domain.bulk import BulkAction, BulkCheck, BulkOutcome, BulkRefusal, BulkResult
from letterbook.domain.communication import Entry
from letterbook.domain.errors import CallerError, FieldError, Invalid, NotFound
from letterbook.domain.filters import Filters
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.status import Status, StatusGroup
from letterbook.ports import IdempotencyKey
from letterbook.use_cases.messages.bulk import MOST, check, order_bulk
from letterbook.use_cases.messages.bulk_outcome import order_outcome
from letterbook.use_cases.messages.ignore import ignore
from letterbook.use_cases.reading.current_entries import current_entries
from letterbook.use_cases.reading.list_communications import list_communications

PATH = "/bulk"
MOST_IGNORED = 200
_SHOWN = 100
_ORDERS = {"resend": BulkAction.RESEND, "send": BulkAction.SEND}
_RIGHTS = {
    "resend": Permission.RESEND,
    "send": Permission.SEND,
    "ignore": Permission.IGNORE,
    "unignore": Permission.IGNORE,
}


@pages.get(f"{PATH}/{{verb}}")
def ask(visit: PageRequest, verb: str) -> PageResponse:
    return _confirmation(visit, verb, visit.query)


@pages.post(f"{PATH}/{{verb}}")
def do(visit: PageRequest, verb: str) -> PageResponse:
    """Without `once` it only asks: for more than fit into an address."""
    if not visit.field("once"):
        return _confirmation(visit, verb, visit.form)
    _require_verb(visit, verb)
    ids = _ids(visit.form)
    if not ids:
        return _confirmation(visit, verb, visit.form)
    if verb not in _ORDERS:
        return _ignore_all(visit, ids, ignored=verb == "ignore")
    key = visit.key(f"bulk/{verb}", hashlib.sha256(" ".join(ids).encode()).hexdigest())
    order_bulk(visit.world, visit.viewer, _ORDERS[verb], ids, key)
    return redirect(f"{PATH}/{verb}/result?{urlencode({'of': visit.field('once')})}")


@pages.get(f"{PATH}/{{verb}}/result")
def result(visit: PageRequest, verb: str) -> PageResponse:
    """What became of an order of the viewer's own, for as long as its key is remembered."""
    _require_verb(visit, verb)
    if verb not in _ORDERS:
        raise NotFound("There is no such order.")
    key = IdempotencyKey(
        user=visit.viewer.id, route=f"console/bulk/{verb}", key=visit.parameter("of") or "-", digest=""
    )
    outcome = order_outcome(visit.world, visit.viewer, _ORDERS[verb], key)
    made, waiting = outcome.made, len(outcome.waiting)
    moving = waiting + sum(in_flight(one) for one in made)
    return page(
        "communications/bulk_result.html",
        title=result_title(verb, len(made) + waiting, done=not moving),
        tally=_tally(outcome),
        moving=moving,
        rows=[log_row(one, visit.clock) for one in made[:_SHOWN]],
        more=max(0, len(made) - _SHOWN),
        refused=_refusal_lines(visit, outcome.refused[:_SHOWN]),
        refused_count=len(outcome.refused),
        log=COMMUNICATIONS,
    )


def _refusal_lines(visit: PageRequest, refused: Sequence[BulkRefusal]) -> list[dict[str, str]]:
    named = {one.id: one for one in current_entries(visit.world, visit.viewer, [one.id for one in refused])}
    return [
        {
            "id": one.id if one.id in named else "",
            "subject": subject_or_preview(named[one.id]) if one.id in named else "One that is not there",
            "who": named[one.id].party.name if one.id in named else "",
            "why": visit.clock.in_words(one.detail.rstrip(".")),
        }
        for one in refused
    ]


def _confirmation(visit: PageRequest, verb: str, given: Mapping[str, list[str]]) -> PageResponse:
    _require_verb(visit, verb)
    within = given.get("filter", [""])[0]
    ids = [] if given.get("all") else _ids(given)
    error: CallerError | None = None
    checked = BulkCheck(result=BulkResult(accepted=(), refused=()), entries={})
    if ids or within:
        try:
            checked = _check(visit, verb, ids or _filters(visit, verb, within))
        except Invalid as wrong:
            error = wrong
    else:
        error = Invalid("Nothing is selected.", FieldError("", "required", "Go back and select what it is about."))
    told = summary(verb, checked, visit.organisation, visit.clock)
    asked = checked.result
    said = VERBS[verb]
    every = f"{PATH}/{verb}?{urlencode({'all': '1', 'filter': within})}" if within and ids else ""
    back = f"{COMMUNICATIONS}?{within}" if within else COMMUNICATIONS
    return page(
        "communications/bulk.html",
        status=422 if error else 200,
        title=f"{said.question}?" if error else told.title,
        errors=[(one, "") for one in _sentences(error)] if error else [],
        path=f"{PATH}/{verb}",
        told=told,
        note=said.note,
        button=f"{said.button} {told.goes}" if told.goes else "",
        ids=[*asked.accepted, *(one.id for one in asked.refused)],
        once=secrets.token_urlsafe(16),
        every=every,
        back=back,
        within=within,
    )


def _sentences(error: CallerError) -> list[str]:
    return [" ".join((error.detail, *(one.message for one in error.faults))).strip()]


def _require_verb(visit: PageRequest, verb: str) -> None:
    if verb not in VERBS:
        raise NotFound("It was never here, or you may not see it.")
    visit.viewer.require(_RIGHTS[verb])


def _ids(given: Mapping[str, list[str]]) -> list[str]:
    found = [one for one in dict.fromkeys(given.get("id", [])) if is_id(Kind.COMMUNICATION, one)]
    if len(found) > MOST:
        raise Invalid(f"These are more than {MOST}.", FieldError("id", "too_many", "Select fewer."))
    return found


def _filters(visit: PageRequest, verb: str, within: str) -> Filters:
    """Raises Invalid for one that narrows nothing: nobody means everything there is."""
    filters = filters_within(visit, within)
    if filters.is_everything:
        raise Invalid("This means everything.", FieldError("filter", "required", "Narrow the log by a filter first."))
    return replace(filters, statuses=(Status.DRAFT,)) if verb == "send" and not filters.statuses else filters


def _check(visit: PageRequest, verb: str, asked: Sequence[str] | Filters) -> BulkCheck:
    if verb in _ORDERS:
        return check(visit.world, visit.viewer, _ORDERS[verb], asked)
    wanted = verb == "ignore"
    if isinstance(asked, Filters):
        listed = list_communications(visit.world, visit.viewer, replace(asked, show_ignored=True), limit=MOST_IGNORED)
        if listed.after is not None:
            raise Invalid(
                f"These are more than {MOST_IGNORED}.", FieldError("filter", "too_many", "Narrow the filter.")
            )
        entries = {one.id: one for one in listed.items}
    else:
        entries = {one.id: one for one in current_entries(visit.world, visit.viewer, asked)}
    ids = list(entries) if isinstance(asked, Filters) else asked
    objections = {one: _why_not_ignorable(entries.get(one), ignored=wanted) for one in ids}
    accepted = [one for one, why in objections.items() if not why]
    refused = [BulkRefusal(id=one, code="not_possible", detail=why) for one, why in objections.items() if why]
    over = [
        BulkRefusal(id=one, code="too_many", detail=f"At most {MOST_IGNORED} at once.")
        for one in accepted[MOST_IGNORED:]
    ]
    checked = BulkResult(accepted=tuple(accepted[:MOST_IGNORED]), refused=(*refused, *over))
    return BulkCheck(result=checked, entries=entries)


def _why_not_ignorable(entry: Entry | None, *, ignored: bool) -> str:
    if entry is None:
        return "There is no such communication."
    if entry.ignored is ignored:
        return "It is ignored already." if ignored else "It is not ignored."
    return "" if entry.group is StatusGroup.FAILED or not ignored else "Only what failed needs to be ignored."


def _ignore_all(visit: PageRequest, ids: Sequence[str], *, ignored: bool) -> PageResponse:
    """Those of which the page before said so, as they stand by now."""
    done = 0
    for communication_id in _check(visit, "ignore" if ignored else "unignore", ids).result.accepted:
        try:
            ignore(visit.world, visit.viewer, communication_id, ignored=ignored)
            done += 1
        except NotFound:
            continue
    within = visit.field("filter")
    where = f"{COMMUNICATIONS}?{urlencode(parse_qs(within), doseq=True)}" if within else COMMUNICATIONS
    return redirect(where, f"{done} {'ignored' if ignored else 'brought back'}.")


def _tally(outcome: BulkOutcome) -> list[tuple[str, int, str]]:
    """What became of them, each with its words, number and group."""
    groups = [one.group for one in outcome.made]
    told = [
        ("not begun yet", len(outcome.waiting), StatusGroup.IN_PROGRESS),
        ("on their way", groups.count(StatusGroup.IN_PROGRESS), StatusGroup.IN_PROGRESS),
        ("successful", groups.count(StatusGroup.SUCCESSFUL), StatusGroup.SUCCESSFUL),
        ("skipped", groups.count(StatusGroup.SKIPPED), StatusGroup.SKIPPED),
        ("to do by hand", groups.count(StatusGroup.MANUAL), StatusGroup.MANUAL),
        ("failed", groups.count(StatusGroup.FAILED), StatusGroup.FAILED),
        ("cancelled", groups.count(StatusGroup.CLOSED), StatusGroup.CLOSED),
        ("not done", len(outcome.refused), StatusGroup.CLOSED),
    ]
    return [(words, number, str(group)) for words, number, group in told if number]
