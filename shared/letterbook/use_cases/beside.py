"""What is kept beside an entry: its thread, the thing it regards, what somebody has to do about it.

Worked out for every change alike, so that however an entry changes, no count and no preview tells of what does not count.
"""

from dataclasses import replace

from letterbook.domain import overview, todos
from letterbook.domain.communication import Communication, Direction, Entry
from letterbook.domain.history import Deed
from letterbook.domain.ids import Kind, last_id
from letterbook.domain.moves import Change
from letterbook.domain.overview import Thing
from letterbook.domain.threads import Thread
from letterbook.ports import Beside, Index, World

_PAGE, _PAGES = 50, 10


def beside(
    world: World,
    change: Change,
    *,
    thread: Thread | None = None,
    thing: Thing | None = None,
    answered: Entry | None = None,
) -> Beside:
    """What the transaction of this change writes besides the entry; `thread` and `thing` as they were read with it, if they were.

    `answered` is what the entry answers, where it is new.
    """
    before, after = change.before, change.after
    was, now = _counted(before), _counted(after)
    return Beside(
        threads=tuple(_threads(world, change, was, now, thread)),
        things=tuple(_things(world, was, now, thing)),
        todo=_todo(world, before, after, answered),
        deeds=_deeds(change, was),
    )


def _counted(communication: Communication | None) -> Entry | None:
    return communication.entry if communication and communication.counts else None


def _threads(world: World, change: Change, was: Entry | None, now: Entry | None, known: Thread | None) -> list[Thread]:
    old, new = (one.thread_id if one else None for one in (was, now))
    touched = {one for one in (old, new) if one}
    if old == new and was and now and was.preview == now.preview:
        return []
    found = []
    for thread_id in sorted(touched):
        thread = known if known and known.id == thread_id else world.threads.get(thread_id)
        if thread is None:
            continue
        if was and old == thread_id != new:
            latest = _left(world, Index.THREAD, thread_id, was) if thread.latest_id == was.id else None
            found.append(thread.without(was, latest))
        elif now and new == thread_id != old:
            # What was written before and is said only now is said now.
            later = change.before is not None and now.direction is Direction.OUTBOUND
            found.append(thread.after(now, change.row.at if later else now.occurred_at))
        elif now and thread.latest_id == now.id:
            found.append(replace(thread, preview=now.preview, version=thread.version + 1))
    return found


def _things(world: World, was: Entry | None, now: Entry | None, known: Thing | None) -> list[Thing]:
    old, new = (one.regarding.key if one and one.regarding else None for one in (was, now))
    if old == new and not (was and now and (was.party, was.client) != (now.party, now.client)):
        return []
    found: list[Thing] = []
    for key in sorted({one for one in (old, new) if one}):
        thing = known if known and known.key == key else world.overview.get(key)
        if old == new:
            if thing and now and thing.latest_id == now.id:
                found.append(replace(thing, party=now.party, client=now.client, version=thing.version + 1))
        elif key == old and was and thing:
            latest = _left(world, Index.REGARDING, key, was) if thing.latest_id == was.id else None
            found.append(thing.without(was, latest))
        elif key == new and now:
            found.append(thing.after(now) if thing else overview.first(key, now))
    return found


def _left(world: World, index: Index, key: str, gone: Entry) -> Entry | None:
    """The newest that counts and remains; looked for among the newest few hundred."""
    below: str | None = last_id(Kind.COMMUNICATION, gone.occurred_at)
    for _ in range(_PAGES):
        page = world.log.page(index, key, above=f"{Kind.COMMUNICATION}_", below=below or "", limit=_PAGE)
        for one in page.items:
            if one.id != gone.id and one.counts:
                return one
        below = page.after
        if below is None:
            break
    return None


def _todo(
    world: World, before: Communication | None, after: Communication, answered: Entry | None
) -> todos.Todo | None:
    wanted = todos.wanted(before, after, answered)
    if wanted is None:
        if before is None or before.entry.owned == after.entry.owned:
            return None
        return todos.moved_with(world.todos.get(todos.id_for(after.id)), before.entry, after.entry)
    return todos.brought_up_to_date(world.todos.get(wanted.id) if before else None, wanted)


def _deeds(change: Change, was: Entry | None) -> tuple[Deed, ...]:
    """Whoever saw it under its party before is told that it went: not where to, nor why, which may name whom they do not see."""
    if was is None or was.party.id == change.after.entry.party.id:
        return ()
    row = change.row
    return (Deed(about=was.party.id, at=row.at, actor=row.actor, event="filed elsewhere", party_id=was.party.id),)
