"""What tests of the contract share."""

from typing import Any

import pytest

from tests.cloud import WorldForTests
from tests.contract.asking import ADMIN, PARTY, created


@pytest.fixture
def party(world: WorldForTests) -> Any:
    return created(ADMIN.post("/v1/parties", PARTY))
