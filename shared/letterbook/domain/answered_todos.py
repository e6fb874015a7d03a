"""What somebody has to do about what came in is done by the answer to it, for as long as that is said."""

from dataclasses import replace

from letterbook.domain.communication import Communication, Direction, Entry
from letterbook.domain.receipts import Signal
from letterbook.domain.status import Status
from letterbook.domain.todos import Todo, TodoStatus

# What is not said yet, or will not be.
_UNSAID = frozenset({Status.DRAFT, Status.SKIPPED, Status.CANCELLED})


def may_answer(before: Communication | None, after: Communication) -> bool:
    """Whether a change makes an answer of an entry, or takes one back: only then is the TODO of what it answers looked at."""
    return after.in_reply_to is not None and _answers(before) is not _answers(after)


def todo_after_answer(current: Todo | None, after: Communication, answered: Entry | None) -> Todo | None:
    """The TODO of what an entry answers, as it shall be written after a change that `may_answer`; None where it stays.

    `answered` is what it answers, where it is new. Nobody's TODO is done by what is said to another party, nor by what corrects
    a message of ours. What a person did, or opened again, stays.
    """
    if current is None:
        return None
    if not _answers(after):
        return _changed(current, TodoStatus.OPEN, None) if current.answered_by == after.id else None
    own = answered and answered.direction is Direction.INBOUND and answered.party.id == after.entry.party.id
    return _changed(current, TodoStatus.DONE, after.id) if own and current.status is TodoStatus.OPEN else None


def _answers(communication: Communication | None) -> bool:
    if communication is None or communication.deleted:
        return False
    entry = communication.entry
    by_itself = Signal.KEYWORD in entry.signals
    said = entry.direction is Direction.OUTBOUND and entry.status not in _UNSAID and not by_itself
    return said and not entry.channel.spec.is_internal


def _changed(current: Todo, status: TodoStatus, answered_by: str | None) -> Todo:
    return replace(current, status=status, answered_by=answered_by, version=current.version + 1)
