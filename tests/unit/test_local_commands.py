"""What looks after a cloud: the start of the local one, and the index made anew."""

import io
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from letterbook.domain.ids import Kind, first_id
from local.daemons import clear, move_queues
from local.environment import LocalEnvironment, SetupError
from local.reindex import Checkpoint, Way, reindex

WAY = Way(begin=datetime(2026, 11, 20, tzinfo=UTC), end=datetime(2026, 9, 1, tzinfo=UTC))
PAGES = [
    {"month": None, "below": None},
    {"month": "2026-11", "below": None},
    {"month": "2026-11", "below": first_id(Kind.COMMUNICATION, datetime(2026, 11, 12, tzinfo=UTC))},
    {"month": "2026-10", "below": None},
    {"month": "2026-09", "below": None},
]


class Functions:
    """Publish, which goes through the pages; `dies_at` is the page at which whoever calls it is gone."""

    def __init__(self, dies_at: int | None = None, fails_at: int | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self.dies_at, self.fails_at = dies_at, fails_at

    def invoke(self, **asked: Any) -> dict[str, Any]:
        order = json.loads(asked["Payload"])
        order.pop("at_most")
        self.asked.append(order)
        place = PAGES.index(order)
        if place == self.dies_at:
            raise KeyboardInterrupt
        answer = {"Payload": io.BytesIO(json.dumps({"next": [*PAGES, None][place + 1]}).encode())}
        return {**answer, "FunctionError": "Unhandled"} if place == self.fails_at else answer


@pytest.fixture
def checkpoint(tmp_path: Path) -> Checkpoint:
    return Checkpoint(tmp_path / "home" / "reindex-production.json")


def run(functions: Functions, checkpoint: Checkpoint, told: list[str]) -> int:
    return reindex(functions, "publish", checkpoint, WAY, tell=told.append, pace=1_000_000)


def test_an_index_is_made_anew_to_the_oldest_month(checkpoint: Checkpoint) -> None:
    functions, told = Functions(), list[str]()
    assert run(functions, checkpoint, told) == 5
    assert functions.asked == PAGES
    assert checkpoint.read() is None
    assert [one.split() for one in told] == [
        ["0%", "done", "back", "to", "20", "November", "2026,", "00:00"],
        ["10%", "done", "back", "to", "12", "November", "2026,", "00:00"],
        ["24%", "done", "back", "to", "01", "November", "2026,", "00:00"],
        ["62%", "done", "back", "to", "01", "October", "2026,", "00:00"],
    ]


@pytest.mark.parametrize("fault", [{"dies_at": 2}, {"fails_at": 2}])
def test_an_index_that_was_cut_off_goes_on_where_it_stopped(checkpoint: Checkpoint, fault: dict[str, int]) -> None:
    with pytest.raises((KeyboardInterrupt, SetupError)):
        run(Functions(**fault), checkpoint, [])
    second, told = Functions(), list[str]()
    run(second, checkpoint, told)
    assert second.asked == PAGES[2:]
    assert told[0].startswith("going on where it stopped")


def test_old_worker_folders_are_put_aside_at_once_and_go_by_themselves(tmp_path: Path) -> None:
    place = LocalEnvironment(home=tmp_path, port=1)
    for worker in range(3):
        (tmp_path / "tmp" / f"worker-{worker}" / "package").mkdir(parents=True)
    (tmp_path / "old-tmp-1" / "left by a start that was cut off").mkdir(parents=True)
    (tmp_path / "state").mkdir()
    clear(place)
    assert not (tmp_path / "tmp").exists()
    for _ in range(100):
        if [one.name for one in tmp_path.iterdir()] == ["state"]:
            break
        time.sleep(0.1)
    assert [one.name for one in tmp_path.iterdir()] == ["state"]


def test_there_is_nothing_to_put_aside_at_the_first_start(tmp_path: Path) -> None:
    clear(LocalEnvironment(home=tmp_path, port=1))
    assert list(tmp_path.iterdir()) == []


def test_queues_are_found_on_other_ports(tmp_path: Path) -> None:
    """The emulator keeps each by its address, and the mappings that read it too."""
    (tmp_path / "state").mkdir()
    queues, entries = tmp_path / "state" / "sqs.json", tmp_path / "state" / "dynamodb.json"
    for file in (queues, entries):
        file.write_text('{"http://localhost:8703/000000000000/mail": {}, "http://localhost:8703/about": {}}')
    written = entries.read_text()
    move_queues(LocalEnvironment(home=tmp_path, port=9700))
    assert json.loads(queues.read_text()) == {
        "http://localhost:9703/000000000000/mail": {},
        "http://localhost:8703/about": {},
    }
    assert entries.read_text() == written
