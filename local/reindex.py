"""Makes the search index and the numbers again from the log: `python -m local.reindex production`.

First what parties, cases and subjects are found by; then the log month by month, newest first, as many entries a call as fit its
time. What is there already stays found, and the firm may work meanwhile. Where it stopped is written down after each call, so that
it goes on there; `--anew` begins again.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local.environment import LocalEnvironment, SetupError
from local.stage import Stage, stages

# The table is the firm's first: so many entries a second at most, some hundred write units each.
_PACE = 50
_AT_ONCE = 200
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Checkpoint:
    """A file that names the next order, as long as there is one."""

    file: Path

    def read(self) -> dict[str, Any] | None:
        try:
            order: dict[str, Any] = json.loads(self.file.read_text())
        except FileNotFoundError:
            return None
        return order

    def write(self, order: dict[str, Any] | None) -> None:
        if order is None:
            self.file.unlink(missing_ok=True)
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        # A half-written one would be worse than the one before it.
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(order))
        new.replace(self.file)


@dataclass(frozen=True)
class Way:
    """How far one has come from now back to the oldest month there is."""

    begin: datetime
    end: datetime

    def told(self, order: dict[str, Any]) -> str:
        if order["month"] is None:
            return "parties, cases and what messages are about"
        month = datetime.strptime(order["month"], "%Y-%m").replace(tzinfo=UTC)
        reached = _time_of(order["below"]) if order["below"] else (month + timedelta(days=32)).replace(day=1)
        done = (self.begin - min(reached, self.begin)) / max(self.begin - self.end, timedelta(days=1))
        return f"{min(done, 1):4.0%} done back to {min(reached, self.begin):%d %B %Y, %H:%M}"


def _time_of(communication_id: str) -> datetime:
    """The first ten characters of a ULID, in Crockford's base 32, are milliseconds since 1970."""
    milliseconds = 0
    for one in communication_id.partition("_")[2][:10]:
        milliseconds = milliseconds * 32 + _CROCKFORD.index(one)
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def reindex(
    functions: Any,
    name: str,
    checkpoint: Checkpoint,
    way: Way,
    *,
    tell: Callable[[str], None],
    pace: int = _PACE,
) -> int:
    """How many calls it took. Raises Trouble where one failed: called again, it goes on there."""
    order: dict[str, Any] | None = checkpoint.read()
    if order:
        tell(f"going on where it stopped: {way.told(order)}")
    else:
        order = {"month": None, "below": None}
    at_most, calls = min(_AT_ONCE, max(1, pace * 5)), 0
    while order:
        began = time.monotonic()
        answer = functions.invoke(FunctionName=name, Payload=json.dumps({**order, "at_most": at_most}).encode())
        told = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise SetupError(f"Stopped at {order}: {told}. The same command goes on there.")
        full, order, calls = bool(told["next"] and told["next"]["below"]), told["next"], calls + 1
        checkpoint.write(order)
        if order:
            tell(way.told(order))
        if full:
            time.sleep(max(0.0, at_most / pace - (time.monotonic() - began)))
    return calls


def _way(stage: Stage) -> Way:
    """The log keeps the month of its oldest entry (adapters/dynamodb/log.py)."""
    now = datetime.now(UTC)
    key = {"communication_id": {"S": "oldest"}, "sort": {"S": "month"}}
    item = stage.client("dynamodb").get_item(TableName=stage.resource("HistoryTable"), Key=key).get("Item")
    oldest = datetime.strptime(item["row"]["S"], "%Y-%m").replace(tzinfo=UTC) if item else now
    return Way(begin=now, end=oldest)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make reindex", description=__doc__)
    parser.add_argument("stage", choices=stages())
    parser.add_argument("--anew", action="store_true", help="begin again instead of going on where it stopped")
    parser.add_argument("--pace", type=int, default=_PACE, help="entries a second at most")
    asked = parser.parse_args()
    stage, checkpoint = stages()[asked.stage], Checkpoint(LocalEnvironment.here().home / f"reindex-{asked.stage}.json")
    if asked.anew:
        checkpoint.write(None)
    calls = reindex(
        stage.client("lambda"),
        stage.resource("PublishFunction"),
        checkpoint,
        _way(stage),
        tell=lambda words: print(words, flush=True),
        pace=max(1, asked.pace),
    )
    print(f"indexed anew in {calls} calls")


if __name__ == "__main__":
    main()
