"""What tests of several kinds share."""

import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.support.aws import WorldForTests
    from tests.support.firm import Firm

# Two busy cores are no reason to fail, and the same code fails or passes the same everywhere.
settings.register_profile("letterbook", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("letterbook")


def pytest_collection_finish() -> None:
    """What thousands of tests are made of stays until the end: not to look at it again each time saves a tenth of the whole."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def aws() -> Iterator[None]:
    """AWS, in this process. Imported here, because only whoever asks for it shall wait for moto."""
    from tests.support.aws import moto

    with moto():
        yield


@pytest.fixture
def world(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator["WorldForTests"]:
    """The world on a cloud of this test's own."""
    from tests.support.aws import cloud

    with cloud(monkeypatch) as made:
        yield made


@pytest.fixture(scope="session")
def firm() -> Iterator["Firm"]:
    """The seeded firm on a local cloud of the tests' own: one for the whole run."""
    from tests.support.local_cloud import running

    with running() as made:
        yield made
