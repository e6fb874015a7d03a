"""The accounts of whoever a test asks as: known from the moment that they ask. A test changes or forgets them as it likes."""

from functools import cached_property
from typing import Any

from letterbook.adapters.users import CognitoUsers
from letterbook.environment import Settings
from letterbook.ports import Account

ACCOUNTS: dict[str, Account] = {}


def known(user: str, name: str, *groups: str, id_: str | None = None) -> None:
    """The user of that name has these groups from now on; their id is their username, unless it is given."""
    ACCOUNTS[user] = Account(id=id_ or user, name=name, groups=frozenset(groups))


class UsersForTests:
    """The real ones, of a pool that a test may make later, and whoever asks without being in one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _real(self) -> CognitoUsers:
        return CognitoUsers(self._settings.user_pool_id, float(self._settings.identity_seconds))

    def all(self) -> Any:
        return self._real.all()

    def account(self, username: str) -> Account | None:
        return ACCOUNTS.get(username) or self._real.account(username)
