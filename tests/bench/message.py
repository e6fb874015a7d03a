"""What a message costs: requests one after another, write units, and our own processor time.

The requests are those that a real run makes (on moto). For the time, their answers are recorded and played back from memory, so
that nothing but our own code and botocore's is measured.
"""

import base64
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber

from letterbook.adapters import aws
from letterbook.adapters.dynamodb import circuits, settings
from letterbook.contracts.entries import ViewContext, entry_view
from letterbook.contracts.operation import ListView
from letterbook.domain.communication import Communication
from letterbook.domain.filters import Filters
from letterbook.domain.message import MessageRequest
from letterbook.domain.party import PartyKind
from letterbook.ports import IdempotencyKey
from letterbook.use_cases.delivery.dispatch import dispatch
from letterbook.use_cases.delivery.record_receipt import process_provider_event
from letterbook.use_cases.delivery.sweep import sweep
from letterbook.use_cases.indexing.index import index_communication
from letterbook.use_cases.messages.compose import compose
from letterbook.use_cases.reading.list_communications import list_communications
from tests.bench.capacity import Ledger
from tests.bench.table import Row
from tests.support.aws import TABLES, WorldForTests, cloud, moto
from tests.support.builders import viewer
from tests.support.sam_template import table_definition
from tests.support.steps import a_case, a_party, an_email, ses_event

_TIMES = 500
# As many as the sweep sees to one after another; it asks each lane first.
_SLICE, _LANES = 10, 5


@dataclass
class Watch:
    """Sees every request of our clients: what it was, and what it wrote."""

    ledger: Ledger
    requests: list[str] = field(default_factory=list)
    units: int = 0

    def attach(self) -> None:
        for client in (aws.dynamodb().client, aws.s3(), aws.sqs()):
            client.meta.events.register("before-call.*.*", self._see)

    def _see(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.requests.append(model.name)
        if model.service_model.service_name == "dynamodb":
            self.units += sum(self._cost(model.name, json.loads(params["body"])))

    def _cost(self, name: str, body: dict[str, Any]) -> list[int]:
        if name == "TransactWriteItems":
            puts = [one["Put"] for one in body["TransactItems"] if "Put" in one]
            others = sum(2 for one in body["TransactItems"] if "Put" not in one)
            return [*(self.ledger.put(put["TableName"], _bytes(put["Item"]), transaction=True) for put in puts), others]
        if name == "BatchWriteItem":
            written = [(table, one) for table, requests in body["RequestItems"].items() for one in requests]
            return [
                self.ledger.put(table, _bytes(one["PutRequest"]["Item"]), transaction=False)
                if "PutRequest" in one
                else 1
                for table, one in written
            ]
        if name == "PutItem":
            return [self.ledger.put(body["TableName"], _bytes(body["Item"]), transaction=False)]
        return [1] if name == "UpdateItem" else []

    def during(self, act: Callable[[], Any]) -> tuple[Any, list[str], int]:
        self.requests, self.units = [], 0
        made = act()
        return made, self.requests, self.units


def _bytes(item: dict[str, Any]) -> dict[str, Any]:
    """Binary values as they are stored: on the wire they are base64."""
    return {name: {"B": base64.b64decode(value["B"])} if "B" in value else value for name, value in item.items()}


def rows() -> list[Row]:
    logging.disable(logging.INFO)
    with pytest.MonkeyPatch.context() as patch, moto(), cloud(patch) as world:
        counted = _counted(world)
        # A busy machine is slower than the caches are long; what one second look in thousands costs is not of interest.
        for module in (circuits, settings):
            patch.setattr(module, "CACHED_SECONDS", 3600)
        return [*counted, *_timed(world)]


def typical_message(world: WorldForTests) -> tuple[MessageRequest, IdempotencyKey]:
    """An email to a creditor about a client's case, asked for with a key."""
    client, bank = a_party(world, name="Priya Raman"), a_party(world, PartyKind.CREDITOR, name="Castlegate Finance")
    case = a_case(world, client, creditors=(bank,))
    body = "Dear Sir or Madam,\n\nwe write on behalf of our client.\n\n" + "A paragraph of the usual length. " * 20
    message = an_email(
        bank, case_id=case.id, category="dsar", subject="Section 78 request: agreement CF-4471", body=body
    )
    return message, IdempotencyKey(user="user-1", route="compose", key="k", digest="d")


def event_about(made: Communication, name: str) -> str:
    """What SES says of it, and of its recipient."""
    return ses_event(name, made).replace("disclosures@castlegate.example", made.entry.recipients[0].address)


def _counted(world: WorldForTests) -> list[Row]:
    watch = Watch(Ledger({name: table_definition(logical) for name, logical in TABLES.items()}))
    watch.attach()
    message, key = typical_message(world)
    compose(world, viewer(), message)
    made, asked, composed = watch.during(lambda: compose(world, viewer(), message, key)[0])
    found_once = watch.during(lambda: index_communication(world, made.id))[2]
    _, dispatched_asked, dispatched = watch.during(lambda: dispatch(world, made.id))
    found_again = watch.during(lambda: index_communication(world, made.id))[2]
    events = [event_about(made, name) for name in ("send", "delivery")]
    received = [watch.during(partial(process_provider_event, world, "ses", event, waited=False)) for event in events]
    for _ in range(_SLICE):
        compose(world, viewer(), message)
    world.clock.pass_(minutes=1)
    done, swept_asked, swept = watch.during(lambda: sweep(world))
    life = composed + dispatched + sum(units for _, _, units in received)
    return [
        Row("compose to accepted: requests in a row", "<= 5", f"{len(asked)}: {', '.join(asked)}", "", len(asked) <= 5),
        Row("compose to accepted: write units", "<= 20", str(composed), "", composed <= 20),
        Row("dispatch: requests in a row", "", f"{len(dispatched_asked)}", "and the provider's own"),
        Row("dispatch: write units", "", str(dispatched)),
        Row("receipts (Send, Delivery): write units", "", " + ".join(str(units) for _, _, units in received)),
        Row("an email's life to delivered: write units", "<= 70", str(life), "", life <= 70),
        Row("the sweep: requests for each that is due", "", f"{(len(swept_asked) - _LANES) / done['requeued']:.1f}"),
        Row("the sweep: write units for each that is due", "", f"{swept / done['requeued']:.0f}"),
        Row(
            "made found: write units, and at each later change",
            "<= 200",
            f"{found_once} + {found_again}",
            "",
            found_once + 4 * found_again <= 200,
        ),
    ]


# ---- our own time


class Tape:
    """Answers as moto does, and keeps the answers; played back, it gives them again in their order, from memory."""

    def __init__(self) -> None:
        self._kept: list[tuple[int, dict[str, str], bytes]] = []
        self._next = 0
        self._playing = False
        for client in (aws.dynamodb().client, aws.s3(), aws.sqs()):
            client.meta.events.register_first("before-send.*.*", self._answer)

    def _answer(self, request: Any, **_: Any) -> Any:
        if not self._playing:
            status, headers, body = cast("Any", botocore_stubber.process_request(request))
            self._kept.append((status, headers, body if isinstance(body, bytes) else str(body).encode()))
        status, headers, content = self._kept[self._next]
        self._next += 1
        return AWSResponse(request.url, status, HTTPHeaders.from_dict(headers), MockRawResponse(content))

    def time(self, act: Callable[[], object]) -> float:
        """Milliseconds of processor time that `act` takes, with services that answer at once."""
        # Every handler of an event is called, also those whose answer is not taken: moto's own would do its work each time.
        botocore_stubber.enabled = False
        self._kept, self._next, self._playing = [], 0, False
        act()
        self._playing = True
        started = time.process_time()
        for _ in range(_TIMES):
            self._next = 0
            act()
        self._playing = False
        return (time.process_time() - started) / _TIMES * 1000


def _timed(world: WorldForTests) -> list[Row]:
    message, _ = typical_message(world)
    world.settings.latest()
    world.circuit_breakers.get("ses")
    tape = Tape()
    for _ in range(_SLICE):
        compose(world, viewer(), message)
    world.clock.pass_(minutes=1)
    swept = tape.time(lambda: sweep(world)) / _SLICE
    made = [compose(world, viewer(), message)[0] for _ in range(50)]
    composed = tape.time(lambda: compose(world, viewer(), message))
    dispatched = tape.time(lambda: dispatch(world, made[0].id))
    event = event_about(made[0], "delivery")
    received = tape.time(lambda: process_provider_event(world, "ses", event, waited=False))
    listed = tape.time(lambda: _list(world)) / 50
    return [
        Row("our own CPU: compose", "aim <= 4 ms", f"{composed:.2f} ms", "GOV.UK Notify 6.2 ms", composed <= 4),
        Row("our own CPU: dispatch", "aim <= 4 ms", f"{dispatched:.2f} ms", "GOV.UK Notify 6.4 ms", dispatched <= 4),
        Row("our own CPU: a receipt", "aim <= 3 ms", f"{received:.2f} ms", "GOV.UK Notify 6.3 ms", received <= 3),
        Row("our own CPU: one that is due", "aim <= 4 ms", f"{swept:.2f} ms", "", swept <= 4),
        Row("our own CPU: a listed row", "", f"{listed:.3f} ms", "GOV.UK Notify 0.27 ms"),
    ]


def _list(world: WorldForTests) -> str:
    page = list_communications(world, viewer(), Filters(), limit=50)
    return ListView(
        items=[entry_view(one, ViewContext(world.now(), 60)) for one in page.items], next_cursor=None
    ).model_dump_json(by_alias=True)
