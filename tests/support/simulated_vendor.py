"""One vendor's simulator on this machine, for one test, which sees what it is asked and may answer in its place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from flask import Response, request
from werkzeug.serving import make_server

from local.environment import LocalEnvironment
from local.simulators.vendor import Vendor


class SimulatedVendor:
    def __init__(self, vendor: Vendor) -> None:
        self.vendor = vendor
        self._instead: dict[str, list[tuple[int, bytes]]] = {}

    @property
    def url(self) -> str:
        return self.vendor.url

    @property
    def secret(self) -> dict[str, str]:
        return {**self.vendor.credentials, "base_url": self.url}

    @property
    def taken(self) -> list[dict[str, Any]]:
        """What it took, the newest first."""
        return self.vendor.newest_first()

    def answer(self, path: str, status: int, body: bytes = b"") -> None:
        """In place of its own answer, the next time that this is asked."""
        self._instead.setdefault(path, []).append((status, body))

    def comes_in(self) -> Response | None:
        """Whatever it is asked, before it sees it."""
        if told := self._instead.get(request.path):
            status, body = told.pop(0)
            return Response(body, status, mimetype="application/json")
        return None


Simulated = TypeVar("Simulated", bound=SimulatedVendor)


class _Place(LocalEnvironment):
    """Where it stands by itself."""

    def simulator_url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def simulated(name: str, home: Path, made: Callable[[Vendor], Simulated]) -> Iterator[Simulated]:
    """The simulator of that name (local/simulators), listening until the end."""
    simulator = import_module(f"local.simulators.{name}")
    # The port is known once it listens, and the simulator wants to know it.
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    vendor = Vendor(_Place(home=home, port=server.server_port), name, simulator.CREDENTIALS)
    here, app = made(vendor), simulator.simulator(vendor)
    app.before_request_funcs.setdefault(None, []).insert(0, here.comes_in)
    server.app = app
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
