"""What Mailgun's events mean, its signatures, and how hostile ones end."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.providers import PROVIDERS, mailgun
from letterbook.adapters.providers.mailgun_routes import found_by_mailgun
from letterbook.adapters.providers.signed_stamp import is_signed
from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate, Signal
from tests.support.mutations import VALUES

EVENTS = Path(__file__).parents[2] / "events" / "mailgun"
COMMUNICATION = "com_01JD4QK8V3M2N7R5T9W1X3Y5Z7"
RECIPIENT = "accounts@mailbox.example"
_F, _D = FailureCode, DeliveryOutcome


def posted(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return found


def update(fact: DeliveryOutcome, code: FailureCode | None = None, provider_code: str = "") -> RecipientUpdate:
    return RecipientUpdate(recipient=RECIPIENT, fact=fact, code=code, provider_code=provider_code)


def aside(signal: Signal, provider_code: str = "") -> RecipientUpdate:
    return RecipientUpdate(recipient=RECIPIENT, signal=signal, provider_code=provider_code)


def of_all(code: FailureCode) -> RecipientUpdate:
    return RecipientUpdate(fact=_D.REFUSED, code=code, provider_code="rejected")


MEANING: dict[str, tuple[RecipientUpdate, ...]] = {
    "accepted": (update(_D.ACCEPTED),),
    "delivered": (update(_D.DELIVERED),),
    "rejected-content": (of_all(_F.CONTENT),),
    "rejected-sandbox": (of_all(_F.CONFIG),),
    "failed-temporary": (aside(Signal.DELAYED, "4.2.2"),),
    "failed-permanent": (update(_D.HARD_BOUNCE, _F.INVALID_ADDRESS, "5.1.1"),),
    "failed-mailbox-full": (update(_D.SOFT_BOUNCE, _F.MAILBOX_FULL, "5.2.2"),),
    "failed-blocked": (update(_D.SOFT_BOUNCE, _F.BLOCKED, "5.7.1"),),
    "failed-old": (update(_D.SOFT_BOUNCE, _F.EXPIRED, "old"),),
    "failed-suppress-bounce": (update(_D.REFUSED, _F.INVALID_ADDRESS, "suppress-bounce"),),
    "failed-suppress-unsubscribe": (update(_D.REFUSED, _F.OPTED_OUT, "suppress-unsubscribe"),),
    "failed-suppress-complaint": (update(_D.REFUSED, _F.OPTED_OUT, "suppress-complaint"),),
    "failed-delayed-bounce": (update(_D.HARD_BOUNCE, _F.INVALID_ADDRESS, "5.1.1"),),
    "opened": (),
    "opened-by-machine": (aside(Signal.MACHINE_OPEN),),
    "clicked": (),
    "complained": (aside(Signal.COMPLAINT),),
    "unsubscribed": (aside(Signal.UNSUBSCRIBE),),
    "unknown": (),
}
OPENED = {"opened", "clicked"}


def test_every_sample_is_looked_at() -> None:
    assert {path.stem for path in EVENTS.glob("*.json")} >= {*MEANING, "stored", "signatures"}


@pytest.mark.covers("F3", "F5")
@pytest.mark.parametrize("name", MEANING)
def test_what_an_event_means(name: str) -> None:
    raw = json.dumps(posted(name))
    receipt = mailgun.read(raw)
    assert receipt is not None
    assert receipt.news == MEANING[name]
    assert receipt.opened is (name in OPENED)
    assert (receipt.provider, receipt.communication_id) == ("mailgun", COMMUNICATION)
    assert receipt.reference == f"{COMMUNICATION}@firm.example"
    assert receipt.at == datetime.fromtimestamp(1763651590.123456, UTC)
    assert receipt.raw == raw


def test_of_mail_that_came_in_it_says_nothing() -> None:
    forwarded = posted("delivered")
    forwarded["event-data"]["flags"]["is-routed"] = True
    assert mailgun.read(json.dumps(forwarded)) is None
    assert mailgun.read(json.dumps(posted("stored"))) is None


def test_an_event_is_the_same_posted_or_asked_for_and_in_any_order_of_its_fields() -> None:
    whole = posted("delivered")
    turned = dict(reversed([*whole["event-data"].items()]))
    first, again, asked = (
        mailgun.read(json.dumps(one)) for one in (whole, {"event-data": turned, "signature": {}}, whole["event-data"])
    )
    assert first is not None
    assert again is not None
    assert asked is not None
    assert first.digest == again.digest == asked.digest
    assert first.digest is not None
    assert len(first.digest) == 64


@pytest.mark.parametrize(("field", "value"), [("timestamp", 1763737990.5), ("id", "another")])
def test_an_id_is_one_event_s_only_for_a_day(field: str, value: object) -> None:
    other = posted("delivered")
    other["event-data"][field] = value
    first, second = mailgun.read(json.dumps(posted("delivered"))), mailgun.read(json.dumps(other))
    assert first is not None
    assert second is not None
    assert first.digest != second.digest


@pytest.mark.parametrize("claimed", ["", "com_1", "pty_01JD4QK8V3M2N7R5T9W1X3Y5Z7", 7, None, {"a": 1}])
def test_only_an_id_of_ours_is_one(claimed: object) -> None:
    whole = posted("delivered")
    whole["event-data"]["user-variables"] = {"communication_id": claimed}
    receipt = mailgun.read(json.dumps(whole))
    assert receipt is not None
    assert receipt.communication_id is None
    assert receipt.reference


def test_an_event_of_no_message_is_none() -> None:
    whole = posted("delivered")
    del whole["event-data"]["user-variables"], whole["event-data"]["message"]
    assert mailgun.read(json.dumps(whole)) is None


@pytest.mark.parametrize("recipient", [None, 7, "", "nobody", "a@b\ud800.example", "a" * 400 + "@mailbox.example"])
def test_what_names_nobody_is_about_nobody(recipient: object) -> None:
    """Without a recipient a failure would be everybody's."""
    whole = posted("failed-permanent")
    whole["event-data"]["recipient"] = recipient
    receipt = mailgun.read(json.dumps(whole))
    assert receipt is not None
    assert receipt.news == ()


@pytest.mark.parametrize("severity", ["sudden", None, 5])
def test_a_severity_that_is_not_known_says_nothing(severity: object) -> None:
    whole = posted("failed-permanent")
    whole["event-data"]["severity"] = severity
    receipt = mailgun.read(json.dumps(whole))
    assert receipt is not None
    assert receipt.news == ()


@pytest.mark.parametrize(
    ("code", "message", "fact", "reason"),
    [
        (550, "5.1.1 user unknown", _D.HARD_BOUNCE, _F.INVALID_ADDRESS),
        (550, "Relay not permitted", _D.SOFT_BOUNCE, _F.BLOCKED),
        (552, "5.3.4 Message size exceeds fixed limit", _D.SOFT_BOUNCE, _F.TOO_LARGE),
        (550, "", _D.SOFT_BOUNCE, _F.UNKNOWN),
        (498, "No MX for mailbox.example", _D.SOFT_BOUNCE, _F.UNREACHABLE),
        (605, "", _D.REFUSED, _F.INVALID_ADDRESS),
        (607, "", _D.REFUSED, _F.OPTED_OUT),
    ],
)
def test_what_another_server_said_is_read_by_its_words(
    code: int, message: str, fact: DeliveryOutcome, reason: FailureCode
) -> None:
    """An address is dead only where that is certain."""
    whole = posted("failed-permanent")
    whole["event-data"]["reason"] = "generic"
    whole["event-data"]["delivery-status"] = {"code": code, "message": message, "description": ""}
    receipt = mailgun.read(json.dumps(whole))
    assert receipt is not None
    [news] = receipt.news
    assert (news.fact, news.code) == (fact, reason)


def test_a_bounce_that_comes_late_outweighs_the_delivery() -> None:
    whole = posted("failed-delayed-bounce")
    whole["event-data"]["delivery-status"] = {"code": 552, "message": "5.2.2 mailbox full"}
    receipt = mailgun.read(json.dumps(whole))
    assert receipt is not None
    [news] = receipt.news
    assert news.fact is not None
    assert news.fact.weight > _D.DELIVERED.weight
    assert news.code is _F.MAILBOX_FULL


def test_every_word_of_its_own_is_told_in_plain_words() -> None:
    codes = {
        news.provider_code
        for name in MEANING
        if (receipt := mailgun.read(json.dumps(posted(name))))
        for news in receipt.news
        if news.fact and news.fact.failing and not news.provider_code[:1].isdigit()
    }
    texts = PROVIDERS["mailgun"].failures
    assert codes <= {*texts}
    assert all(text.reason.endswith(".") and text.advice.endswith(".") for text in texts.values())


# ---- ids


def test_its_reference_is_the_message_id() -> None:
    assert mailgun.message_id(f"{COMMUNICATION}@firm.example") == f"{COMMUNICATION}@firm.example"


def test_only_ids_of_its_own_making_are_looked_for() -> None:
    own = "20130822215151.29325.59996@samples.mailgun.example"
    assert mailgun.reference(own) == own
    assert mailgun.reference("20241121222150.bb9b9e1d6d6ff5b0@mg.firm.example") is not None
    assert mailgun.reference("CAF=x@mailbox.example") is None
    assert mailgun.reference(f"{COMMUNICATION}@firm.example") is None


# ---- signatures

VECTORS = json.loads((EVENTS / "signatures.json").read_text())


def test_the_vendors_own_signature_is_right() -> None:
    assert is_signed(*(VECTORS[name] for name in ("signing_key", "timestamp", "token", "signature")))


@pytest.mark.parametrize("changed", VECTORS["negative"], ids=[one["name"] for one in VECTORS["negative"]])
def test_whatever_else_was_signed_is_not(changed: dict[str, str]) -> None:
    whole = {**VECTORS, **changed}
    assert not is_signed(*(whole[name] for name in ("signing_key", "timestamp", "token", "signature")))


@given(st.text(), st.text(), st.text(), st.text())
def test_nothing_is_signed_by_chance_and_nothing_raises(key: str, timestamp: str, token: str, signature: str) -> None:
    assert not is_signed(key.encode(errors="replace").decode(), timestamp, token, signature)


def test_an_empty_key_signs_nothing() -> None:
    empty = "4e6eb1e4a2ab0f2a4b4dd6e2a7b40d8b"
    assert not is_signed("", "1", "t", empty)


# ---- hostile events


PLACES = [
    ("event",),
    ("id",),
    ("timestamp",),
    ("recipient",),
    ("severity",),
    ("reason",),
    ("flags",),
    ("flags", "is-routed"),
    ("message",),
    ("message", "headers"),
    ("message", "headers", "message-id"),
    ("user-variables",),
    ("delivery-status",),
    ("delivery-status", "code"),
    ("delivery-status", "enhanced-code"),
    ("delivery-status", "message"),
    ("client-info",),
    ("client-info", "user-agent"),
    ("reject", "reason"),
]


@given(st.sampled_from(sorted(MEANING)), st.sampled_from(PLACES), VALUES)
def test_whatever_stands_in_a_place_is_read_or_refused(name: str, place: tuple[str, ...], value: Any) -> None:
    whole = deepcopy(posted(name))
    inner = whole["event-data"]
    for step in place[:-1]:
        inner = inner.setdefault(step, {})
    inner[place[-1]] = value
    try:
        receipt = mailgun.read(json.dumps(whole))
    except ValueError:
        return
    if receipt:
        # As it is, it can be stored.
        json.dumps([receipt.event, receipt.reference, *(one.recipient for one in receipt.news)]).encode()
        assert len((receipt.reference or "").encode()) <= 998
        receipt.event.encode()
        assert all((one.recipient or "").encode() or one.recipient is None for one in receipt.news)


@given(VALUES)
def test_whatever_is_posted_is_read_or_refused(value: Any) -> None:
    for raw in (json.dumps(value), json.dumps({"event-data": value})):
        try:
            mailgun.read(raw)
        except ValueError:
            continue


@pytest.mark.parametrize(
    "raw", ["", "[" * 100_000, '{"event-data":' * 100_000, "nul", "1" * 10_000, "NaN", '"\\ud800"']
)
def test_what_is_no_event_is_refused(raw: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which of them it is does not matter
        mailgun.read(raw)


# ---- what it found of mail that came in

TRACE = "Received: from mx.mailbox.example by mxa.mailgun.example with ESMTP id 1"
FROM = "From: Priya <priya@mailbox.example>"


def mail(*fields: str) -> bytes:
    return ("\r\n".join(fields) + "\r\n\r\nHello\r\n").encode()


def found(*fields: str) -> tuple[str, str, set[str], bool]:
    verdicts, spam = found_by_mailgun(mail(*fields))
    return verdicts.spf, verdicts.dkim, {*verdicts.dkim_domains}, spam


OWN = (
    "X-Mailgun-Dkim-Check-Result: Pass",
    "X-Mailgun-Spf: SoftFail",
    "X-Mailgun-Sflag: Yes",
    "X-Mailgun-Incoming: Yes",
)


def test_what_mailgun_found_stands_above_its_trace() -> None:
    signature = "DKIM-Signature: v=1; a=rsa-sha256; d=Mailbox.example; h=from; b=AA"
    assert found(*OWN, TRACE, signature, FROM) == ("softfail", "pass", {"mailbox.example"}, True)


def test_what_a_sender_wrote_with_these_names_counts_for_nothing() -> None:
    assert found(TRACE, *OWN, FROM) == ("", "", set(), False)
    assert found(*OWN, FROM) == ("", "", set(), False)
    spoiled = ("X-Mailgun-Spf: Fail", "X-Mailgun-Spf: Pass", TRACE, "X-Mailgun-Spf: Pass", FROM)
    assert found(*spoiled)[0] == "fail"


@pytest.mark.parametrize(
    "fields",
    [
        ("DKIM-Signature: v=1; d=mailbox.example; b=AA", "DKIM-Signature: v=1; d=other.example; b=AA", FROM),
        ("DKIM-Signature: v=1; d=mailbox.example; d=other.example; b=AA", FROM),
        ("DKIM-Signature: v=1; d=mailbox.example; l=20; b=AA", FROM),
        ("DKIM-Signature: v=1; d=mailbox.example; b=AA", FROM, "From: Anne <anne@firm.example>"),
        (FROM,),
    ],
)
def test_a_signature_whose_signer_cannot_be_told_is_nobody_s(fields: tuple[str, ...]) -> None:
    assert found(*OWN, TRACE, *fields)[1:3] == ("pass", set())


@given(st.binary(max_size=300))
def test_no_mail_makes_this_fail(raw: bytes) -> None:
    found_by_mailgun(raw)
    found_by_mailgun("\r\n".join((*OWN, TRACE)).encode() + b"\r\nDKIM-Signature: " + raw)
