"""The panel with every filter that a list has: a page of its own, which our script puts beside its button."""

from collections.abc import Collection
from typing import Annotated, Any
from urllib.parse import urlencode

from console.app.routing import PageRequest, PageResponse, page, redirect
from console.forms.values import first, query_of as read
from console.lists.filters import list_filters, without
from console.lists.lookup import party_choices
from console.lists.pagination import WHOLE, first_of
from console.lists.ranges import RANGES
from console.presenters.labels import DIRECTIONS, KINDS, KINDS_OF_THINGS, humanize_code
from console.presenters.people import beside_case, beside_contact
from letterbook.contracts.fields import MaybeEmptyLine
from letterbook.contracts.queries import CommunicationsQuery, Query
from letterbook.domain.access import Permission
from letterbook.domain.channels import CHANNELS
from letterbook.domain.errors import CallerError
from letterbook.domain.party import Party
from letterbook.domain.status import HIDDEN, STATUSES
from letterbook.use_cases.admin.templates import list_templates
from letterbook.use_cases.directory.cases import list_cases
from letterbook.use_cases.directory.grants import list_users
from letterbook.use_cases.directory.parties import list_contacts, list_parties

_MOST_CASES = 200
_FOUND = 12
# What the panel has a field for. Another filter of the address goes along unseen.
_FIELDS = {
    "when", "from", "to", "channel", "direction", "recipient", "status", "category", "subject_type", "template", "location",
    "case_id", "contact_id", "created_by", "show_ignored", "party_id", "opened",
}  # fmt: skip


class _Named(Query):
    party: Annotated[MaybeEmptyLine, first] = ""


def filter_panel(visit: PageRequest, path: str, *, fixed: Collection[str] = (), party_id: str = "") -> PageResponse:
    """That of the list at `path`. `fixed` are the filters that the list itself sets; `party_id` is whose contacts are offered."""
    visit.viewer.require(Permission.READ)
    name = read(visit, _Named).party
    found: list[Party] = []
    more_found = ""
    if name:
        named = list_parties(visit.world, visit.viewer, name, (), limit=_FOUND, after=None)
        found, more_found = list(named.items), first_of(named, "of that name", "write more of it")
        if len(found) == 1:
            return redirect(f"{path}?{_with_party(visit, found[0].id)}")
    asked = list_filters(without(visit, "party", *fixed), CommunicationsQuery, path)
    return page(
        "communications/filter_panel.html",
        title="Filter communications",
        asked=asked,
        to=path,
        fixed=fixed,
        chosen={field: asked.params.get(field, ()) for field in _FIELDS},
        along={field: values for field, values in asked.params.items() if field not in _FIELDS},
        name=name,
        found=party_choices(visit, found),
        more_found=more_found,
        when=[(value, one.words) for value, one in RANGES.items()],
        channels=[(one.value, spec.label) for one, spec in CHANNELS.items()],
        directions=[(one.value, words) for one, words in DIRECTIONS.items()],
        kinds=[(one.value, words) for one, words in KINDS.items()],
        statuses=[(one.value, row.label) for one, row in STATUSES.items() if one not in HIDDEN],
        **_choices(visit, asked.params.get("party_id", (party_id,) if party_id else ())),
    )


def _choices(visit: PageRequest, parties: tuple[str, ...]) -> dict[str, Any]:
    world, viewer = visit.world, visit.viewer
    templates = list_templates(world, viewer, limit=WHOLE).items
    cases = list_cases(world, viewer, None, limit=_MOST_CASES, after=None)
    users = list_users(world, viewer, limit=WHOLE, after=None).items if viewer.may(Permission.USERS) else ()
    contacts: list[tuple[str, str]] = []
    for party_id in parties[:1]:
        try:
            contacts = [
                (one.id, beside_contact(one))
                for one in list_contacts(world, viewer, party_id, limit=WHOLE, after=None).items
            ]
        except CallerError:
            contacts = []
    return {
        "cases": [(one.id, f"{one.reference}, {beside_case(one)}") for one in cases.items],
        "more_cases": first_of(cases, "cases", "open another, and go to the Log from its page"),
        "templates": list(dict.fromkeys((one.key, humanize_code(one.key)) for one in templates)),
        "categories": sorted({(one.category, humanize_code(one.category)) for one in templates if one.category}),
        "users": [(one.id, one.name) for one in users if one.id != viewer.id],
        "contacts": contacts,
        "subjects": KINDS_OF_THINGS,
    }


def _with_party(visit: PageRequest, party_id: str) -> str:
    given = {name: [one for one in values if one] for name, values in visit.query.items() if name != "party"}
    return urlencode({**{name: values for name, values in given.items() if values}, "party_id": [party_id]}, doseq=True)
