"""What tests of the contract share."""

from typing import Any

import pytest

from tests.browsing import Browser, Tokens
from tests.cloud import WorldForTests, make_people
from tests.contract.asking import ADMIN, PARTY, created


@pytest.fixture
def party(world: WorldForTests) -> Any:
    return created(ADMIN.post("/v1/parties", PARTY))


@pytest.fixture
def people(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """One user of each role: their ids by it."""
    return make_people(monkeypatch)


@pytest.fixture
def tokens(world: WorldForTests, people: dict[str, str]) -> Tokens:
    """Lets people into the console without a password."""
    made = Tokens()
    vars(world)["sessions"] = made
    return made


@pytest.fixture
def jane(tokens: Tokens) -> Browser:
    """An administrator before the console."""
    return tokens.let_in()
