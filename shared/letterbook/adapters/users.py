"""The users and their roles, from Cognito."""

import logging
import time
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from letterbook.adapters import aws
from letterbook.domain.access import ROLES
from letterbook.domain.errors import Unavailable
from letterbook.ports import Account, User

logger = logging.getLogger(__name__)

_MOST_KNOWN = 1_000
# While Cognito does not answer, who was seen so lately goes on: a firm can work through a short outage, nobody for long.
_BELIEVED_SECONDS = 600


class CognitoUsers:
    """See ports.Users. An account is looked at again after `seconds`."""

    def __init__(self, pool: str, seconds: float) -> None:
        self._pool = pool
        self._seconds = seconds
        self._looked: dict[str, tuple[float, Account | None]] = {}

    def all(self) -> Sequence[User]:
        """One request for each role: Cognito lists the members of a group, and not the groups of all members."""
        users: dict[str, User] = {}
        for role in ROLES:
            pages = aws.cognito().get_paginator("list_users_in_group").paginate(UserPoolId=self._pool, GroupName=role)
            for member in (one for page in pages for one in page["Users"]):
                own = {one["Name"]: one.get("Value", "") for one in member.get("Attributes", [])}
                username = member.get("Username", "")
                verified = own.get("email_verified", "").lower() == "true"
                user = User(
                    id=own["sub"],
                    username=username,
                    name=own.get("name") or username,
                    role=role,
                    email=own.get("email", "") if verified else "",
                    enabled=member.get("Enabled", True),
                )
                users.setdefault(user.id, user)
        return sorted(users.values(), key=lambda user: user.name.casefold())

    def account(self, username: str) -> Account | None:
        at, known = self._looked.get(username, (float("-inf"), None))
        age = time.monotonic() - at
        if age < self._seconds:
            return known
        try:
            known = self._look(username)
        except (ClientError, BotoCoreError) as error:
            if age < _BELIEVED_SECONDS:
                logger.warning("users not reached: believed as last seen", exc_info=True)
                return known
            raise Unavailable("Who you are cannot be looked up at the moment: try again.") from error
        if len(self._looked) >= _MOST_KNOWN:
            self._looked.clear()
        self._looked[username] = (time.monotonic(), known)
        return known

    def _look(self, username: str) -> Account | None:
        try:
            user = aws.cognito().admin_get_user(UserPoolId=self._pool, Username=username)
        except ClientError as error:
            if error.response["Error"]["Code"] == "UserNotFoundException":
                return None
            raise
        if not user.get("Enabled", False):
            return None
        own = {one["Name"]: one.get("Value", "") for one in user.get("UserAttributes", [])}
        pages = (
            aws.cognito().get_paginator("admin_list_groups_for_user").paginate(UserPoolId=self._pool, Username=username)
        )
        groups = frozenset(group["GroupName"] for page in pages for group in page["Groups"] if "GroupName" in group)
        return Account(id=own["sub"], name=own.get("name") or username, groups=groups)
