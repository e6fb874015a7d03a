"""Correspondence in words: how it stands, and what that means for whoever looks at it."""

from dataclasses import dataclass
from urllib.parse import quote

from console.presenters.dates import Clock, TimeLabel
from console.presenters.labels import humanize_code
from console.presenters.log_rows import Badge
from letterbook.domain.correspondence import Correspondence, CorrespondenceStatus, number_of
from letterbook.domain.status import StatusGroup

_GENERATING = CorrespondenceStatus.GENERATING
BADGES: dict[CorrespondenceStatus, Badge] = {
    CorrespondenceStatus.GENERATING: Badge(StatusGroup.IN_PROGRESS, "generating", "Preparing"),
    CorrespondenceStatus.READY: Badge(StatusGroup.MANUAL, "manual_pending", "Ready"),
    CorrespondenceStatus.EMAILED: Badge(StatusGroup.SUCCESSFUL, "sent", "Emailed"),
    CorrespondenceStatus.POSTED: Badge(StatusGroup.SUCCESSFUL, "sent", "Posted"),
    CorrespondenceStatus.DELIVERED: Badge(StatusGroup.SUCCESSFUL, "delivered", "Delivered"),
    CorrespondenceStatus.VOID: Badge(StatusGroup.CLOSED, "cancelled", "Void"),
    CorrespondenceStatus.FAILED: Badge(StatusGroup.FAILED, "failed", "Failed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrespondenceLine:
    """One of a list. `pace` is how soon it is asked for again, `words` what is told of it when it is another by then."""

    number: str
    href: str
    type: str
    party: str
    status: Badge
    when: TimeLabel
    by: str
    pace: str
    words: str


def correspondence_line(one: Correspondence, clock: Clock) -> CorrespondenceLine:
    return CorrespondenceLine(
        number=one.number,
        href=correspondence_path(one),
        type=type_name(one),
        party=one.party.name,
        status=BADGES[one.status],
        when=clock.moment(one.created_at),
        by=one.created_by.name,
        pace=pace(one),
        words=told_words(one),
    )


def type_name(one: Correspondence) -> str:
    return one.type.name or humanize_code(one.type.key)


def correspondence_path(one: Correspondence) -> str:
    """Its page, which is called as the correspondence itself: by account and number."""
    return f"/correspondence/{quote(one.account, safe='')}/{number_of(one.ordinal)}"


def pace(one: Correspondence) -> str:
    """What is being made is there in a moment; anything else others may change (static/renew.js)."""
    return "soon" if one.status is _GENERATING else "seldom"


def told_words(one: Correspondence) -> str:
    return f"{one.number}: {BADGES[one.status].word}"
