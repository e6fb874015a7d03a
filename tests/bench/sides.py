"""The processes that are measured against each other: ours, the state before, and the floor, each beside its loopback."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.bench.loopback import REGION
from tests.support.sam_template import ROOT

# Written by the checkout itself, of its own template.
_TABLES = """
import json, sys
from local.template import read
made = read()["Resources"]
names = {}
for one in made.values():
    names |= one.get("Properties", {}).get("Environment", {}).get("Variables", {}) if isinstance(one, dict) else {}
wanted = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")
told = {
    name: {key: made[logical["Ref"]]["Properties"][key] for key in wanted if key in made[logical["Ref"]]["Properties"]}
    for name, logical in names.items() if name.endswith("_TABLE")
}
sys.stdout.write(json.dumps(told))
"""


class Process:
    """One that takes orders line by line."""

    def __init__(self, module: str, root: Path, port: int | None = None) -> None:
        paths = [root / "shared", root / "functions", ROOT]
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            "POWERTOOLS_SERVICE_NAME": "letterbook",
            **({"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"} if port else {}),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", module], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def line(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("a process that is measured ended: see above")
        return json.loads(line)

    def order(self, **order: Any) -> Any:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self.line()

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        """It ends when it is told nothing more."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


class Side:
    """A checkout at work beside its own loopback."""

    def __init__(self, root: Path, stack: ExitStack) -> None:
        self.port = stack.enter_context(Process("tests.bench.loopback", ROOT)).line()
        self._worker = stack.enter_context(Process("tests.bench.worker", root, self.port))
        made = subprocess.run([sys.executable, "-c", _TABLES], cwd=root, capture_output=True, text=True, check=True)
        self._worker.order(port=self.port, tables=json.loads(made.stdout))

    def order(self, do: str, act: str, **more: Any) -> Any:
        return self._worker.order(do=do, act=act, **more)


class Floor:
    """The requests of a side alone."""

    def __init__(self, side: Side, stack: ExitStack) -> None:
        self._process = stack.enter_context(Process("tests.bench.floor", ROOT))
        self._process.order(port=side.port)

    def order(self, do: str, act: str) -> Any:
        return self._process.order(do=do, act=act)
