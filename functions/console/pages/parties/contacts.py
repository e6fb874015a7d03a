"""Whom one speaks to at a party: what was said with them; added, amended, removed."""

from collections.abc import Mapping
from typing import Any

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
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
from console.forms.values import written
from console.lists.filter_panel import filter_panel
from console.lists.filtered import filtered
from console.pages.parties.list import LABELS, PATH
from console.presenters.entry_facts import FactRow, Part
from console.presenters.timeline import timeline_lines
from letterbook.contracts.directory import ContactBody, ContactPatch
from letterbook.domain.errors import CallerError
from letterbook.domain.filters import Filters
from letterbook.domain.party import Contact, Party
from letterbook.domain.visible import isolated
from letterbook.use_cases.directory.parties import amend_contact, create_contact, read_contact, remove_contact
from letterbook.use_cases.reading.activity import timeline
from letterbook.use_cases.support.access import party_to_change, visible_party

_FIELDS = ("name", "role", "email", "mobile", "phone")
_LABELS = LABELS | {"role": "Role", "primary": "Main contact"}
_PRIMARY = {"1": "yes", "": "no"}
_ALL = f"{PATH}/{{party_id}}/contacts"
_ONE = f"{_ALL}/{{contact_id}}"
_NEWEST = 20
# The filter that a contact's own list sets itself.
_FIXED = ("contact_id",)


@pages.get(f"{_ALL}/new")
def new(visit: PageRequest, party_id: str) -> PageResponse:
    party_to_change(visit.world, visit.viewer, party_id)
    return _form(visit, party_id, dict.fromkeys((*_FIELDS, "primary"), ""))


@pages.post(_ALL, form=True)
def create(visit: PageRequest, party_id: str) -> PageResponse:
    party_to_change(visit.world, visit.viewer, party_id)
    values = form_values(visit, *_FIELDS, "primary")
    if takes(visit):
        return _form(visit, party_id, values)

    def save() -> PageResponse:
        body = {**without_empty({name: values[name] for name in _FIELDS}), "primary": bool(values["primary"])}
        draft = parse(ContactBody, body).contact(party_id, visit.world.now())
        key = visit.key("contacts", digest({**values, "party_id": party_id}))
        contact, _ = create_contact(visit.world, visit.viewer, draft, key)
        return redirect(f"{PATH}/{party_id}", f"{contact.name} was added.")

    return outcome(save, lambda error: _form(visit, party_id, values, error))


@pages.get(_ONE)
def show(visit: PageRequest, party_id: str, contact_id: str) -> PageResponse:
    """What matters most of what was said with them, then all of it."""
    contact, party = _contact(visit, party_id, contact_id)
    scope = Filters(concerning=party_id, contacts=(contact_id,))
    events = timeline(visit.world, visit.viewer, scope, limit=_NEWEST, after=None)
    return page(
        "parties/contact.html",
        **_head(visit, party, contact, ""),
        events=timeline_lines(events.items, visit.clock),
        facts=_facts(contact),
    )


@pages.get(f"{_ONE}/communications")
def communications(visit: PageRequest, party_id: str, contact_id: str) -> PageResponse:
    contact, party = _contact(visit, party_id, contact_id)
    return filtered(
        visit,
        f"{PATH}/{party_id}/contacts/{contact_id}/communications",
        Filters(concerning=party_id, contacts=(contact_id,)),
        f"Communications with {isolated(contact.name)}",
        lambda listed: page(
            "parties/contact_communications.html", **_head(visit, party, contact, "/communications"), **listed
        ),
        fixed=_FIXED,
    )


@pages.get(f"{_ONE}/communications/filter")
def filter_(visit: PageRequest, party_id: str, contact_id: str) -> PageResponse:
    _contact(visit, party_id, contact_id)
    return filter_panel(visit, f"{PATH}/{party_id}/contacts/{contact_id}/communications", fixed=_FIXED)


@pages.get(f"{_ONE}/edit")
def edit(visit: PageRequest, party_id: str, contact_id: str) -> PageResponse:
    party_to_change(visit.world, visit.viewer, party_id)
    contact = read_contact(visit.world, visit.viewer, party_id, contact_id)
    return _form(visit, party_id, _values_of(contact), contact=contact)


@pages.post(_ONE, form=True)
def amend(visit: PageRequest, party_id: str, contact_id: str) -> PageResponse:
    party_to_change(visit.world, visit.viewer, party_id)
    values = form_values(visit, *_FIELDS, "primary")
    if takes(visit):
        standing = read_contact(visit.world, visit.viewer, party_id, contact_id)
        return _form(visit, party_id, values, contact=standing)

    def save() -> PageResponse:
        body = {**empty_as_none({name: values[name] for name in _FIELDS}), "primary": bool(values["primary"])}
        change = parse(ContactPatch, body).amended
        contact = amend_contact(visit.world, visit.viewer, party_id, contact_id, version_of(visit), change)
        return redirect(f"{PATH}/{party_id}", f"{contact.name} was changed.")

    return outcome(
        save,
        lambda error: _form(
            visit, party_id, values, error, read_contact(visit.world, visit.viewer, party_id, contact_id)
        ),
    )


@pages.post(f"{_ONE}/remove")
def remove(visit: PageRequest, party_id: str, contact_id: str) -> PageResponse:
    remove_contact(visit.world, visit.viewer, party_id, contact_id)
    return redirect(f"{PATH}/{party_id}", "The contact was removed.")


def _words(name: str, value: str) -> str:
    return _PRIMARY.get(value, value) if name == "primary" else value


def _values_of(contact: Contact) -> dict[str, str]:
    values = {name: written(str(getattr(contact, name) or "")) for name in _FIELDS}
    return values | {"primary": "1" if contact.primary else ""}


def _contact(visit: PageRequest, party_id: str, contact_id: str) -> tuple[Contact, Party]:
    """Raises Forbidden, NotFound."""
    party = visible_party(visit.world, visit.viewer, party_id)
    return read_contact(visit.world, visit.viewer, party_id, contact_id), party


def _head(visit: PageRequest, party: Party, contact: Contact, tab: str) -> dict[str, Any]:
    return {
        "title": contact.name,
        "contact": contact,
        "party": party,
        "path": f"{PATH}/{party.id}/contacts/{contact.id}",
        "tab": tab,
        "tabs": (("", "Contact"), ("/communications", "Communications")),
        "changes": visit.viewer.changes_party(party.id),
    }


def _facts(contact: Contact) -> list[FactRow]:
    told = (
        ("Role", contact.role),
        ("Email", contact.email),
        ("Mobile", contact.mobile),
        ("Phone", contact.phone),
        ("Main contact", "Messages go to them first" if contact.primary else ""),
    )
    return [FactRow(label, (Part(words),)) for label, words in told if words]


def _form(
    visit: PageRequest,
    party_id: str,
    values: Mapping[str, str],
    error: CallerError | None = None,
    contact: Contact | None = None,
) -> PageResponse:
    party = visible_party(visit.world, visit.viewer, party_id)
    all_ = f"{PATH}/{party_id}/contacts"
    merged = merge(visit, error, values, _values_of(contact) if contact else values, _LABELS, _words)
    return page(
        "parties/contact_form.html",
        status=error.status if error else 200,
        title=f"Change {contact.name}" if contact else "New contact",
        party=party,
        typed=merged.values,
        meanwhile=merged.changes,
        began=merged.began,
        faults=form_faults(error, _LABELS),
        to=f"{all_}/{contact.id}" if contact else all_,
        back=f"{all_}/{contact.id}" if contact else f"{PATH}/{party_id}",
        version=standing_version(visit, error, contact.version if contact else 0),
        once=once(visit),
        button="Save" if contact else "Add",
        removes=contact is not None,
    )
