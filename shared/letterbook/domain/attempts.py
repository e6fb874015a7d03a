"""The attempts to say one thing: the first entry, and every entry that was made to say it again.

What one said is never touched. Which of them needs somebody is worked out from how all of them stand, so the order in which that
was heard cannot matter: a failure is settled by the first later attempt that arrived, or was sent where no receipt will come;
where none did, and a later one failed in its turn, it is that one's place to be seen to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from letterbook.domain.communication import AttemptDiff, Communication, Direction, Entry
from letterbook.domain.put_right import LaterAttempt
from letterbook.domain.references import TemplateRef
from letterbook.domain.status import STATUSES, Status, StatusGroup
from letterbook.domain.templates import Rendered

# What failed, was cancelled or skipped said nothing to anybody.
_SAID = frozenset({Status.SENT, Status.DELIVERED, Status.UNCONFIRMED})


# One transaction writes how all the earlier ones stand, and has room for a hundred rows (DynamoDB).
MOST_ATTEMPTS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """`id` is the first entry, `ids` are all of them in order.

    Whatever changes which of them needs somebody is written on top of a `version`: of two at once, the later sees the earlier. 0
    where nothing was written yet.
    """

    id: str
    ids: tuple[str, ...]
    version: int = 0

    def appended(self, communication_id: str) -> "Attempts":
        return replace(self, ids=(*self.ids, communication_id), version=self.version + 1)

    @property
    def moved(self) -> "Attempts":
        """As they are once one of them stands otherwise."""
        return replace(self, version=self.version + 1)

    def after(self, communication_id: str) -> tuple[str, ...]:
        """Those that were made later, in order."""
        return self.ids[self.ids.index(communication_id) + 1 :] if communication_id in self.ids else ()


def can_be_said_again(entry: Entry, *, party_id: str, case_id: str | None, restricted: bool) -> bool:
    """Whether what is said there can be an attempt of the entry: only where whoever sees one sees the other, and a draft has said
    nothing that could be said again.
    """
    drafted = entry.status is Status.DRAFT
    sent = entry.direction is Direction.OUTBOUND and not entry.channel.spec.is_record_only and not drafted
    return sent and (entry.party.id, entry.case and entry.case.id, entry.restricted) == (party_id, case_id, restricted)


def said_by(later: Iterable[Entry]) -> Entry | None:
    """The last of some attempts that said it, or may have: what the provider took, and what nobody knows of."""
    return next((one for one in reversed([*later]) if one.status in _SAID), None)


def bearing(entry: Entry | None) -> tuple[bool, datetime | None] | None:
    """What an attempt means for the others: whether it arrived, or else failed, and when; None where neither is known."""
    if entry is None or entry.group not in (StatusGroup.SUCCESSFUL, StatusGroup.FAILED):
        return None
    arrived = entry.group is StatusGroup.SUCCESSFUL
    return arrived, (entry.delivered_at or entry.sent_at) if arrived else entry.failed_at


def standing(entry: Entry, later: Sequence[Entry]) -> Entry:
    """The entry as the later attempts, in order, leave it: settled, overtaken, or neither."""
    failed = entry.group is StatusGroup.FAILED
    arrived = next((one for one in later if one.group is StatusGroup.SUCCESSFUL), None) if failed else None
    fell = next((one for one in later if one.group is StatusGroup.FAILED), None) if failed and not arrived else None
    return replace(entry, settled=_as_later(arrived), overtaken=_as_later(fell))


def told_of(later: LaterAttempt, zone: ZoneInfo, now: datetime) -> str:
    """`attempt 2, delivered 20:20`, by its status and the firm's clock; with the day where that is another."""
    word = STATUSES[later.status].label.lower()
    if later.at is None:
        return f"attempt {later.number}, {word}"
    at, today = later.at.astimezone(zone), now.astimezone(zone).date()
    day = "" if at.date() == today else f"{at.day} {at:%B}, "
    return f"attempt {later.number}, {word} {day}{at:%H:%M}"


def _as_later(entry: Entry | None) -> LaterAttempt | None:
    if entry is None:
        return None
    heard = bearing(entry)
    return LaterAttempt(id=entry.id, number=entry.attempt, status=entry.status, at=heard[1] if heard else None)


def single_attempt(communication: Communication) -> Attempts:
    """As it is before anything was said again."""
    return Attempts(id=communication.id, ids=(communication.id,))


def changes_between(before: Communication, said: Rendered, after: Communication, says: Rendered) -> AttemptDiff:
    """What is different about a later attempt."""
    was, now = ({one.address for one in each.entry.recipients} for each in (before, after))
    versions = (_version(before.entry.template), _version(after.entry.template))
    return AttemptDiff(
        to_before=tuple(sorted(was)) if was != now else (),
        to_after=tuple(sorted(now)) if was != now else (),
        template_before=versions[0] if versions[0] != versions[1] else None,
        template_after=versions[1] if versions[0] != versions[1] else None,
        identical=said == says,
    )


def _version(template: TemplateRef | None) -> int | None:
    return template.version if template else None
