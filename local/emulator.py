"""MiniStack, with two doors of our own (gateway.py), and closed to web pages: as it comes, any page that a browser shows reads and
writes all that it holds.

Programs send no Origin and are served as ever. A browser is served for the console alone, and what it may then do a bucket's own
CORS rules say. A name that somebody else's DNS lets lead to this machine is no name of ours.
"""

import asyncio
import queue
import socket
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import hypercorn.asyncio
import uvicorn
import uvloop
from ministack import app as emulator
from ministack.core import iam_evaluator, lambda_runtime

from local.environment import LocalEnvironment
from local.gateway import App, Message, Receive, Send, answer, with_doors

_OWN_NAMES = ("localhost", "127.0.0.1")
_OWN_ENDINGS = (".localhost", ".amazonaws.com")
_ANYBODY = (b"access-control-allow-origin", b"*")
_KEEP_ALIVE_SECONDS, _GRACE_SECONDS, _LOG_SECONDS = 75, 3, 0.01


def closed(app: App, origins: frozenset[str]) -> App:
    """The same application (ASGI) for programs of this machine, and for pages of the `origins`."""

    async def guarded(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        origin, host = headers.get(b"origin"), headers.get(b"host", "")
        if not _is_ours(host) or origin not in (None, f"http://{host}", *origins):
            await answer(send, 403)
            return

        async def without_wildcard(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(n, v) for n, v in message.get("headers", []) if (n.lower(), v) != _ANYBODY]
                message = {**message, "headers": kept}
            await send(message)

        await app(scope, receive, without_wildcard)

    return guarded


@lru_cache(maxsize=1024)
def _is_ours(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    return name in _OWN_NAMES or name.endswith(_OWN_ENDINGS)


def _read_once(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What reads a policy, for requests of which each is held against the same few."""
    kept = lru_cache(maxsize=1024)(read)
    return lambda document: kept(document) if isinstance(document, str) else read(document)


def _drained(worker: lambda_runtime.Worker) -> str:
    """What a function logged meanwhile: MiniStack looks each millisecond, and for 50 where there is nothing, at every request."""
    lines: list[str] = []
    try:
        while True:
            lines.append(worker._stderr_queue.get(timeout=_LOG_SECONDS))  # noqa: SLF001 - it has no other door
    except queue.Empty:
        return "\n".join(lines)


async def _serve(app: Any, _: Any) -> None:
    """In place of the server that MiniStack brings along, which is half of the work of a request and knows one door."""
    place = LocalEnvironment.here()
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    listening = [
        socket.create_server(("127.0.0.1", port)) for port in (place.aws_port, place.api_port, place.webhook_port)
    ]
    await uvicorn.Server(config).serve(listening)


# What of the pinned MiniStack is replaced, for it has no setting: look here when it is upgraded.
_REPLACED: tuple[tuple[Any, str, Any], ...] = (
    (iam_evaluator, "parse_policy_document", _read_once(iam_evaluator.parse_policy_document)),
    (lambda_runtime.Worker, "_drain_stderr_bounded", _drained),
    (hypercorn.asyncio, "serve", _serve),
)


if __name__ == "__main__":
    for owner, name, ours in _REPLACED:
        # A name that is no more would be replaced in silence.
        getattr(owner, name)
        setattr(owner, name, ours)
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    place = LocalEnvironment.here()
    emulator.app = with_doors(closed(emulator.app, frozenset(place.console_origins)), place)
    emulator.main()
