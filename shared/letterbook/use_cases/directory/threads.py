"""Threads: started by people, joined by entries, archived, and active again when something happens in them."""

from collections.abc import Sequence
from dataclasses import replace

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.errors import FieldError, Invalid, NotFound
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.party import Party, PartyKind
from letterbook.domain.threads import Thread, ThreadStatus, sort_key
from letterbook.ports import ContextQuery, IdempotencyKey, Page, World
from letterbook.use_cases.reading.pages import read_until_full, slice_page
from letterbook.use_cases.support.access import must_stand, sees_case, sees_party, visible_cases
from letterbook.use_cases.support.idempotency import idempotently
from letterbook.use_cases.support.optimistic_lock import update_versioned

# A viewer of few parties has few threads; of each party and case the newest so many are looked at.
_OF_EACH = 200


def start_thread(world: World, viewer: Viewer, draft: Thread, key: IdempotencyKey | None) -> tuple[Thread, bool]:
    """Raises Invalid for a party or case that is not there, not seen, or not on the case."""
    viewer.require(Permission.RECORDS)

    def make() -> Thread:
        context = world.load_context(ContextQuery(party_id=draft.party_id, case_id=draft.case_id))
        party_id = context.party.id if context.party else draft.party_id
        faults = []
        case = context.case if context.case and sees_case(viewer, context.case) else None
        if draft.case_id and case is None:
            faults.append(FieldError("case_id", "unknown_case", "There is no such case."))
        on_case = case is not None and party_id in case.party_and_creditor_ids
        if context.party is None or not (on_case or sees_party(world, viewer, party_id)):
            faults.append(FieldError("party_id", "unknown_party", "There is no such party."))
        client_id = party_id
        if context.party and context.party.kind is PartyKind.CREDITOR:
            client_id = case.party_ids[0] if case and case.party_ids else ""
        thread = replace(
            draft, id=new_id(Kind.THREAD, draft.created_at), party_id=party_id, client_id=client_id or None
        )
        if not faults and not viewer.sees(thread.owned):
            faults.append(
                FieldError("case_id", "out_of_sight", "Name a case that you see: without it you would not see it.")
            )
        if faults:
            raise Invalid("The thread belongs to something that is not there.", *faults)
        world.threads.save(thread, key)
        return thread

    return idempotently(world, key, Thread, make, lambda made: read_thread(world, viewer, made.id))


def read_thread(world: World, viewer: Viewer, thread_id: str) -> Thread:
    viewer.require(Permission.READ)
    thread = world.threads.get(thread_id)
    if thread is None or not viewer.sees(thread.owned):
        raise NotFound("There is no such thread.")
    return thread


def amend_thread(
    world: World,
    viewer: Viewer,
    thread_id: str,
    version: int | None,
    *,
    subject: str | None,
    status: ThreadStatus | None,
) -> Thread:
    """Renames, archives or opens again. Raises PreconditionFailed."""
    viewer.require(Permission.RECORDS)

    def change(before: Thread) -> Thread:
        return replace(before, subject=subject or before.subject, status=status or before.status)

    return update_versioned(
        version, lambda: read_thread(world, viewer, thread_id), change, lambda after, _: world.threads.save(after)
    )


def list_threads(
    world: World,
    viewer: Viewer,
    *,
    party_id: str | None,
    case_id: str | None,
    status: ThreadStatus | None,
    limit: int,
    after: str | None,
    seen: Party | None = None,
) -> Page[Thread]:
    """By their last activity, newest first. A page may be short and still have one behind it.

    `seen` is the party, where it was looked at.
    """
    viewer.require(Permission.READ)
    if viewer.sight is not None and not (party_id or case_id):
        own = [thread for thread in _in_sight(world, viewer) if status in (None, thread.status)]
        return slice_page(own, sort_key, limit=limit, after=after, descending=True)

    def shown(threads: Sequence[Thread]) -> list[Thread]:
        return [
            one
            for one in threads
            if viewer.sees(one.owned) and status in (None, one.status) and party_id in (None, one.party_id)
        ]

    page = read_until_full(
        lambda on: world.threads.page(party_id, case_id, after=on, limit=limit),
        shown,
        sort_key,
        limit=limit,
        after=after,
    )
    if party_id and not page.items and after is None and seen is None:
        must_stand(world, viewer, [party_id])
    return page


def _in_sight(world: World, viewer: Viewer) -> list[Thread]:
    parties = viewer.sight.parties if viewer.sight else frozenset()
    pages = [world.threads.page(one, None, after=None, limit=_OF_EACH) for one in parties]
    pages += [world.threads.page(None, case.id, after=None, limit=_OF_EACH) for case in visible_cases(world, viewer)]
    threads = {thread.id: thread for page in pages for thread in page.items if viewer.sees(thread.owned)}
    return list(threads.values())
