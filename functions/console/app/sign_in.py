"""The way in and out: name and password, and whatever Cognito asks besides."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from console.app import security, session, unsent
from console.app.request import Request
from console.app.routing import PageResponse, page, redirect
from console.app.unsent import Unsent
from letterbook.http.identity import session_of
from letterbook.ports import World
from letterbook.ports.sessions import (
    APP_CODE,
    NEW_PASSWORD,
    SMS_CODE,
    AuthenticationFailed,
    Challenge,
    Tokens,
    TooManyAttempts,
    WeakPassword,
)
from letterbook.use_cases.accounts.sign_in import answer_challenge, seconds_to_wait, sign_in, sign_out, verified_claims
from letterbook.use_cases.admin.organisation import organisation_in_force

PATH, OUT = "/sign-in", "/sign-out"
_LONGEST = 4_000
# One sentence for every cause: nobody learns who has an account.
_WRONG = "The name or the password is wrong."
_OVER = "That is not right, or it took too long. Sign in again."
_OFTEN = "That was tried too often. Wait a few minutes, then try again."
_WEAK = "Choose a longer password, with capital and small letters, digits and a sign."
# What somebody wrote and did not send is kept on their device: it goes with them.
_NOTHING_STAYS = {"Clear-Site-Data": '"storage"'}
_ASKED = (NEW_PASSWORD, APP_CODE, SMS_CODE)


def where(request: Request) -> str:
    """The sign-in page that leads back to where somebody was."""
    there = f"{request.path}?{request.query_text}" if request.query_text else request.path
    if request.writes:
        there = page_before(request)
    return f"{PATH}?{urlencode({'next': there})}" if there != "/" else PATH


def respond(world: World, request: Request) -> tuple[PageResponse, tuple[str, ...]] | None:
    """The reply with the cookies to set; None for an address that has nothing to do with signing in."""
    if request.path == OUT and request.method == "POST":
        return _out(world, request)
    if request.path != PATH:
        return None
    if request.method == "POST":
        return _in(world, request)
    if session.visitor(world, request):
        return redirect(_next(request.query)), ()
    return _form(world, _next(request.query)), ()


def _in(world: World, request: Request) -> tuple[PageResponse, tuple[str, ...]]:
    form, there, written = request.form, _next(request.form), unsent.carried(request.form)
    try:
        outcome = _attempt(world, form, request.address)
    except AuthenticationFailed:
        wrong = _OVER if "challenge" in form else _WRONG
        return _form(world, there, username=_again(form), wrong=wrong, status=422, written=written), ()
    except WeakPassword:
        challenge = _challenge(form)
        return _question(world, there, challenge, wrong=_WEAK, written=written), ()
    except TooManyAttempts:
        refused = _form(world, there, username=_again(form), wrong=_OFTEN, status=429, written=written)
        return replace(refused, headers={"Retry-After": str(seconds_to_wait(world.now()))}), ()
    if isinstance(outcome, Tokens):
        return _entered(world, form, there, outcome), session.cookies_of(request, outcome)
    if outcome.name not in _ASKED:
        return _form(
            world, there, wrong="Your account asks for something we cannot do yet. Ask your administrator."
        ), ()
    return _question(world, there, outcome, written=written), ()


def send_back(world: World, request: Request, written: Unsent) -> PageResponse:
    """The sign-in page, for somebody who sent a form: with what stood in it."""
    return _form(world, page_before(request), status=401, written=written)


def _entered(world: World, form: dict[str, list[str]], there: str, tokens: Tokens) -> PageResponse:
    """Where they were; before that what they sent in vain, unless somebody else wrote it."""
    written = unsent.carried(form)
    if written and written.by in ("", verified_claims(world, tokens.id_token).get("sub")):
        return unsent.shown_again(written)
    return redirect(there)


def _attempt(world: World, form: dict[str, list[str]], address: str) -> Tokens | Challenge:
    if "challenge" in form:
        return answer_challenge(world, _challenge(form), _one(form, "answer"), address)
    username, password = _one(form, "username").strip(), _one(form, "password")
    if not username or not password:
        raise AuthenticationFailed
    return sign_in(world, username, password, address)


def _out(world: World, request: Request) -> tuple[PageResponse, tuple[str, ...]]:
    sign_out(world, _session(world, request), session.refresh_token(request))
    return replace(redirect(PATH), headers=_NOTHING_STAYS), session.no_cookies(request)


def _session(world: World, request: Request) -> str | None:
    """The session that somebody is in; None where its token is over, and nothing can come of it but by the refresh token."""
    token = session.id_token(request)
    try:
        return session_of(verified_claims(world, token)) if token else None
    except AuthenticationFailed:
        return None


def _form(
    world: World,
    there: str,
    *,
    username: str = "",
    wrong: str = "",
    status: int = 200,
    written: Unsent | None = None,
) -> PageResponse:
    return _gate(world, there, username=username, wrong=wrong, status=status, challenge=None, written=written)


def _question(
    world: World, there: str, challenge: Challenge, *, wrong: str = "", written: Unsent | None = None
) -> PageResponse:
    status = 422 if wrong else 200
    return _gate(world, there, username="", wrong=wrong, status=status, challenge=challenge, written=written)


def _gate(world: World, there: str, *, status: int, **context: Any) -> PageResponse:
    firm = organisation_in_force(world).name
    return page("base/sign_in.html", status=status, firm=firm, next=there, **context)


def _challenge(form: dict[str, list[str]]) -> Challenge:
    name = _one(form, "challenge")
    if name not in _ASKED:
        raise AuthenticationFailed
    return Challenge(name=name, session=_one(form, "session"), username=_one(form, "username"))


def _one(form: dict[str, list[str]], name: str) -> str:
    value = form.get(name, [""])[0]
    if len(value) > _LONGEST:
        raise AuthenticationFailed
    return value


def _again(form: dict[str, list[str]]) -> str:
    """The name as it was filled in, to stand there again; not what is longer than any name."""
    username = form.get("username", [""])[0]
    return username if len(username) <= _LONGEST else ""


def _next(fields: dict[str, list[str]]) -> str:
    there = security.local(fields.get("next", ["/"])[0])
    return "/" if there.startswith((PATH, OUT)) else there


def page_before(request: Request) -> str:
    """The page whose form was sent: what was written in it is for its author to send again."""
    referer = request.headers.get("referer", "")
    return security.local(referer.removeprefix(request.origin)) if referer.startswith(f"{request.origin}/") else "/"
