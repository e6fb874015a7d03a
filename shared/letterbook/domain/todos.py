"""What somebody has to do about a communication or a party."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from letterbook.domain import ids
from letterbook.domain.access import Owned
from letterbook.domain.communication import Actor, Communication, Regarding
from letterbook.domain.failures import WORDS
from letterbook.domain.status import Group


class TodoStatus(StrEnum):
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """`owned` tells who sees it: as its communication is seen, or its party. `assignee` is a user's id."""

    id: str
    title: str
    owned: Owned
    due_date: date | None = None
    subject: Regarding | None = None
    communication_id: str | None = None
    assignee: str | None = None
    status: TodoStatus = TodoStatus.OPEN
    created_at: datetime
    created_by: Actor
    version: int = 1


def id_for(communication_id: str) -> str:
    """A communication has one TODO at most that was made by itself, so making it twice makes one."""
    return f"{ids.Kind.TODO}_{communication_id.partition('_')[2]}"


def todo_for(before: Communication | None, after: Communication) -> Todo | None:
    """What a change asks of somebody, if it asks anything: to follow up a call, to read an answer, to see to a failure."""
    if after.deleted:
        return _about(after, "", TodoStatus.DONE) if before and todo_for(None, before) else None
    entry, old = after.entry, before.entry if before else None
    if entry.phone and entry.phone.requires_followup and (old is None or old.phone != entry.phone):
        return _about(after, entry.phone.followup_notes or f"Follow up: {entry.subject}, {entry.party.name}")
    failed, had_failed = entry.group is Group.FAILED, old is not None and old.group is Group.FAILED
    if failed and not had_failed:
        why = WORDS[entry.failure.code].reason if entry.failure else "whether it was taken is not known."
        return _about(after, f"Not delivered to {entry.party.name}: {why}")
    if had_failed and not failed:
        return _about(after, f"Delivered to {entry.party.name} after all", TodoStatus.DONE)
    return None


def todo_for_reply(reply: Communication, author: Actor) -> Todo:
    """Whoever wrote what is answered shall read the answer."""
    return _about(reply, f"{reply.entry.party.name} answered: {reply.entry.subject or reply.entry.preview}", by=author)


def _about(
    communication: Communication, title: str, status: TodoStatus = TodoStatus.OPEN, *, by: Actor | None = None
) -> Todo:
    entry = communication.entry
    return Todo(
        id=id_for(entry.id),
        title=title,
        owned=entry.owned,
        due_date=entry.phone.followup_date if entry.phone else None,
        subject=entry.regarding,
        communication_id=entry.id,
        assignee=(by or entry.created_by).id,
        status=status,
        created_at=entry.created_at,
        created_by=entry.created_by,
        version=communication.chain.length,
    )
