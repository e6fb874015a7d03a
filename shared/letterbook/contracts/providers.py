"""Providers at the border."""

from datetime import datetime

from letterbook.contracts.fields import Address, Body, Time, View
from letterbook.domain.channels import Channel
from letterbook.domain.provider_activity import ProviderState


class ProviderTestBody(Body):
    """Whom the test message is for: an address, a number as E.164, or the lines of a postal address with commas between."""

    to: Address


class ReceiptCounts(View):
    """How many receipts came by themselves, and how many only when the provider was asked."""

    posted: int
    looked_up: int


class ProviderView(View):
    """`health` is `well`, or `resting` until `rests_until` because it failed several times in a row. `route` is its place among the
    providers of its channel, from 1; null where no message goes by it.
    """

    name: str
    label: str
    channel: Channel
    set_up: bool
    health: str
    rests_until: Time | None
    last_sent: Time | None
    last_heard: Time | None
    sent: int
    receipts: ReceiptCounts
    can_be_asked: bool
    route: int | None
    webhook_urls: list[str]


def provider_view(state: ProviderState, now: datetime) -> ProviderView:
    rests_until, totals = state.circuit.rests_until, state.totals
    return ProviderView(
        name=state.name,
        label=state.label,
        channel=state.channel,
        set_up=state.is_set_up,
        health="resting" if state.circuit.is_open(now) else "well",
        rests_until=rests_until,
        last_sent=totals.last_sent,
        last_heard=totals.last_heard,
        sent=totals.sent,
        receipts=ReceiptCounts(posted=totals.heard, looked_up=totals.looked_up),
        can_be_asked=state.askable,
        route=state.place,
        webhook_urls=list(state.webhook_urls),
    )
