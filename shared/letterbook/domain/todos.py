"""What somebody has to do about a communication or a party."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from letterbook.domain import ids
from letterbook.domain.access import Ownership
from letterbook.domain.communication import SYSTEM, Actor, Communication, Direction, Entry
from letterbook.domain.receipts import Signal
from letterbook.domain.references import Regarding
from letterbook.domain.status import Status, StatusGroup
from letterbook.domain.visible import isolated

# Where what came in says whom something did not reach (its metadata).
NOT_DELIVERED = "not_delivered"
# As long as a title that somebody gives may be.
LONGEST_TITLE = 998


class TodoStatus(StrEnum):
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """`owned` tells who sees it: as its communication is seen, or its party. `assignee` is a user's id.

    `failed_at` is when what it is about failed, by whoever told us. `done_at` is up to when what failed was seen to by a person,
    who did it then; what came to its end by itself has none. `done_by` says by whom or what it was done, where that is known.
    `answered_by` is what answered what it is about, and so did it. `named`: a person gave it its title.
    """

    id: str
    title: str
    owned: Ownership
    due_date: date | None = None
    subject: Regarding | None = None
    communication_id: str | None = None
    assignee: str | None = None
    status: TodoStatus = TodoStatus.OPEN
    created_at: datetime
    created_by: Actor
    failed_at: datetime | None = None
    done_at: datetime | None = None
    done_by: str = ""
    named: bool = False
    answered_by: str | None = None
    version: int = 1

    def amended(self, at: datetime, status: TodoStatus | None, title: str | None, due_date: date | None) -> "Todo":
        """As a person wants it at `at`; without a status or a title it keeps its own."""
        done_at = self.done_at
        if status is TodoStatus.OPEN:
            done_at = None
        elif status is TodoStatus.DONE:
            # A provider's clock may be ahead of ours.
            done_at = max(at, self.failed_at or at)
        return replace(
            self,
            status=status or self.status,
            done_at=done_at,
            done_by="" if status else self.done_by,
            answered_by=None if status else self.answered_by,
            title=title or self.title,
            named=self.named or bool(title and title != self.title),
            due_date=due_date,
        )


# Where what has no date stands: behind all that has one.
NO_DATE = "9999-12-31"


def sort_key(todo: Todo) -> str:
    """Where it stands among others: by the date it is due, those without one last."""
    return f"{todo.due_date.isoformat() if todo.due_date else NO_DATE}#{todo.id}"


def id_for(communication_id: str) -> str:
    """A communication has one TODO at most that was made by itself, so making it twice makes one."""
    return f"{ids.Kind.TODO}_{communication_id.partition('_')[2]}"


def refusal_id(entry: Entry) -> str:
    """The TODO that says why it was not sent again, where that was ordered with many others."""
    return ids.id_from(ids.Kind.TODO, entry.occurred_at, f"refused {entry.id}".encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class TodoChange:
    """What a change makes of the TODO of its entry: an open one, or the end of it, `by` something."""

    id: str
    open: Todo | None = None
    by: str = ""


def todo_change_for(
    before: Communication | None, after: Communication, answered: Entry | None = None
) -> TodoChange | None:
    """What a change asks of somebody, if it asks anything: to follow up a call, to read what came in, to see to a failure.

    `answered` is what the entry answers, where it is new; what was said to another party is not answered.
    """
    entry, old = after.entry, before.entry if before else None
    done = TodoChange(id=id_for(entry.id))
    if after.deleted:
        return done
    calls, called = _follow_up(entry), _follow_up(old) if old else None
    if calls != called:
        return _open_todo(after, entry.phone.followup_notes or _follow(entry)) if entry.phone and calls else done
    by_hand = entry.status is Status.MANUAL_PENDING
    if by_hand and (old is None or old.status is not Status.MANUAL_PENDING):
        return _open_todo(after, f"Deliver by hand to {isolated(entry.party.name)}: {entry.subject or entry.preview}")
    if asked := _for_what_is_missing(before, after) or _for_its_provider(before, after):
        return asked
    if old is None:
        return _for_inbound(after, answered if answered and answered.party.id == entry.party.id else None)
    if old.status is Status.MANUAL_PENDING and not by_hand:
        return done
    failed = (entry.failure, entry.failed_at)
    if entry.needs_somebody and (not old.needs_somebody or (old.failure, old.failed_at) != failed):
        why = entry.failure.words.reason if entry.failure else "whether it was taken is not known."
        return _open_todo(after, f"Not delivered to {isolated(entry.party.name)}: {why}")
    ended = old.needs_somebody or (old.group is StatusGroup.FAILED and entry.group is not StatusGroup.FAILED)
    otherwise = (old.settled, old.overtaken) != (entry.settled, entry.overtaken) and entry.is_put_right
    return done if (ended or otherwise) and not entry.needs_somebody else None


def _for_what_is_missing(before: Communication | None, after: Communication) -> TodoChange | None:
    """Somebody has to bring what a message has waited for too long; once it has it, or waits no more, that is done."""
    was, now = (bool(one and Signal.DATA_MISSING in one.entry.hints) for one in (before, after))
    entry = after.entry
    if now and (before is None or not was or before.awaits != after.awaits):
        what = f"{entry.channel.spec.label} to {isolated(entry.party.name)}: {entry.subject or entry.preview}"
        return _open_todo(after, f"Bring {', '.join(after.awaits)} ({what})")
    return TodoChange(id=id_for(entry.id)) if was and not now and not entry.needs_somebody else None


def _for_its_provider(before: Communication | None, after: Communication) -> TodoChange | None:
    """Its provider waits for somebody to do something, until it says something else."""
    was, now = (
        one.entry.word if one and Signal.ACTION_REQUIRED in one.entry.hints else None for one in (before, after)
    )
    entry = after.entry
    if now and now != was:
        what = f"{entry.channel.spec.label} to {isolated(entry.party.name)}: {entry.subject or entry.preview}"
        return _open_todo(after, f"{now.words} ({what})")
    return TodoChange(id=id_for(entry.id)) if was and not now and not entry.needs_somebody else None


def merged(current: Todo | None, asked: TodoChange) -> Todo | None:
    """The TODO as it shall be written; None where there is nothing to write.

    What a person did stays done until something fails later than that, by the provider's time; the title and the date that they
    gave it stay theirs.
    """
    if asked.open is None:
        known = current is not None and current.status is TodoStatus.DONE
        if current is None or (known and (current.done_at or not asked.by or asked.by == current.done_by)):
            return None
        return replace(current, status=TodoStatus.DONE, done_by=asked.by, version=current.version + 1)
    if current is None:
        return asked.open
    after = replace(asked.open, created_at=current.created_at, version=current.version)
    if after.failed_at is not None:
        seen_to = current.done_at is not None and after.failed_at <= current.done_at
        after = replace(
            after,
            title=current.title if current.named else after.title,
            named=current.named,
            due_date=current.due_date,
            status=TodoStatus.DONE if seen_to else TodoStatus.OPEN,
            done_at=current.done_at,
        )
    return None if after == current else replace(after, version=current.version + 1)


def moved_with(current: Todo | None, was: Entry, now: Entry) -> Todo | None:
    """The TODO of an entry that belongs elsewhere now; None where there is none. It names whom it is from as it is now."""
    if current is None:
        return None
    title, name = current.title, was.party.name
    if was.party.id != now.party.id and title.startswith(name):
        title = (now.party.name + title.removeprefix(name))[:LONGEST_TITLE]
    return replace(current, title=title, owned=now.ownership, subject=now.regarding, version=current.version + 1)


def _follow_up(entry: Entry) -> tuple[object, ...] | None:
    call = entry.phone
    return (call.followup_date, call.followup_notes) if call and call.requires_followup else None


def _follow(entry: Entry) -> str:
    return f"Follow up: {entry.subject}, {isolated(entry.party.name)}"


def _for_inbound(came_in: Communication, answered: Entry | None) -> TodoChange | None:
    """Whoever wrote what is answered shall read the answer, and somebody what came by mail.

    What came by itself asks nothing, but where it says that something of ours did not arrive.
    """
    entry = came_in.entry
    by_mail = entry.created_by == SYSTEM
    if Signal.REPORT_UNMATCHED in entry.signals:
        whom = came_in.metadata.get(NOT_DELIVERED) or isolated(entry.party.name)
        return _open_todo(came_in, f"A message was not delivered to {whom}: {entry.subject or entry.preview}", SYSTEM)
    if entry.direction is not Direction.INBOUND or Signal.AUTO_REPLY in entry.signals or not (answered or by_mail):
        return None
    what = entry.subject or entry.preview
    if answered:
        return _open_todo(came_in, f"{isolated(entry.party.name)} answered: {what}", answered.created_by)
    return _open_todo(came_in, f"{isolated(entry.party.name)} wrote: {what}", SYSTEM)


def _open_todo(communication: Communication, title: str, of: Actor | None = None) -> TodoChange:
    entry, whom = communication.entry, of or communication.entry.created_by
    todo = Todo(
        id=id_for(entry.id),
        title=title[:LONGEST_TITLE],
        owned=entry.ownership,
        due_date=entry.phone.followup_date if entry.phone else None,
        failed_at=entry.failed_at,
        subject=entry.regarding,
        communication_id=entry.id,
        assignee=None if whom == SYSTEM else whom.id,
        created_at=entry.created_at,
        created_by=entry.created_by,
    )
    return TodoChange(id=todo.id, open=todo)
