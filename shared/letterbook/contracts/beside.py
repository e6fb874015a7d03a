"""Threads, subjects, the overview, TODOs and the activity log at the border."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer, StringConstraints

from letterbook.contracts.communications import RegardingBody
from letterbook.contracts.entries import EntryView, PartyRefView, RegardingView
from letterbook.contracts.fields import (
    Body,
    CaseId,
    CommunicationId,
    Day,
    DocumentId,
    Line,
    LongLine,
    PartyId,
    Time,
    View,
)
from letterbook.domain.access import Ownership
from letterbook.domain.communication import Actor, Regarding
from letterbook.domain.history import AuditEvent, HistoryRow, Outcome
from letterbook.domain.status import Status
from letterbook.domain.subjects import RegardedRecord
from letterbook.domain.threads import Thread, ThreadKind, ThreadStatus
from letterbook.domain.todos import Todo, TodoStatus

# Amounts are decimal: in JSON a string of digits, or a number, never rounded by binary.
Amount = Annotated[Decimal, Field(max_digits=18, decimal_places=4, strict=False)]
_AmountView = Annotated[Decimal, PlainSerializer(lambda value: f"{value:f}", return_type=str)]
Link = Annotated[Line, StringConstraints(pattern=r"^https?://", max_length=500)]


class SubjectBody(Body):
    """As the other system has it. What is left out is not known; `url` leads to it there."""

    version: int | None = None
    party_id: PartyId | None = None
    label: Line | None = None
    url: Link | None = None
    date: Day | None = None
    due_date: Day | None = None
    amount: Amount | None = None
    outstanding: Amount | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    status: Line | None = None
    document_id: DocumentId | None = None

    def subject(self, type_: str, subject_id: str) -> RegardedRecord:
        return RegardedRecord(type=type_, id=subject_id, **self.model_dump(exclude={"version"}))


class SubjectView(View):
    type: str
    id: str
    party_id: str | None
    label: str | None
    url: str | None
    date: Day | None
    due_date: Day | None
    amount: _AmountView | None
    outstanding: _AmountView | None
    currency: str | None
    status: str | None
    document_id: str | None
    version: int


class ThreadBody(Body):
    party_id: PartyId
    case_id: CaseId | None = None
    subject: LongLine
    kind: ThreadKind = ThreadKind.GENERAL

    def thread(self, author: Actor, now: datetime) -> Thread:
        return Thread(id="", last_activity_at=now, created_at=now, created_by=author, **self.model_dump())


class ThreadPatch(Body):
    subject: LongLine | None = None
    status: ThreadStatus | None = None


class ThreadView(View):
    id: str
    party_id: str
    case_id: str | None
    subject: str
    kind: ThreadKind
    status: ThreadStatus
    messages: int
    last_activity_at: Time
    created_at: Time
    created_by: Actor
    preview: str
    version: int


class TodoBody(Body):
    """`party_id` may be left out where `communication_id` says whom it is about."""

    title: LongLine
    party_id: PartyId | None = None
    communication_id: CommunicationId | None = None
    due_date: Day | None = None
    subject: RegardingBody | None = None

    def todo(self, author: Actor, now: datetime) -> Todo:
        return Todo(
            id="",
            title=self.title,
            owned=Ownership(party_id=self.party_id or "", client_id=None, case_id=None, restricted=False),
            due_date=self.due_date,
            subject=Regarding(type=self.subject.type, id=self.subject.id) if self.subject else None,
            communication_id=self.communication_id,
            assignee=author.id,
            created_at=now,
            created_by=author,
        )


class TodoPatch(Body):
    title: LongLine | None = None
    status: TodoStatus | None = None
    due_date: Day | None = None


class TodoView(View):
    id: str
    title: str
    party_id: str
    due_date: Day | None
    subject: RegardingView | None
    communication_id: str | None
    assignee: str | None
    status: TodoStatus
    created_at: Time
    created_by: Actor
    version: int


def todo_view(todo: Todo) -> TodoView:
    own = {name: getattr(todo, name) for name in TodoView.model_fields if name not in ("party_id", "subject")}
    subject = RegardingView.of(todo.subject) if todo.subject else None
    return TodoView(party_id=todo.owned.party_id, subject=subject, **own)


class OverviewView(View):
    """One row for each thing that entries regard: how many, and the latest of them."""

    regarding: RegardingView
    party: PartyRefView
    attempts: int
    latest: EntryView


class ActivityView(View):
    """One thing that happened: to a communication, or to the party, contact, case or grant that `about` names.

    `changed` are the fields that were amended; what they said before stands in the communication's own history.
    """

    about: str
    communication_id: str | None
    at: Time
    actor: Actor
    event: str
    note: str
    status: Status | None
    provider: str | None
    code: str | None
    event_at: Time | None
    outcome: Outcome | None
    changed: list[str]
    was: dict[str, str]


def activity_view(about: str, row: HistoryRow | AuditEvent) -> ActivityView:
    told = row if isinstance(row, HistoryRow) else None
    return ActivityView(
        about=about,
        communication_id=about if told else None,
        at=row.at,
        actor=row.actor,
        event=row.event,
        note=row.note,
        status=told.status if told else None,
        provider=told.provider if told else None,
        code=told.code if told else None,
        event_at=told.event_at if told else None,
        outcome=told.outcome if told else None,
        changed=sorted(row.was),
        was={} if told else row.was,
    )
