"""Import and init of each function, against importing boto3 and making one DynamoDB client, in the same run and the same Python.

Functions see what ships: the built layers, their own code, and the runtime's boto3. Those that use DynamoDB make its
client when they are imported.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.table import Row
from tests.support.sam_template import ROOT, functions

_ROUNDS = 9
_TIMED = "import time; started = time.perf_counter()\n{code}\nprint((time.perf_counter() - started) * 1000)"
_FLOOR = "import boto3; boto3.client('dynamodb')"
_FUNCTION = "import {name}.handler"
_BUILT = (
    ("layers/dependencies", "DependenciesLayer"),
    ("shared", "LetterbookLayer"),
    ("layers/signing", "SigningLayer"),
    ("layers/typesetting", "TypesettingLayer"),
)
# Unzipped, in megabytes.
_LARGEST = {"DependenciesLayer": 45, "TypesettingLayer": 90}
_READERS = {"query", "command", "console"}


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        layers = _layers(Path(folder))
        sizes = _sizes(layers)
        names = sorted(functions())
        timed: dict[str, list[float]] = {name: [] for name in ["", *names]}
        for _ in range(_ROUNDS):
            for name in timed:
                timed[name].append(_time(name, layers))
    floor = statistics.median(timed.pop(""))
    made = [_row(name, statistics.median(times), floor) for name, times in timed.items()]
    return [*made, *sizes]


def _row(name: str, milliseconds: float, floor: float) -> Row:
    limit = 1.6 if name in _READERS else 1.3
    ratio = milliseconds / floor
    figure = f"{milliseconds:.0f} ms, {ratio:.2f} x"
    return Row(
        f"import + init of {name}", figure, budget=f"<= {limit} x", floor=f"{floor:.0f} ms", within=ratio <= limit
    )


def _layers(folder: Path) -> list[Path]:
    """The layers, built as `sam build` builds them, for this Python."""
    environment = {**os.environ, "LETTERBOOK_LOCAL": "1", "PYTHON": sys.executable}
    for source, target in _BUILT:
        artifacts = folder / target
        artifacts.mkdir()
        made = {**environment, "ARTIFACTS_DIR": str(artifacts)}
        subprocess.run(
            ["make", "--silent", f"build-{target}"], cwd=ROOT / source, env=made, check=True, stdout=subprocess.DEVNULL
        )
    return [folder / target for _, target in _BUILT]


def _sizes(layers: list[Path]) -> list[Row]:
    return [_size(layer, _LARGEST[layer.name]) for layer in layers if layer.name in _LARGEST]


def _size(layer: Path, limit: int) -> Row:
    megabytes = sum(file.stat().st_size for file in layer.rglob("*") if file.is_file()) / 1e6
    return Row(f"{layer.name}, unzipped", f"{megabytes:.1f} MB", budget=f"<= {limit} MB", within=megabytes <= limit)


def _time(name: str, layers: list[Path]) -> float:
    code = _FUNCTION.format(name=name) if name else _FLOOR
    shipped = [str(layer / "python") for layer in layers] if name else []
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([*shipped, str(ROOT / "functions")]),
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_LAMBDA_FUNCTION_NAME": name,
    }
    done = subprocess.run(
        [sys.executable, "-c", _TIMED.format(code=code)], env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout)
