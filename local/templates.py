"""Brings the templates that come with Letterbook to a firm: `python -m local.templates production`. What the firm changed stays.

Made again, it does what is left to do; with nothing left it writes nothing.
"""

import argparse
import json
from collections.abc import Sequence
from typing import Any

from local.environment import SetupError
from local.stage import Stage, stages


def install(stage: Stage) -> Sequence[dict[str, Any]]:
    """Answers where each thing of the library stands then. Raises SetupError where the function failed."""
    answer = stage.client("lambda").invoke(
        FunctionName=stage.resource("CommandFunction"), Payload=json.dumps({"order": "install library"})
    )
    told = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        raise SetupError(f"Stopped: {told}. The same command goes on there.")
    items: list[dict[str, Any]] = told["items"]
    return items


def told(items: Sequence[dict[str, Any]]) -> list[str]:
    """What was done, in lines."""
    written = [one for one in items if one["written"]]
    own = [_name(one) for one in items if one["state"] == "own"]
    installed = sum(one["version"] == 1 for one in written)
    lines = [f"{installed} installed, {len(written) - installed} updated, of {len(items)}"]
    return [*lines, f"left as they are, because the firm wrote them: {', '.join(own)}"] if own else lines


def _name(item: dict[str, Any]) -> str:
    return f"{item['key']} ({item['language']})" if item["language"] else str(item["key"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="make templates", description=__doc__)
    parser.add_argument("stage", choices=stages())
    for line in told(install(stages()[parser.parse_args().stage])):
        print(line)


if __name__ == "__main__":
    main()
