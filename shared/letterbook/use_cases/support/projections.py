"""What is kept beside an entry: its thread, the thing it regards, what somebody has to do about it.

Worked out for every change alike, so that however an entry changes, no count and no preview tells of what does not count.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from letterbook.domain import overview, todos
from letterbook.domain.answered_todos import may_answer, todo_after_answer
from letterbook.domain.attempts import told_of
from letterbook.domain.communication import Communication, Direction, Entry
from letterbook.domain.history import MERGED, AuditEvent
from letterbook.domain.ids import Kind, last_id
from letterbook.domain.overview import OverviewRow, Place
from letterbook.domain.threads import Thread
from letterbook.domain.transitions import Change
from letterbook.ports import Index, RelatedWrites, World

_PAGE, _PAGES = 50, 10
# Clocks differ, and what was logged may be so much ahead of ours.
_CLOCKS = timedelta(days=1)


def project(
    world: World,
    change: Change,
    *,
    thread: Thread | None = None,
    overview_rows: Sequence[OverviewRow] = (),
    answered: Entry | None = None,
) -> RelatedWrites:
    """What the transaction of this change writes besides the entry; `thread` and `overview_rows` as they were read with it, if
    they were.

    `answered` is what the entry answers, where it is new.
    """
    before, after = change.before, change.after
    was, now = _counted(before), _counted(after)
    return RelatedWrites(
        threads=tuple(_threads(world, change, was, now, thread)),
        overview_rows=tuple(_overview_rows(world, was, now, overview_rows)),
        todos=tuple(_todos(world, change, answered)),
        audit_events=_deeds(change, was),
    )


def _counted(communication: Communication | None) -> Entry | None:
    return communication.entry if communication and communication.is_counted else None


def _threads(
    world: World, change: Change, previous: Entry | None, now: Entry | None, known: Thread | None
) -> list[Thread]:
    old, new = (one.thread_id if one else None for one in (previous, now))
    touched = {one for one in (old, new) if one}
    if old == new and previous and now and previous.preview == now.preview:
        return []
    found = []
    for thread_id in sorted(touched):
        thread = known if known and known.id == thread_id else world.threads.get(thread_id)
        if thread is None:
            continue
        if previous and old == thread_id != new:
            latest = _left(world, Index.THREAD, thread_id, previous) if thread.latest_id == previous.id else None
            found.append(thread.removing(previous, latest))
        elif now and new == thread_id != old:
            # What was written before and is said only now is said now.
            later = change.before is not None and now.direction is Direction.OUTBOUND
            found.append(thread.after(now, change.row.at if later else now.occurred_at))
        elif now and thread.latest_id == now.id:
            found.append(replace(thread, preview=now.preview, version=thread.version + 1))
    return found


def _overview_rows(
    world: World, previous: Entry | None, now: Entry | None, known: Sequence[OverviewRow]
) -> list[OverviewRow]:
    old, new = (overview.place_of(one) if one else None for one in (previous, now))
    if previous and now and old and old == new:
        return _with_latest(world, old, now) if (previous.party, previous.client) != (now.party, now.client) else []
    found: list[OverviewRow] = []
    for place, gone, come in ((old, previous, None), (new, None, now)):
        if place:
            thing = next((one for one in known if one.owner and one.place == place), None) or world.overview.get(place)
            found += _changed(world, place, thing, gone, come)
    return found


def _changed(
    world: World, place: Place, row: OverviewRow | None, gone: Entry | None, come: Entry | None
) -> list[OverviewRow]:
    """The row of a place where one entry went or came."""
    if row and not row.owner:
        return _on_its_own(world, place, row, gone, come)
    if come:
        return [row.after(come) if row else overview.first_row(place, come)]
    if row is None or gone is None:
        return []
    latest = _left(world, Index.REGARDING, place.key, gone) if row.latest_id == gone.id else None
    return [row.removing(gone, latest)]


def _on_its_own(
    world: World, place: Place, shared: OverviewRow, gone: Entry | None, come: Entry | None
) -> list[OverviewRow]:
    """The first row of a place that shared one with other owners, counted from the entries themselves.

    The shared one goes when whom it belongs to has a row: for everybody else it never was theirs.
    """
    at_hand = come or gone
    standing = _newest(world, Index.REGARDING, place.key, last_id(Kind.COMMUNICATION, world.now() + _CLOCKS))
    entries = [
        one for one in standing if one.is_counted and _is_at(place, one) and not (at_hand and one.id == at_hand.id)
    ]
    entries += [come] if come else []
    latest = max(entries, key=lambda one: one.id, default=None)
    own = [overview.first_row(place, latest, len(entries))] if latest else []
    return own + ([shared.retired] if shared.attempts and shared.place == place else [])


def _with_latest(world: World, place: Place, now: Entry) -> list[OverviewRow]:
    """It stays where it is and is with somebody else: a row tells with whom the latest is."""
    row = world.overview.get(place)
    return [row.with_latest(now)] if row and row.owner and row.latest_id == now.id else []


def _left(world: World, index: Index, key: str, gone: Entry) -> Entry | None:
    """The newest that counts and remains, of the same owner; looked for among the newest few hundred, which lag behind."""
    place = overview.place_of(gone)

    def remains(one: Entry) -> bool:
        return one.is_counted and (one.thread_id == key if index is Index.THREAD else _is_at(place, one))

    for one in _newest(world, index, key, last_id(Kind.COMMUNICATION, gone.occurred_at)):
        if one.id != gone.id and remains(one):
            current = world.communications.entries([one.id], now=True).get(one.id)
            if current and remains(current):
                return current
    return None


def _is_at(place: Place | None, entry: Entry) -> bool:
    return overview.place_of(entry) == place


def _newest(world: World, index: Index, key: str, below: str) -> Iterator[Entry]:
    on: str | None = below
    for _ in range(_PAGES):
        page = world.communications.page(index, key, above=f"{Kind.COMMUNICATION}_", below=on or "", limit=_PAGE)
        yield from page.items
        on = page.after
        if on is None:
            return


def _todos(world: World, change: Change, answered: Entry | None) -> Iterator[todos.Todo]:
    before, after = change.before, change.after
    written = [_own_todo(world, change, answered)]
    seen_to = before is not None and before.entry.needs_somebody and not after.entry.needs_somebody
    if seen_to or change.ends_draft:
        # Whoever ordered it to be sent, or sent again, with many others was told why it was not.
        refused = todos.TodoChange(id=todos.refusal_id(after.entry), by=done_by(world, after.entry, change.row.at))
        written.append(todos.merged(world.todos.get(refused.id), refused))
    if after.in_reply_to and may_answer(before, after):
        written.append(todo_after_answer(world.todos.get(todos.id_for(after.in_reply_to)), after, answered))
    yield from (one for one in written if one)


def _own_todo(world: World, change: Change, answered: Entry | None) -> todos.Todo | None:
    before, after = change.before, change.after
    wanted = todos.todo_change_for(before, after, answered)
    if wanted is None:
        if before is None or before.entry.ownership == after.entry.ownership:
            return None
        return todos.moved_with(world.todos.get(todos.id_for(after.id)), before.entry, after.entry)
    by = "" if wanted.open else done_by(world, after.entry, change.row.at)
    return todos.merged(world.todos.get(wanted.id) if before else None, replace(wanted, by=by))


def done_by(world: World, entry: Entry, now: datetime) -> str:
    """Who or what put a failure right, in words; nothing where it arrived after all."""
    if entry.settled:
        return told_of(entry.settled, world.settings.current().zone, now)
    if entry.overtaken:
        return f"attempt {entry.overtaken.number}, which stands in its place"
    if entry.seen_to:
        return f"{entry.seen_to.by.name}: {entry.seen_to.note}"
    return f"{entry.ignored_by.name}, who ignored it" if entry.ignored and entry.ignored_by else ""


def _deeds(change: Change, previous: Entry | None) -> tuple[AuditEvent, ...]:
    """Whoever saw it under its party before is told that it went: not where to, nor why, which may name whom they do not see."""
    row = change.row
    if previous is None or previous.party.id == change.after.entry.party.id or row.event == MERGED:
        return ()
    return (
        AuditEvent(
            about=previous.party.id, at=row.at, actor=row.actor, event="filed elsewhere", party_id=previous.party.id
        ),
    )
