"""Pingen on this machine, in this process: what it was asked, and which letters it has."""

import json
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import requests
from flask import Response, request

from letterbook.adapters.providers import PROVIDERS
from letterbook.adapters.providers.account import Account
from letterbook.environment import settings
from letterbook.ports import OutboundMessage
from local.simulators import pingen
from local.simulators.vendor import Step, Vendor
from tests.support.aws import client
from tests.support.simulated_vendor import SimulatedVendor, simulated

SPEC = PROVIDERS["pingen"]
SECRET = "letterbook/providers/pingen"


class SimulatedPingen(SimulatedVendor):
    """`asked` is what it was asked, `course` what it would post of each letter, where a test keeps that. `away`: it cannot be
    reached, and something in between says so.
    """

    def __init__(self, vendor: Vendor) -> None:
        super().__init__(vendor)
        self.account = account_at(vendor.url)
        self.asked: list[str] = []
        self.course: list[Step] = []
        self.away = False

    def comes_in(self) -> Response | None:
        self.asked.append(f"{request.method} {_short()}")
        return Response(status=502) if self.away else super().comes_in()

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

        monkeypatch.setattr("local.simulators.pingen_posts.requests.post", keep)
        for _, post in self.course:
            post()
        self.course.clear()
        return kept


def account_at(url: str) -> Account:
    held = {**pingen.CREDENTIALS, "base_url": url}
    client("secretsmanager").create_secret(Name=SECRET, SecretString=json.dumps(held))
    return Account(SPEC.name, SPEC.credentials, settings())


def simulated_pingen(home: Path) -> AbstractContextManager[SimulatedPingen]:
    """Its secret is there, too."""
    return simulated(SPEC.name, home, SimulatedPingen)


def _short() -> str:
    return request.path.rpartition("/deliveries/")[2].partition("/files/")[0] or "file"
