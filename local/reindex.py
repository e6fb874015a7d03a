"""Makes the search index and the numbers again from the log: `python -m local.reindex production`.

Month by month, newest first, as many entries a call as fit its time; what is there already stays found, and the firm may work
meanwhile. Where it stopped is written down after each call, so that it goes on there; `--anew` begins again.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.place import Place, Trouble
from local.stage import stages

# The table is the firm's first: so many entries a second at most, some hundred write units each.
_PACE = 50
_AT_ONCE = 200


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


def reindex(
    functions: Any,
    name: str,
    checkpoint: Checkpoint,
    *,
    tell: Callable[[str], None] = lambda _: None,
    pace: int = _PACE,
) -> int:
    """How many entries were made found again. Raises Trouble where a call failed: called again, it goes on there."""
    order: dict[str, Any] | None = checkpoint.read()
    if order:
        tell(f"going on in {order['month']}, where it stopped")
    else:
        order = {"month": f"{datetime.now(UTC):%Y-%m}"}
    done = 0
    while order:
        began = time.monotonic()
        asked = {**order, "at_most": min(_AT_ONCE, max(1, pace * 5))}
        answer = functions.invoke(FunctionName=name, Payload=json.dumps(asked).encode())
        told = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise Trouble(f"Stopped at {order}: {told}. The same command goes on there.")
        done += told["done"]
        tell(f"{order['month']}: {done} entries, back to {told['oldest']}")
        order = told["next"]
        checkpoint.write(order)
        time.sleep(max(0.0, told["done"] / pace - (time.monotonic() - began)))
    return done


def main() -> None:
    parser = argparse.ArgumentParser(prog="make reindex", description=__doc__)
    parser.add_argument("stage", choices=stages())
    parser.add_argument("--anew", action="store_true", help="begin again instead of going on where it stopped")
    parser.add_argument("--pace", type=int, default=_PACE, help="entries a second at most")
    asked = parser.parse_args()
    stage, checkpoint = stages()[asked.stage], Checkpoint(Place.here().home / f"reindex-{asked.stage}.json")
    if asked.anew:
        checkpoint.write(None)
    done = reindex(
        stage.client("lambda"),
        stage.resource("PublishFunction"),
        checkpoint,
        tell=lambda words: print(words, flush=True),
        pace=asked.pace,
    )
    print(f"indexed anew: {done} entries")


if __name__ == "__main__":
    main()
