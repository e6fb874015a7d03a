"""What happened, in the order in which it did."""

from letterbook.contracts.fields import (
    Time,
    View,
)
from letterbook.domain.communication import Actor
from letterbook.domain.history import AuditEvent, HistoryRow, Outcome
from letterbook.domain.status import Status


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
