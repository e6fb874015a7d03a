"""What comes by the two ports of the local cloud is asked under the name that AWS would give it, and is else as it came."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.environment import LocalEnvironment
from local.gateway import Message, Receive, Send, with_doors

API, WEBHOOKS, AWS = 8700, 8701, 8703
API_NAME, WEBHOOK_NAME = b"abc.execute-api.localhost:8703", b"xyz.lambda-url.eu-west-2.localhost"


@pytest.fixture
def place(tmp_path: Path) -> LocalEnvironment:
    made = LocalEnvironment(home=tmp_path, port=API)
    outputs = {"ApiId": "abc", "WebhookUrl": "https://xyz.lambda-url.eu-west-2.on.aws/"}
    made.outputs_file.write_text(json.dumps(outputs))
    return made


def asked(place: LocalEnvironment, port: int, method: str = "POST", **headers: str) -> tuple[Any, list[Message]]:
    """The headers that the application behind it sees, None where it is not asked; and what is answered in its place."""
    seen: list[Any] = [None]
    answered: list[Message] = []

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        seen[0] = dict(scope["headers"])

    async def receive() -> Message:
        return {}

    async def send(message: Message) -> None:
        answered.append(message)

    sent = [(b"host", f"127.0.0.1:{port}".encode()), *((n.encode(), v.encode()) for n, v in headers.items())]
    scope = {"type": "http", "method": method, "server": ("127.0.0.1", port), "headers": sent}
    # Nothing here waits for anything, so it needs no loop.
    assert list(with_doors(app, place)(scope, receive, send).__await__()) == []
    return seen[0], answered


@pytest.mark.parametrize(("port", "name"), [(API, API_NAME), (WEBHOOKS, WEBHOOK_NAME), (AWS, b"127.0.0.1:8703")])
def test_each_port_has_a_name(place: LocalEnvironment, port: int, name: bytes) -> None:
    assert asked(place, port, cookie="a=b") == ({b"host": name, b"cookie": b"a=b"}, [])


def test_what_is_same_origin_stays_so(place: LocalEnvironment) -> None:
    own = "http://127.0.0.1:8700"
    seen, _ = asked(place, API, origin=own, referer=f"{own}/work")
    assert (seen[b"origin"], seen[b"referer"]) == (b"http://" + API_NAME, b"http://" + API_NAME + b"/work")


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:87001", "http://127.0.0.1:8701"])
def test_another_origin_stays_another(place: LocalEnvironment, origin: str) -> None:
    assert asked(place, API, origin=origin)[0][b"origin"] == origin.encode()


@pytest.mark.parametrize(("method", "kept"), [("GET", False), ("POST", True)])
def test_a_frame_of_no_origin_reads_and_does_not_write(place: LocalEnvironment, method: str, kept: bool) -> None:
    assert (b"origin" in asked(place, API, method, origin="null")[0]) is kept


def test_before_anything_is_deployed_there_is_nothing_behind_it(place: LocalEnvironment) -> None:
    place.outputs_file.unlink()
    seen, [start, _] = asked(place, API)
    assert (seen, start["status"]) == (None, 503)
