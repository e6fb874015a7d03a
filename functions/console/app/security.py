"""What every answer and every write must satisfy, whatever page it is."""

import re
from urllib.parse import quote, urlsplit

from console.app.request import Request

# Nothing is loaded from anywhere else, nothing inline runs, and nobody frames us.
_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "script-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
# Two years, as the preload lists want it; browsers ignore it where there is no TLS (RFC 6797, 8.1).
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}
# What has a meaning of its own in an address, and what is escaped already.
_SAFE = ":/?#[]@!$&'()*+,;=%-._~"
_CONTROLS = re.compile(r"[\x00-\x20\x7f-\x9f\\]")


def policy(uploads_to: str | None = None, *, pictures: bool = False) -> str:
    """The Content-Security-Policy of a page; `uploads_to` is the one other origin that its script may send files to.

    With `pictures` it shows those that stand in the page itself: they ask nobody for anything.
    """
    own = {
        **_POLICY,
        **({"connect-src": f"'self' {uploads_to}"} if uploads_to else {}),
        **({"img-src": "'self' data:"} if pictures else {}),
    }
    return "; ".join(f"{name} {value}" for name, value in own.items())


def headers(content_security_policy: str) -> dict[str, str]:
    """Of a page: never kept by anybody."""
    return {**_ALWAYS, "Content-Security-Policy": content_security_policy, "Cache-Control": "no-store"}


def asset_headers() -> dict[str, str]:
    """Of a file whose name changes with its content."""
    kept = "public, max-age=31536000, immutable"
    return {**_ALWAYS, "Content-Security-Policy": "default-src 'none'", "Cache-Control": kept}


def from_here(request: Request) -> bool:
    """Whether a write comes from a page of ours: its Origin says so or, where there is none, its Sec-Fetch-Site."""
    origin = request.headers.get("origin")
    if origin is not None:
        return origin.lower() == request.origin
    return request.headers.get("sec-fetch-site") == "same-origin"


def written(address: str) -> str:
    """As a header can hold it (RFC 3986): every sign that an address may not have, a line break too, is escaped."""
    return quote(address, safe=_SAFE, errors="replace")


def local(address: str, otherwise: str = "/") -> str:
    """The address, if it is a path of ours; a browser would take some others for another host's."""
    if not address.startswith("/") or address.startswith("//") or _CONTROLS.search(address):
        return otherwise
    parts = urlsplit(address)
    return otherwise if parts.scheme or parts.netloc else address
