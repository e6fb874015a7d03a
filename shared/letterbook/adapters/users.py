"""The users and their roles, from Cognito."""

from collections.abc import Sequence

from letterbook.adapters import aws
from letterbook.domain.access import ROLES
from letterbook.ports import User


class CognitoUsers:
    """See ports.Users. One request for each role: Cognito lists the members of a group, and not the groups of all members."""

    def __init__(self, pool: str) -> None:
        self._pool = pool

    def all(self) -> Sequence[User]:
        users: dict[str, User] = {}
        for role in ROLES:
            pages = aws.cognito().get_paginator("list_users_in_group").paginate(UserPoolId=self._pool, GroupName=role)
            for member in (one for page in pages for one in page["Users"]):
                own = {one["Name"]: one.get("Value", "") for one in member.get("Attributes", [])}
                username = member.get("Username", "")
                user = User(id=own["sub"], username=username, name=own.get("name") or username, role=role)
                users.setdefault(user.id, user)
        return sorted(users.values(), key=lambda user: user.name.casefold())
