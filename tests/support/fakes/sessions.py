"""Sessions that let people into the console without a password."""

import time
from typing import Any

from letterbook.ports.sessions import AuthenticationFailed, Tokens
from tests.support.console_client import ConsoleClient
from tests.support.fakes.accounts import known


class SessionsForTests:
    """Sessions of the test's own: a token is good while it stands in `good`."""

    def __init__(self) -> None:
        self.good: dict[str, dict[str, Any]] = {}
        self.refreshed: dict[str, str] = {}

    def verify(self, id_token: str) -> Any:
        if id_token not in self.good:
            raise AuthenticationFailed
        return self.good[id_token]

    def refresh(self, refresh_token: str) -> Any:
        if refresh_token not in self.refreshed:
            raise AuthenticationFailed
        return Tokens(id_token=self.refreshed[refresh_token])

    def revoke(self, refresh_token: str) -> None:
        self.refreshed.pop(refresh_token, None)

    def let_in(self, user: str = "user-1", role: str = "admin", name: str = "Jane Marsh") -> ConsoleClient:
        token = f"token-of-{user}"
        known(user, name, role)
        self.good[token] = {
            "sub": user, "cognito:username": user, "token_use": "id", "exp": time.time() + 600, "origin_jti": token,
        }  # fmt: skip
        return ConsoleClient({"__Host-letterbook-id": token})
