"""What a page of what stands beside the entries costs: threads, the overview, TODOs, activity; on DynamoDB Local.

Each is one query of one index, so what it costs does not grow with the table; it is measured out of few.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest

from letterbook.adapters.dynamodb.overview import row_item
from letterbook.adapters.dynamodb.sort_keys import stamp
from letterbook.adapters.dynamodb.tables.base import Table
from letterbook.adapters.dynamodb.tables.history import HistoryItem
from letterbook.adapters.dynamodb.threads import thread_item
from letterbook.adapters.dynamodb.todos import todo_item
from letterbook.adapters.serialization import to_json
from letterbook.domain.access import Ownership
from letterbook.domain.filters import Filters
from letterbook.domain.history import HistoryRow
from letterbook.domain.ids import Kind, new_id, time_of
from letterbook.domain.overview import OverviewRow
from letterbook.domain.references import PartyRef
from letterbook.domain.status import Status
from letterbook.domain.threads import Thread
from letterbook.domain.todos import Todo, TodoStatus
from letterbook.environment import settings
from letterbook.ports import ActivityScope, World
from letterbook.use_cases.directory.threads import list_threads
from letterbook.use_cases.directory.todos import list_todos
from letterbook.use_cases.reading.overview import overview
from tests.bench.search import Watch
from tests.bench.table import Row
from tests.support.aws import client
from tests.support.builders import JANE, NOW, viewer
from tests.support.sam_template import table_definition

_PAGE = 50
_TABLES = {"THREADS": "ThreadsTable", "OVERVIEW": "OverviewTable", "WORK": "WorkTable", "HISTORY": "HistoryTable"}


def rows(world: World, patch: pytest.MonkeyPatch, party_id: str, ids: Sequence[str]) -> list[Row]:
    for name, logical in _TABLES.items():
        client("dynamodb").create_table(TableName=name.lower(), **table_definition(logical))
        patch.setenv(f"{name}_TABLE", name.lower())
    patch.setenv("COMMUNICATIONS_TABLE", "few")
    settings.cache_clear()
    for items in (_threads(party_id, ids), _things(party_id, ids), _todos(party_id, ids), _history(party_id, ids)):
        _put(items)
    who = viewer()
    asked: dict[str, Any] = {
        "threads": lambda: (
            list_threads(world, who, party_id=party_id, case_id=None, status=None, limit=_PAGE, after=None).items
        ),
        "the overview": lambda: overview(world, who, Filters(), limit=_PAGE, after=None).items,
        "TODOs": lambda: list_todos(world, who, party_id=None, status=TodoStatus.OPEN, limit=_PAGE, after=None).items,
        "activity": lambda: (
            world.communications.activity(ActivityScope(party_id=party_id), after=None, limit=_PAGE).items
        ),
    }
    return [_row(name, ask) for name, ask in asked.items()]


def _row(name: str, ask: Any) -> Row:
    ask()
    watch = Watch()
    assert len(ask()) == _PAGE
    return Row(f"a page of {_PAGE}: {name}", f"{watch.requests} requests, {watch.units:.1f} RCU")


def _put(items: Iterable[Table]) -> None:
    rest = iter(items)
    while some := list(islice(rest, 500)):
        with some[0].batch_write() as batch:
            for item in some:
                batch.save(item)


def _threads(party_id: str, ids: Sequence[str]) -> Iterator[Table]:
    for one in ids:
        at = time_of(one)
        yield thread_item(
            Thread(
                id=new_id(Kind.THREAD, at),
                party_id=party_id,
                client_id=party_id,
                subject="Arrears on the account",
                messages=7,
                latest_id=one,
                preview="Dear Ms Raman, we write on behalf of our client about the agreement of 2019, and ask you to",
                last_activity_at=at,
                created_at=at,
                created_by=JANE,
            )
        )


def _things(party_id: str, ids: Sequence[str]) -> Iterator[Table]:
    for place, one in enumerate(ids):
        party = PartyRef(id=party_id, name="Priya Raman")
        yield row_item(
            OverviewRow(owner=party_id, key=f"invoice:2025-{place:05}", party=party, attempts=2, latest_id=one)
        )


def _todos(party_id: str, ids: Sequence[str]) -> Iterator[Table]:
    owned = Ownership(party_id=party_id, client_id=party_id, case_id=None, restricted=False)
    for place, one in enumerate(ids):
        yield todo_item(
            Todo(
                id=new_id(Kind.TODO, time_of(one)),
                title="Not delivered to Priya Raman: The recipient's mailbox is full.",
                owned=owned,
                due_date=(NOW + timedelta(days=place % 90)).date(),
                communication_id=one,
                assignee=JANE.id,
                created_at=time_of(one),
                created_by=JANE,
            )
        )


def _history(party_id: str, ids: Sequence[str]) -> Iterator[Table]:
    for one in ids:
        row = HistoryRow(
            of=one, n=1, at=time_of(one), status=Status.QUEUED, actor=JANE, event="accepted", previous="0" * 64
        )
        yield HistoryItem(one, "000001", row=to_json(row), party_id=party_id, moment=f"{stamp(row.at)}#{one}#000001")
