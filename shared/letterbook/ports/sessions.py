"""Signing in and staying signed in: what the console needs of whoever keeps the passwords."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from letterbook.domain.errors import LetterbookError


class AuthenticationFailed(LetterbookError):
    """Wrong name, password, code or token, or one that is over. Why is nobody's business who does not know."""


class WeakPassword(LetterbookError):
    """The new password is not as the firm wants passwords."""


class TooManyAttempts(LetterbookError):
    """It was tried too often: wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """`refresh_token` is None where the one that is known stays good."""

    id_token: str
    refresh_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What is asked before somebody is let in: `name` as Cognito has it, `session` goes back with the answer."""

    name: str
    session: str
    username: str


NEW_PASSWORD, APP_CODE, SMS_CODE = "NEW_PASSWORD_REQUIRED", "SOFTWARE_TOKEN_MFA", "SMS_MFA"


class Sessions(Protocol):
    def sign_in(self, username: str, password: str) -> Tokens | Challenge:
        """Raises AuthenticationFailed, TooManyAttempts."""

    def respond_to_challenge(self, challenge: Challenge, answer: str) -> Tokens | Challenge:
        """Raises AuthenticationFailed, WeakPassword, TooManyAttempts."""

    def refresh(self, refresh_token: str) -> Tokens:
        """Raises AuthenticationFailed when the session is over."""

    def revoke(self, refresh_token: str) -> None: ...

    def verify(self, id_token: str) -> Mapping[str, Any]:
        """What a token of ours says of somebody, once its signature, issuer, audience, use and time were found right.

        Raises AuthenticationFailed.
        """


class EndedSessions(Protocol):
    """The sessions that somebody signed out of, until their tokens are over anyway."""

    def add(self, session: str, until: datetime) -> None: ...

    def includes(self, session: str) -> bool:
        """As it was at most as long ago as a look at an account is believed."""


class SignInAttempts(Protocol):
    """How often somebody tried to sign in during a span of time; counted at once, by whomever."""

    def count(self, key: str, until: datetime) -> int:
        """One more: how many there are now, forgotten after `until`."""

    def take_back(self, key: str) -> None:
        """One less: it was no failure."""
