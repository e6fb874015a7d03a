"""Makes the search index and the numbers again from the log: `python -m local.reindex production`.

Month by month, newest first, a few hundred entries a call; what is there already stays found while it runs.
"""

import argparse
import json
from datetime import UTC, datetime
from typing import Any

from local.place import Trouble
from local.stage import stages


def reindex(functions: Any, name: str) -> int:
    """How many calls it took. Raises Trouble where one failed."""
    order: dict[str, Any] | None = {"month": f"{datetime.now(UTC):%Y-%m}"}
    calls = 0
    while order:
        answer = functions.invoke(FunctionName=name, Payload=json.dumps(order).encode())
        told = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise Trouble(f"Stopped at {order}: {told}")
        order, calls = told["next"], calls + 1
    return calls


def main() -> None:
    parser = argparse.ArgumentParser(prog="make reindex", description=__doc__)
    parser.add_argument("stage", choices=stages())
    stage = stages()[parser.parse_args().stage]
    print(f"indexed anew in {reindex(stage.client('lambda'), stage.resource('PublishFunction'))} calls")


if __name__ == "__main__":
    main()
