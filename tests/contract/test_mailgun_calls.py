"""How Mailgun is called: what it gets, what each answer means, and what it tells when it is asked."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import make_server

from letterbook.adapters.providers import PROVIDERS
from letterbook.adapters.providers.account import Account, CredentialsRefused
from letterbook.domain.communication import Attachment
from letterbook.domain.errors import Ambiguous, OverQuota, Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import DeliveryOutcome
from letterbook.domain.templates import Rendered
from letterbook.environment import settings
from letterbook.ports import LookUp, OutboundMessage
from local.environment import LocalEnvironment
from local.simulators import mailgun as simulated
from local.simulators.vendor import Vendor
from tests.support import builders
from tests.support.aws import WorldForTests, client

SPEC = PROVIDERS["mailgun"]
COMMUNICATION = "com_01JD4QK8V3M2N7R5T9W1X3Y5Z7"
OURS = f"{COMMUNICATION}@firm.example"
_F = FailureCode


class Answer(BaseHTTPRequestHandler):
    """Says what the test wants said, and keeps what was asked."""

    status, body, sent = 200, b"", [("Content-Type", "application/json")]
    asked: list[tuple[str, dict[str, str], bytes]]

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.asked.append((self.path, dict(self.headers.items()), content))
        self.send_response(self.status)
        for name, value in (*self.sent, ("Content-Length", str(len(self.body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.body)

    do_GET = do_POST  # noqa: N815 - http.server calls it so

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""


@pytest.fixture
def vendor() -> Iterator[Any]:
    handler = type("Handler", (Answer,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    vars(server)["script"] = handler
    yield server
    server.shutdown()
    server.server_close()


def account_at(port: int) -> Account:
    held = {**simulated.CREDENTIALS, "base_url": f"http://127.0.0.1:{port}"}
    client("secretsmanager").create_secret(Name="letterbook/providers/mailgun", SecretString=json.dumps(held))
    return Account("mailgun", SPEC.credentials, settings())


@pytest.fixture
def account(world: WorldForTests, vendor: Any) -> Account:
    return account_at(vendor.server_address[1])


def parcel(**changes: Any) -> OutboundMessage:
    values: dict[str, Any] = {
        "to": ("accounts@mailbox.example",),
        "cc": ("copy@mailbox.example",),
        "bcc": ("hidden@mailbox.example",),
        "message_id": OURS,
        "rendered": Rendered(subject="Grüße", text="Dear Sir,", html="<p>Dear Sir,</p>"),
    }
    return builders.parcel(**{**values, **changes})


def answers(vendor: Any, status: int, body: bytes | dict[str, Any], **headers: str) -> None:
    script = vendor.script
    script.status, script.body = status, body if isinstance(body, bytes) else json.dumps(body).encode()
    script.sent = [
        ("Content-Type", "application/json"),
        *((name.replace("_", "-"), one) for name, one in headers.items()),
    ]


TAKEN = {"id": f"<{OURS}>", "message": "Queued. Thank you."}


@pytest.mark.covers("E1")
def test_what_mailgun_gets(account: Account, vendor: Any) -> None:
    answers(vendor, 200, TAKEN)
    assert SPEC.make(account).send(parcel()) == OURS
    [(path, headers, body)] = vendor.script.asked
    assert path == "/v3/mg.tolworthy.example/messages.mime"
    assert headers["authorization"].startswith("Basic ")
    assert headers["content-type"].startswith("multipart/form-data; boundary=")
    for name, value in (
        ("to", "accounts@mailbox.example"),
        ("to", "copy@mailbox.example"),
        ("to", "hidden@mailbox.example"),
        ("v:communication_id", COMMUNICATION),
        ("o:tracking-opens", "yes"),
        ("o:tracking-clicks", "no"),
    ):
        assert f'name="{name}"\r\n\r\n{value}\r\n'.encode() in body
    written = body.partition(b'name="message"')[2]
    assert f"Message-ID: <{OURS}>".encode() in written
    assert b"hidden@mailbox.example" not in written


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason"),
    [
        (400, {"message": "'to' parameter is not a valid address. please check"}, Permanent, _F.INVALID_ADDRESS),
        (400, {"message": "Sandbox subdomains are for test purposes only."}, Permanent, _F.CONFIG),
        (400, {"message": "cannot parse MIME"}, Permanent, _F.CONTENT),
        (400, b"<html>", Permanent, _F.CONTENT),
        (401, b"Forbidden", CredentialsRefused, _F.CONFIG),
        (402, {"message": "Request failed"}, Permanent, _F.CONFIG),
        (403, {"message": "Forbidden"}, Permanent, _F.CONFIG),
        (404, {"message": "Domain not found: mg.tolworthy.example"}, Permanent, _F.CONFIG),
        (413, b"", Permanent, _F.TOO_LARGE),
        (429, {"message": "Too many requests"}, Throttled, _F.PROVIDER_OUTAGE),
        (429, {"message": "Recipient limit exceeded, try again after tomorrow"}, OverQuota, _F.PROVIDER_OUTAGE),
        (500, {"message": "Internal error"}, Ambiguous, _F.UNKNOWN),
        (502, b"", Ambiguous, _F.UNKNOWN),
        (503, {"message": "Service unavailable"}, Transient, _F.PROVIDER_OUTAGE),
        (503, b"<html>", Ambiguous, _F.UNKNOWN),
        (302, b"", Ambiguous, _F.UNKNOWN),
        (200, b'{"id": "<', Ambiguous, _F.UNKNOWN),
        (200, {"message": "Queued."}, Ambiguous, _F.UNKNOWN),
        (200, [], Ambiguous, _F.UNKNOWN),
        (200, {"id": 7}, Ambiguous, _F.UNKNOWN),
        (200, b"[" * 100_000, Ambiguous, _F.UNKNOWN),
        (200, b"x" * 10_000_000, Ambiguous, _F.UNKNOWN),
    ],
)
def test_what_an_answer_means(
    account: Account, vendor: Any, status: int, body: Any, kind: type[ProviderError], reason: FailureCode
) -> None:
    answers(vendor, status, body)
    with pytest.raises(ProviderError) as raised:
        SPEC.make(account).send(parcel())
    assert type(raised.value) is kind
    assert raised.value.reason is reason
    told = f"{raised.value.provider_code} {raised.value}"
    assert "@" not in told
    assert simulated.CREDENTIALS["api_key"] not in told
    assert len(vendor.script.asked) == 1


def test_it_says_how_long_to_wait(account: Account, vendor: Any) -> None:
    answers(vendor, 429, {"message": "Too many requests"}, Retry_After="120")
    with pytest.raises(Throttled) as raised:
        SPEC.make(account).send(parcel())
    assert raised.value.after == timedelta(minutes=2)


def test_what_is_too_large_is_not_sent(account: Account, vendor: Any) -> None:
    content = b"x" * 20_000_000
    file = Attachment(
        id="doc_1", name="a.pdf", bytes=len(content), media_type="application/pdf", object_version="v", sha256="s"
    )
    with pytest.raises(Permanent) as raised:
        SPEC.make(account).send(parcel(attachments=((file, content),)))
    assert raised.value.reason is _F.TOO_LARGE
    assert vendor.script.asked == []


def test_what_cannot_be_made_was_certainly_not_taken(account: Account, vendor: Any) -> None:
    with pytest.raises(Permanent, match="ValueError"):
        SPEC.make(account).send(parcel(reply_to=("a\r\nBcc: all@firm.example",)))
    assert vendor.script.asked == []


# ---- the simulator, and what it tells when it is asked


@pytest.fixture
def simulator(world: WorldForTests, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Vendor, Account]]:
    place = Vendor(LocalEnvironment(home=tmp_path, port=1), "mailgun", simulated.CREDENTIALS)
    monkeypatch.setattr(place, "happen", lambda *_: None)
    server = make_server("127.0.0.1", 0, simulated.simulator(place), threaded=True)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    account = account_at(server.server_port)
    yield place, account
    server.shutdown()
    server.server_close()


def question(world: WorldForTests, reference: str | None = OURS) -> LookUp:
    return LookUp(
        communication_id=COMMUNICATION,
        reference=reference,
        to=("accounts@mailbox.example",),
        sender="legal@firm.example",
        text="",
        sent_at=world.now() - timedelta(days=3650),
    )


def ask(account: Account, asked: LookUp) -> Any:
    assert SPEC.ask is not None
    return SPEC.ask(account, asked)


def test_of_a_message_that_is_mute_it_tells_when_asked(world: WorldForTests, simulator: tuple[Vendor, Account]) -> None:
    place, account = simulator
    SPEC.make(account).send(parcel(to=("mute@simulator.example",), cc=(), bcc=("bounce@simulator.example",)))
    assert place.newest_first()[0]["communication_id"] == COMMUNICATION
    # Whether it took it is not known, so neither is its word for it: it kept our Message-ID.
    for asked in (question(world), question(world, None)):
        told = {(news.recipient, news.fact) for receipt in ask(account, asked) for news in receipt.news if news.fact}
        assert told == {
            ("mute@simulator.example", DeliveryOutcome.ACCEPTED),
            ("mute@simulator.example", DeliveryOutcome.DELIVERED),
            ("bounce@simulator.example", DeliveryOutcome.ACCEPTED),
            ("bounce@simulator.example", DeliveryOutcome.HARD_BOUNCE),
        }
    assert ask(account, replace(question(world), reference="another@firm.example")) == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("invalid", Permanent),
        ("broken", Transient),
        ("throttled", Throttled),
        ("garbled", Ambiguous),
        ("ambiguous", Ambiguous),
    ],
)
def test_the_simulator_answers_as_the_address_says(
    simulator: tuple[Vendor, Account], name: str, kind: type[ProviderError]
) -> None:
    place, account = simulator
    with pytest.raises(ProviderError) as raised:
        SPEC.make(account).send(parcel(to=(f"{name}+a@simulator.example",)))
    assert type(raised.value) is kind
    assert len(place.newest_first()) == (1 if kind is Ambiguous else 0)


def test_a_question_may_have_pages_and_an_end(account: Account, vendor: Any, world: WorldForTests) -> None:
    base = f"http://127.0.0.1:{vendor.server_address[1]}/v3/mg.tolworthy.example/events"
    item = {
        "event": "delivered",
        "id": "a",
        "timestamp": time.time(),
        "recipient": "accounts@mailbox.example",
        "message": {"headers": {"message-id": OURS}},
    }
    other = {**item, "message": {"headers": {"message-id": "other@firm.example"}}}
    answers(vendor, 200, {"items": [item, other, 7, {"event": []}], "paging": {"next": f"{base}/next"}})
    assert len(ask(account, question(world))) == 5
    assert [path.rpartition("/")[2] for path, _, _ in vendor.script.asked[1:]] == ["next"] * 4


@pytest.mark.parametrize("page", ["http://mailbox.example/v3/mg.tolworthy.example/events/x", 7, None, {"a": 1}])
def test_our_credentials_go_to_no_other_page(account: Account, vendor: Any, world: WorldForTests, page: Any) -> None:
    answers(vendor, 200, {"items": [{"event": "delivered"}], "paging": {"next": page}})
    assert ask(account, question(world)) == []
    assert len(vendor.script.asked) == 1


@pytest.mark.parametrize("body", [b"{", b"[]", b"7", b'{"items": 7}', b'{"items": [], "paging": 7}'])
def test_what_cannot_be_read_is_asked_again_another_time(
    account: Account, vendor: Any, world: WorldForTests, body: bytes
) -> None:
    answers(vendor, 200, body)
    try:
        assert ask(account, question(world)) == []
    except Transient:
        assert body == b"{"
