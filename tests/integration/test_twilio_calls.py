"""Twilio over HTTP: what it is asked, how it is looked up afterwards, and whose files are fetched."""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from letterbook.adapters import aws
from letterbook.adapters.providers import PROVIDERS
from letterbook.adapters.providers.account import Account
from letterbook.domain.errors import Ambiguous, Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import DeliveryOutcome
from letterbook.domain.templates import Rendered
from letterbook.environment import settings
from letterbook.ports import LookUp, OutboundMessage
from tests.support import builders
from tests.support.aws import WorldForTests

SPEC = PROVIDERS["twilio"]
OURS, TO, FROM = "com_01JD4QK8V3M2N7R5T9W1X3Y5Z7", "+447700900127", "+447400199999"
SID, ACCOUNT, KEY = f"SM{'0' * 32}", f"AC{'1' * 32}", f"SK{'2' * 32}"
BASIC = f"Basic {base64.b64encode(f'{ACCOUNT}:token-token-token-token'.encode()).decode()}"
HELD = {"account_sid": ACCOUNT, "auth_token": "token-token-token-token"}
PARCEL = builders.parcel(
    sender=FROM,
    sender_name="",
    to=(TO,),
    rendered=Rendered(subject="", text="Your review is at 10:30 & 50% off ç"),
)
SENT_AT = datetime(2026, 11, 20, 15, 12, tzinfo=UTC)
QUESTION = LookUp(
    communication_id=OURS, reference=None, to=(TO,), sender=FROM, text=PARCEL.rendered.text, sent_at=SENT_AT
)


@dataclass
class Scripted:
    """A server that answers one after another, and remembers what it was asked."""

    url: str = ""
    answers: list[tuple[int, dict[str, str], Any]] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    def answer(self, status: int, body: Any, **headers: str) -> None:
        self.answers.append((status, headers, body))


@pytest.fixture
def vendor() -> Iterator[Scripted]:
    script = Scripted()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            script.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, content))
            status, headers, body = script.answers.pop(0)
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST  # noqa: N815 - its own name

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its own name
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}"
    yield script
    server.shutdown()
    server.server_close()
    thread.join()


def account(vendor: Scripted, **more: str) -> Account:
    held = json.dumps({**HELD, **more, "base_url": vendor.url})
    aws.secrets().create_secret(Name=f"{settings().provider_secrets}twilio", SecretString=held)
    return Account("twilio", SPEC.credentials, settings())


def send(vendor: Scripted, parcel: OutboundMessage = PARCEL, **more: str) -> dict[str, list[str]]:
    vendor.answer(201, {"sid": SID, "status": "queued"})
    assert SPEC.make(account(vendor, **more)).send(parcel) == SID
    return parse_qs(vendor.asked[0][3].decode(), keep_blank_values=True)


def test_the_call(world: WorldForTests, vendor: Scripted) -> None:
    form = send(vendor)
    [callback] = form.pop("StatusCallback")
    assert form == {"To": [TO], "From": [FROM], "Body": [PARCEL.rendered.text]}
    assert parse_qs(urlsplit(callback).query) == {"communication_id": [OURS]}
    assert urlsplit(callback).path.endswith("/twilio")
    [(method, path, headers, _)] = vendor.asked
    assert (method, path) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    assert headers["authorization"] == BASIC
    assert headers["content-type"] == "application/x-www-form-urlencoded"


def test_who_it_is_from(world: WorldForTests, vendor: Scripted) -> None:
    service = f"MG{'3' * 32}"
    form = send(vendor, replace(PARCEL, sender="TOLWORTHY"), messaging_service_sid=service)
    assert (form["From"], form["MessagingServiceSid"]) == (["TOLWORTHY"], [service])


def test_a_service_may_be_the_sender(world: WorldForTests, vendor: Scripted) -> None:
    form = send(vendor, replace(PARCEL, sender=f"MG{'3' * 32}"))
    assert "From" not in form
    assert form["MessagingServiceSid"] == [f"MG{'3' * 32}"]


def test_an_api_key_calls_where_there_is_one(world: WorldForTests, vendor: Scripted) -> None:
    send(vendor, api_key_sid=KEY, api_key_secret="secret-secret-secret")
    assert vendor.asked[0][2]["authorization"] != BASIC
    assert vendor.asked[0][1] == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


@pytest.mark.parametrize(
    "body", [{}, [], "x", {"sid": None}, {"sid": "SM1"}, {"sid": f"CA{'0' * 32}"}, {"sid": f"{SID}\n"}, b'{"sid": "SM']
)
def test_a_success_without_its_sid_may_have_been_taken(world: WorldForTests, vendor: Scripted, body: Any) -> None:
    vendor.answer(201, body)
    with pytest.raises(Ambiguous):
        SPEC.make(account(vendor)).send(PARCEL)


@pytest.mark.parametrize(
    ("status", "code", "kind", "reason"),
    [
        (400, 21211, Permanent, FailureCode.INVALID_ADDRESS),
        (400, 21610, Permanent, FailureCode.OPTED_OUT),
        (400, 21606, Permanent, FailureCode.CONFIG),
        (400, 21617, Permanent, FailureCode.TOO_LARGE),
        (401, 20003, Permanent, FailureCode.CONFIG),
        (429, 20429, Throttled, FailureCode.PROVIDER_OUTAGE),
        (503, 20503, Transient, FailureCode.PROVIDER_OUTAGE),
        (503, None, Ambiguous, FailureCode.UNKNOWN),
        (500, 20500, Ambiguous, FailureCode.UNKNOWN),
    ],
)
def test_what_its_errors_mean(
    world: WorldForTests,
    vendor: Scripted,
    status: int,
    code: int | None,
    kind: type[ProviderError],
    reason: FailureCode,
) -> None:
    vendor.answer(status, {"code": code, "message": "m", "more_info": "i", "status": status}, Retry_After="2")
    with pytest.raises(kind) as raised:
        SPEC.make(account(vendor)).send(PARCEL)
    assert raised.value.reason is reason
    if code and kind is not Ambiguous:
        assert SPEC.failures[raised.value.provider_code]


# ---- asked afterwards


def message(**changes: Any) -> dict[str, Any]:
    values = {
        "sid": SID,
        "to": TO,
        "from": FROM,
        "body": PARCEL.rendered.text,
        "status": "delivered",
        "error_code": None,
        "direction": "outbound-api",
        "date_created": "Fri, 20 Nov 2026 15:12:01 +0000",
        "date_sent": "Fri, 20 Nov 2026 15:12:03 +0000",
        "date_updated": "Fri, 20 Nov 2026 15:12:08 +0000",
    }
    return {**values, **changes}


def asked(vendor: Scripted, question: LookUp = QUESTION) -> list[Any]:
    assert SPEC.ask is not None
    return list(SPEC.ask(account(vendor), question))


def test_by_its_sid(world: WorldForTests, vendor: Scripted) -> None:
    vendor.answer(200, message(status="undelivered", error_code=30003))
    [receipt] = asked(vendor, replace(QUESTION, reference=SID))
    assert vendor.asked[0][1] == f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}.json"
    assert (receipt.event, receipt.reference, receipt.at.minute) == ("undelivered", SID, 12)
    assert (receipt.news[0].fact, receipt.news[0].provider_code) == (DeliveryOutcome.SOFT_BOUNCE, "30003")
    assert PARCEL.rendered.text not in receipt.raw


def test_by_number_and_time(world: WorldForTests, vendor: Scripted) -> None:
    others = [message(sid=f"SM{'4' * 32}", body="Other"), message(sid=f"SM{'5' * 32}", direction="inbound")]
    following = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json?Page=1&PageToken=PA1"
    vendor.answer(200, {"messages": others, "next_page_uri": following})
    vendor.answer(200, {"messages": [message()], "next_page_uri": None})
    [receipt] = asked(vendor)
    assert receipt.reference == SID
    query = parse_qs(urlsplit(vendor.asked[0][1]).query)
    assert query["To"] == [TO]
    assert query["DateSent>"] == ["2026-11-20T15:11:00Z"]
    assert vendor.asked[1][1] == following


@pytest.mark.parametrize(
    "listed",
    [
        [],
        [message(), message(sid=f"SM{'6' * 32}")],
        [message(body="Other")],
        [message(to=FROM)],
        [message(date_created="Fri, 20 Nov 2026 15:05:00 +0000")],
        [message(date_created="Fri, 20 Nov 2026 15:20:00 +0000")],
        [message(date_created=None)],
        ["x", None],
        None,
        7,
    ],
)
def test_of_none_or_several_alike_nothing_is_certain(world: WorldForTests, vendor: Scripted, listed: Any) -> None:
    vendor.answer(200, {"messages": listed, "next_page_uri": None})
    assert asked(vendor) == []


@pytest.mark.parametrize("following", ["https://attacker.example/", "//attacker.example/", "/2010-04-01/Other"])
def test_our_credentials_follow_no_page_elsewhere(world: WorldForTests, vendor: Scripted, following: str) -> None:
    vendor.answer(200, {"messages": [message()], "next_page_uri": following})
    with pytest.raises(Transient):
        asked(vendor)
    assert len(vendor.asked) == 1


# ---- files


def fetched(vendor: Scripted, url: str, at_most: int = 1000) -> tuple[str, bytes]:
    assert SPEC.media is not None
    return SPEC.media(account(vendor), url, at_most)


def test_a_file_is_fetched_with_our_credentials(world: WorldForTests, vendor: Scripted) -> None:
    vendor.answer(200, b"\xff\xd8", Content_Type="image/jpeg")
    assert fetched(vendor, f"{vendor.url}/Media/ME1") == ("image/jpeg", b"\xff\xd8")
    assert vendor.asked[0][2]["authorization"] == BASIC


def test_one_step_is_followed_without_them(world: WorldForTests, vendor: Scripted) -> None:
    vendor.answer(307, b"", Location="/elsewhere")
    vendor.answer(200, b"x", Content_Type="image/png")
    assert fetched(vendor, f"{vendor.url}/Media/ME1") == ("image/png", b"x")
    assert "authorization" not in vendor.asked[1][2]


def test_a_second_step_is_not(world: WorldForTests, vendor: Scripted) -> None:
    vendor.answer(307, b"", Location="/elsewhere")
    vendor.answer(307, b"", Location="/farther")
    with pytest.raises(Transient):
        fetched(vendor, f"{vendor.url}/Media/ME1")
    assert len(vendor.asked) == 2


STRANGE = [
    "https://attacker.example/x",
    "http://api.twilio.com/x",
    "https://api.twilio.com.attacker.example/x",
    "https://api.twilio.com@attacker.example/x",
    "https://attacker.example\\@api.twilio.com/x",
    "https://attackertwilio.com/x",
    "https://twilio.com.example/",
    "ftp://api.twilio.com/x",
    "http://127.0.0.1:1/x",
    "http://169.254.169.254/latest/meta-data",
    "https://api.twilio.com:8443/x",
    "//attacker.example/x",
    "https://api.twilio.com/\nx",
    "",
]


@pytest.mark.parametrize("url", STRANGE)
def test_no_file_is_fetched_from_anybody_else(world: WorldForTests, vendor: Scripted, url: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        fetched(vendor, url)
    assert vendor.asked == []


@pytest.mark.parametrize("url", [*STRANGE[:5], "https://s3-external-1.amazonaws.com/other/x"])
def test_no_step_leads_to_anybody_else(world: WorldForTests, vendor: Scripted, url: str) -> None:
    vendor.answer(302, b"", Location=url)
    with pytest.raises(ValueError, match="not an address"):
        fetched(vendor, f"{vendor.url}/Media/ME1")
    assert len(vendor.asked) == 1


def test_a_file_that_is_too_large_is_left(world: WorldForTests, vendor: Scripted) -> None:
    vendor.answer(200, b"x" * 1001)
    with pytest.raises(ValueError, match="too large"):
        fetched(vendor, f"{vendor.url}/Media/ME1")


def test_a_file_that_is_gone_and_one_that_may_come(world: WorldForTests, vendor: Scripted) -> None:
    vendor.answer(404, {"code": 20404})
    vendor.answer(500, b"")
    held = account(vendor)
    assert SPEC.media is not None
    with pytest.raises(Permanent):
        SPEC.media(held, f"{vendor.url}/Media/ME1", 1000)
    with pytest.raises(Transient):
        SPEC.media(held, f"{vendor.url}/Media/ME1", 1000)
