"""What a change of one attempt means for the others that say the same: which of them needs somebody still.

It is written in the transaction of the change, on top of the version of the attempts. So whoever dies has written all of it or
nothing; of two changes at once the later one sees the earlier; and as it follows from how all of them stand, order cannot matter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from letterbook.domain.attempts import Attempts, bearing, single_attempt, standing, told_of
from letterbook.domain.communication import Communication, Entry
from letterbook.domain.status import StatusGroup
from letterbook.domain.transitions import Change, updated
from letterbook.ports import RelatedWrites, World
from letterbook.use_cases.support.projections import project


def stands(world: World, change: Change) -> tuple[Change, RelatedWrites]:
    """The change with how its own entry stands among its attempts, and what is written beside: how the earlier ones stand by it."""
    entry = change.after.entry
    if bearing(change.before.entry if change.before else None) == bearing(entry):
        return change, project(world, change)
    if entry.first_attempt is None and entry.group is not StatusGroup.FAILED:
        change = _standing_as(change, standing(entry, ()))
        return change, project(world, change)
    attempts = world.attempts.get(entry.first_attempt or entry.id) or single_attempt(change.after)
    own = _in_order(world, attempts, entry)
    place = own.index(entry)
    change = _standing_as(change, standing(entry, own[place + 1 :]))
    others = tuple(_earlier(world, own, place, change))
    kept = project(world, change)
    beside = [project(world, one) for one in others]
    return change, replace(
        kept,
        attempts=attempts.moved,
        others=others,
        todos=(*kept.todos, *(todo for one in beside for todo in one.todos)),
    )


def _in_order(world: World, attempts: Attempts, entry: Entry) -> Sequence[Entry]:
    """As they are now, those that were deleted left out; `entry` as it is to be."""
    others = [one for one in attempts.ids if one != entry.id]
    entries = {**(world.communications.entries(others, now=True) if others else {}), entry.id: entry}
    return [entries[one] for one in attempts.ids if one in entries] if entry.id in attempts.ids else [entry]


def _earlier(world: World, own: Sequence[Entry], place: int, change: Change) -> Iterator[Change]:
    """The changes of those that stand otherwise by what changed."""
    for number, one in enumerate(own[:place]):
        later = own[number + 1 :]
        if standing(one, later) == one:
            continue
        current = world.communications.get(one.id)
        if current and not current.deleted:
            yield _restood(world, current, standing(current.entry, later), change)


def _restood(world: World, current: Communication, entry: Entry, change: Change) -> Change:
    told = entry.settled or entry.overtaken
    event = "settled" if entry.settled else "overtaken" if entry.overtaken else "stands again"
    note = f"by {told_of(told, world.settings.current().zone, change.row.at)}" if told else ""
    return updated(current, replace(current, entry=entry), at=change.row.at, event=event, note=note)


def _standing_as(change: Change, entry: Entry) -> Change:
    return replace(change, after=replace(change.after, entry=entry))
