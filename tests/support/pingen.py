"""Pingen on this machine, in this process: what it was asked, and which letters it has."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests
from flask import Response, request
from werkzeug.serving import make_server

from letterbook.adapters.providers import PROVIDERS
from letterbook.adapters.providers.account import Account
from letterbook.environment import settings
from letterbook.ports import OutboundMessage
from local.environment import LocalEnvironment
from local.simulators import pingen
from local.simulators.vendor import Step, Vendor
from tests.support.aws import client

SPEC = PROVIDERS["pingen"]
SECRET = "letterbook/providers/pingen"


@dataclass
class SimulatedPingen:
    """`asked` is what it was asked, `course` what it would post of each letter, where a test keeps that. `away`: it cannot be
    reached, and something in between says so.
    """

    vendor: Vendor
    account: Account
    asked: list[str] = field(default_factory=list)
    course: list[Step] = field(default_factory=list)
    away: bool = False

    def send(self, parcel: OutboundMessage) -> str:
        return SPEC.make(self.account).send(parcel)

    def posts(self, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
        """The bodies of what it posts of its letters from here on."""
        return [body for body, _ in self.signed_posts(monkeypatch)]

    def signed_posts(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, dict[str, str]]]:
        """Each with the fields of its header, by their names in lower case."""
        kept: list[tuple[bytes, dict[str, str]]] = []

        def keep(_: str, *, data: bytes, headers: dict[str, str], **__: object) -> requests.Response:
            kept.append((data, {name.lower(): value for name, value in headers.items()}))
            return requests.Response()

        monkeypatch.setattr("local.simulators.pingen.requests.post", keep)
        for _, post in self.course:
            post()
        self.course.clear()
        return kept

    @property
    def letters(self) -> list[dict[str, Any]]:
        return self.vendor.newest_first()


def account_at(url: str) -> Account:
    held = {**pingen.CREDENTIALS, "base_url": url}
    client("secretsmanager").create_secret(Name=SECRET, SecretString=json.dumps(held))
    return Account(SPEC.name, SPEC.credentials, settings())


@contextmanager
def simulated_pingen(home: Path) -> Iterator[SimulatedPingen]:
    """Its secret is there, too."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    place = LocalEnvironment(home=home, port=1)
    place = replace(place, port=port - place.simulator_port(SPEC.name) + 1)
    vendor = Vendor(place, SPEC.name, pingen.CREDENTIALS)
    made = SimulatedPingen(vendor, account_at(vendor.url))
    app = pingen.simulator(vendor)

    def comes_in() -> Response | None:
        made.asked.append(f"{request.method} {_short()}")
        return Response(status=502) if made.away else None

    app.before_request_funcs.setdefault(None, []).insert(0, comes_in)
    server = make_server("127.0.0.1", port, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


def _short() -> str:
    return request.path.rpartition("/deliveries/")[2].partition("/files/")[0] or "file"
