"""TODOs as callers write and read them."""

from datetime import datetime

from letterbook.contracts.fields import (
    Body,
    CommunicationId,
    Day,
    LongLine,
    PartyId,
    Time,
    View,
)
from letterbook.contracts.message_parts import RegardingBody
from letterbook.contracts.references import RegardingView
from letterbook.domain.access import Ownership
from letterbook.domain.communication import Actor
from letterbook.domain.references import Regarding
from letterbook.domain.todos import Todo, TodoStatus


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
    """`done_by` is who or what put right what it was about, in words; empty where that is not known."""

    id: str
    title: str
    party_id: str
    due_date: Day | None
    subject: RegardingView | None
    communication_id: str | None
    assignee: str | None
    status: TodoStatus
    done_by: str
    answered_by: str | None
    created_at: Time
    created_by: Actor
    version: int


def todo_view(todo: Todo) -> TodoView:
    own = {name: getattr(todo, name) for name in TodoView.model_fields if name not in ("party_id", "subject")}
    subject = RegardingView.of(todo.subject) if todo.subject else None
    return TodoView(party_id=todo.owned.party_id, subject=subject, **own)
