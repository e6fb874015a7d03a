"""What SendGrid tells afterwards, and what each of its events means."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from letterbook.adapters.providers import PROVIDERS, sendgrid
from letterbook.adapters.providers.posted_events import events_in
from letterbook.domain.errors import Malformed
from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate, Signal
from tests.support import builders
from tests.support.mutations import VALUES

EVENTS = Path(__file__).parents[2] / "events" / "sendgrid"
COMMUNICATION = builders.OURS
RECIPIENT, REFERENCE = "disclosures@castlegate.example", "14c5d75ce93dfd8a3ec1ae"
_F, _D = FailureCode, DeliveryOutcome


def posted(name: str) -> dict[str, Any]:
    [found] = json.loads((EVENTS / f"{name}.json").read_text())
    assert isinstance(found, dict)
    return found


def reading(event: Any) -> Receipt:
    return sendgrid.read(json.dumps(event))


def update(fact: DeliveryOutcome, code: FailureCode | None = None, provider_code: str = "") -> RecipientUpdate:
    return RecipientUpdate(recipient=RECIPIENT, fact=fact, code=code, provider_code=provider_code)


def aside(signal: Signal) -> RecipientUpdate:
    return RecipientUpdate(recipient=RECIPIENT, signal=signal)


MEANING: dict[str, tuple[RecipientUpdate, ...]] = {
    "processed": (update(_D.ACCEPTED),),
    "delivered": (update(_D.DELIVERED),),
    "deferred": (
        RecipientUpdate(
            recipient=RECIPIENT,
            fact=_D.ACCEPTED,
            signal=Signal.DELAYED,
            provider_code="421 4.7.0 Try again later, closing connection.",
        ),
    ),
    "bounce": (update(_D.HARD_BOUNCE, _F.INVALID_ADDRESS, "bounce/Invalid Address"),),
    "bounce-without-class": (update(_D.HARD_BOUNCE, _F.INVALID_ADDRESS, "bounce/Invalid Address"),),
    "bounce-mailbox-full": (update(_D.SOFT_BOUNCE, _F.MAILBOX_FULL, "bounce/Mailbox Full"),),
    "bounce-technical": (update(_D.SOFT_BOUNCE, _F.UNREACHABLE, "bounce/Technical"),),
    "blocked": (update(_D.SOFT_BOUNCE, _F.BLOCKED, "blocked"),),
    "blocked-content": (update(_D.SOFT_BOUNCE, _F.CONTENT, "blocked/Content"),),
    "expired": (update(_D.SOFT_BOUNCE, _F.EXPIRED, "expired"),),
    "dropped-bounced": (update(_D.REFUSED, _F.INVALID_ADDRESS, "dropped/Bounced Address"),),
    "dropped-unsubscribed": (update(_D.REFUSED, _F.OPTED_OUT, "dropped/Unsubscribed Address"),),
    "dropped-spam-reporting": (update(_D.REFUSED, _F.OPTED_OUT, "dropped/Spam Reporting Address"),),
    "dropped-invalid": (update(_D.REFUSED, _F.INVALID_ADDRESS, "dropped/Invalid"),),
    "dropped-spam-content": (update(_D.REFUSED, _F.CONTENT, "dropped/Spam Content"),),
    "dropped-quota": (update(_D.REFUSED, _F.CONFIG, "dropped/Recipient List over Package Quota"),),
    "open": (),
    "open-by-machine": (RecipientUpdate(signal=Signal.MACHINE_OPEN),),
    "click": (),
    "spamreport": (aside(Signal.COMPLAINT),),
    "unsubscribe": (aside(Signal.UNSUBSCRIBE),),
    "group-unsubscribe": (aside(Signal.UNSUBSCRIBE),),
    "group-resubscribe": (aside(Signal.RESUBSCRIBE),),
    "unknown": (),
}
OPENED = {"open", "click"}


def test_every_sample_is_looked_at() -> None:
    assert {path.stem for path in EVENTS.glob("*.json")} >= {*MEANING, "signatures"}


@pytest.mark.covers("F3", "F5")
@pytest.mark.parametrize("name", MEANING)
def test_what_an_event_means(name: str) -> None:
    event = posted(name)
    receipt = reading(event)
    assert receipt.news == MEANING[name]
    assert receipt.opened is (name in OPENED)
    assert (receipt.provider, receipt.event) == ("sendgrid", event["event"])
    assert (receipt.communication_id, receipt.reference) == (COMMUNICATION, REFERENCE)
    assert receipt.at == datetime.fromtimestamp(event["timestamp"], UTC)
    failing = [one for one in receipt.news if one.code]
    assert all(one.provider_code in PROVIDERS["sendgrid"].failures for one in failing)


@pytest.mark.parametrize(
    ("change", "fact", "code"),
    [
        ({"bounce_classification": "Unclassified", "status": ""}, _D.HARD_BOUNCE, _F.UNKNOWN),
        ({"bounce_classification": "Something New", "status": "5.7.1"}, _D.HARD_BOUNCE, _F.UNKNOWN),
        ({"bounce_classification": 7, "status": None}, _D.HARD_BOUNCE, _F.UNKNOWN),
        ({"bounce_classification": "Reputation"}, _D.SOFT_BOUNCE, _F.BLOCKED),
        ({"type": "blocked", "bounce_classification": "Something New"}, _D.SOFT_BOUNCE, _F.BLOCKED),
        ({"type": "new"}, _D.HARD_BOUNCE, _F.INVALID_ADDRESS),
    ],
)
def test_a_bounce_that_is_like_no_other(change: dict[str, Any], fact: DeliveryOutcome, code: FailureCode) -> None:
    [news] = reading({**posted("bounce"), **change}).news
    assert (news.fact, news.code) == (fact, code)


def test_a_reason_that_nobody_knows_is_still_a_refusal() -> None:
    [news] = reading({**posted("dropped-invalid"), "reason": "Because"}).news
    assert (news.fact, news.code, news.provider_code) == (_D.REFUSED, _F.UNKNOWN, "dropped")


def test_an_event_is_the_same_in_any_order_of_its_fields_and_another_by_its_id() -> None:
    event = posted("delivered")
    turned = dict(reversed([*event.items()]))
    assert reading(event).digest == reading(turned).digest
    assert reading(event).digest != reading({**event, "sg_event_id": "another"}).digest
    assert len(reading(event).digest or "") == 64


@pytest.mark.parametrize("claimed", ["", "com_1", "pty_01JD4QK8V3M2N7R5T9W1X3Y5Z7", 7, None, {"a": 1}])
def test_only_an_id_of_ours_is_one(claimed: object) -> None:
    receipt = reading({**posted("delivered"), "communication_id": claimed})
    assert (receipt.communication_id, receipt.reference) == (None, REFERENCE)


@pytest.mark.parametrize("name", ["delivered", "bounce", "dropped-invalid", "spamreport", "deferred"])
@pytest.mark.parametrize("email", [None, 7, "", "nobody", ["a@b.example"], "x" * 400 + "@b.example"])
def test_what_names_nobody_is_about_nobody(name: str, email: object) -> None:
    with pytest.raises(ValueError, match="nobody"):
        reading({**posted(name), "email": email})


@pytest.mark.parametrize("at", [None, "soon", True, -1, 10**30, [1], "1795792340"])
def test_without_a_time_it_is_no_event(at: object) -> None:
    with pytest.raises(ValueError, match="time"):
        reading({**posted("delivered"), "timestamp": at})


@given(VALUES)
def test_whatever_is_in_the_queue_is_a_receipt_or_a_value_error(value: Any) -> None:
    for name in MEANING:
        for field in ("event", "email", "timestamp", "type", "status", "reason", "sg_event_id", "sg_message_id"):
            raw = json.dumps({**posted(name), field: value})
            try:
                receipt = sendgrid.read(raw)
            except ValueError:
                continue
            assert receipt.raw == raw


@pytest.mark.parametrize("raw", ["", "[]", "null", "7", '"x"', "{", "{}", "[" * 100_000, '{"event":' * 50_000])
def test_what_is_no_event_is_a_value_error(raw: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of whichever kind
        sendgrid.read(raw)


# ---- what is posted


def test_each_of_many_events_becomes_one_message() -> None:
    many = [{**posted("delivered"), "sg_event_id": str(place)} for place in range(1000)]
    found = events_in(json.dumps(many).encode(), {})
    assert [json.loads(one) for one in found] == many
    assert events_in(b"[]\r\n", {}) == ()


def test_an_event_that_no_queue_would_take_is_cut_to_what_is_needed_and_says_so() -> None:
    giant = {**posted("bounce"), "reason": '"' * 300_000, "extra": ["x" * 1000] * 300, "status": {"deep": [1] * 9}}
    [raw] = events_in(json.dumps([giant]).encode(), dict.fromkeys((*posted("bounce"), "reason")))
    assert len(json.dumps(raw)) < 100_000
    assert json.loads(raw)["cut_from_characters"] > 300_000
    assert sendgrid.read(raw).news == (update(_D.HARD_BOUNCE, _F.INVALID_ADDRESS, "bounce/Invalid Address"),)


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"null", b"[1]", b"[[]]", b'["x"]', b"\xff\xfe", b"[" * 100_000, b'[{"a":' * 50_000, b"9" * 9000],
)
def test_what_is_no_array_of_events_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        events_in(body, {})
