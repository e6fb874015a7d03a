"""Changes a communication that others may be changing too: read, decide, write where it still stands, or again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, overload

from letterbook.domain.communication import Communication, Direction
from letterbook.domain.errors import NotFound
from letterbook.domain.fallback import due_to_fall_back, may_fall_back, tells_of_failure
from letterbook.domain.status import Status, StatusGroup
from letterbook.domain.transitions import Change
from letterbook.ports import NO_RELATED_WRITES, RelatedWrites, World
from letterbook.retry import retry_on_conflict


@overload
def update_communication(
    world: World,
    communication_id: str,
    decide: Callable[[Communication], Change],
    known: Communication | None = None,
) -> Change: ...
@overload
def update_communication(
    world: World,
    communication_id: str,
    decide: Callable[[Communication], Change | None],
    known: Communication | None = None,
) -> Change | None: ...
def update_communication(
    world: World,
    communication_id: str,
    decide: Callable[[Communication], Change | None],
    known: Communication | None = None,
) -> Change | None:
    """The change that was made. `decide` may answer None to leave the communication alone, and may be asked several times.

    `known` is the communication as it was just read: it is read again only where somebody was faster.

    Raises NotFound, ConcurrentUpdate when others keep writing, and what `decide` or the log raise.
    """

    def attempt() -> Change | None:
        nonlocal known
        current, known = known or world.communications.get(communication_id), None
        if current is None:
            raise NotFound("There is no such communication.")
        change = decide(current)
        if change is None:
            return None
        change, related = followed_up(world, change)
        world.communications.commit(change, None, related)
        return change

    return retry_on_conflict(attempt)


def followed_up(world: World, change: Change) -> tuple[Change, RelatedWrites]:
    """The change with what it means for falling back and for other attempts, and what is to be written beside it."""
    return _with_attempts(world, _with_fallback(world, change))


def _with_fallback(world: World, change: Change) -> Change:
    """What has just failed is due to fall back, where the settings say so."""
    after, before = change.after, change.before.entry if change.before else None
    if not tells_of_failure(before, after.entry):
        return change
    was_due = change.before.work.check_at if change.before and before and may_fall_back(before) else None
    due = due_to_fall_back(before, after.entry, was_due, change.row.at)
    if due and not was_due and not world.settings.current().fallback.after_failure:
        due = None
    return change if due == after.work.check_at else replace(change, after=_due_at(after, due))


def _due_at(communication: Communication, at: datetime | None) -> Communication:
    return replace(communication, work=replace(communication.work, check_at=at))


def _with_attempts(world: World, change: Change) -> tuple[Change, RelatedWrites]:
    """See standing.py, which is asked only where another attempt may stand otherwise, or failing itself."""
    groups = {one.entry.group for one in (change.before, change.after) if one}
    if change.after.entry.first_attempt is None and StatusGroup.FAILED not in groups:
        return change, related_writes(world, change)
    from letterbook.use_cases.support.standing import stands

    return stands(world, change)


def related_writes(world: World, change: Change, **known: Any) -> RelatedWrites:
    """See projections.py, which is asked only where there may be something: every cold start would wait for it."""
    alone = all(_stands_alone(one) for one in (change.before, change.after) if one)
    if alone and not change.ends_draft:
        return NO_RELATED_WRITES
    from letterbook.use_cases.support.projections import project

    return project(world, change, **known)


def _stands_alone(communication: Communication) -> bool:
    entry = communication.entry
    asks_nothing = (
        entry.group is not StatusGroup.FAILED
        and entry.status not in (Status.MANUAL_PENDING, Status.COLLECTING)
        and entry.phone is None
        and not (entry.word and entry.word.action_required)
    )
    said = entry.direction is Direction.OUTBOUND and not communication.deleted and communication.in_reply_to is None
    return said and asks_nothing and entry.thread_id is None and entry.regarding is None
