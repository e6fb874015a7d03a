"""What asks AWS: over one connection that stays, in the same words each time, and without asking first whether it may."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from letterbook.adapters import aws


class Store(ThreadingHTTPServer):
    """Answers everything with nothing; counts connections and keeps the headers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.connections = 0
        self.asked: list[dict[str, str]] = []
        Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Store

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(dict(self.headers))
        body = b"{}" if self.command == "POST" else b""
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_PUT = do_POST  # noqa: N815 - as its base class asks it

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def store() -> Iterator[Store]:
    with Store() as running:
        yield running
        running.shutdown()


def _client(service: str, store: Store) -> Any:
    keys: Any = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    address = f"http://127.0.0.1:{store.server_address[1]}"
    return aws.session().create_client(service, "eu-west-2", endpoint_url=address, **keys)


def test_one_connection_carries_many_requests(store: Store) -> None:
    dynamodb = _client("dynamodb", store)
    for _ in range(20):
        dynamodb.get_item(TableName="t", Key={"id": {"S": "a"}})
    assert (len(store.asked), store.connections) == (20, 1)
    assert len({asked["User-Agent"] for asked in store.asked}) == 1
    # botocore puts none together where one is given.
    assert dynamodb.meta.config.user_agent


def test_a_document_is_handed_over_at_once(store: Store) -> None:
    _client("s3", store).put_object(Bucket="vault", Key="a", Body=b"%PDF-1.7")
    assert "Expect" not in store.asked[0]
