"""How things fail, for tests of what happens then."""

from collections.abc import Callable
from typing import Any

import pytest

from letterbook.use_cases.delivery.sweep import sweep
from tests.support.aws import WorldForTests
from tests.support.steps import deliver_queue, make_documents


class Died(BaseException):
    """The process is gone: nothing after this line happened."""


def after_a_while(world: WorldForTests, minutes: int = 5) -> None:
    """The sweep comes each minute, and the workers take what it finds."""
    for _ in range(minutes):
        world.clock.pass_(minutes=1)
        sweep(world)
        make_documents(world)
        deliver_queue(world)


def fails_once(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, error: BaseException) -> None:
    """The next call of a method fails, and those after it do not."""
    works = getattr(owner, name)

    def failing(*_: Any, **__: Any) -> Any:
        monkeypatch.setattr(owner, name, works)
        raise error

    monkeypatch.setattr(owner, name, failing)


def overtaken(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, others: Callable[[], object]) -> None:
    """The next call of a method comes after what others do; those after it, and theirs, are as always."""
    works = getattr(owner, name)

    def after_others(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(owner, name, works)
        others()
        return works(*args, **kwargs)

    monkeypatch.setattr(owner, name, after_others)
