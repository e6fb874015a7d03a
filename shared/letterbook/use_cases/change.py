"""Changes a communication that others may be changing too: read, decide, write where it still stands, or again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, overload

from letterbook.domain.communication import Communication, Direction
from letterbook.domain.errors import Moved, NotFound
from letterbook.domain.failures import FailureCode
from letterbook.domain.moves import Change
from letterbook.domain.status import Group, Status
from letterbook.ports import ALONE, Beside, World
from letterbook.tries import tries

# Whether an unconfirmed one arrived nobody knows: it is never said elsewhere by itself.
_FAILED = frozenset({Status.FAILED, Status.REJECTED})
# Who wants nothing on a channel is asked by a person before another is used; and where there was no other way, there is none.
_FOR_PEOPLE = frozenset({FailureCode.OPTED_OUT, FailureCode.MISSING_CONTACT})
# Servers that turn a message away for now, and automatic answers that look like it, are followed by the delivery within minutes.
_MAY_STILL_ARRIVE = timedelta(minutes=30)


@overload
def change(world: World, communication_id: str, decide: Callable[[Communication], Change]) -> Change: ...
@overload
def change(world: World, communication_id: str, decide: Callable[[Communication], Change | None]) -> Change | None: ...
def change(world: World, communication_id: str, decide: Callable[[Communication], Change | None]) -> Change | None:
    """The change that was made. `decide` may answer None to leave the communication alone, and may be asked several times.

    Raises NotFound, Moved when others keep writing, and what `decide` or the log raise.
    """
    for _ in tries():
        communication = world.log.get(communication_id)
        if communication is None:
            raise NotFound("There is no such communication.")
        wanted = decide(communication)
        if wanted is None:
            return None
        wanted = _with_fallback(world, wanted)
        try:
            world.log.commit(wanted, None, kept_beside(world, wanted))
        except Moved:
            continue
        return wanted
    raise Moved(communication_id)


def _with_fallback(world: World, change: Change) -> Change:
    """What has just failed is due to fall back, where the settings say so; at once, unless it may arrive after all."""
    before, after = change.before, change.after
    status, failure = after.entry.status, after.entry.failure
    if status not in _FAILED or after.entry.ignored or after.work.check_at:
        return change
    known = before is not None and before.entry.status in _FAILED
    if before and known and (before.entry.status is status or before.work.check_at is None):
        return change
    if failure is None or failure.code in _FOR_PEOPLE or not world.library.organisation().fallback.after_failure:
        return change
    due = change.row.at if failure.permanent else change.row.at + _MAY_STILL_ARRIVE
    return replace(change, after=replace(after, work=replace(after.work, check_at=due)))


def kept_beside(world: World, change: Change, **known: Any) -> Beside:
    """See use_cases/beside.py, which is asked only where there may be something: every cold start would wait for it."""
    if _stands_alone(change.after) and (change.before is None or _stands_alone(change.before)):
        return ALONE
    from letterbook.use_cases.beside import beside

    return beside(world, change, **known)


def _stands_alone(communication: Communication) -> bool:
    entry = communication.entry
    asks_nothing = entry.group is not Group.FAILED and entry.status is not Status.MANUAL_PENDING and entry.phone is None
    said = entry.direction is Direction.OUTBOUND and not communication.deleted
    return said and asks_nothing and entry.thread_id is None and entry.regarding is None
