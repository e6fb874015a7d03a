"""Subjects: what communications regard, as other systems tell us of it."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.errors import ConcurrentUpdate, Conflict, FieldError, Forbidden, Invalid, NotFound
from letterbook.domain.ids import Kind, last_id
from letterbook.domain.party import Case
from letterbook.domain.search_terms import Query
from letterbook.domain.status import Status
from letterbook.domain.subjects import RegardedRecord, first_told, of_party
from letterbook.ports import Index, RenderOrder, World
from letterbook.use_cases.directory.documents import opener
from letterbook.use_cases.support.access import (
    NOT_YOURS,
    named_party,
    sees_subject,
    visible_cases,
    visible_party_ids,
)
from letterbook.use_cases.support.optimistic_lock import next_version, version_conflict

logger = logging.getLogger(__name__)

_LOOKED_AT, _PAGES = 200, 5
_OFFERED = 100
# Clocks differ, and what was logged may be so much ahead of ours.
_CLOCKS = timedelta(days=1)


def put_subject(
    world: World, viewer: Viewer, version: int | None, record: RegardedRecord
) -> tuple[RegardedRecord, bool]:
    """The subject as it is told, replacing what was told before; and whether it is new.

    Where the party that is named has none of that type and id, the one there that is the viewer's to change becomes that party's.
    What others call by the same id is neither told nor touched. Raises Forbidden, Invalid, PreconditionFailed.
    """
    viewer.require(Permission.RECORDS)
    faults = []
    if record.party_id is None and viewer.sight is not None:
        faults.append(
            FieldError("party_id", "out_of_sight", "Name a party that you see: without it you would not see it.")
        )
    if record.party_id and named_party(world, viewer, record.party_id) is None:
        faults.append(FieldError("party_id", "unknown_party", "There is no such party."))
    document = world.documents.get(record.document_id) if record.document_id else None
    if record.document_id and not (document and opener(world, viewer)(document)):
        faults.append(FieldError("document_id", "unknown_document", "There is no such document."))
    if faults:
        raise Invalid("The subject names things that are not there.", *faults)
    if record.party_id and not viewer.changes_party(record.party_id):
        raise Forbidden(NOT_YOURS, FieldError("party_id", "forbidden", NOT_YOURS))
    named = world.subjects.named(record.type, record.id)
    own = [one for one in named if viewer.sight is None or (one.party_id and viewer.changes_party(one.party_id))]
    before = next((one for one in own if one.party_id == record.party_id), None) or first_told(own)
    after = replace(
        record,
        ordinal=before.ordinal if before else max((one.ordinal for one in named), default=0) + 1,
        version=next_version(before.version if before else 0, version),
    )
    try:
        world.subjects.save(after, before)
    except ConcurrentUpdate:
        raise version_conflict() from None
    if after.document_id and (before is None or before.document_id != after.document_id):
        _look_again(world, after)
    return after, before is None


def _look_again(world: World, subject: RegardedRecord) -> None:
    """What waits for its PDF need not wait for the sweep, which finds whatever is not found here."""
    below = last_id(Kind.COMMUNICATION, world.now() + _CLOCKS)
    try:
        newest = world.communications.page(
            Index.REGARDING, subject.regarding.key, above=f"{Kind.COMMUNICATION}_", below=below, limit=_LOOKED_AT
        )
        waiting = [one.id for one in newest.items if one.status is Status.COLLECTING]
        if waiting:
            world.queues.enqueue_renders([RenderOrder(communication_id=one) for one in waiting])
    except Exception:
        logger.exception("not looked at again: left to the sweep")


def find_subjects(
    world: World, viewer: Viewer, words: str, *, limit: int, cases: Sequence[Case] | None = None
) -> Sequence[RegardedRecord]:
    """At most `limit` that the viewer sees. `words` begin words of number, label or type; all must.

    `cases` are the visible ones, where they were read before. Raises Forbidden.
    """
    viewer.require(Permission.READ)
    query = Query.of(words, world.settings.current().country)
    if not query.wanted:
        return ()
    return world.subjects.found(query, among=_owners_in_sight(world, viewer, cases), limit=limit)


def _owners_in_sight(world: World, viewer: Viewer, cases: Sequence[Case] | None = None) -> frozenset[str] | None:
    """The parties whose subjects are listed; None for everybody's.

    Who sees a creditor only through a case does not see what it has with others.
    """
    if viewer.sight is None:
        return None
    clients = (case.client_id for case in (visible_cases(world, viewer) if cases is None else cases))
    return viewer.sight.parties.union(one for one in clients if one)


def make_subject(world: World, viewer: Viewer, record: RegardedRecord) -> RegardedRecord:
    """One that nobody told of. Raises Conflict for one that its party has: what other systems say of it stays as it is."""
    viewer.require(Permission.RECORDS)
    own = [one for one in world.subjects.named(record.type, record.id) if one.party_id == record.party_id]
    if own and (own[0].label, own[0].url) != (record.label, record.url):
        told = "It is known already, and stays as it is: choose it above."
        raise Conflict(told, FieldError("regarding", "known_already", told), code="known_already")
    return own[0] if own else put_subject(world, viewer, None, record)[0]


def known_subjects(world: World, viewer: Viewer, party_ids: Sequence[str]) -> Sequence[RegardedRecord]:
    """What entries with the parties may be about: what was told of them, and what their newest entries regard. By name.

    Two requests a party. Raises Forbidden.
    """
    viewer.require(Permission.READ)
    found: dict[str, RegardedRecord] = {}
    cases = visible_cases(world, viewer) if viewer.sight is not None else None
    seen, owners = visible_party_ids(world, viewer, cases), _owners_in_sight(world, viewer, cases)
    for party_id in party_ids:
        if seen is not None and party_id not in seen:
            continue
        listed = owners is None or party_id in owners
        for one in world.subjects.of_party(party_id, limit=_OFFERED) if listed else ():
            found.setdefault(one.regarding.key, one)
        newest = world.communications.page(
            Index.PARTY,
            party_id,
            above=f"{Kind.COMMUNICATION}_",
            below=last_id(Kind.COMMUNICATION, world.now() + _CLOCKS),
            limit=_OFFERED,
        )
        for entry in newest.items:
            if entry.regarding and viewer.sees(entry.ownership):
                told = entry.regarding
                bare = RegardedRecord(type=told.type, id=told.id, label=told.label or None, url=told.url, version=0)
                found.setdefault(told.key, bare)
    return sorted(found.values(), key=lambda one: (one.type, (one.label or one.id).casefold()))


def subjects_of_type(
    world: World, viewer: Viewer, party_id: str, type_: str, *, limit: int
) -> Sequence[RegardedRecord]:
    """Those of a party that were told of, of one type, by their ids. Raises Forbidden."""
    viewer.require(Permission.READ)
    owners = _owners_in_sight(world, viewer)
    if owners is not None and party_id not in owners:
        return ()
    return world.subjects.of_party(party_id, type_=type_, limit=limit)


def read_subject(
    world: World, viewer: Viewer, type_: str, subject_id: str, parties: Sequence[str] = ()
) -> RegardedRecord:
    """That of the first of the parties that has one; without any, of those that the viewer sees the one that was told of first.

    One that entries regard and nobody told of is bare: a type and an id. Raises Forbidden, NotFound.
    """
    viewer.require(Permission.READ)
    seen = [one for one in world.subjects.named(type_, subject_id) if sees_subject(world, viewer, one)]
    theirs = [of_party(seen, party_id) for party_id in parties]
    subject = next((one for one in theirs if one), None) if parties else first_told(seen)
    if subject:
        return subject
    if _regarded(world, viewer, f"{type_}:{subject_id}", frozenset(parties)):
        return RegardedRecord(type=type_, id=subject_id, version=0)
    raise NotFound("There is no such subject.")


def _regarded(world: World, viewer: Viewer, key: str, parties: frozenset[str]) -> bool:
    """Whether one of the newest entries about it is one that the viewer sees, and of one of the parties."""
    on: str | None = last_id(Kind.COMMUNICATION, world.now() + _CLOCKS)
    for _ in range(_PAGES):
        page = world.communications.page(
            Index.REGARDING, key, above=f"{Kind.COMMUNICATION}_", below=on or "", limit=_LOOKED_AT
        )
        for entry in page.items:
            of = {entry.party.id, entry.client.id if entry.client else ""}
            if viewer.sees(entry.ownership) and (not parties or parties & of):
                return True
        on = page.after
        if on is None:
            break
    return False
