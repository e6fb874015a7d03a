"""Parties, their contacts and their preferences."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from letterbook.domain.access import Grant, Right, Viewer
from letterbook.domain.errors import Moved, NotFound
from letterbook.domain.history import Deed, said_before
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.party import Contact, Party, PartyKind, Preferences
from letterbook.ports import IdempotencyKey, Page, World
from letterbook.use_cases.paging import newest_first
from letterbook.use_cases.remember import once
from letterbook.use_cases.versions import amended
from letterbook.use_cases.viewers import actor_of, cases_in_sight, party_in_sight

logger = logging.getLogger(__name__)


def create_party(world: World, viewer: Viewer, draft: Party, key: IdempotencyKey | None) -> tuple[Party, bool]:
    """Enters a party; who needs grants to see anything is granted what they enter."""
    viewer.require(Right.RECORDS)

    def make() -> Party:
        party = replace(draft, id=new_id(Kind.PARTY, draft.created_at))
        grant = Grant(user=viewer.id, party_id=party.id) if viewer.sight is not None else None
        world.directory.save_party(party, None, _deed(world, viewer, party.id, "party entered", party.id), key, grant)
        return party

    return once(world, key, Party, make)


def amend_party(
    world: World, viewer: Viewer, party_id: str, version: int | None, change: Callable[[Party], Party]
) -> Party:
    """Raises Forbidden, NotFound, or Outdated when `version` is not the present one."""
    viewer.require(Right.RECORDS)

    def save(after: Party, before: Party) -> None:
        deed = _deed(world, viewer, party_id, "party amended", party_id, said_before(before, after))
        world.directory.save_party(after, before, deed)

    return amended(version, lambda: party_in_sight(world, viewer, party_id), change, save)


def list_parties(
    world: World, viewer: Viewer, words: str, kinds: Sequence[PartyKind], *, limit: int, after: str | None
) -> Page[Party]:
    """Newest first. `words` are the beginnings of words of the name, or a whole account number or address."""
    viewer.require(Right.READ)
    if viewer.sight is None:
        return world.directory.party_page(words, kinds, below=after, limit=limit)
    ids = viewer.sight.parties.union(*(case.everybody for case in cases_in_sight(world, viewer)))
    seen = [
        party
        for party in world.directory.parties(ids)
        if party.answers_to(words) and (not kinds or party.kind in kinds)
    ]
    return newest_first(seen, limit=limit, after=after)


def create_contact(world: World, viewer: Viewer, draft: Contact, key: IdempotencyKey | None) -> tuple[Contact, bool]:
    viewer.require(Right.RECORDS)
    party_in_sight(world, viewer, draft.party_id)

    def make() -> Contact:
        contact = replace(draft, id=new_id(Kind.CONTACT, draft.created_at))
        deed = _deed(world, viewer, contact.id, "contact added", contact.party_id, note=contact.name)
        world.directory.save_contact(contact, None, deed, key)
        _only_primary(world, viewer, contact)
        return contact

    return once(world, key, Contact, make)


def _only_primary(world: World, viewer: Viewer, contact: Contact) -> None:
    """A party has one primary contact: the one that was made so last."""
    if not contact.primary:
        return
    for other in world.directory.contacts(contact.party_id):
        if other.primary and other.id != contact.id:
            second = replace(other, primary=False, version=other.version + 1)
            deed = _deed(world, viewer, other.id, "contact amended", other.party_id, said_before(other, second))
            try:
                world.directory.save_contact(second, other, deed)
            except Moved:
                logger.info("a contact was changed meanwhile", extra={"party_id": contact.party_id})


def read_contact(world: World, viewer: Viewer, party_id: str, contact_id: str) -> Contact:
    party_in_sight(world, viewer, party_id)
    contact = world.directory.contact(party_id, contact_id)
    if contact is None:
        raise NotFound("There is no such contact.")
    return contact


def list_contacts(
    world: World, viewer: Viewer, party_id: str, *, limit: int, after: str | None = None
) -> Page[Contact]:
    """A party's contacts, newest first."""
    party_in_sight(world, viewer, party_id)
    return newest_first(world.directory.contacts(party_id), limit=limit, after=after)


def amend_contact(
    world: World,
    viewer: Viewer,
    party_id: str,
    contact_id: str,
    version: int | None,
    change: Callable[[Contact], Contact],
) -> Contact:
    viewer.require(Right.RECORDS)

    def save(after: Contact, before: Contact) -> None:
        deed = _deed(world, viewer, contact_id, "contact amended", party_id, said_before(before, after), after.name)
        world.directory.save_contact(after, before, deed)
        _only_primary(world, viewer, after)

    return amended(version, lambda: read_contact(world, viewer, party_id, contact_id), change, save)


def remove_contact(world: World, viewer: Viewer, party_id: str, contact_id: str) -> None:
    """What was sent to them keeps its name and address; only the contact goes."""
    viewer.require(Right.RECORDS)
    contact = read_contact(world, viewer, party_id, contact_id)
    deed = _deed(world, viewer, contact_id, "contact removed", party_id, note=contact.name)
    world.directory.remove_contact(contact, deed)


def read_preferences(world: World, viewer: Viewer, party_id: str) -> Preferences:
    party_in_sight(world, viewer, party_id)
    return world.directory.preferences(party_id)


def set_preferences(
    world: World, viewer: Viewer, party_id: str, version: int | None, wanted: Preferences
) -> Preferences:
    """Replaces all of them. Raises Outdated when `version` is given and not the present one."""
    viewer.require(Right.RECORDS)
    party_in_sight(world, viewer, party_id)

    def save(after: Preferences, before: Preferences) -> None:
        deed = _deed(world, viewer, party_id, "preferences set", party_id, said_before(before, after))
        world.directory.save_preferences(party_id, after, deed)

    def set_by_them(before: Preferences) -> Preferences:
        return wanted.after(before, world.now())

    return amended(version, lambda: world.directory.preferences(party_id), set_by_them, save)


def _deed(
    world: World,
    viewer: Viewer,
    about: str,
    event: str,
    party_id: str,
    was: dict[str, str] | None = None,
    note: str = "",
) -> Deed:
    return Deed(
        about=about, at=world.now(), actor=actor_of(viewer), event=event, note=note, party_id=party_id, was=was or {}
    )
