"""What SendGrid is asked, what it answers, and what its events mean."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.providers import PROVIDERS, sendgrid
from letterbook.adapters.providers.vendor_http import VendorAnswer
from letterbook.domain.communication import Attachment
from letterbook.domain.errors import Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import DeliveryOutcome
from letterbook.domain.templates import Rendered
from letterbook.ports import OutboundMessage
from local.environment import LocalEnvironment
from local.simulators import sendgrid as vendor_side
from local.simulators.vendor import Vendor
from tests.support import builders
from tests.support.mutations import VALUES

EVENTS = Path(__file__).parents[2] / "events" / "sendgrid"
COMMUNICATION = builders.OURS
RECIPIENT, REFERENCE = "disclosures@castlegate.example", "14c5d75ce93dfd8a3ec1ae"
_F, _D = FailureCode, DeliveryOutcome


def parcel(**changes: Any) -> OutboundMessage:
    """Whom nothing is ever told of, so that a test waits for nobody."""
    values: dict[str, Any] = {
        "sender_name": 'Müller, "Quick"; Co',
        "to": ("mute+a@simulator.example", "mute+b@simulator.example"),
        "cc": ("mute+c@simulator.example",),
        "bcc": ("mute+hidden@simulator.example",),
        "reply_to": ("reply@firm.example", "reply+token@in.firm.example"),
        "answers": ("first@mailbox.example", "second@mailbox.example"),
        "rendered": Rendered(subject="Grüße, § 78", text="Dear Sir,\n\nhello.", html="<p>Dear Sir,</p>"),
    }
    return builders.parcel(**{**values, **changes})


def file(name: str, media_type: str, content: bytes) -> tuple[Attachment, bytes]:
    kept = Attachment(
        id="doc_1", name=name, media_type=media_type, bytes=len(content), sha256="0" * 64, object_version="v"
    )
    return kept, content


# ---- the request


@pytest.mark.covers("A5", "A7", "E1")
def test_the_request() -> None:
    asked = sendgrid.request_of(parcel(attachments=(file("Vollmacht Müller.pdf", "application/pdf", b"%PDF"),)))
    assert asked["personalizations"] == [
        {
            "to": [{"email": "mute+a@simulator.example"}, {"email": "mute+b@simulator.example"}],
            "cc": [{"email": "mute+c@simulator.example"}],
            "bcc": [{"email": "mute+hidden@simulator.example"}],
        }
    ]
    assert asked["from"] == {"email": "legal@firm.example", "name": 'Müller, "Quick"; Co'}
    assert asked["reply_to_list"] == [{"email": "reply@firm.example"}, {"email": "reply+token@in.firm.example"}]
    assert [one["type"] for one in asked["content"]] == ["text/plain", "text/html"]
    assert asked["headers"] == {
        "Message-ID": f"<{COMMUNICATION}@firm.example>",
        "In-Reply-To": "<second@mailbox.example>",
        "References": "<first@mailbox.example> <second@mailbox.example>",
    }
    assert asked["custom_args"] == {"communication_id": COMMUNICATION}
    [attached] = asked["attachments"]
    assert (attached["filename"], attached["type"]) == ("Vollmacht Müller.pdf", "application/pdf")
    assert base64.b64decode(attached["content"], validate=True) == b"%PDF"


def test_nothing_is_added_to_what_we_say_but_that_it_was_opened() -> None:
    tracked = sendgrid.request_of(parcel())["tracking_settings"]
    assert {name: one["enable"] for name, one in tracked.items()} == {
        "open_tracking": True,
        "click_tracking": False,
        "subscription_tracking": False,
        "ganalytics": False,
    }


def test_an_address_stands_in_it_once_however_it_is_spelled() -> None:
    asked = sendgrid.request_of(
        parcel(to=("a@one.example", "A@ONE.example"), cc=("a@One.example",), bcc=("b@two.example", "B@two.example"))
    )
    assert asked["personalizations"] == [{"to": [{"email": "a@one.example"}], "bcc": [{"email": "b@two.example"}]}]


@pytest.mark.parametrize(
    ("media_type", "sent"),
    [("message/rfc822", "application/octet-stream"), ("text/plain; charset=utf-8", "text/plain"), ("a/b", "a/b")],
)
def test_a_file_has_a_type_that_sendgrid_takes(media_type: str, sent: str) -> None:
    [attached] = sendgrid.request_of(parcel(attachments=(file("a.eml", media_type, b"x"),)))["attachments"]
    assert attached["type"] == sent


def test_a_subject_that_would_be_a_field_of_its_own_goes_nowhere() -> None:
    rendered = Rendered(subject="Hi\r\nBcc: eve@evil.example", text="x", html=None)
    provider = sendgrid.SendGrid(None)  # type: ignore[arg-type]
    with pytest.raises(Permanent) as refused:
        provider.send(parcel(rendered=rendered))
    assert refused.value.reason is _F.CONTENT


def test_what_is_too_large_is_not_even_sent() -> None:
    provider = sendgrid.SendGrid(None)  # type: ignore[arg-type]
    with pytest.raises(Permanent) as refused:
        provider.send(parcel(attachments=(file("a.bin", "a/b", bytes(23_000_000)),)))
    assert refused.value.reason is _F.TOO_LARGE


# ---- what the simulator finds wrong, as the vendor would


@pytest.fixture
def vendor(tmp_path: Path) -> Vendor:
    place = LocalEnvironment(home=tmp_path, port=1)
    return Vendor(place, "sendgrid", vendor_side.credentials(place))


def asked_of(vendor: Vendor, request: Any, key: str | None = None) -> tuple[int, Any, str | None]:
    held = key or vendor.credentials["api_key"]
    with vendor_side.simulator(vendor).test_client() as client:
        answer = client.post("/v3/mail/send", json=request, headers={"Authorization": f"Bearer {held}"})
    return answer.status_code, answer.get_json(silent=True), answer.headers.get("X-Message-Id")


def test_the_simulator_takes_what_we_ask(vendor: Vendor) -> None:
    files = (file("a.pdf", "application/pdf", b"%PDF"), file("=?x.eml", "message/rfc822", b"x"))
    for made in (parcel(), parcel(attachments=files), parcel(reply_to=(), answers=(), cc=(), bcc=(), sender_name="")):
        status, _, reference = asked_of(vendor, sendgrid.request_of(made))
        assert status == 202
        assert reference
    newest = vendor.newest_first()[0]
    assert (newest["communication_id"], newest["subject"]) == (COMMUNICATION, "Grüße, § 78")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"bogus": 1}, "bogus"),
        ({"personalizations": []}, "personalizations"),
        ({"personalizations": [{"cc": [{"email": "a@b.example"}]}]}, "personalizations.0"),
        ({"personalizations": [{"to": [{"email": "a@b.example"}, {"email": "A@b.example"}]}]}, "personalizations"),
        ({"personalizations": [{"to": [{"email": "no address"}]}]}, "personalizations.0.to.0.email"),
        ({"personalizations": [{"to": [{"email": "a@b.example", "name": "a;b"}]}]}, "personalizations.0.to.0.name"),
        ({"from": {"email": "müller@firm.example"}}, "from.email"),
        ({"subject": ""}, "subject"),
        ({"content": [{"type": "text/html", "value": "a"}, {"type": "text/plain", "value": "b"}]}, "content"),
        ({"content": [{"type": "text/plain", "value": ""}]}, "content.0.value"),
        ({"attachments": [{"filename": "a", "content": "no base64"}]}, "attachments.0.content"),
        ({"headers": {"Subject": "x"}}, "headers.Subject"),
        ({"custom_args": {"n": 1}}, "custom_args"),
        ({"custom_args": {"n": "x" * 10_000}}, "custom_args"),
        ({"reply_to": {"email": "a@b.example"}}, "reply_to"),
    ],
)
def test_the_simulator_is_as_strict_as_the_vendor(vendor: Vendor, change: dict[str, Any], field: str) -> None:
    status, said, _ = asked_of(vendor, {**sendgrid.request_of(parcel()), **change})
    assert status == 400
    assert field in [one["field"] for one in said["errors"]]


def test_the_simulator_knows_us_by_our_key(vendor: Vendor) -> None:
    status, said, _ = asked_of(vendor, sendgrid.request_of(parcel()), "SG.another")
    assert (status, said["errors"][0]["field"]) == (401, None)


# ---- errors


def answer(status: int, *errors: Any, body: bytes | None = None, **headers: str) -> VendorAnswer:
    said = json.dumps({"errors": list(errors)}).encode() if body is None else body
    return VendorAnswer(
        status=status, headers={name.replace("_", "-"): one for name, one in headers.items()}, body=said
    )


def wrong(field: str | None, message: str = "wrong") -> dict[str, Any]:
    return {"message": message, "field": field, "help": None}


@pytest.mark.parametrize(
    ("status", "error", "code", "reason"),
    [
        (400, wrong("personalizations.0.to.1.email"), "400/recipient", _F.INVALID_ADDRESS),
        (400, wrong("personalizations.0.bcc.0.email"), "400/recipient", _F.INVALID_ADDRESS),
        (400, wrong("from.email"), "400/sender", _F.CONFIG),
        (400, wrong("subject"), "400/content", _F.CONTENT),
        (400, wrong("attachments.0.content"), "400/content", _F.CONTENT),
        (400, wrong(None), "400", _F.UNKNOWN),
        (401, wrong(None, "Maximum credits exceeded"), "401/credits", _F.CONFIG),
        (403, wrong("from"), "403", _F.CONFIG),
        (404, wrong(None), "404", _F.CONFIG),
        (405, wrong(None), "405", _F.CONFIG),
        (413, wrong(None), "413", _F.TOO_LARGE),
    ],
)
def test_what_it_refuses(status: int, error: Any, code: str, reason: FailureCode) -> None:
    found = sendgrid.error_of(answer(status, error))
    assert isinstance(found, Permanent)
    assert (found.provider_code, found.reason) == (code, reason)
    assert PROVIDERS["sendgrid"].failures[code].advice


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (answer(503, wrong(None)), Transient),
        (answer(503, body=b"<html>"), None),
        (answer(500, wrong(None)), None),
        (answer(502, body=b""), None),
        (answer(401, wrong(None)), None),
        (answer(429, wrong(None), retry_after="7"), None),
    ],
)
def test_what_nobody_can_tell_is_judged_by_its_status(said: VendorAnswer, kind: type[ProviderError] | None) -> None:
    found = sendgrid.error_of(said)
    assert type(found) is (kind or type(None))


def test_without_another_word_it_waits_until_it_counts_anew() -> None:
    reset = int(datetime.now(UTC).timestamp()) + 40
    found = sendgrid.error_of(answer(429, x_ratelimit_reset=str(reset)))
    assert isinstance(found, Throttled)
    assert timedelta(seconds=35) < found.after <= timedelta(seconds=40)
    for odd in ("", "soon", "-1", "9" * 30):
        assert sendgrid.error_of(answer(429, x_ratelimit_reset=odd)) is None


@given(st.sampled_from([400, 401, 403, 429, 500, 503]), VALUES)
def test_whatever_it_answers_is_an_error_or_nothing(status: int, said: Any) -> None:
    for body in (said, {"errors": said}, {"errors": [{"field": said, "message": said}]}):
        found = sendgrid.error_of(answer(status, body=json.dumps(body).encode()))
        assert found is None or isinstance(found, ProviderError)
