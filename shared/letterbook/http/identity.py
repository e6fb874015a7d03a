"""The viewer, from the claims of an ID token that was verified: by API Gateway's authorizer, or by the console itself.

A token says who somebody was when it was made, for an hour. Who they are is looked up: their name and their groups in the
directory of users, and whether they signed out since (docs/decisions/0018).
"""

from collections.abc import Mapping
from typing import Any

from letterbook.domain.access import Viewer
from letterbook.domain.errors import Unauthenticated
from letterbook.domain.visible import name_of
from letterbook.ports import World
from letterbook.use_cases.support.access import viewer_of


def viewer_from(world: World, event: dict[str, Any]) -> Viewer:
    """Raises Unauthenticated without an ID token: an access token says nothing of who somebody is."""
    authorizer = event.get("requestContext", {}).get("authorizer") or {}
    claims = authorizer.get("jwt", {}).get("claims") or {}
    if claims.get("token_use") != "id" or not claims.get("sub"):
        raise Unauthenticated("Send a Cognito ID token as bearer.")
    return viewer_of_claims(world, claims)


def viewer_of_claims(world: World, claims: Mapping[str, Any]) -> Viewer:
    """Raises Unauthenticated for who is not there any more, or signed out; Unavailable where that cannot be told."""
    account = world.users.account(claims.get("cognito:username") or claims["sub"])
    if account is None or account.id != claims["sub"] or world.ended_sessions.includes(session_of(claims)):
        raise Unauthenticated("This sign-in is over: sign in again.")
    return viewer_of(world, user=account.id, name=name_of(account.name) or account.id, groups=account.groups)


def session_of(claims: Mapping[str, Any]) -> str:
    """What all tokens of one sign-in have in common."""
    return str(claims.get("origin_jti") or claims.get("jti") or f"{claims['sub']} {claims.get('auth_time', '')}")
