"""How things fail, for tests of what happens then."""

from typing import Any

import pytest

from letterbook.use_cases.delivery.sweep import sweep
from tests.support.aws import WorldForTests
from tests.support.steps import deliver_queue


class Died(BaseException):
    """The process is gone: nothing after this line happened."""


def after_a_while(world: WorldForTests, minutes: int = 5) -> None:
    """The sweep comes each minute, and the workers take what it finds."""
    for _ in range(minutes):
        world.clock.pass_(minutes=1)
        sweep(world)
        deliver_queue(world)


def fails_once(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, error: BaseException) -> None:
    """The next call of a method fails, and those after it do not."""
    works = getattr(owner, name)

    def failing(*_: Any, **__: Any) -> Any:
        monkeypatch.setattr(owner, name, works)
        raise error

    monkeypatch.setattr(owner, name, failing)
