"""The page behind the link that verifies a party's address: for whoever was sent it, without signing in.

It says the firm's name and no other. What opens links before a person does (GET, HEAD) changes nothing; only the button does.
"""

from dataclasses import replace

from console.app.request import Request
from console.app.routing import PageResponse, page, redirect
from letterbook.domain.verification import GOOD_FOR, PATH, LinkState
from letterbook.ports import World
from letterbook.use_cases.admin.organisation import organisation_in_force
from letterbook.use_cases.directory.verification import look_at_link, verify_address

# No search engine lists it. To other sites the address of the page is told by nobody: security.headers.
_UNLISTED = {"X-Robots-Tag": "noindex, nofollow"}


def respond(world: World, request: Request) -> PageResponse | None:
    """None for an address that is no such link."""
    before, _, token = request.path.rpartition("/")
    if before != PATH:
        return None
    if request.method == "POST":
        verify_address(world, token)
        # Whatever came of it, the page says how the link stands now: nothing is sent twice by looking again.
        return replace(redirect(request.path), headers=_UNLISTED)
    state = look_at_link(world, token)
    shown = page(
        "base/verify.html",
        status=404 if state is LinkState.OVER else 200,
        firm=organisation_in_force(world).name,
        state=state,
        days=GOOD_FOR.days,
    )
    return replace(shown, headers=_UNLISTED)
