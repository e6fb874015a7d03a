"""Clients, creditors and customers: found, entered, amended."""

from collections.abc import Mapping
from typing import Any

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms import postal
from console.forms.errors import Faults
from console.forms.meanwhile import merge, takes
from console.forms.outcome import outcome
from console.forms.parsing import (
    digest,
    empty_as_none,
    form_faults,
    form_values,
    once,
    parse,
    standing_version,
    version_of,
    without_empty,
)
from console.forms.values import query_of, written
from console.lists.choices import country_options, language_options, payment_options, picked, scheme_options
from console.lists.pagination import PAGE, pager
from console.pages.parties.head import PATH as PATH
from console.presenters.einvoice import NETWORKS
from console.presenters.labels import KINDS
from console.presenters.people import town
from letterbook.contracts.directory import PartyBody, PartyPatch
from letterbook.contracts.queries import PartiesQuery
from letterbook.domain.access import Permission
from letterbook.domain.errors import CallerError
from letterbook.domain.party import Party
from letterbook.use_cases.directory.parties import amend_party, create_party, list_parties
from letterbook.use_cases.support.access import party_to_change, visible_party

_FIELDS = (
    "kind", "name", "account_number", "email", "mobile", "phone", "country", "language", "location", "payment_method",
)  # fmt: skip
LABELS = {
    "kind": "Kind",
    "name": "Name",
    "account_number": "Account",
    "email": "Email",
    "mobile": "Mobile",
    "phone": "Phone",
    **postal.LABELS,
    "country": "Country",
    "language": "Language",
    "location": "Office",
    "payment_method": "Pays by",
    "einvoice": "E-invoice",
}
# An address for e-invoices: what kind of number it is, the number, and where the party takes part.
_EINVOICE = ("einvoice.scheme", "einvoice.id", "einvoice.network")
_SHORT = LABELS | {
    "einvoice.scheme": "E-invoice scheme",
    "einvoice.id": "E-invoice number",
    "einvoice.network": "Network",
}
_KINDS = [(kind.value, words) for kind, words in KINDS.items()]


@pages.get(PATH)
def index(visit: PageRequest) -> PageResponse:
    query = query_of(visit, PartiesQuery)
    words, kind = query.q, next(iter(query.kind), None)
    turning = pager(visit, PATH, {name: [value] for name, value in (("q", words), ("kind", kind)) if value})
    found = list_parties(
        visit.world, visit.viewer, words, (kind,) if kind else (), limit=PAGE, after=turning.after
    )  # fmt: skip
    behind = {"q": [words]} if words else {}
    pills = [
        {"words": said, "href": pager(visit, PATH, {**behind, **more}).first, "current": kind == of, "count": "",
         "red": False}
        for of, said, more in [
            (None, "All", {}),
            *((one, f"{said}s", {"kind": [one.value]}) for one, said in KINDS.items()),
        ]
    ]  # fmt: skip
    return page(
        "parties/list.html",
        title="Parties",
        parties=found.items,
        kinds=KINDS,
        town=town,
        pills=pills,
        words=words,
        kind=kind or "",
        newer=turning.newer,
        older=turning.older(found.after),
    )


@pages.get(f"{PATH}/new")
def new(visit: PageRequest) -> PageResponse:
    visit.viewer.require(Permission.RECORDS)
    blank = dict.fromkeys((*_FIELDS, *_EINVOICE), "")
    return _form(visit, blank | postal.address_of(None, None).flat() | {"kind": "client"})


@pages.post(PATH, form=True)
def create(visit: PageRequest) -> PageResponse:
    values = _values(visit)
    if takes(visit):
        return _form(visit, values)

    def save() -> PageResponse:
        draft = parse(PartyBody, without_empty(_with_parts(values))).party(visit.world.now())
        party, _ = create_party(visit.world, visit.viewer, draft, visit.key("parties", digest(values)))
        return redirect(f"{PATH}/{party.id}", f"{party.name} was entered.")

    return outcome(save, lambda error: _form(visit, values, error))


@pages.get(f"{PATH}/{{party_id}}/edit")
def edit(visit: PageRequest, party_id: str) -> PageResponse:
    party = party_to_change(visit.world, visit.viewer, party_id)
    return _form(visit, _values_of(party), party=party)


@pages.post(f"{PATH}/{{party_id}}/edit", form=True)
def amend(visit: PageRequest, party_id: str) -> PageResponse:
    party_to_change(visit.world, visit.viewer, party_id)
    values = _values(visit)
    if takes(visit):
        return _form(visit, values, party=visible_party(visit.world, visit.viewer, party_id))

    def save() -> PageResponse:
        wanted = parse(PartyPatch, empty_as_none(_with_parts(values)))
        amended = amend_party(visit.world, visit.viewer, party_id, version_of(visit), wanted.amended)
        return redirect(f"{PATH}/{party_id}", f"{amended.name} was changed.")

    return outcome(save, lambda error: _form(visit, values, error, visible_party(visit.world, visit.viewer, party_id)))


def _values_of(party: Party) -> dict[str, str]:
    values = {name: written(str(getattr(party, name) or "")) for name in _FIELDS}
    address = party.einvoice
    values |= {
        "einvoice.scheme": address.scheme if address else "",
        "einvoice.id": address.id if address else "",
        "einvoice.network": address.network or "" if address else "",
    }
    return values | postal.address_of(party.address, party.postal_address).flat()


def _values(visit: PageRequest) -> dict[str, str]:
    values = form_values(visit, *_FIELDS, *_EINVOICE)
    return values | postal.typed_address(visit).flat() | {"payment_method": picked(visit, "payment_method")}


def _with_parts(values: Mapping[str, str]) -> dict[str, Any]:
    """An address for e-invoices has a scheme and a number, or is none: its network alone says nothing.

    A postal one that nobody touched is left as it is.
    """
    plain: dict[str, Any] = {name: values[name] for name in _FIELDS}
    address = postal.address_in(values)
    if not address.untouched:
        plain["address"] = address.given
    parts = {name.partition(".")[2]: values[name].strip() for name in _EINVOICE}
    given = parts["scheme"] or parts["id"]
    return plain | {"einvoice": without_empty(parts) if given else None}


def _form(
    visit: PageRequest, values: Mapping[str, str], error: CallerError | None = None, party: Party | None = None
) -> PageResponse:
    faults: Faults = form_faults(error, LABELS)
    present = _values_of(party) if party else {**values}
    typed = {name: value for name, value in values.items() if name not in postal.HIDDEN}
    merged = merge(visit, error, typed, present, _SHORT)
    hidden = {"address_in": values["address_in"], "address_own": present["address_own"]}
    return page(
        "parties/form.html",
        status=error.status if error else 200,
        title=f"Change {party.name}" if party else "New party",
        typed=merged.values | hidden,
        meanwhile=merged.changes,
        began=merged.began,
        kinds=_KINDS,
        countries=[("", "The firm's"), *country_options(visit.organisation.country, values["country"])],
        languages=language_options(visit.organisation, values["language"]),
        payments=payment_options(visit.organisation, values["payment_method"]),
        places=[("", "Where they are"), *country_options(visit.organisation.country, values["address.country"])],
        schemes=scheme_options(values["einvoice.scheme"]),
        networks=[("", "Peppol, or whichever is chosen when it is sent"), *NETWORKS.items()],
        faults=faults,
        to=f"{PATH}/{party.id}/edit" if party else PATH,
        back=f"{PATH}/{party.id}" if party else PATH,
        version=standing_version(visit, error, party.version if party else 0),
        once=once(visit),
        button="Save" if party else "Enter",
    )
