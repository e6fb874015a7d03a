"""Where the local cloud lives: its folder and its ports. Several may run side by side, each with its own of both."""

import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The vendors that have a server of their own here, in the order of their ports; each is a module of local.simulators.
SIMULATORS: tuple[str, ...] = ("sendgrid", "mailgun", "twilio", "sms_voice", "pingen", "storecove", "chorus_pro")

ROOT = Path(__file__).resolve().parent.parent
REGION = "eu-west-2"
ACCOUNT = "000000000000"
STACK = "letterbook-local"
_FIRST_PORT = 8700
_PORT_FILE = "port"


class SetupError(Exception):
    """Something a person must put right; the message says what, and how."""


@dataclass(frozen=True)
class LocalEnvironment:
    """`home` holds all data; the ports follow one another from `port` on: four, and one for each simulated vendor."""

    home: Path
    port: int

    @classmethod
    def here(cls) -> "LocalEnvironment":
        """As the environment says: LETTERBOOK_HOME and PORT; without PORT, where it was last."""
        home = Path(os.environ.get("LETTERBOOK_HOME", ROOT / ".local")).resolve()
        return cls(home=home, port=int(os.environ.get("PORT") or cls.last(home)))

    @staticmethod
    def last(home: Path) -> int:
        """The first port that it used last."""
        file = home / _PORT_FILE
        return int(file.read_text()) if file.exists() else _FIRST_PORT

    def stay(self) -> None:
        """From now on it is found here."""
        (self.home / _PORT_FILE).write_text(str(self.port))

    def make(self) -> None:
        """The folder, with what it holds nobody's business but its owner's: passwords, keys, people's mail."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)

    def keep(self, file: Path, text: str) -> None:
        """Writes a file that only its owner may read, at no moment with more rights than that."""
        file.unlink(missing_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as kept:
            kept.write(text)

    @property
    def console_origins(self) -> tuple[str, ...]:
        """The console, as browsers may call this machine."""
        return tuple(f"http://{name}:{self.api_port}" for name in ("127.0.0.1", "localhost"))

    @property
    def api_port(self) -> int:
        return self.port

    @property
    def webhook_port(self) -> int:
        return self.port + 1

    @property
    def ses_port(self) -> int:
        return self.port + 2

    @property
    def aws_port(self) -> int:
        return self.port + 3

    def simulator_port(self, name: str) -> int:
        return self.port + 4 + list(SIMULATORS).index(name)

    def simulator_url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.simulator_port(name)}"

    @property
    def last_port(self) -> int:
        return self.port + 3 + len(SIMULATORS)

    @property
    def aws_url(self) -> str:
        return f"http://127.0.0.1:{self.aws_port}"

    @property
    def webhook_url(self) -> str:
        return f"http://127.0.0.1:{self.webhook_port}"

    @property
    def ses_url(self) -> str:
        return f"http://127.0.0.1:{self.ses_port}"

    @property
    def endpoints_file(self) -> Path:
        return self.home / "endpoints.json"

    @property
    def outputs_file(self) -> Path:
        return self.home / "outputs.json"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    def endpoints(self) -> dict[str, Any]:
        """Raises Trouble before the first `make up`."""
        try:
            endpoints: dict[str, Any] = json.loads(self.endpoints_file.read_text())
        except FileNotFoundError:
            raise SetupError("Nothing is running here yet: `make up` first.") from None
        return endpoints

    def outputs(self) -> dict[str, str]:
        outputs: dict[str, str] = json.loads(self.outputs_file.read_text())
        return outputs

    def environment(self) -> dict[str, str]:
        """For whatever talks to the local cloud as an AWS client: it is root there."""
        return {
            **os.environ,
            "AWS_ENDPOINT_URL": self.aws_url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "SAM_CLI_TELEMETRY": "0",
            "SAM_CLI_POLL_DELAY": "0.1",
        }


def listening(port: int) -> bool:
    """Whether something answers on a port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
