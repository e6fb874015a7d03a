"""The two processes of the local cloud: MiniStack, which is AWS with the gateway before it, and ours, which is the providers.

Each runs in a session of its own with nothing of the caller's left open, so that whoever started it may end, and be piped.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from local.environment import ACCOUNT, REGION, ROOT, SIMULATORS, LocalEnvironment, SetupError, listening

_START_SECONDS, _STOP_SECONDS = 60, 20
_OLD = "old-tmp-"
_QUEUES = re.compile(rf"http://localhost:\d+/{ACCOUNT}/")


@dataclass(frozen=True)
class Daemon:
    """`marker` is in its command line, by which a recycled process id is told from it. `ports` are those it opens."""

    name: str
    marker: str
    command: tuple[str, ...]
    ports: tuple[int, ...]
    environment: dict[str, str]

    def start(self, place: LocalEnvironment) -> None:
        """Raises Trouble when it does not come up."""
        if self.pid(place):
            return
        place.logs.mkdir(parents=True, exist_ok=True)
        with (place.logs / f"{self.name}.log").open("ab") as log:
            process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                # Whatever it writes is its owner's alone: state, mail, secrets.
                umask=0o077,
            )
        self._file(place).write_text(str(process.pid))
        deadline = time.monotonic() + _START_SECONDS
        while not all(listening(port) for port in self.ports):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SetupError(f"{self.name} did not start; {place.logs / self.name}.log says why.")
            time.sleep(0.1)

    def stop(self, place: LocalEnvironment, *, forget: bool = False) -> bool:
        """Waits until it has written its state and ended; to be forgotten it is ended at once. False when it was not running."""
        pid = self.pid(place)
        if pid is None:
            return False
        os.kill(pid, signal.SIGKILL if forget else signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while self.pid(place):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                break
            time.sleep(0.1)
        self._file(place).unlink(missing_ok=True)
        return True

    def pid(self, place: LocalEnvironment) -> int | None:
        try:
            pid = int(self._file(place).read_text())
        except (FileNotFoundError, ValueError):
            return None
        try:
            process = psutil.Process(pid)
            alive = self.marker in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return None
        return pid if alive else None

    def _file(self, place: LocalEnvironment) -> Path:
        return place.home / f"{self.name}.pid"


def ministack(place: LocalEnvironment) -> Daemon:
    """AWS itself, with IAM enforced, so that a grant missing from the template is missing here too."""
    scratch = place.home / "tmp"
    own = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(place.aws_port),
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AUTH": "true",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(place.home / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(place.home / "s3"),
        "TMPDIR": str(scratch),
        # Lambdas inherit it: their mail goes to our simulator, which keeps what MiniStack would drop.
        "AWS_ENDPOINT_URL_SESV2": place.ses_url,
        "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": place.simulator_url("sms_voice"),
        # Both would listen on every address.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        **_where(place),
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return Daemon(
        name="ministack",
        marker="local.emulator",
        command=(sys.executable, "-m", "local.emulator"),
        ports=(place.aws_port, place.api_port, place.webhook_port),
        environment={**inherited, **own},
    )


def providers(place: LocalEnvironment) -> Daemon:
    return Daemon(
        name="providers",
        marker="local serve",
        command=(sys.executable, "-m", "local", "serve"),
        ports=(place.ses_port, *(place.simulator_port(one) for one in SIMULATORS)),
        environment={**os.environ, **_where(place)},
    )


def _where(place: LocalEnvironment) -> dict[str, str]:
    """By which a process finds the place (LocalEnvironment.here)."""
    return {"LETTERBOOK_HOME": str(place.home), "PORT": str(place.port)}


def start(place: LocalEnvironment) -> None:
    """Raises Trouble, before anything is started, when a port is taken or it runs on others."""
    aws = ministack(place)
    _ready(place)
    if aws.pid(place) is None:
        clear(place)
        move_queues(place)
        _from_the_beginning(place.home / "state" / "lambda.json")
    (place.home / "tmp").mkdir(parents=True, exist_ok=True)
    place.stay()
    aws.start(place)
    providers(place).start(place)


def clear(place: LocalEnvironment) -> None:
    """Puts aside what former runs left behind, and has it deleted while nobody waits: MiniStack never clears its workers' folders.

    After a long life they are minutes of work, so moving them is all that is done here. What an earlier deletion did not get to
    is deleted too.
    """
    scratch = place.home / "tmp"
    if scratch.exists():
        scratch.rename(place.home / f"{_OLD}{time.time_ns()}")
    old = sorted(place.home.glob(f"{_OLD}*"))
    if old:
        # The shell ends at once, and nobody is left to wait for what it began.
        subprocess.run(
            ["sh", "-c", 'rm -rf -- "$@" &', "sh", *map(str, old)],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def move_queues(place: LocalEnvironment) -> None:
    """MiniStack keeps queues by addresses with the port that it had: on another, what is sent there would be read by nobody."""
    for name in ("sqs", "lambda", "cloudformation"):
        state = place.home / "state" / f"{name}.json"
        if state.exists():
            state.write_text(_QUEUES.sub(f"http://localhost:{place.aws_port}/{ACCOUNT}/", state.read_text()))


def _from_the_beginning(state: Path) -> None:
    """MiniStack remembers how far its streams were read, and not the streams: after a start it would wait for ever."""
    if not state.exists():
        return
    kept = json.loads(state.read_text())
    positions = kept.get("payload", {}).get("dynamodb_stream_positions", {}).get("data", {})
    positions.update(dict.fromkeys(positions, 0))
    state.write_text(json.dumps(kept))


def _ready(place: LocalEnvironment) -> None:
    both = (ministack(place), providers(place))
    last = LocalEnvironment.last(place.home)
    if last != place.port and any(daemon.pid(place) for daemon in both):
        raise SetupError(
            f"It runs on the ports {last} to {last + place.last_port - place.port}. `make down` first, to have it on others."
        )
    for daemon in both:
        taken = [port for port in daemon.ports if daemon.pid(place) is None and listening(port)]
        if taken:
            raise SetupError(
                f"Port {taken[0]} is taken by another program. Stop that, or choose others: `make up PORT=9700`"
                f" uses the ports from 9700 on, and goes on using them."
            )


def stop(place: LocalEnvironment, *, forget: bool = False) -> bool:
    """Stops both; all data stays, unless it is to be forgotten."""
    stopped = [daemon.stop(place, forget=forget) for daemon in (providers(place), ministack(place))]
    return any(stopped)
