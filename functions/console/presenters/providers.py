"""A provider as the settings show it: how it does, what went by it, and where it stands among the others."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.presenters.dates import Clock, TimeLabel
from console.presenters.labels import capital, format_count
from console.presenters.log_rows import Badge
from letterbook.domain.channels import Channel
from letterbook.domain.provider_activity import ProviderState
from letterbook.domain.status import Status, StatusGroup

_PLACES = {1: "first", 2: "second", 3: "third"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderLine:
    """`health` is a badge, with until when it holds, if it ends. `place` is empty for one that no message goes by.

    `moves` are the buttons that change the order: what each does, and what it says. `warnings` are what somebody has to see to.
    """

    name: str
    label: str
    is_set_up: bool
    health: Badge
    rests_until: TimeLabel | None
    place: str
    used: bool
    moves: Sequence[tuple[str, str]]
    sent: str
    last_sent: TimeLabel | None
    last_heard: TimeLabel | None
    receipts: str
    warnings: Sequence[str]
    webhook_urls: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLine:
    """The providers of a channel: those that are used, in their order, and then the others.

    `where_to` is what a test asks for: an address, a number.
    """

    name: str
    label: str
    order: str
    where_to: str
    providers: Sequence[ProviderLine]


def channel_lines(states: Sequence[ProviderState], clock: Clock) -> list[ChannelLine]:
    return [_channel(one, states, clock) for one in dict.fromkeys(state.channel for state in states)]


def order_words(channel: Channel, labels: Sequence[str]) -> str:
    """`Email goes by Amazon SES, then by SendGrid.`"""
    return f"{channel.spec.label} goes by {', then by '.join(labels)}." if labels else ""


def _channel(channel: Channel, states: Sequence[ProviderState], clock: Clock) -> ChannelLine:
    here = [one for one in states if one.channel is channel]
    used = [one for one in here if one.place is not None]
    none = f"No {channel.spec.label} can be sent: none of its providers is set up."
    return ChannelLine(
        name=channel.value,
        label=channel.spec.label,
        order=order_words(channel, [one.label for one in used]) or none,
        where_to=capital(channel.spec.address or "to")
        + (", commas between its lines" if channel.spec.is_letter else ""),
        providers=[_line(one, len(used), clock) for one in here],
    )


def _line(one: ProviderState, used: int, clock: Clock) -> ProviderLine:
    totals = one.totals
    open_ = one.circuit.is_open(clock.now)
    return ProviderLine(
        name=one.name,
        label=one.label,
        is_set_up=one.is_set_up,
        health=_health(one, clock),
        rests_until=clock.moment(one.circuit.rests_until) if open_ and one.circuit.rests_until else None,
        place=_PLACES.get(one.place, f"{one.place}th") if one.place else "",
        used=one.place is not None,
        moves=_moves(one, used),
        sent=format_count(totals.sent, "message"),
        last_sent=clock.relative(totals.last_sent) if totals.last_sent else None,
        last_heard=clock.relative(totals.last_heard) if totals.last_heard else None,
        receipts=_receipts(one),
        warnings=_warnings(one),
        webhook_urls=one.webhook_urls,
    )


def _health(one: ProviderState, clock: Clock) -> Badge:
    if not one.is_set_up:
        return Badge(StatusGroup.DRAFT, Status.DRAFT, "Not set up")
    if one.circuit.is_open(clock.now):
        return Badge(StatusGroup.FAILED, Status.FAILED, "Rests until")
    if one.circuit.half_open(clock.now):
        return Badge(StatusGroup.MANUAL, Status.UNCONFIRMED, "Tried again by the next message")
    return Badge(StatusGroup.SUCCESSFUL, Status.DELIVERED, "Well")


def _moves(one: ProviderState, used: int) -> list[tuple[str, str]]:
    if one.place is None:
        return [("on", "Use")] if one.is_set_up else []
    up = [("up", "Up")] if one.place > 1 else []
    down = [("down", "Down")] if one.place < used else []
    return [*up, *down, *([("off", "Off")] if used > 1 else [])]


def _receipts(one: ProviderState) -> str:
    if not one.receipts:
        return "It gives none: what it took counts as sent"
    looked_up = f", {one.totals.looked_up} looked up by us" if one.askable or one.totals.looked_up else ""
    return f"{one.totals.heard} posted by it{looked_up}"


def _warnings(one: ProviderState) -> list[str]:
    found = []
    if one.place is not None and not one.is_set_up:
        found.append("Messages go by it, but it has no credentials any more: turn it off, or set it up again.")
    if one.posts_too_little:
        found.append(
            "Hardly anything is heard of its messages unless we ask: the webhook is probably not entered there, or not reached."
        )
    return found
