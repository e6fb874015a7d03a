"""What is measured of whole handlers: each act once, and everything that the table says of it follows from here."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.firm import Event, Firm, call


@dataclass(frozen=True)
class Act:
    """`event` makes what the function is called with in the nth turn, and whatever must have happened before.

    `group` is what ROWS chooses it by. An event does `times` of it. `rounds` is the budget of requests that wait for one another,
    `aim` that of our CPU, as a share of the state before; `notify` is GOV.UK Notify's own, in ms of CPU, measured elsewhere.
    """

    name: str
    group: str
    function: str
    event: Callable[[Firm, int], Event]
    times: int = 1
    rounds: int | None = None
    aim: float | None = None
    notify: float | None = None


def _delivered(firm: Firm) -> str:
    communication_id = firm.sent()
    call("receipts", firm.told("delivery", communication_id))
    return communication_id


def _published(firm: Firm) -> str:
    """A message that can be found, and was sent since."""
    order = firm.accepted()
    communication_id = str(order["Records"][0]["body"]).split('"')[3]
    call("indexer", firm.changed(communication_id))
    call("dispatch", order)
    return communication_id


def _after_another(firm: Firm, event: Event) -> Event:
    """So that no page is like the one before."""
    firm.accepted()
    return event


def _is_told(name: str) -> Callable[[Firm, int], Event]:
    return lambda firm, _: firm.told(name, firm.sent())


ACTS = (
    Act("accept", "accept", "command", lambda firm, _: firm.message(), rounds=4, aim=0.5, notify=6.2),
    Act("dispatch", "dispatch", "dispatch", lambda firm, _: firm.accepted(), rounds=6, aim=0.37, notify=6.4),
    Act("receipt", "receipt", "receipts", _is_told("delivery"), rounds=2, aim=0.5, notify=6.3),
    Act("publish, first", "publish", "indexer", lambda firm, _: firm.changed(firm.sent()), aim=0.3),
    Act("publish, a change", "publish", "indexer", lambda firm, _: firm.changed(_published(firm)), aim=0.3),
    Act(
        "list page of 50",
        "list",
        "query",
        lambda firm, _: _after_another(firm, firm.request("GET", "/v1/communications", "limit=50")),
        aim=0.6,
    ),
    Act(
        "console: log",
        "console",
        "console",
        lambda firm, _: _after_another(firm, firm.page("/communications")),
        aim=0.5,
    ),
)
BY_NAME = {one.name: one for one in ACTS}
