"""What Mailgun posts: proved by its stamp, put where it is safe; mail is laid where mail lies."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from letterbook.adapters.inbound_mail import read
from letterbook.adapters.providers import mailgun_routes
from letterbook.adapters.providers.vendor_http import VendorAnswer
from letterbook.domain.errors import Ambiguous, Permanent, Transient
from local.environment import LocalEnvironment
from local.simulators import mailgun as simulated
from local.simulators.vendor import Vendor
from tests.support.aws import WorldForTests, client
from tests.support.lambda_client import invoke, sample

CREDENTIALS = {"api_key": "key-" + "0" * 32, "domain": "mg.firm.example", "signing_key": "1" * 32}
DELIVERED = sample("mailgun/delivered.json")["event-data"]
OWN = "X-Mailgun-Dkim-Check-Result: Pass\r\nX-Mailgun-Spf: Pass\r\nX-Mailgun-Sflag: No\r\n"
TRACE = "Received: from mx.mailbox.example by mxa.mailgun.example with ESMTP id 1\r\n"
SIGNED = "DKIM-Signature: v=1; a=rsa-sha256; d=mailbox.example; h=from; b=AA\r\n"
WRITTEN = (
    "From: Priya <priya@mailbox.example>\r\nTo: legal@firm.example\r\nMessage-ID: <1@mailbox.example>\r\n\r\nZo\xeb"
)


@pytest.fixture(autouse=True)
def secret(world: WorldForTests) -> str:
    name = "letterbook/providers/mailgun"
    client("secretsmanager").create_secret(Name=name, SecretString=json.dumps(CREDENTIALS))
    return name


def stamp(key: str = CREDENTIALS["signing_key"], age: int = 0, token: str = "") -> dict[str, str]:
    timestamp, token = str(int(time.time()) - age), token or secrets.token_hex(25)
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": timestamp, "token": token, "signature": signature}


def post(body: bytes | str, path: str = "/mailgun", media_type: str = "application/json") -> int:
    event = sample("webhook/mailgun-delivered.json")
    content = body.encode() if isinstance(body, str) else body
    status = invoke(
        "webhook",
        {
            **event,
            "rawPath": path,
            "headers": {**event["headers"], "content-type": media_type},
            "body": base64.b64encode(content).decode(),
            "isBase64Encoded": True,
        },
    )["statusCode"]
    assert isinstance(status, int)
    return status


def event(signature: Any, **changes: Any) -> str:
    return json.dumps({"signature": signature, "event-data": {**DELIVERED, **changes}})


def hand_over(form: dict[str, Any], path: str = "/mailgun/inbound/mime") -> int:
    return post(urlencode(form), path, "application/x-www-form-urlencoded")


def mail_in(raw: str, **fields: str) -> dict[str, Any]:
    return {"recipient": "legal@firm.example", "sender": "p@mailbox.example", "body-mime": raw, **stamp(), **fields}


def boxes() -> list[bytes]:
    store = client("s3")
    listed = store.list_objects_v2(Bucket="inbound").get("Contents", [])
    return [store.get_object(Bucket="inbound", Key=one["Key"])["Body"].read() for one in listed]


def test_an_event_is_queued_as_it_came(world: WorldForTests) -> None:
    body = event(stamp())
    assert post(body) == 200
    assert world.queued("receipts") == [{"provider": "mailgun", "raw": body}]


def test_the_same_may_come_any_number_of_times(world: WorldForTests) -> None:
    body = event(stamp())
    assert [post(body) for _ in range(3)] == [200] * 3
    assert len(world.queued("receipts")) == 3


def test_one_stamp_stands_for_one_content(world: WorldForTests) -> None:
    """It does not cover what is posted with it: whoever saw it could post that somebody complained."""
    seen = stamp()
    assert post(event(seen)) == 200
    assert post(event(seen, event="complained")) == 401
    assert len(world.queued("receipts")) == 1


def one_bit_off(right: dict[str, str]) -> dict[str, str]:
    last = right["signature"][-1]
    return {**right, "signature": right["signature"][:-1] + ("0" if last != "0" else "1")}


@pytest.mark.parametrize(
    "signature",
    [
        one_bit_off(stamp()),
        stamp(key="2" * 32),
        stamp(age=3600),
        stamp(age=-3600),
        {**stamp(), "timestamp": "1e9"},
        {**stamp(), "timestamp": None},
        {**stamp(), "token": ["a"]},
        {**stamp(), "signature": "\u00e9" * 64},
        {**stamp(), "signature": "\ud800"},
        {},
        None,
        [],
    ],
)
def test_a_stamp_that_is_not_right_lets_nothing_in(world: WorldForTests, signature: Any) -> None:
    assert post(event(signature)) == 401
    assert hand_over(mail_in(TRACE + WRITTEN) | {"signature": "0" * 64}) == 401
    assert world.queued("receipts") == []
    assert boxes() == []


def test_two_keys_are_good_while_they_are_exchanged(world: WorldForTests, secret: str) -> None:
    newer = {**CREDENTIALS, "signing_key": "3" * 32}
    client("secretsmanager").put_secret_value(SecretId=secret, SecretString=json.dumps(newer))
    assert post(event(stamp("3" * 32))) == 200
    assert post(event(stamp())) == 200
    assert post(event(stamp("4" * 32))) == 401


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b'"', b"[" * 100_000, b'{"a":' * 100_000, b"9" * 10_000], ids=range(6)
)
def test_what_cannot_be_read_is_refused(world: WorldForTests, body: bytes) -> None:
    assert post(body) == 400
    assert post(body, "/mailgun/inbound/mime") == 400
    assert world.queued("receipts") == []


@pytest.mark.parametrize("body", [b"[]", b"null", b"{}", b'{"signature": 7}', b'{"event-data": {}}'])
def test_what_is_not_signed_is_refused(world: WorldForTests, body: bytes) -> None:
    assert post(body) == 401
    assert world.queued("receipts") == []


@pytest.mark.parametrize("data", [None, [], {}, {"event": 7}, {"event": "a" * 100}])
def test_what_is_signed_and_no_event_is_refused(world: WorldForTests, data: Any) -> None:
    assert post(json.dumps({"signature": stamp(), "event-data": data})) == 400


def test_a_giant_event_is_queued_as_far_as_it_is_read(world: WorldForTests) -> None:
    assert post(event(stamp(), tags=['"' * 400_000], recipient="accounts@mailbox.example")) == 200
    [queued] = world.queued("receipts")
    assert len(queued["raw"]) < 100_000
    receipt = world.providers.read("mailgun", queued["raw"])
    assert receipt.communication_id == DELIVERED["user-variables"]["communication_id"]
    assert receipt.digest == world.providers.read("mailgun", event({})).digest


def test_what_is_posted_again_may_be_written_another_way(world: WorldForTests) -> None:
    signature = stamp()
    turned = dict(reversed([*DELIVERED.items()]))
    assert post(event(signature)) == 200
    assert post(json.dumps({"event-data": turned, "signature": signature}, indent=1)) == 200


# ---- mail that comes in


def test_mail_lies_where_mail_lies_with_what_mailgun_found_of_it(world: WorldForTests) -> None:
    assert hand_over(mail_in(OWN + TRACE + SIGNED + WRITTEN)) == 200
    [raw] = boxes()
    mail = read(raw, world.now())
    assert (mail.sender, mail.text.strip()) == ("priya@mailbox.example", "Zoë")
    assert (mail.verdicts.spf, mail.verdicts.dkim) == ("pass", "pass")
    assert mail.verdicts.dkim_domains == {"mailbox.example"}
    assert "legal@firm.example" in mail.handed_over_for


def test_what_its_sender_says_of_it_is_not_believed(world: WorldForTests) -> None:
    claims = "Authentication-Results: letterbook.invalid; dmarc=pass header.from=mailbox.example\r\n"
    assert hand_over(mail_in(TRACE + claims + OWN + SIGNED + WRITTEN)) == 200
    [raw] = boxes()
    verdicts = read(raw, world.now()).verdicts
    assert (verdicts.spf, verdicts.dkim, verdicts.dmarc, {*verdicts.dkim_domains}) == ("", "", "", set())


def test_a_form_of_parts_is_read_too_and_every_byte_stays(world: WorldForTests) -> None:
    """Posted again, its parts are divided by something else."""
    content = (TRACE + WRITTEN).encode("latin-1") + bytes(range(128, 256))
    form = {"recipient": "legal@firm.example", **stamp()}
    for edge in (b"edge", b"brim"):
        parts = [
            b'\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + value + b"\r\n"
            for name, value in {**{name: one.encode() for name, one in form.items()}, "body-mime": content}.items()
        ]
        body = b"".join(b"--" + edge + part for part in parts) + b"--" + edge + b"--\r\n"
        assert post(body, "/mailgun/inbound", f"multipart/form-data; boundary={edge.decode()}") == 200
    [raw] = boxes()
    assert raw.endswith(content)


def test_one_stamp_stands_for_one_mail(world: WorldForTests) -> None:
    form = mail_in(TRACE + WRITTEN)
    assert hand_over(form) == 200
    assert hand_over(form | {"body-mime": TRACE + WRITTEN + "more"}) == 401
    assert len(boxes()) == 1


def test_stored_mail_is_fetched_from_where_it_lies(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = OWN + TRACE + SIGNED + WRITTEN
    asked: list[str] = []

    def answer(method: str, url: str, **_: Any) -> VendorAnswer:
        asked.append(f"{method} {url}")
        return VendorAnswer(status=200, headers={}, body=json.dumps({"body-mime": raw}).encode())

    monkeypatch.setattr(mailgun_routes, "call", answer)
    url = "https://storage-us-east4.api.mailgun.net/v3/domains/in.firm.example/messages/AbC="
    assert hand_over({"message-url": url, "recipient": "a@firm.example, b@firm.example", **stamp()}) == 200
    assert asked == [f"GET {url}"]
    [kept] = boxes()
    mail = read(kept, world.now())
    assert mail.verdicts.dkim_domains == {"mailbox.example"}
    assert mail.handed_over_for == ("a@firm.example", "b@firm.example")


@pytest.mark.parametrize("failure", [Ambiguous("ReadTimeoutError"), Permanent("404"), Transient("NewConnectionError")])
def test_stored_mail_that_cannot_be_fetched_now_is_posted_again(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def answer(*_: Any, **__: Any) -> VendorAnswer:
        raise failure

    monkeypatch.setattr(mailgun_routes, "call", answer)
    url = "https://storage-us-east4.api.mailgun.net/v3/domains/in.firm.example/messages/AbC="
    assert hand_over({"message-url": url, **stamp()}) == 503


def test_the_same_mail_again_is_the_same(world: WorldForTests) -> None:
    assert [hand_over(mail_in(TRACE + WRITTEN)) for _ in range(2)] == [200, 200]
    assert len(boxes()) == 1


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://mailbox.example/v3/domains/mg.firm.example/messages/a",
        "http://storage.api.mailgun.net/v3/domains/mg.firm.example/messages/a",
        "https://storage.api.mailgun.net@mailbox.example/v3/domains/mg.firm.example/messages/a",
        "https://mailgun.net.mailbox.example/v3/domains/mg.firm.example/messages/a",
        "https://storage.api.mailgun.net/v3/domains/mg.firm.example/events",
        "https://storage.api.mailgun.net/v3/domains/mg.firm.example/messages/../../../x",
        "https://storage.api.mailgun.net:99999/v3/domains/mg.firm.example/messages/a",
        "https://[/v3/domains/mg.firm.example/messages/a",
    ],
)
def test_our_credentials_go_nowhere_else_to_fetch_mail(world: WorldForTests, url: str) -> None:
    assert hand_over({"message-url": url, **stamp()}) == 400
    assert boxes() == []


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (urlencode([(f"f{n}", "") for n in range(10_000)]), "application/x-www-form-urlencoded"),
        ("a=b", "text/plain"),
        ("a=b", "multipart/form-data"),
        ("a=b", "multipart/form-data; boundary=edge"),
        ("--edge\r\n\r\n\r\n--edge--", "multipart/form-data; boundary=edge"),
    ],
)
def test_a_form_that_is_none_is_refused(world: WorldForTests, body: str, media_type: str) -> None:
    assert post(body, "/mailgun/inbound/mime", media_type) == 400


def test_the_simulator_hands_over_as_mailgun_does(
    world: WorldForTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def posts(url: str, **content: Any) -> requests.Response:
        content.pop("timeout")
        made = requests.Request("POST", url, **content).prepare()
        assert isinstance(made.body, bytes)
        answer = requests.Response()
        answer.status_code = post(made.body, "/mailgun/inbound/mime", made.headers["Content-Type"])
        return answer

    monkeypatch.setattr(requests, "post", posts)
    vendor = Vendor(LocalEnvironment(home=tmp_path, port=1), "mailgun", CREDENTIALS)
    answer = simulated.simulator(vendor).test_client().post("/_sim/inbound?spf=Fail", data=WRITTEN.encode("latin-1"))
    assert (answer.status_code, answer.json) == (200, {"taken": True})
    [raw] = boxes()
    mail = read(raw, world.now())
    assert (mail.verdicts.spf, mail.verdicts.dkim_domains) == ("fail", {"mailbox.example"})
    assert mail.handed_over_for == ("legal@firm.example",)
