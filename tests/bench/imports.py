"""Import and init of each function, against importing boto3 and making one DynamoDB client, in the same run and the same Python.

Functions see what ships: the built layers, their own code, and the runtime's boto3. Those that use DynamoDB make its client when
they are imported. The layers are built compiled; without bytecode is what a deployment by another Python starts with.
`COLD_PYTHON=python3.13` measures in that one, which has to have boto3.
"""

import inspect
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.memory import peak_megabytes
from tests.bench.table import Row
from tests.support.sam_template import ROOT, functions, resources

_ROUNDS, _ROUNDS_UNCOMPILED = 5, 1
_PYTHON = os.environ.get("COLD_PYTHON", sys.executable)
# CPU and not the clock, which a busy machine stretches; all of a process's memory at its peak.
_TIMED = """
import time
begun = time.process_time()
{code}
took = (time.process_time() - begun) * 1000
{memory}
print(took, peak_megabytes())
"""
_FLOOR = "import boto3; boto3.client('dynamodb')"
_FUNCTION = "import {name}.handler"
# Unzipped, in megabytes.
_LARGEST = {"DependenciesLayer": 45, "TypesettingLayer": 90}
_READERS = {"query", "command", "console"}


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        layers = _layers(Path(folder))
        sizes = [_size(layer) for layer in layers]
        shipped = [*(layer / "python" for layer in layers), _functions(Path(folder))]
        compiled = _measured(shipped, _ROUNDS)
        for cache in [one for path in shipped for one in path.rglob("__pycache__")]:
            shutil.rmtree(cache)
        uncompiled = _measured(shipped, _ROUNDS_UNCOMPILED)
    floor = compiled.pop("")[0]
    return [*(_row(name, *figures, uncompiled[name][0], floor) for name, figures in compiled.items()), *sizes]


def _row(name: str, milliseconds: float, megabytes: float, uncompiled: float, floor: float) -> Row:
    limit = 1.6 if name in _READERS else 1.3
    ratio = milliseconds / floor
    return Row(
        f"import + init of {name}",
        f"{milliseconds:.0f} ms of CPU, {ratio:.2f} x; without bytecode {uncompiled:.0f} ms; {megabytes:.0f} MB",
        budget=f"<= {limit} x",
        floor=f"{floor:.0f} ms",
        within=ratio <= limit,
    )


def _layers(folder: Path) -> list[Path]:
    """The layers, built as `sam build` builds them, for this Python."""
    environment = {**os.environ, "LETTERBOOK_LOCAL": "1", "PYTHON": _PYTHON}
    layers = resources("AWS::Serverless::LayerVersion")
    for target, properties in layers.items():
        artifacts = folder / target
        artifacts.mkdir()
        made = {**environment, "ARTIFACTS_DIR": str(artifacts)}
        command = ["make", "--silent", f"build-{target}"]
        subprocess.run(command, cwd=ROOT / properties["ContentUri"], env=made, check=True, stdout=subprocess.DEVNULL)
    return [folder / target for target in layers]


def _functions(folder: Path) -> Path:
    """All of them, compiled as the layers are."""
    there = folder / "functions"
    shutil.copytree(ROOT / "functions", there, ignore=shutil.ignore_patterns("__pycache__"))
    compiled = [_PYTHON, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(there)]
    subprocess.run(compiled, check=True)
    return there


def _size(layer: Path) -> Row:
    limit = _LARGEST.get(layer.name)
    megabytes = sum(file.stat().st_size for file in layer.rglob("*") if file.is_file()) / 1e6
    return Row(
        f"{layer.name}, unzipped",
        f"{megabytes:.1f} MB",
        budget=f"<= {limit} MB" if limit else "",
        within=megabytes <= limit if limit else None,
    )


def _measured(shipped: list[Path], rounds: int) -> dict[str, tuple[float, float]]:
    """Milliseconds and megabytes of each function, the floor's by an empty name: one after the other, as often as that."""
    names = ["", *sorted(functions())]
    told = [[_started(name, shipped) for name in names] for _ in range(rounds)]
    return {
        name: (statistics.median(one[0] for one in each), statistics.median(one[1] for one in each))
        for name, each in zip(names, zip(*told, strict=True), strict=True)
    }


def _started(name: str, shipped: list[Path]) -> tuple[float, float]:
    code = _FUNCTION.format(name=name) if name else _FLOOR
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, shipped)) if name else "",
        # Where a function lies is read-only.
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_LAMBDA_FUNCTION_NAME": name,
    }
    timed = _TIMED.format(code=code, memory=inspect.getsource(peak_megabytes))
    done = subprocess.run([_PYTHON, "-c", timed], env=environment, capture_output=True, text=True, check=True)
    took, megabytes = map(float, done.stdout.split())
    return took, megabytes
