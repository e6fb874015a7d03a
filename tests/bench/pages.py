"""What a page of fifty costs out of few entries and out of many, all of one party, one case, one month: on DynamoDB Local.

The entries are copies of a real one, an email to a creditor that bounced, so every index holds every entry.
"""

import json
import os
import random
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from letterbook.adapters import aws
from letterbook.adapters.compression import compress, decompress
from letterbook.bootstrap import CloudWorld
from letterbook.domain.filters import Filters
from letterbook.domain.ids import Kind, first_id, new_id
from letterbook.domain.month import Month
from letterbook.domain.party import PartyKind
from letterbook.domain.status import QuickFilter
from letterbook.environment import settings
from letterbook.use_cases.delivery.dispatch import dispatch
from letterbook.use_cases.delivery.record_receipt import process_provider_event
from letterbook.use_cases.messages.compose import compose
from letterbook.use_cases.reading.list_communications import list_communications
from tests.bench import projections, search
from tests.bench.dynamodb_local import dynamodb_local
from tests.bench.table import Row
from tests.support.aws import client, cloud, moto
from tests.support.builders import organisation, viewer
from tests.support.sam_template import table_definition
from tests.support.steps import a_case, a_party, an_email, ses_event

FEW = 5_000
MANY = int(os.environ.get("ENTRIES", "50000"))
_HEAP_GIGABYTES = 1 + MANY // 250_000
_PAGE, _PLACES = 50, 30
_MONTH, _SPREAD = datetime(2026, 10, 1, tzinfo=UTC), timedelta(days=31)
_BODY = "Dear Sir or Madam,\n\nwe write on behalf of our client.\n\n" + "A paragraph of the usual length. " * 20
# The most that one BatchWriteItem takes.
_BATCH = 25

Item = dict[str, Any]


class WorldOfMonth(CloudWorld):
    """The world on the last day of the month of all entries."""

    def now(self) -> datetime:
        return _MONTH + _SPREAD - timedelta(days=1)


def rows() -> list[Row]:
    item, kinds = _written()
    with pytest.MonkeyPatch.context() as patch, dynamodb_local(_HEAP_GIGABYTES) as url:
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", url)
        patch.setenv("AWS_ACCESS_KEY_ID", "x")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "x")
        patch.setenv("LIBRARY_TABLE", "library")
        for made in (settings, aws.session, aws.dynamodb, aws.client, client):
            made.cache_clear()
        world = WorldOfMonth(settings())
        client("dynamodb").create_table(TableName="library", **table_definition("LibraryTable"))
        world.settings.save(organisation(version=1))
        ids = {}
        for table, entries in (("few", FEW), ("many", MANY)):
            ids[table] = _fill(table, item, entries)
            search.fill(f"{table}-search", ids[table], kinds)
        pages = [_row(world, patch, name, filters) for name, filters in _scopes(item).items()]
        party_id = item["party_id"]["S"]
        return pages + search.rows(world, patch, party_id, MANY) + projections.rows(world, patch, party_id, ids["few"])


def _written() -> tuple[Item, dict[search.Words, list[Item]]]:
    """A real entry as DynamoDB holds it, and what the search index holds of entries."""
    with pytest.MonkeyPatch.context() as patch, moto(), cloud(patch) as world:
        client_, bank = (
            a_party(world, name="Priya Raman"),
            a_party(world, PartyKind.CREDITOR, name="Castlegate Finance"),
        )
        case = a_case(world, client_, creditors=(bank,))
        message = an_email(
            bank, case_id=case.id, category="dsar", subject="Section 78 request: agreement CF-4471", body=_BODY
        )
        made, _ = compose(world, viewer(), message)
        dispatch(world, made.id)
        told = ses_event("bounce-permanent", made)
        told = told.replace("disclosures@castlegate.example", made.entry.recipients[0].address)
        process_provider_event(world, "ses", told, waited=False)
        [item] = client("dynamodb").scan(TableName="communications")["Items"]
        return {**item, "month": {"S": Month.of(_MONTH).key}}, search.written(world)


def _scopes(item: Item) -> dict[str, Filters]:
    return {
        "the feed": Filters(),
        "a party": Filters(parties=(item["party_id"]["S"],)),
        "a client": Filters(clients=(item["client_id"]["S"],)),
        "a case": Filters(cases=(item["case_id"]["S"],)),
        "what failed": Filters(quick=(QuickFilter.FAILED,)),
    }


def _fill(table: str, item: Item, entries: int) -> list[str]:
    """The ids of what is there then."""
    dynamodb = client("dynamodb")
    dynamodb.create_table(TableName=table, **table_definition("CommunicationsTable"))
    ids = [new_id(Kind.COMMUNICATION, _MONTH + _SPREAD * number / entries) for number in range(entries)]
    copies = _copies(item, ids)
    batches = iter(lambda: list(islice(copies, _BATCH)), [])
    with ThreadPoolExecutor(4) as pool:
        # Some at a time: a pool would make all copies before it writes the first.
        while some := list(islice(batches, 200)):
            list(pool.map(lambda batch: dynamodb.batch_write_item(RequestItems={table: batch}), some))
    return ids


def _copies(item: Item, ids: list[str]) -> Iterator[Item]:
    """The entry as often as asked for, each with its own id."""
    own, row = item["id"]["S"], decompress(item["row"]["B"]).decode()
    for id_ in ids:
        yield {"PutRequest": {"Item": {**item, "id": {"S": id_}, "row": {"B": compress(row.replace(own, id_))}}}}


@dataclass
class Watch:
    """Counts queries, and the read units that DynamoDB says they took."""

    queries: int = 0
    units: float = 0

    def __post_init__(self) -> None:
        events = aws.dynamodb().client.meta.events
        events.register("before-call.dynamodb.Query", self._ask)
        events.register("after-call.dynamodb.Query", self._count)

    def _ask(self, params: dict[str, Any], **_: Any) -> None:
        params["body"] = json.dumps({**json.loads(params["body"]), "ReturnConsumedCapacity": "TOTAL"}).encode()

    def _count(self, parsed: dict[str, Any], **_: Any) -> None:
        self.queries += 1
        self.units += parsed["ConsumedCapacity"]["CapacityUnits"]


def _row(world: CloudWorld, patch: pytest.MonkeyPatch, name: str, filters: Filters) -> Row:
    """Pages from the same random places of both tables, in turn."""
    places, watch = random.Random(name), Watch()
    took: dict[str, list[float]] = {"few": [], "many": []}
    seen: list[tuple[int, float]] = []
    for _ in range(_PLACES):
        after = first_id(Kind.COMMUNICATION, _MONTH + _SPREAD * places.uniform(0.1, 0.9))
        for table, times in took.items():
            patch.setenv("COMMUNICATIONS_TABLE", table)
            settings.cache_clear()
            # What it takes to change tables is none of a list's work.
            list_communications(world, viewer(), filters, limit=1, after=after)
            watch.queries, watch.units = 0, 0
            started = time.perf_counter()
            page = list_communications(world, viewer(), filters, limit=_PAGE, after=after)
            times.append((time.perf_counter() - started) * 1000)
            assert len(page.items) == _PAGE
        seen.append((watch.queries, watch.units))
    requests, units = (statistics.median(each) for each in zip(*seen, strict=True))
    few, many = (statistics.median(times) for times in took.values())
    return Row(
        f"a page of {_PAGE} out of {MANY:,}: {name}",
        f"{requests:g} request, {units:.1f} RCU, {many / few:.2f} x",
        budget="1 request, <= 5 RCU, <= 1.2 x",
        floor=f"{few:.1f} ms out of {FEW:,}",
        within=requests == 1 and units <= 5 and many / few <= 1.2,
    )
