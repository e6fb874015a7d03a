"""MiniStack, closed to web pages: as it comes, it lets any page that a browser shows read and write all that it holds.

Programs send no Origin and are served as ever. A browser is served for the console alone, and what it may then do a bucket's own
CORS rules say. A name that somebody else's DNS lets lead to this machine is no name of ours.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from ministack import app as emulator

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_OWN_NAMES = ("localhost", "127.0.0.1")
_OWN_ENDINGS = (".localhost", ".amazonaws.com")
_ANYBODY = (b"access-control-allow-origin", b"*")


def closed(app: App, origins: frozenset[str]) -> App:
    """The same application (ASGI) for programs of this machine, and for pages of the `origins`."""

    async def guarded(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        origin, host = headers.get(b"origin"), headers.get(b"host", "")
        if not _is_ours(host) or origin not in (None, f"http://{host}", *origins):
            await _refuse(scope, send)
            return

        async def without_wildcard(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(n, v) for n, v in message.get("headers", []) if (n.lower(), v) != _ANYBODY]
                message = {**message, "headers": kept}
            await send(message)

        await app(scope, receive, without_wildcard)

    return guarded


def _is_ours(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    return name in _OWN_NAMES or name.endswith(_OWN_ENDINGS)


async def _refuse(scope: Message, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


if __name__ == "__main__":
    emulator.app = closed(emulator.app, frozenset(os.environ["CONSOLE_ORIGINS"].split(",")))
    emulator.main()
