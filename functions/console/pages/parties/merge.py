"""Making one of two records of one party: the other is looked for, both are shown side by side, then it is done."""

from collections.abc import Mapping
from urllib.parse import urlencode

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.outcome import outcome
from console.forms.parsing import form_faults, form_values, parse, without_empty
from console.lists.lookup import Choice, party_choices
from console.pages.parties.list import PATH
from console.presenters.labels import KINDS
from console.presenters.merge import left_over, merge_lines
from console.presenters.people import beside_party
from letterbook.contracts.merge import MergeBody
from letterbook.domain.errors import CallerError, Conflict, Forbidden, Invalid
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.party import Party
from letterbook.use_cases.directory.grants import list_users
from letterbook.use_cases.directory.merge_parties import merge_parties, preview_merge
from letterbook.use_cases.directory.parties import list_parties
from letterbook.use_cases.support.access import party_to_change

_AT = f"{PATH}/{{party_id}}/merge"
_FIELDS = ("into", "reason", "keep_grants")
_LABELS = {"into": "The record that remains", "reason": "Why"}
_MOST = 12
_EVERYBODY = 10_000


@pages.get(_AT)
def ask(visit: PageRequest, party_id: str) -> PageResponse:
    """Without a second record it asks for one; with one it shows both."""
    party = party_to_change(visit.world, visit.viewer, party_id)
    into = visit.parameter("into")
    if not is_id(Kind.PARTY, into):
        return _search(visit, party)
    try:
        return _both(visit, party, {"into": into, "reason": "", "keep_grants": ""})
    except (Conflict, Invalid) as error:
        return _search(visit, party, error)


@pages.post(_AT)
def do(visit: PageRequest, party_id: str) -> PageResponse:
    values = form_values(visit, *_FIELDS)

    def save() -> PageResponse:
        body = parse(MergeBody, {**without_empty(values), "keep_grants": bool(values["keep_grants"])})
        made = merge_parties(visit.world, visit.viewer, party_id, body.into, body.reason, keep_grants=body.keep_grants)
        coming = " What stood under the other is still coming." if made.moving else ""
        return redirect(f"{PATH}/{made.party.id}", f"The two records are one: {made.party.name}.{coming}")

    def again(error: CallerError) -> PageResponse:
        party = party_to_change(visit.world, visit.viewer, party_id)
        if not is_id(Kind.PARTY, values["into"]):
            return _search(visit, party, error)
        try:
            return _both(visit, party, values, error)
        except (Conflict, Invalid) as refused:
            return _search(visit, party, refused)

    return outcome(save, again)


def _search(visit: PageRequest, party: Party, error: CallerError | None = None) -> PageResponse:
    words = visit.parameter("party").strip()
    return page(
        "parties/merge_search.html",
        status=error.status if error else 200,
        title=f"Merge {party.name} into another party",
        party=party,
        beside=beside_party(party),
        path=f"{PATH}/{party.id}",
        words=words,
        found=[(one, urlencode({"into": one.id})) for one in _others(visit, party, words)],
        faults=form_faults(error, _LABELS),
        kind=KINDS[party.kind].lower(),
    )


def _others(visit: PageRequest, party: Party, words: str) -> list[Choice]:
    """Of its kind, by the words; without any those that share a word of its name."""
    found = list_parties(visit.world, visit.viewer, (words or party.name)[:200], (party.kind,), limit=_MOST, after=None)
    return party_choices(visit, [one for one in found.items if one.id != party.id])


def _both(
    visit: PageRequest, party: Party, values: Mapping[str, str], error: CallerError | None = None
) -> PageResponse:
    found = preview_merge(visit.world, visit.viewer, party.id, values["into"])
    into = found.plan.into
    return page(
        "parties/merge.html",
        status=error.status if error else 200,
        title=f"Merge {party.name} into {into.name}",
        party=party,
        into=into,
        into_path=f"{PATH}/{into.id}",
        path=f"{PATH}/{party.id}",
        lines=merge_lines(found, visit.clock),
        left_over=left_over(found.plan, visit.clock),
        narrower=_names(visit, found.grants.narrower),
        typed=values,
        faults=form_faults(error, _LABELS),
    )


def _names(visit: PageRequest, users: tuple[str, ...]) -> list[str]:
    if not users:
        return []
    try:
        known = {one.id: one.name for one in list_users(visit.world, visit.viewer, limit=_EVERYBODY, after=None).items}
    except Forbidden:
        known = {}
    return [known.get(one, "Somebody who has left") for one in users]
