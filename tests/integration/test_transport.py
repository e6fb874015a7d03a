"""Requests to our stores go over connections that stay, say what botocore signed, and fail as botocore knows it."""

import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)
from botocore.httpsession import URLLib3Session
from botocore.session import get_session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from letterbook.adapters.transport import Transport, carry
from tests.support.scripted_server import scripted_server, unused_url
from tests.support.store import Store


@pytest.fixture
def store() -> Iterator[Store]:
    with Store() as running:
        yield running


def client(service: str, url: str, *, certificates: Path | None = None) -> Any:
    session = get_session()
    session.set_credentials("key", "secret", "token")
    session.set_config_variable("ca_bundle", str(certificates) if certificates else None)
    carry(session, connect_seconds=1, read_seconds=1)
    alone = Config(
        retries={"total_max_attempts": 1},
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return session.create_client(service, "eu-west-2", endpoint_url=url, config=alone)


def read(dynamodb: Any) -> Any:
    return dynamodb.get_item(TableName="t", Key={"id": {"S": "a"}})


def answer(told: bytes, *, closing: bool = False) -> Callable[[Any], None]:
    def act(connection: Any) -> None:
        connection.sendall(told)
        if closing:
            connection.close()

    return act


@pytest.mark.parametrize(
    ("service", "ask"),
    [
        ("dynamodb", lambda made: read(made)),
        ("sqs", lambda made: made.send_message(QueueUrl="http://queue/q", MessageBody="{}")),
        ("s3", lambda made: made.put_object(Bucket="vault", Key="a", Body=b"x")),
        ("s3", lambda made: made.get_object(Bucket="vault", Key="a")["Body"].read()),
    ],
)
def test_a_store_is_asked_without_botocores_own_http(
    store: Store, monkeypatch: pytest.MonkeyPatch, service: str, ask: Callable[[Any], Any]
) -> None:
    monkeypatch.setattr(URLLib3Session, "send", None)
    ask(client(service, f"http://{store.host}"))
    assert len(store.asked) == 1


def test_a_provider_is_asked_as_ever(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """libcurl would send again what a connection that had been idle left unanswered, and a mail would go twice."""
    monkeypatch.setattr(Transport, "send", None)
    mail = {"Simple": {"Subject": {"Data": "S"}, "Body": {"Text": {"Data": "T"}}}}
    client("sesv2", f"http://{store.host}").send_email(Content=mail)
    assert len(store.asked) == 1


def test_one_connection_carries_many_requests(store: Store) -> None:
    dynamodb = client("dynamodb", f"http://{store.host}")
    for _ in range(20):
        read(dynamodb)
    assert (len(store.asked), store.connections) == (20, 1)


def test_whoever_asks_at_once_has_a_connection_of_its_own(store: Store) -> None:
    store.content = b'{"Item": {"id": {"S": "a"}}}'
    dynamodb = client("dynamodb", f"http://{store.host}")
    with ThreadPoolExecutor(4) as several:
        answers = list(several.map(lambda _: read(dynamodb)["Item"], range(40)))
    assert answers == [{"id": {"S": "a"}}] * 40
    assert store.connections <= 4


def test_a_document_arrives_as_it_was_signed_and_comes_back_whole(store: Store) -> None:
    store.content = bytes(range(256)) * 8192
    s3 = client("s3", f"http://{store.host}")
    put = s3.put_object(Bucket="vault", Key="a/../b c/\u00fc", Body=store.content, ContentType="application/pdf")
    [(line, headers, body)] = store.asked
    assert line == "PUT /vault/a/../b%20c/%C3%BC HTTP/1.1"
    assert (headers["Content-Type"], headers["Content-Length"]) == ("application/pdf", str(len(store.content)))
    signed = headers["Authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    assert (
        {"content-type", "host", "x-amz-date", "x-amz-security-token"}
        <= set(signed)
        <= {one.lower() for one in headers}
    )
    assert (body, put["VersionId"]) == (store.content, "v1")
    assert s3.get_object(Bucket="vault", Key="a")["Body"].read() == store.content


def test_an_empty_body_is_one_too(store: Store) -> None:
    client("s3", f"http://{store.host}").put_object(Bucket="vault", Key="a", Body=b"")
    assert store.asked[0].headers["Content-Length"] == "0"


def test_what_a_store_refuses_says_so(store: Store) -> None:
    store.status, store.content = 400, b'{"__type": "x#ConditionalCheckFailedException", "message": "no"}'
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        read(client("dynamodb", f"http://{store.host}"))


def test_where_nobody_listens() -> None:
    with pytest.raises(EndpointConnectionError):
        read(client("dynamodb", unused_url()))


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (answer(b"", closing=True), ConnectionClosedError),
        (answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"), ReadTimeoutError),
    ],
)
def test_a_connection_that_breaks_or_falls_silent(act: Callable[[Any], Any], error: type[Exception]) -> None:
    with scripted_server() as server:
        server.script = [act]
        with pytest.raises(error):
            read(client("dynamodb", server.url))


def test_a_connection_that_falls_silent_after_it_answered_was_one(store: Store) -> None:
    dynamodb = client("dynamodb", f"http://{store.host}")
    read(dynamodb)
    store.silent.set()
    with pytest.raises(ReadTimeoutError):
        read(dynamodb)
    assert (len(store.asked), store.connections) == (2, 1)


def test_a_connection_that_was_closed_meanwhile_is_made_anew(store: Store) -> None:
    with scripted_server() as server:
        server.script = [answer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", closing=True)]
        dynamodb = client("dynamodb", server.url)
        for _ in range(3):
            read(dynamodb)
        assert len(server.asked) == 3


# ---- who it is


@contextmanager
def secured(store: Store, folder: Path) -> Iterator[Path]:
    """Where its certificate is, which nobody but itself vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "store")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "own.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    held = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *held))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "own.pem", folder / "key.pem")
    store.socket = context.wrap_socket(store.socket, server_side=True)
    yield folder / "own.pem"


def test_a_store_that_nobody_vouches_for_is_told_nothing(store: Store, tmp_path: Path) -> None:
    with secured(store, tmp_path), pytest.raises(SSLError):
        read(client("dynamodb", f"https://{store.host}"))
    assert store.asked == []


def test_a_store_is_known_by_its_certificate(store: Store, tmp_path: Path) -> None:
    with secured(store, tmp_path) as certificates:
        dynamodb = client("dynamodb", f"https://{store.host}", certificates=certificates)
        for _ in range(3):
            read(dynamodb)
    assert (len(store.asked), store.connections) == (3, 1)
