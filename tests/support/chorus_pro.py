"""Chorus Pro on this machine, for one test: its simulator, on the test's clock, with what goes wrong scripted."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Response, request
from werkzeug.serving import make_server

from letterbook.adapters.providers import chorus_pro
from local.environment import LocalEnvironment
from local.simulators import chorus_pro as simulated
from local.simulators.vendor import Vendor

TOKEN = "/api/oauth/token"
DEPOSIT = "/cpro/factures/v1/deposer/flux"
FLOW = "/cpro/transverses/v1/consulterCRDetaille"
INVOICES = "/cpro/factures/v1/rechercher/fournisseur"


class ChorusPro:
    """`asked` counts what was asked, by path; `bodies` are what was sent there. `instead` are answers in place of its own."""

    def __init__(self, url: str, vendor: Vendor) -> None:
        self.url = url
        self.vendor = vendor
        self.asked: Counter[str] = Counter()
        self.bodies: list[tuple[str, Any, dict[str, str]]] = []
        self.instead: dict[str, list[tuple[int, bytes]]] = {}

    @property
    def secret(self) -> dict[str, str]:
        return {**simulated.CREDENTIALS, "base_url": self.url}

    def answer(self, path: str, status: int, body: bytes = b"") -> None:
        """The next time that this is asked."""
        self.instead.setdefault(path, []).append((status, body))

    def advance(self, number: str, to: str, comment: str = "") -> None:
        told = {"number": number, "to": to, "comment": comment}
        assert requests.post(f"{self.url}/_sim/advance", json=told, timeout=10).ok

    @property
    def deposits(self) -> list[dict[str, Any]]:
        return self.vendor.newest_first()


@contextmanager
def chorus_pro_at(folder: Path, clock: Callable[[], datetime], monkeypatch: pytest.MonkeyPatch) -> Iterator[ChorusPro]:
    monkeypatch.setattr(simulated, "now", clock)
    monkeypatch.setattr(chorus_pro, "now", clock)
    vendor = Vendor(LocalEnvironment(home=folder, port=0), "chorus_pro", simulated.CREDENTIALS)
    app = simulated.simulator(vendor)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    cloud = ChorusPro(f"http://127.0.0.1:{server.server_port}", vendor)

    def remember() -> Response | None:
        cloud.asked[request.path] += 1
        cloud.bodies.append(
            (request.path, request.get_json(silent=True) or request.form.to_dict(), dict(request.headers))
        )
        if told := cloud.instead.get(request.path):
            status, body = told.pop(0)
            return Response(body, status, mimetype="application/json")
        return None

    app.before_request_funcs.setdefault(None, []).insert(0, remember)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
