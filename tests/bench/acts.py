"""What is measured of whole handlers: each act once, and everything that the table says of it follows from here."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tests.bench.firm import Event, Firm, call, sample


@dataclass(frozen=True)
class Act:
    """`event` makes what the function is called with in a turn, after whatever must have happened before; it is given the turn.

    `group` is what ROWS chooses it by. An event does `times` of it. Budgets: `rounds`, of requests that wait for one another;
    `units`, of write units; `aims`, of our CPU, as shares of the state before, the nearest first. `notify` is GOV.UK Notify's CPU
    in ms.
    """

    name: str
    group: str
    function: str
    event: Callable[[Firm, int], Event]
    times: int = 1
    rounds: int | None = None
    units: int | None = None
    aims: tuple[float, ...] = ()
    notify: float | None = None


def _is_told(name: str) -> Callable[[Firm, int], Event]:
    """What SES says of a message, after whatever it says before that."""

    def event(firm: Firm, _: int) -> Event:
        communication_id = firm.sent()
        if name != "send":
            call("receipts", firm.told("send", communication_id))
        return firm.told(name, communication_id)

    return event


def _ten_are_told(firm: Firm, _: int) -> Event:
    ids = [firm.sent() for _ in range(10)]
    call("receipts", firm.told("send", *ids))
    return firm.told("delivery", *ids)


def _ten_are_due(firm: Firm, _: int) -> Event:
    """What was accepted, and whose queue lost it, after everything else that was due."""
    event: Event = json.loads(sample("sweep/each-minute.json"))
    left = [""]
    while left:
        firm.time += timedelta(minutes=2)
        call("sweep", event)
        left = firm.waiting("email")
        for one in left:
            call("dispatch", firm.from_queue(one))
    for _ in range(10):
        firm.accepted()
    firm.time += timedelta(minutes=1)
    return event


def _was_sent(firm: Firm, _: int) -> Event:
    """A message that can be found, and was sent since."""
    order = firm.accepted()
    changed = firm.changed(firm.id_in(order))
    call("indexer", changed)
    call("dispatch", order)
    return changed


def _page(path: str, **query: str) -> Callable[[Firm, int], Event]:
    """A page, after one message more, so that no page is like the one before."""

    def event(firm: Firm, turn: int) -> Event:
        case = firm.cases[turn % len(firm.cases)]
        names = {"entry": firm.id_in(firm.accepted()), **case}
        return firm.page(path.format(**names), **{name: value.format(**names) for name, value in query.items()})

    return event


def _list(firm: Firm, _: int) -> Event:
    firm.accepted()
    return firm.request("GET", "/v1/communications", "limit=50")


ACTS = (
    Act(
        "accept", "accept", "command", lambda firm, _: firm.message(), rounds=4, units=20, aims=(0.5, 0.33), notify=6.2
    ),
    Act("accept by template", "accept", "command", lambda firm, _: firm.message(by_template=True), rounds=4, units=20),
    # The provider's own is one of them.
    Act(
        "dispatch", "dispatch", "dispatch", lambda firm, _: firm.accepted(), rounds=5 + 1, aims=(0.37, 0.24), notify=6.4
    ),
    Act("receipt: sent", "receipt", "receipts", _is_told("send"), rounds=2),
    Act("receipt: delivered", "receipt", "receipts", _is_told("delivery"), rounds=2, aims=(0.5, 0.32), notify=6.3),
    Act("receipts, ten at once", "receipt", "receipts", _ten_are_told, times=10, notify=6.3),
    Act("publish, first", "publish", "indexer", lambda firm, _: firm.changed(firm.id_in(firm.accepted())), aims=(0.3,)),
    Act("publish, a change", "publish", "indexer", _was_sent, aims=(0.3,)),
    Act("list page of 50", "list", "query", _list, aims=(0.6,)),
    Act("console: log", "console", "console", _page("/communications"), aims=(0.5,)),
    Act("console: entry", "console", "console", _page("/communications/{entry}")),
    Act("console: compose", "console", "console", _page("/compose", party_id="{party_id}", case_id="{case_id}")),
    Act("inbound mail", "inbound", "inbound", lambda firm, turn: firm.mail(turn)),
    Act("sweep, of ten that are due", "sweep", "sweep", _ten_are_due, times=10),
)
BY_NAME = {one.name: one for one in ACTS}
# How often a message does what until it is delivered, without search and for it. A change is published at most each time.
LIFE = {"accept": 1, "dispatch": 1, "receipt: sent": 1, "receipt: delivered": 1}
FOUND = {"publish, first": 1, "publish, a change": 3}
