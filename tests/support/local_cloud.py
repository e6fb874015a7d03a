"""A local cloud of the tests' own, started as `make up` does, beside the one somebody may be working with."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.firm import Firm
from tests.support.sam_template import ROOT

# Another where this one is taken: LETTERBOOK_TEST_PORT=19700 make e2e.
PORT = os.environ.get("LETTERBOOK_TEST_PORT", "18700")
HOME = ROOT / f".local-{PORT}"


def local(*arguments: str, home: Path = HOME, port: str | None = PORT) -> subprocess.CompletedProcess[str]:
    """A command of the local cloud, run to its end."""
    return python("local", *arguments, home=home, port=port)


def python(*arguments: str, home: Path = HOME, port: str | None = PORT) -> subprocess.CompletedProcess[str]:
    """A module of ours as a command, on the local cloud."""
    environment = {**os.environ, "LETTERBOOK_HOME": str(home), "PORT": port or ""}
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@contextmanager
def running() -> Iterator[Firm]:
    """The seeded firm, with everything running."""
    local("reset")
    started = local("up")
    assert started.returncode == 0, started.stdout + started.stderr
    try:
        yield Firm(json.loads((HOME / "endpoints.json").read_text()), json.loads((HOME / "outputs.json").read_text()))
    finally:
        kept = ROOT / f".local-{PORT}-logs"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(HOME / "logs", kept)
        local("reset")
