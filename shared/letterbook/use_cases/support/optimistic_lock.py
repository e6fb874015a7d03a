"""What can be amended carries a version, and an amendment may say which one it amends."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from letterbook.domain.errors import ConcurrentUpdate, PreconditionFailed
from letterbook.domain.organisation import Organisation
from letterbook.domain.party import Case, Contact, Party, Preferences
from letterbook.domain.threads import Thread
from letterbook.domain.todos import Todo
from letterbook.retry import retry_on_conflict

T = TypeVar("T", Party, Contact, Case, Preferences, Organisation, Thread, Todo)


class Unset:
    """The type of UNSET: what an amendment does not speak of, where None means none."""


UNSET = Unset()


def update_versioned(
    version: int | None, read: Callable[[], T], change: Callable[[T], T], save: Callable[[T, T], None]
) -> T:
    """Reads, changes, saves. `save` takes what is to be and what it was; where somebody was faster it raises ConcurrentUpdate.

    Raises PreconditionFailed when the caller amends a `version` that is not the present one. Who names none means whatever there
    is: their change is made again to what somebody else wrote.
    """

    def attempt() -> T:
        before = read()
        after = replace(change(before), version=next_version(before.version, version))
        try:
            save(after, before)
        except ConcurrentUpdate:
            if version is not None:
                raise version_conflict() from None
            raise
        return after

    return retry_on_conflict(attempt)


def next_version(present: int, expected: int | None) -> int:
    """Raises PreconditionFailed when the caller amends a version that is not the present one."""
    if expected is not None and expected != present:
        raise version_conflict()
    return present + 1


def version_conflict() -> PreconditionFailed:
    return PreconditionFailed("It was changed since you read it: read it again and apply your change to that.")
