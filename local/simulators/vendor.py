"""What all vendors have in common: what they took, what is set to go wrong, and posting until somebody took it."""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from botocore.exceptions import BotoCoreError, ClientError
from flask import Flask, Response, abort, jsonify, request

from local.environment import LocalEnvironment
from local.simulators.fates import Fate

logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 0.2
_PATIENCE_SECONDS = 600
# Each post that comes beside others starts a worker, which is the work of a second: many at once leave a small machine to nothing
# else. All vendors together post so many.
_AT_ONCE = threading.BoundedSemaphore(2)
_MODES = {one.value: one for one in (Fate.BROKEN, Fate.AMBIGUOUS, Fate.THROTTLED)}


# None where it was taken by something that answers nothing: a bus.
Post = Callable[[], requests.Response | None]
# What becomes of a message, in the vendor's word for it, and how that is posted.
Step = tuple[str, Post]


@dataclass
class Vendor:
    """One vendor's memory. `credentials` are what it knows us by; `throttled` those whom it asked to wait once already."""

    place: LocalEnvironment
    name: str
    credentials: Mapping[str, str]
    mode: Fate | None = None
    throttled: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()

    @property
    def folder(self) -> Path:
        return self.place.home / "simulators" / self.name

    @property
    def url(self) -> str:
        return self.place.simulator_url(self.name)

    def webhook(self, path: str = "") -> str:
        """Where it was told, at the vendor, to post."""
        base = f"{self.place.webhook_url}/{self.name}"
        return f"{base}/{path}" if path else base

    def keep(self, message: dict[str, Any]) -> None:
        """`reference`, `communication_id`, `to`, `from`, `subject`, `text`, `attachments`; `at` and `events` are added."""
        kept = {"at": now(), "events": [], **message}
        with self._lock:
            self._write(kept)

    def find(self, reference: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = json.loads(self._file(reference).read_text())
        except FileNotFoundError:
            return None
        return found

    def newest_first(self) -> list[dict[str, Any]]:
        kept = [json.loads(file.read_text()) for file in self.folder.glob("*.json")]
        return sorted(kept, key=lambda one: str(one["at"]), reverse=True)

    def amend(self, reference: str, event: str | None = None, **changes: Any) -> None:
        """Something became of it: `event` is the vendor's word for that."""
        with self._lock:
            kept = self.find(reference)
            if kept is not None:
                kept.update(changes)
                kept["events"] += [event] if event else []
                self._write(kept)

    def asks_to_wait(self, key: str) -> bool:
        """Whether this one is asked to wait now: once for each, or always while the mode says so."""
        if self.mode is Fate.THROTTLED:
            return True
        with self._lock:
            first = key not in self.throttled
            self.throttled.add(key)
        return first

    def happen(self, reference: str, steps: Sequence[Step], fate: Fate) -> None:
        """Posts what becomes of a message, step after step, while nobody waits: `steps` are events and how each is posted."""
        if fate is not Fate.MUTE:
            threading.Thread(target=self._happen, args=(reference, list(steps), fate), daemon=True).start()

    def _happen(self, reference: str, steps: list[Step], fate: Fate) -> None:
        told = [step for step in reversed(steps) for _ in range(3)] if fate is Fate.TWICE else steps
        for event, post in told:
            time.sleep(_PAUSE_SECONDS)
            self.deliver(post)
            self.amend(reference, event)

    def deliver(self, post: Post) -> bool:
        """Posts until it is taken, as vendors do for hours; what is refused for good is given up."""
        deadline, wait = time.monotonic() + _PATIENCE_SECONDS, 0.5
        while time.monotonic() < deadline:
            try:
                with _AT_ONCE:
                    answer = post()
                if answer is None or answer.ok:
                    return True
                if 400 <= answer.status_code < 500 and answer.status_code not in (408, 429):
                    logger.warning("%s: a webhook was refused with %s", self.name, answer.status_code)
                    return False
            except (requests.RequestException, BotoCoreError, ClientError):
                pass
            time.sleep(wait)
            wait = min(wait * 2, 10)
        return False

    def _write(self, kept: Mapping[str, Any]) -> None:
        """Whole, or not at all: others read meanwhile."""
        file = self._file(kept["reference"])
        beside = file.with_suffix(".new")
        beside.write_text(json.dumps(kept))
        beside.replace(file)

    def _file(self, reference: str) -> Path:
        return self.folder / f"{''.join(c if c.isalnum() else '_' for c in reference)}.json"


_SHOWN = ("reference", "communication_id", "to", "from", "subject", "text", "attachments", "at", "events")


def application(vendor: Vendor) -> Flask:
    """What every vendor's server answers beside the vendor's own API."""
    app = Flask(f"{__name__}.{vendor.name}", static_folder=None)

    @app.get("/_sim/messages")
    def messages() -> Response:
        return jsonify([{name: one.get(name) for name in _SHOWN} for one in vendor.newest_first()])

    @app.put("/_sim/mode")
    def mode() -> Response:
        asked = (request.get_json(force=True) or {}).get("mode")
        if asked is not None and asked not in _MODES:
            abort(400)
        vendor.mode = _MODES.get(asked) if asked else None
        return jsonify({"mode": vendor.mode})

    return app


def hang_up() -> None:
    """The connection breaks before anything is answered."""
    connection = request.environ["werkzeug.socket"]
    connection.shutdown(2)
    connection.close()


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
