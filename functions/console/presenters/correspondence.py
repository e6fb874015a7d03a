"""Correspondence in words: how it stands, what that means for whoever looks at it, and what may be done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from console.presenters.dates import Clock, TimeLabel
from console.presenters.labels import heading, humanize_code
from console.presenters.log_rows import Badge, badge
from letterbook.domain.communication import Entry
from letterbook.domain.correspondence import Carriage, Correspondence, CorrespondenceStatus, LetterVersion
from letterbook.domain.status import StatusGroup

_GENERATING, _DELIVERED = CorrespondenceStatus.GENERATING, CorrespondenceStatus.DELIVERED
_VOID = CorrespondenceStatus.VOID
BADGES: dict[CorrespondenceStatus, Badge] = {
    CorrespondenceStatus.GENERATING: Badge(StatusGroup.IN_PROGRESS, "generating", "Preparing"),
    CorrespondenceStatus.READY: Badge(StatusGroup.MANUAL, "manual_pending", "Ready"),
    CorrespondenceStatus.EMAILED: Badge(StatusGroup.SUCCESSFUL, "sent", "Emailed"),
    CorrespondenceStatus.POSTED: Badge(StatusGroup.SUCCESSFUL, "sent", "Posted"),
    CorrespondenceStatus.DELIVERED: Badge(StatusGroup.SUCCESSFUL, "delivered", "Delivered"),
    CorrespondenceStatus.VOID: Badge(StatusGroup.CLOSED, "cancelled", "Void"),
    CorrespondenceStatus.FAILED: Badge(StatusGroup.FAILED, "failed", "Failed"),
}
_CARRIED = {Carriage.EMAIL: "emailed", Carriage.POST: "posted"}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What may be done: `verb` is the end of its address. One that `asks` leads to a page first; another does it at once."""

    verb: str
    words: str
    asks: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    version: int
    when: TimeLabel
    by: str
    template: str
    sent: str
    latest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierLine:
    """An entry that carried it, and which version it carried."""

    id: str
    channel: str
    heading: str
    status: Badge
    when: TimeLabel
    version: str


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
    """Its page, which is called as the correspondence itself."""
    return path_of_number(one.number)


def path_of_number(number: str) -> str:
    account, _, ordinal = number.rpartition("/")
    return f"/correspondence/{quote(account, safe='')}/{ordinal}"


def pace(one: Correspondence) -> str:
    """What is being made is there in a moment; anything else others may change (static/renew.js)."""
    return "soon" if one.status is _GENERATING else "seldom"


def told_words(one: Correspondence) -> str:
    return f"{one.number}: {BADGES[one.status].word}"


def standing_words(one: Correspondence, entries: Mapping[str, Entry], clock: Clock) -> list[str | TimeLabel]:
    """What its status means, and what is to be done where somebody has to do something."""
    latest = one.latest
    match one.status:
        case CorrespondenceStatus.GENERATING:
            again = f"Version {one.order.version} of its PDF" if one.order and latest else "Its PDF"
            return [f"{again} is being made, which takes a moment."]
        case CorrespondenceStatus.READY if latest:
            before = any(each.version < latest.version for each in one.sendings)
            gone = "What was sent before stays as it was." if before else "It has not gone out yet."
            return [f"Version {latest.version} was made", clock.moment(latest.created_at), ".", gone]
        case CorrespondenceStatus.EMAILED | CorrespondenceStatus.POSTED if one.sendings:
            return _carried_words(entries.get(one.sendings[-1].communication_id), clock)
        case CorrespondenceStatus.DELIVERED:
            said = [one.audit.get(name, "").rstrip(".") for name in ("reason", "details")]
            return [f"{each}." for each in said if each] or ["Somebody delivered it outside Letterbook."]
        case CorrespondenceStatus.VOID:
            why = f"{one.void_reason.rstrip('.')}." if one.void_reason else ""
            return [each for each in (why, "Its number is not given again.") if each]
        case CorrespondenceStatus.FAILED if one.failure:
            words = one.failure.words
            return [f"{words.reason.rstrip('.')}.", words.advice]
    return []


def _carried_words(entry: Entry | None, clock: Clock) -> list[str | TimeLabel]:
    """How what carried it stands by now."""
    if entry is None:
        return []
    to = clock.numbers(", ".join(one.address for one in entry.recipients if one.role == "to").replace("\n", ", "))
    failed = f" {entry.failure.words.reason}" if entry.failure else ""
    said = f"{f'To {to}: ' if to else ''}{badge(entry).word}.{failed}"
    return [said, *(["Email it to another address below Actions."] if failed else [])]


def acts(one: Correspondence, *, writes: bool) -> list[Act]:
    """What would not be refused, in the order of the menu. `writes`: who looks may write to the party."""
    if not writes or one.status is _VOID:
        return []
    sends = [Act(verb="email", words="Email correspondence…"), Act(verb="post", words="Post correspondence…")]
    if one.status is not _DELIVERED:
        sends.append(Act(verb="deliver", words="Deliver correspondence…"))
    update = [Act(verb="recreate", words="Recreate", asks=False)] if one.status is not _GENERATING else []
    return [*(sends if one.may_be_sent else []), *update, Act(verb="void", words="Void…")]


def version_lines(one: Correspondence, clock: Clock) -> list[VersionLine]:
    """The newest first."""
    return [
        VersionLine(
            version=each.version,
            when=clock.moment(each.created_at),
            by=each.created_by.name,
            template=f"{humanize_code(each.template.key)}, version {each.template.version}",
            sent=_sent(one, each),
            latest=each is one.latest,
        )
        for each in reversed(one.versions)
    ]


def _sent(one: Correspondence, version: LetterVersion) -> str:
    ways = dict.fromkeys(_CARRIED[each.carriage] for each in one.sendings if each.version == version.version)
    return ", ".join(ways)


def carrier_lines(one: Correspondence, entries: Sequence[Entry], clock: Clock) -> list[CarrierLine]:
    """The newest first; a later attempt carries what the first one did."""
    versions = {each.communication_id: each.version for each in one.sendings}
    several = len(one.versions) > 1
    lines = []
    for entry in sorted(entries, key=lambda each: each.id, reverse=True):
        version = versions.get(entry.id)
        lines.append(
            CarrierLine(
                id=entry.id,
                channel=entry.channel,
                heading=heading(entry),
                status=badge(entry),
                when=clock.moment(entry.occurred_at),
                version=f"version {version}" if several and version else "",
            )
        )
    return lines
