"""Lets people in and out. Tries are counted beside Cognito's own count, which knows users and no addresses.

Each try is counted before it is made, so that many at once are many; one that succeeds is taken back. A user's name alone is
allowed many tries: whoever fails in somebody's name from elsewhere must not be able to keep them out.
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from letterbook.ports import World
from letterbook.ports.sessions import Challenge, Tokens, TooManyAttempts

WINDOW = timedelta(minutes=15)
# Of one user at one address, of one address, of one user: so many failures in a window.
MOST_TOGETHER, MOST_OF_ADDRESS, MOST_OF_USER = 10, 50, 100
# Whoever has an IPv6 address has as many as they like of the same network (RFC 6177).
_IPV6_NETWORK = 64
# As long as a sign-in can be renewed and its last token is good (template.yaml, UserPoolClient), and a little for clocks: its
# tokens stay refused even where Cognito did not revoke it.
_LONGEST_SESSION = timedelta(hours=14)


def sign_in(world: World, username: str, password: str, address: str) -> Tokens | Challenge:
    """`address` is the client's, as the gateway saw it. Raises AuthenticationFailed, TooManyAttempts."""
    return _counted(world, username, address, lambda: world.sessions.sign_in(username, password))


def answer_challenge(world: World, challenge: Challenge, answer: str, address: str) -> Tokens | Challenge:
    """Raises AuthenticationFailed, WeakPassword, TooManyAttempts."""
    return _counted(world, challenge.username, address, lambda: world.sessions.respond_to_challenge(challenge, answer))


def verified_claims(world: World, id_token: str) -> Mapping[str, Any]:
    """What a token of ours says of somebody. Raises AuthenticationFailed."""
    return world.sessions.verify(id_token)


def renew_session(world: World, refresh_token: str) -> Tokens:
    """New tokens for somebody who signed in before. Raises AuthenticationFailed when the session is over."""
    return world.sessions.refresh(refresh_token)


def sign_out(world: World, session: str | None, refresh_token: str | None) -> None:
    """Ends a session: no new token comes of it, and those that it has are refused within a minute (IDENTITY_SECONDS)."""
    if session:
        world.ended_sessions.add(session, world.now() + _LONGEST_SESSION)
    if refresh_token:
        world.sessions.revoke(refresh_token)


def seconds_to_wait(now: datetime) -> int:
    """Until the next try is counted anew."""
    return int((_window_end(now) - now).total_seconds()) + 1


def _counted(
    world: World, username: str, address: str, attempt: Callable[[], Tokens | Challenge]
) -> Tokens | Challenge:
    until = _window_end(world.now())
    limits = _limits(world.cursor_key, username, address, until)
    counts = {key: world.sign_in_attempts.count(key, until + WINDOW) for key in limits}
    if any(counts[key] > most for key, most in limits.items()):
        raise TooManyAttempts
    outcome = attempt()
    for key in limits:
        world.sign_in_attempts.take_back(key)
    return outcome


def _limits(secret: bytes, username: str, address: str, until: datetime) -> dict[str, int]:
    """What is counted, and how much of it is too much. Nobody reads names or addresses out of the keys."""
    user, network = username.strip().casefold(), _network(address)
    counted = {
        f"together\0{user}\0{network}": MOST_TOGETHER,
        f"address\0{network}": MOST_OF_ADDRESS,
        f"user\0{user}": MOST_OF_USER,
    }
    return {_digest(secret, f"{what}\0{until.isoformat()}"): most for what, most in counted.items()}


def _digest(secret: bytes, text: str) -> str:
    return hmac.digest(secret, f"sign-in {text}".encode(errors="replace"), hashlib.sha256).hex()


def _network(address: str) -> str:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(known, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((known, _IPV6_NETWORK), strict=False))
    return str(known)


def _window_end(now: datetime) -> datetime:
    seconds = WINDOW.total_seconds()
    return datetime.fromtimestamp((now.timestamp() // seconds + 1) * seconds, UTC)
