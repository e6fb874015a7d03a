"""SendGrid over HTTP: what is sent, what its answers become, and whose fate each event is."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from letterbook.adapters import aws
from letterbook.adapters.providers import PROVIDERS
from letterbook.adapters.providers.account import Account
from letterbook.domain.errors import Ambiguous, Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.party import OptOutSource
from letterbook.domain.receipts import Signal
from letterbook.domain.status import Status
from letterbook.domain.templates import Rendered
from letterbook.environment import settings
from letterbook.use_cases.delivery.record_receipt import process_provider_event
from tests.support import builders
from tests.support.aws import WorldForTests
from tests.support.builders import NOW
from tests.support.steps import a_party, an_email, deliver_queue, send, standing

KEY = "SG.0123456789abcdef.0123456789abcdef0123456789abcdef"
PARCEL = builders.parcel(rendered=Rendered(subject="Hello", text="Dear Sir", html=None))


@dataclass
class Scripted:
    """A server that answers as it is told, and remembers what it was asked. A status of 0 hangs up."""

    status: int = 202
    headers: dict[str, str] = field(default_factory=lambda: {"X-Message-Id": "ref-1"})
    body: bytes = b""
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def error(self, message: str) -> bytes:
        return json.dumps({"errors": [{"message": message, "field": None, "help": None}]}).encode()


@contextmanager
def serving(script: Scripted) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            script.asked.append((self.path, dict(self.headers.items()), content))
            if not script.status:
                self.connection.close()
                return
            self.send_response(script.status)
            for name, value in script.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(script.body)))
            self.end_headers()
            self.wfile.write(script.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its own name
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def sent_by(script: Scripted, api_key: str = KEY) -> str:
    spec = PROVIDERS["sendgrid"]
    with serving(script) as base_url:
        held = json.dumps({"api_key": api_key, "webhook_public_key": "", "base_url": base_url})
        aws.secrets().create_secret(Name=f"{settings().provider_secrets}sendgrid", SecretString=held)
        return spec.make(Account("sendgrid", spec.credentials, settings())).send(PARCEL)


def test_the_call(world: WorldForTests) -> None:
    script = Scripted()
    assert sent_by(script) == "ref-1"
    [(path, headers, content)] = script.asked
    assert path == "/v3/mail/send"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(content)["subject"] == "Hello"


@pytest.mark.parametrize("headers", [{}, {"X-Message-Id": ""}, {"X-Message-Id": "x" * 500}])
def test_what_it_took_without_a_word_for_it_was_taken(world: WorldForTests, headers: dict[str, str]) -> None:
    assert sent_by(Scripted(headers=headers, body=b"{broken")) == ""


@pytest.mark.parametrize(
    ("status", "message", "error", "reason"),
    [
        (401, "Maximum credits exceeded", Permanent, FailureCode.CONFIG),
        (401, "The provided authorization grant is invalid", Permanent, FailureCode.CONFIG),
        (413, "too large", Permanent, FailureCode.TOO_LARGE),
        (503, "not available", Transient, FailureCode.PROVIDER_OUTAGE),
        (500, "unexpected", Ambiguous, FailureCode.UNKNOWN),
        (0, "", Ambiguous, FailureCode.UNKNOWN),
    ],
)
def test_what_goes_wrong(
    world: WorldForTests, status: int, message: str, error: type[ProviderError], reason: FailureCode
) -> None:
    script = Scripted(status=status, headers={})
    script.body = script.error(message)
    with pytest.raises(error) as failed:
        sent_by(script)
    assert failed.value.reason is reason
    assert KEY not in repr(failed.value)
    assert len(script.asked) == 1


def test_it_waits_as_long_as_it_is_asked(world: WorldForTests) -> None:
    with pytest.raises(Throttled) as failed:
        sent_by(Scripted(status=429, headers={"Retry-After": "7"}))
    assert failed.value.after == timedelta(seconds=7)


# ---- one recipient's fate is one recipient's

COPY, BLIND = "copy@bank.example", "blind@free.example"


def event(kind: str, of: str, email: str, **more: Any) -> str:
    told = {"event": kind, "email": email, "timestamp": int(NOW.timestamp()) + 60, "communication_id": of, **more}
    return json.dumps({**told, "sg_event_id": f"{kind}-{email}", "sg_message_id": "ref.filter-1"})


def test_copies_have_a_fate_of_their_own(world: WorldForTests) -> None:
    party = a_party(world)
    made = send(world, an_email(party, cc=(COPY,), bcc=(BLIND,)))
    deliver_queue(world)
    [to] = [one.address for one in standing(world, made).entry.recipients if one.role == "to"]
    refused = {"type": "bounce", "bounce_classification": "Invalid Address", "status": "5.1.1"}
    events = [
        event("delivered", made.id, to.upper()),
        event("bounce", made.id, COPY, **refused),
        event("dropped", made.id, BLIND, reason="Bounced Address"),
        event("group_unsubscribe", made.id, to),
        event("pondered", made.id, to),
    ]
    for raw in [*events, *reversed(events)]:
        process_provider_event(world, "sendgrid", raw, waited=False)
    entry = standing(world, made).entry
    assert {one.address: one.heard and one.heard.fact.status for one in entry.recipients} == {
        to: Status.DELIVERED,
        COPY: Status.FAILED,
        BLIND: Status.REJECTED,
    }
    assert entry.status is Status.DELIVERED
    assert entry.hints == {Signal.UNSUBSCRIBE, Signal.RECIPIENT_FAILED}
    assert set(world.addresses.suppressed([to, COPY, BLIND])) == {COPY, BLIND}
    assert [one.source for one in world.parties.preferences(party.id).opt_outs] == [OptOutSource.UNSUBSCRIBE]
    told = [row.event for row in world.communications.history(made.id)][-5:]
    assert told == ["delivered", "bounce", "dropped", "group_unsubscribe", "pondered"]
