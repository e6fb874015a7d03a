"""Moves what stands under a record that was merged to the record that remains: thing by thing, each in a transaction of its own.

Whoever dies here goes on where they were: what has moved is not found under the old record any more. Whoever had read the old
record before it was merged may have written to it since, so there is one last look when nobody can be that late.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import islice

from letterbook.domain.addresses import Holders, addresses_of
from letterbook.domain.communication import SYSTEM, Communication, Entry
from letterbook.domain.correspondence import Correspondence
from letterbook.domain.filing import place_before
from letterbook.domain.history import GRANT_REMOVED, MERGED, AuditEvent, previous_values
from letterbook.domain.ids import Kind, last_id
from letterbook.domain.merge import (
    LAST_LOOK,
    PARTY_MERGED,
    Merge,
    case_after,
    entry_after,
    holders_after,
    stricter,
    subject_after,
    thread_after,
    todo_after,
)
from letterbook.domain.party import Contact, Document, Party, Preferences
from letterbook.domain.references import PartyRef
from letterbook.domain.subjects import RegardedRecord
from letterbook.domain.todos import TodoStatus, refusal_id
from letterbook.domain.transitions import Change, updated
from letterbook.ports import Index, Page, World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.support.access import standing_party
from letterbook.use_cases.support.update import update_communication

_PAGE = 100
# What may be of several lies under whoever had its address first: so many of them are looked at, of each so many of the newest.
_OTHERS, _NEWEST = 20, 500
# Clocks differ, and what was logged may be so much ahead of ours.
_CLOCKS = timedelta(days=1)
# As long as a function works on one at a time; the sweep looks again when it has stopped.
LEASE = timedelta(minutes=2)

# Each yields after every few things that it looked at, so that whoever has no time left can stop.
_Step = Callable[[World, Merge, Party], Iterator[object]]


def carry_over(world: World, merge: Merge, budget: timedelta) -> bool:
    """Whether nothing is left to move, as far as can be told now. What does not fit into the budget is left to the sweep."""
    until = time.monotonic() + budget.total_seconds()
    into = standing_party(world, merge.into_id)
    if into is None:
        raise ValueError("a party was merged into one that is not there")
    if not world.merges.look_again(replace(merge, look_at=world.now() + LEASE)):
        return True
    merge_now = replace(merge, into_id=into.id)
    for step in _STEPS:
        for _ in step(world, merge_now, into):
            if time.monotonic() >= until:
                world.merges.look_again(replace(merge, complete=False, look_at=world.now()))
                return False
    if world.now() >= merge.at + LAST_LOOK:
        _end_grants(world, merge_now)
        world.merges.finish(merge)
    else:
        world.merges.look_again(replace(merge, complete=True, look_at=merge.at + LAST_LOOK))
    return True


def carry_on(world: World, gone_id: str, budget: timedelta) -> None:
    """Goes on with the merge of that record, where anything is left to do."""
    merge = world.merges.get(gone_id)
    if merge:
        carry_over(world, merge, budget)


def _preferences(world: World, merge: Merge, into: Party) -> Iterator[object]:
    """What somebody said of the record that went just when it went."""

    def move() -> bool:
        gone, own = world.parties.preferences(merge.gone_id), world.parties.preferences(into.id)
        if replace(gone, version=0) == Preferences():
            return False
        today = world.now().astimezone(world.settings.current().zone).date()
        after = replace(stricter(own, gone, today), version=own.version + 1)
        event = _deed(world, merge, "preferences set", into.id, into.id, previous_values(own, after))
        world.merges.save_preferences(merge, Preferences(version=gone.version + 1), after, event)
        return True

    yield retry_on_conflict(move)


def _contacts(world: World, merge: Merge, into: Party) -> Iterator[object]:
    for contact in world.parties.contacts(merge.gone_id):

        def move(contact_id: str = contact.id) -> None:
            before = world.parties.contact(merge.gone_id, contact_id)
            if before is None:
                return
            others = world.parties.contacts(into.id)
            primary = before.primary and not any(one.primary for one in others)
            after = replace(before, party_id=into.id, primary=primary, version=before.version + 1)
            world.merges.move_contact(before, after, _held(world, merge, into, before))

        yield retry_on_conflict(move)


def _held(world: World, merge: Merge, into: Party, of: Contact) -> Iterator[Holders]:
    for known in world.addresses.known(addresses_of(of)).values():
        after = holders_after(known.holders, merge.gone_id, into.id)
        if after != known.holders:
            yield after


def _cases(world: World, merge: Merge, into: Party) -> Iterator[object]:
    for case in world.cases.of_party(merge.gone_id):

        def move(case_id: str = case.id) -> None:
            before = world.cases.get(case_id)
            if before is None or merge.gone_id not in before.party_and_creditor_ids:
                return
            after = case_after(before, merge.gone_id, into)
            event = _deed(world, merge, PARTY_MERGED, before.id, after.client_id, previous_values(before, after))
            world.cases.save(after, before, replace(event, case_id=before.id))

        yield retry_on_conflict(move)


def _subjects(world: World, merge: Merge, into: Party) -> Iterator[object]:
    while some := world.subjects.of_party(merge.gone_id, limit=_PAGE):
        moved = [retry_on_conflict(partial(_move_subject, world, merge, into, one)) for one in some]
        yield moved
        if not any(moved):
            # The index lags behind.
            return


def _move_subject(world: World, merge: Merge, into: Party, known: RegardedRecord) -> bool:
    named = world.subjects.named(known.type, known.id)
    subject = next((one for one in named if one.party_id == merge.gone_id), None)
    if subject is None:
        return False
    own = next((one for one in named if one.party_id == into.id), None)
    if own is None:
        world.subjects.save(replace(subject, party_id=into.id, version=subject.version + 1), subject)
        return True
    after = subject_after(own, subject)
    if replace(after, version=own.version) != own:
        world.subjects.save(after, own)
    world.merges.drop_subject(subject)
    return True


def _documents(world: World, merge: Merge, into: Party) -> Iterator[object]:
    below: str | None = None
    while True:
        page: Page[Document] = world.documents.page(merge.gone_id, below=below, limit=_PAGE)
        for document in page.items:

            def move(document_id: str = document.id) -> None:
                before = world.documents.get(document_id)
                if before and before.party_id == merge.gone_id:
                    world.merges.move_document(before, replace(before, party_id=into.id, version=before.version + 1))

            yield retry_on_conflict(move)
        below = page.after
        if below is None:
            return


def _correspondence(world: World, merge: Merge, into: Party) -> Iterator[object]:
    """With the numbers that it bears; the next one of the party comes after them all."""
    while some := world.correspondence.page(merge.gone_id, after=None, limit=_PAGE).items:
        moved = [retry_on_conflict(partial(_move_correspondence, world, merge, into, one)) for one in some]
        yield moved
        if not any(moved):
            # The index lags behind.
            return


def _move_correspondence(world: World, merge: Merge, into: Party, known: Correspondence) -> bool:
    current = world.correspondence.get(known.account, known.ordinal)
    if current is None or current.party.id != merge.gone_id:
        return False
    after = current.moved_to(PartyRef(id=into.id, name=into.name, kind=into.kind))
    world.correspondence.move(after, _deed(world, merge, MERGED, after.number, into.id, {}))
    return True


def _threads(world: World, merge: Merge, into: Party) -> Iterator[object]:
    """Its own, and those of creditors in its cases, which are on its behalf."""
    yield from _threads_of(world, merge, into, merge.gone_id, None)
    for case in world.cases.of_party(into.id):
        yield from _threads_of(world, merge, into, None, case.id)


def _threads_of(world: World, merge: Merge, into: Party, party_id: str | None, case_id: str | None) -> Iterator[object]:
    after: str | None = None
    while True:
        page = world.threads.page(party_id, case_id, after=after, limit=_PAGE)
        for thread in page.items:
            if merge.gone_id in (thread.party_id, thread.client_id):
                yield retry_on_conflict(partial(_move_thread, world, merge, into, thread.id))
        after = page.after
        if after is None:
            return


def _move_thread(world: World, merge: Merge, into: Party, thread_id: str) -> None:
    before = world.threads.get(thread_id)
    after = before and thread_after(before, merge.gone_id, into.id)
    if before and after and after != before:
        world.threads.save(replace(after, version=before.version + 1))


def _entries(world: World, merge: Merge, into: Party) -> Iterator[object]:
    for index in (Index.PARTY, Index.CLIENT):
        for entry in _listed(world, index, merge.gone_id):
            yield entry.id
            _move_entry(world, merge, into, entry)


def _of_several(world: World, merge: Merge, into: Party) -> Iterator[object]:
    """What may be of several, and lies under another who has the address."""
    others = [into.id]
    for known in world.addresses.known(merge.addresses).values() if merge.addresses else ():
        others += known.holders.parties
    for party_id in list(dict.fromkeys(others))[:_OTHERS]:
        for entry in islice(_listed(world, Index.PARTY, party_id), _NEWEST):
            if merge.gone_id in entry.candidates:
                yield entry.id
                _move_entry(world, merge, into, entry)


def _listed(world: World, index: Index, key: str) -> Iterator[Entry]:
    on: str | None = last_id(Kind.COMMUNICATION, world.now() + _CLOCKS)
    while on:
        page = world.communications.page(index, key, above=f"{Kind.COMMUNICATION}_", below=on, limit=_PAGE)
        yield from page.items
        on = page.after


def _move_entry(world: World, merge: Merge, into: Party, listed: Entry) -> None:
    """With its history, its row of the overview and its TODO: whoever is at work on it meanwhile finds it moved."""

    def moved(current: Communication) -> Change | None:
        after = entry_after(current.entry, merge.gone_id, into)
        if after == current.entry or current.deleted:
            return None
        was = place_before(current.entry, after)
        fresh = replace(current, entry=after)
        return updated(
            current,
            fresh,
            at=world.now(),
            event=MERGED,
            actor=merge.actor,
            note=merge.reason,
            was=was,
            own=False,
        )

    if update_communication(world, listed.id, moved) and listed.party.id != merge.gone_id:
        # The TODO that tells why it was not sent again lies under its party, which stays.
        retry_on_conflict(lambda: _move_todo(world, merge, into, refusal_id(listed)))


def _todos(world: World, merge: Merge, into: Party) -> Iterator[object]:
    after: str | None = None
    while True:
        page = world.todos.page(merge.gone_id, TodoStatus.OPEN, after=after, limit=_PAGE)
        for todo in page.items:
            yield retry_on_conflict(partial(_move_todo, world, merge, into, todo.id))
        after = page.after
        if after is None:
            return


def _move_todo(world: World, merge: Merge, into: Party, todo_id: str) -> None:
    before = world.todos.get(todo_id)
    after = before and todo_after(before, merge.gone_id, into.id)
    if before and after and after != before:
        world.todos.save(replace(after, version=before.version + 1))


def _suppressions(world: World, merge: Merge, into: Party) -> Iterator[object]:
    """Whoever was granted the party says that an address is right after all."""
    after: str | None = None
    while True:
        page = world.addresses.page(after=after, limit=_PAGE)
        for one in page.items:
            if one.party_id == merge.gone_id:
                world.addresses.hand_over(one.address, merge.gone_id, into.id)
        yield page
        after = page.after
        if after is None:
            return


def _words(world: World, merge: Merge, _: Party) -> Iterator[object]:
    yield from world.merges.move_words(merge)


def _activity(world: World, merge: Merge, _: Party) -> Iterator[object]:
    yield from world.merges.move_activity(merge)


def _end_grants(world: World, merge: Merge) -> None:
    """Of what is not there any more."""
    for grant in world.grants.of_user(None):
        if grant.party_id == merge.gone_id:
            event = AuditEvent(
                about=merge.gone_id,
                at=world.now(),
                actor=SYSTEM,
                event=GRANT_REMOVED,
                note=grant.user,
                party_id=merge.into_id,
            )
            world.grants.remove(grant, event)


def _deed(world: World, merge: Merge, event: str, about: str, party_id: str | None, was: dict[str, str]) -> AuditEvent:
    return AuditEvent(
        about=about, at=world.now(), actor=merge.actor, event=event, note=merge.reason, party_id=party_id, was=was
    )


# What protects comes first, then what others are placed by.
_STEPS: tuple[_Step, ...] = (
    _preferences,
    _contacts,
    _words,
    _cases,
    _subjects,
    _documents,
    _correspondence,
    _threads,
    _entries,
    _of_several,
    _todos,
    _suppressions,
    _activity,
)
