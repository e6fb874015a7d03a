"""Parties, their contacts and their preferences."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from letterbook.domain.access import Grant, Permission, Viewer
from letterbook.domain.addresses import owner_with_numbers
from letterbook.domain.errors import ConcurrentUpdate, FieldError, Forbidden, NotFound
from letterbook.domain.history import AuditEvent, previous_values
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.party import Case, Contact, Party, PartyKind, Preferences
from letterbook.domain.protection import weakenings
from letterbook.domain.search_terms import Query
from letterbook.ports import IdempotencyKey, Page, World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.directory.holders import with_holders
from letterbook.use_cases.directory.postal_address import with_lines_and_parts
from letterbook.use_cases.reading.pages import newest_first
from letterbook.use_cases.support.access import actor_of, party_to_change, visible_party, visible_party_ids
from letterbook.use_cases.support.idempotency import idempotently
from letterbook.use_cases.support.optimistic_lock import update_versioned

logger = logging.getLogger(__name__)


def create_party(world: World, viewer: Viewer, draft: Party, key: IdempotencyKey | None) -> tuple[Party, bool]:
    """Enters a party; who needs grants to see anything is granted what they enter.

    Raises Invalid `address_in_use`, as do all that give a party or a contact a new address (see holders.py).
    """
    viewer.require(Permission.RECORDS)

    def make() -> Party:
        organisation = world.settings.current()
        party = owner_with_numbers(
            replace(draft, id=new_id(Kind.PARTY, draft.created_at)), organisation.country_of(draft)
        )
        party = with_lines_and_parts(party, organisation)
        grant = Grant(user=viewer.id, party_id=party.id) if viewer.sight is not None else None
        event = _deed(world, viewer, party.id, "party entered", party.id)
        with_holders(
            world, viewer, None, party, lambda has: world.parties.save(party, None, event, key, grant, has), key
        )
        return party

    return idempotently(world, key, Party, make, lambda made: visible_party(world, viewer, made.id))


def amend_party(
    world: World, viewer: Viewer, party_id: str, version: int | None, change: Callable[[Party], Party]
) -> Party:
    """Raises Forbidden, NotFound, or PreconditionFailed when `version` is not the present one."""
    viewer.require(Permission.RECORDS)

    def save(after: Party, before: Party) -> None:
        event = _deed(world, viewer, party_id, "party amended", party_id, previous_values(before, after))
        with_holders(world, viewer, before, after, lambda has: world.parties.save(after, before, event, holders=has))

    def wanted(before: Party) -> Party:
        after = change(before)
        if (
            PartyKind.CREDITOR in (before.kind, after.kind)
            and before.kind is not after.kind
            and viewer.sight is not None
        ):
            # A creditor's entries of other cases are hidden from who was granted it; anybody else's are not.
            told = "Whether a party is a creditor decides who sees what is written to it: who sees everybody says so."
            raise Forbidden(told, FieldError("kind", "forbidden", told))
        organisation = world.settings.current()
        return with_lines_and_parts(owner_with_numbers(after, organisation.country_of(after), before), organisation)

    return update_versioned(version, lambda: party_to_change(world, viewer, party_id), wanted, save)


def list_parties(
    world: World,
    viewer: Viewer,
    words: str,
    kinds: Sequence[PartyKind],
    *,
    limit: int,
    after: str | None,
    cases: Sequence[Case] | None = None,
) -> Page[Party]:
    """Newest first. `words` begin words of the name, of a contact, of a number or an address of theirs; all must.

    `cases` are those that the viewer sees, where they were read before.
    """
    viewer.require(Permission.READ)
    seen = visible_party_ids(world, viewer, cases)
    if words.strip():
        query = Query.of(words, world.settings.current().country)
        return world.parties.found(query, kinds, among=seen, below=after, limit=limit)
    if seen is None:
        return world.parties.page(kinds, below=after, limit=limit)
    of = [one for one in world.parties.several(seen) if one.merged_into is None and (not kinds or one.kind in kinds)]
    return newest_first(of, limit=limit, after=after)


def create_contact(world: World, viewer: Viewer, draft: Contact, key: IdempotencyKey | None) -> tuple[Contact, bool]:
    viewer.require(Permission.RECORDS)

    def make() -> Contact:
        party = party_to_change(world, viewer, draft.party_id)
        contact = owner_with_numbers(
            replace(draft, id=new_id(Kind.CONTACT, draft.created_at)), world.settings.current().country_of(party)
        )
        event = _deed(world, viewer, contact.id, "contact added", contact.party_id, note=contact.name)
        with_holders(
            world, viewer, None, contact, lambda has: world.parties.save_contact(contact, None, event, key, has), key
        )
        _only_primary(world, viewer, contact)
        return contact

    return idempotently(world, key, Contact, make, lambda made: read_contact(world, viewer, made.party_id, made.id))


def _only_primary(world: World, viewer: Viewer, contact: Contact) -> None:
    """A party has one primary contact: the one that was made so last."""
    if not contact.primary:
        return
    for other in world.parties.contacts(contact.party_id):
        if other.primary and other.id != contact.id:
            second = replace(other, primary=False, version=other.version + 1)
            event = _deed(world, viewer, other.id, "contact amended", other.party_id, previous_values(other, second))
            try:
                world.parties.save_contact(second, other, event)
            except ConcurrentUpdate:
                logger.info("a contact was changed meanwhile", extra={"party_id": contact.party_id})


def read_contact(world: World, viewer: Viewer, party_id: str, contact_id: str) -> Contact:
    visible_party(world, viewer, party_id)
    contact = world.parties.contact(party_id, contact_id)
    if contact is None:
        raise NotFound("There is no such contact.")
    return contact


def list_contacts(
    world: World, viewer: Viewer, party_id: str, *, limit: int, after: str | None = None, seen: Party | None = None
) -> Page[Contact]:
    """A party's contacts, newest first. `seen` is that party, where it is known to be in sight: it is not read again."""
    if seen is None or seen.id != party_id:
        visible_party(world, viewer, party_id)
    return newest_first(world.parties.contacts(party_id), limit=limit, after=after)


def amend_contact(
    world: World,
    viewer: Viewer,
    party_id: str,
    contact_id: str,
    version: int | None,
    change: Callable[[Contact], Contact],
) -> Contact:
    viewer.require(Permission.RECORDS)

    def save(after: Contact, before: Contact) -> None:
        event = _deed(
            world, viewer, contact_id, "contact amended", party_id, previous_values(before, after), after.name
        )
        with_holders(
            world, viewer, before, after, lambda has: world.parties.save_contact(after, before, event, holders=has)
        )
        _only_primary(world, viewer, after)

    party: Party | None = None

    def read() -> Contact:
        nonlocal party
        party = party_to_change(world, viewer, party_id)
        return read_contact(world, viewer, party_id, contact_id)

    def wanted(before: Contact) -> Contact:
        country = world.settings.current().country_of(party)
        return owner_with_numbers(change(before), country, before)

    return update_versioned(version, read, wanted, save)


def remove_contact(world: World, viewer: Viewer, party_id: str, contact_id: str) -> None:
    """What was sent to them keeps its name and address; only the contact goes."""

    def remove() -> None:
        party_to_change(world, viewer, party_id)
        _remove(world, viewer, read_contact(world, viewer, party_id, contact_id))

    retry_on_conflict(remove)


def _remove(world: World, viewer: Viewer, contact: Contact) -> None:
    event = _deed(world, viewer, contact.id, "contact removed", contact.party_id, note=contact.name)
    with_holders(world, viewer, contact, None, lambda has: world.parties.remove_contact(contact, event, has))


def read_preferences(world: World, viewer: Viewer, party_id: str) -> Preferences:
    visible_party(world, viewer, party_id)
    return world.parties.preferences(party_id)


def set_preferences(
    world: World, viewer: Viewer, party_id: str, version: int | None, change: Callable[[Preferences], Preferences]
) -> Preferences:
    """Raises PreconditionFailed when `version` is given and not the present one, Forbidden for what weakens the party's
    protection.
    """
    party_to_change(world, viewer, party_id)
    today = world.now().astimezone(world.settings.current().zone).date()

    def wanted(before: Preferences) -> Preferences:
        after = change(before)
        faults = weakenings(before, after, today)
        if faults and not viewer.may(Permission.OVERRIDE_HOLD):
            raise Forbidden(f"{faults[0].message} This needs the right {Permission.OVERRIDE_HOLD}.", *faults)
        return after.after(before, world.now())

    def save(after: Preferences, before: Preferences) -> None:
        event = _deed(world, viewer, party_id, "preferences set", party_id, previous_values(before, after))
        world.parties.save_preferences(party_id, after, event)

    return update_versioned(version, lambda: world.parties.preferences(party_id), wanted, save)


def _deed(
    world: World,
    viewer: Viewer,
    about: str,
    event: str,
    party_id: str,
    was: dict[str, str] | None = None,
    note: str = "",
) -> AuditEvent:
    return AuditEvent(
        about=about, at=world.now(), actor=actor_of(viewer), event=event, note=note, party_id=party_id, was=was or {}
    )
