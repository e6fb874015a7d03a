"""Who visits: two cookies that no script can read, renewed without anybody noticing."""

from collections.abc import Mapping
from dataclasses import dataclass

from console.app.request import Request
from letterbook.domain.access import Viewer
from letterbook.domain.errors import Unauthenticated
from letterbook.http.identity import viewer_of_claims
from letterbook.ports import World
from letterbook.ports.sessions import AuthenticationFailed, Tokens
from letterbook.use_cases.accounts.sign_in import renew_session, verified_claims

_ID, _REFRESH, _NOTICE = "letterbook-id", "letterbook-refresh", "letterbook-notice"
_NOTICE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in; `cookies` are to be set, where the session was renewed just now."""

    viewer: Viewer
    cookies: tuple[str, ...] = ()


def visitor(world: World, request: Request) -> Visitor | None:
    """None for somebody who has to sign in."""
    if token := _cookie_value(request, _ID):
        try:
            return Visitor(viewer_of_claims(world, verified_claims(world, token)))
        except (AuthenticationFailed, Unauthenticated):
            pass
    refresh = _cookie_value(request, _REFRESH)
    if not refresh:
        return None
    try:
        renewed = renew_session(world, refresh)
        viewer = viewer_of_claims(world, verified_claims(world, renewed.id_token))
    except (AuthenticationFailed, Unauthenticated):
        return None
    return Visitor(viewer, cookies_of(request, renewed))


def refresh_token(request: Request) -> str | None:
    return _cookie_value(request, _REFRESH)


def id_token(request: Request) -> str | None:
    return _cookie_value(request, _ID)


def cookies_of(request: Request, session: Tokens) -> tuple[str, ...]:
    """The cookies that keep a session until the browser is closed."""
    kept_too = (_cookie(request, _REFRESH, session.refresh_token),) if session.refresh_token else ()
    return (_cookie(request, _ID, session.id_token), *kept_too)


def no_cookies(request: Request) -> tuple[str, ...]:
    return tuple(_cookie(request, name, "", seconds=0) for name in (_ID, _REFRESH))


def notice_cookie(request: Request, words: str) -> str:
    """What the next page shall say, once."""
    return _cookie(request, _NOTICE, words.encode().hex(), seconds=_NOTICE_SECONDS)


def notice(request: Request) -> str:
    try:
        return bytes.fromhex(_cookie_value(request, _NOTICE) or "").decode()
    except ValueError:
        return ""


def no_notice(request: Request) -> str:
    return _cookie(request, _NOTICE, "", seconds=0)


def _cookie_value(request: Request, name: str) -> str | None:
    cookies: Mapping[str, str] = request.cookies
    return cookies.get(_cookie_name(request, name)) or None


def _cookie_name(request: Request, name: str) -> str:
    """With the prefix that only a secure host can set it, and for itself alone."""
    return f"__Host-{name}" if request.secure else name


def _cookie(request: Request, name: str, value: str, seconds: int | None = None) -> str:
    parts = [f"{_cookie_name(request, name)}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if seconds is not None:
        parts.append(f"Max-Age={seconds}")
    if request.secure:
        parts.append("Secure")
    return "; ".join(parts)
