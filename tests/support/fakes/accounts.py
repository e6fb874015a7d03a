"""The accounts of whoever a test asks as: known from the moment that they ask. A test changes or forgets them as it likes."""

from letterbook.ports import Account

ACCOUNTS: dict[str, Account] = {}


def known(user: str, name: str, *groups: str, id_: str | None = None) -> None:
    """The user of that name has these groups from now on; their id is their username, unless it is given."""
    ACCOUNTS[user] = Account(id=id_ or user, name=name, groups=frozenset(groups))
