"""Storecove on this machine, for one test: its simulator, with what goes wrong scripted."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import requests
from flask import Response, request

from local.simulators.vendor import Vendor
from tests.support.simulated_vendor import SimulatedVendor, simulated

DISCOVERY, SUBMISSIONS, QUEUE = "/discovery/receives", "/document_submissions", "/webhook_instances/"


class StorecoveHere(SimulatedVendor):
    """`asked` are the requests that came: path and body."""

    def __init__(self, vendor: Vendor) -> None:
        super().__init__(vendor)
        self.asked: list[tuple[str, Any]] = []

    def comes_in(self) -> Response | None:
        self.asked.append((request.path, request.get_json(silent=True)))
        return super().comes_in()

    def bodies(self, path: str) -> list[Any]:
        return [body for asked, body in self.asked if asked == path]

    def happens(self, number: str, event: str, details: str = "") -> None:
        told = {"number": number, "event": event, "details": details}
        assert requests.post(f"{self.url}/_sim/events", json=told, timeout=10).ok


def storecove_at(folder: Path) -> AbstractContextManager[StorecoveHere]:
    return simulated("storecove", folder, StorecoveHere)
