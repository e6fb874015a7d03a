"""The viewer, from the claims of an ID token that was verified: by API Gateway's authorizer, or by the console itself."""

from collections.abc import Mapping
from typing import Any

from letterbook.domain.access import Viewer
from letterbook.domain.errors import Unauthenticated
from letterbook.domain.visible import name_of
from letterbook.ports import World
from letterbook.use_cases.viewers import viewer_of


def viewer_from(world: World, event: dict[str, Any]) -> Viewer:
    """Raises Unauthenticated without an ID token: an access token says nothing of who somebody is."""
    authorizer = event.get("requestContext", {}).get("authorizer") or {}
    claims = authorizer.get("jwt", {}).get("claims") or {}
    if claims.get("token_use") != "id" or not claims.get("sub"):
        raise Unauthenticated("Send a Cognito ID token as bearer.")
    return viewer_of_claims(world, claims)


def viewer_of_claims(world: World, claims: Mapping[str, Any]) -> Viewer:
    return viewer_of(
        world,
        user=claims["sub"],
        name=name_of(str(claims.get("name") or claims.get("cognito:username") or "")) or claims["sub"],
        groups=_groups(claims.get("cognito:groups", "")),
    )


def _groups(claim: str | list[str]) -> frozenset[str]:
    """A token has a list; API Gateway hands it over as text: `[admin lead]`."""
    return frozenset(claim if isinstance(claim, list) else claim.strip("[]").replace(",", " ").split())
