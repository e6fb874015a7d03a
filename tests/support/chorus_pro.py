"""Chorus Pro on this machine, for one test: its simulator, on the test's clock, with what goes wrong scripted."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Response, request

from letterbook.adapters.providers import chorus_pro
from local.simulators import chorus_pro as simulator
from local.simulators.vendor import Vendor
from tests.support.simulated_vendor import SimulatedVendor, simulated

TOKEN = "/api/oauth/token"
DEPOSIT = "/cpro/factures/v1/deposer/flux"
FLOW = "/cpro/transverses/v1/consulterCRDetaille"
INVOICES = "/cpro/factures/v1/rechercher/fournisseur"


class ChorusPro(SimulatedVendor):
    """`asked` counts what was asked, by path; `bodies` are what was sent there, with the fields of the header."""

    def __init__(self, vendor: Vendor) -> None:
        super().__init__(vendor)
        self.asked: Counter[str] = Counter()
        self.bodies: list[tuple[str, Any, dict[str, str]]] = []

    def comes_in(self) -> Response | None:
        self.asked[request.path] += 1
        self.bodies.append(
            (request.path, request.get_json(silent=True) or request.form.to_dict(), dict(request.headers))
        )
        return super().comes_in()

    def advance(self, number: str, to: str, comment: str = "") -> None:
        told = {"number": number, "to": to, "comment": comment}
        assert requests.post(f"{self.url}/_sim/advance", json=told, timeout=10).ok


def chorus_pro_at(
    folder: Path, clock: Callable[[], datetime], monkeypatch: pytest.MonkeyPatch
) -> AbstractContextManager[ChorusPro]:
    monkeypatch.setattr(simulator, "now", clock)
    monkeypatch.setattr(chorus_pro, "now", clock)
    return simulated("chorus_pro", folder, ChorusPro)
