"""Storecove on this machine, for one test: its simulator, with what goes wrong scripted."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from flask import Response, request
from werkzeug.serving import make_server

from local.environment import LocalEnvironment
from local.simulators import storecove as simulated
from local.simulators.vendor import Vendor

DISCOVERY, SUBMISSIONS, QUEUE = "/discovery/receives", "/document_submissions", "/webhook_instances/"


class Place(LocalEnvironment):
    """Where it stands by itself."""

    def simulator_url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}"


class StorecoveHere:
    """`asked` are the requests that came, `instead` answers in place of its own, by path."""

    def __init__(self, vendor: Vendor) -> None:
        self.vendor = vendor
        self.asked: list[tuple[str, Any]] = []
        self.instead: dict[str, list[tuple[int, bytes]]] = {}

    @property
    def url(self) -> str:
        return self.vendor.url

    @property
    def secret(self) -> dict[str, str]:
        return {**simulated.CREDENTIALS, "base_url": self.url}

    @property
    def deposits(self) -> list[dict[str, Any]]:
        return self.vendor.newest_first()

    def answer(self, path: str, status: int, body: bytes = b"") -> None:
        """The next time that this is asked."""
        self.instead.setdefault(path, []).append((status, body))

    def bodies(self, path: str) -> list[Any]:
        return [body for asked, body in self.asked if asked == path]

    def happens(self, number: str, event: str, details: str = "") -> None:
        told = {"number": number, "event": event, "details": details}
        assert requests.post(f"{self.url}/_sim/events", json=told, timeout=10).ok


@contextmanager
def storecove_at(folder: Path) -> Iterator[StorecoveHere]:
    # The port is known once it listens, and the simulator wants to know it.
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    vendor = Vendor(Place(home=folder, port=server.server_port), "storecove", simulated.CREDENTIALS)
    app, here = simulated.simulator(vendor), StorecoveHere(vendor)
    server.app = app

    def remember() -> Response | None:
        here.asked.append((request.path, request.get_json(silent=True)))
        if told := here.instead.get(request.path):
            status, body = told.pop(0)
            return Response(body, status, mimetype="application/json")
        return None

    app.before_request_funcs.setdefault(None, []).insert(0, remember)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
