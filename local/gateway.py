"""Plain URLs for what AWS tells apart by its Host header: the API with the console, and the webhooks, each at a port of its own."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from local.environment import REGION, LocalEnvironment

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def with_doors(app: App, place: LocalEnvironment) -> App:
    """The same application (ASGI), which is asked under the name that AWS would give it whatever comes by one of the two ports."""
    names = {place.api_port: _api_host, place.webhook_port: _webhook_host}

    async def forward(scope: Message, receive: Receive, send: Send) -> None:
        name = names.get(scope["server"][1]) if scope["type"] == "http" else None
        if name is None:
            await app(scope, receive, send)
            return
        try:
            host = name(place)
        except FileNotFoundError:
            # Nothing is deployed yet.
            await answer(send, 503)
            return
        await app({**scope, "headers": _handed_on(scope, host.encode())}, receive, send)

    return forward


async def answer(send: Send, status: int) -> None:
    """An answer of no more than its status."""
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def _handed_on(scope: Message, host: bytes) -> list[tuple[bytes, bytes]]:
    """The request's headers, with our own name in them exchanged for the upstream's: what is same-origin stays so."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    own = b"http://" + dict(headers).get(b"host", b"")
    handed_on = [(b"host", host)]
    for name, value in headers:
        # A frame of a page, which is of no origin, loads its style: reading needs none in AWS either.
        if name == b"host" or (name == b"origin" and value == b"null" and scope["method"] == "GET"):
            continue
        if name in (b"origin", b"referer") and (value == own or value.startswith(own + b"/")):
            value = b"http://" + host + value[len(own) :]
        handed_on.append((name, value))
    return handed_on


def _api_host(place: LocalEnvironment) -> str:
    return f"{place.outputs()['ApiId']}.execute-api.localhost:{place.aws_port}"


def _webhook_host(place: LocalEnvironment) -> str:
    name = urlsplit(place.outputs()["WebhookUrl"]).hostname or ""
    return f"{name.partition('.')[0]}.lambda-url.{REGION}.localhost"
