"""Twilio: its signature, what its events and its answers mean, and what comes in."""

import base64
import hashlib
import hmac
import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.providers import twilio, twilio_webhooks
from letterbook.adapters.providers.account import Account
from letterbook.adapters.providers.twilio_api import EVENT_ERRORS, FAILURES, error_of
from letterbook.adapters.providers.twilio_texts import text_of
from letterbook.adapters.providers.vendor_http import VendorAnswer
from letterbook.domain.errors import Malformed, Permanent, Throttled, Transient, Unauthenticated
from letterbook.domain.inbound_text import Keyword
from letterbook.domain.receipts import DeliveryOutcome
from letterbook.ports import WebhookRequest
from tests.support.lambda_client import sample
from tests.support.mutations import VALUES

OURS = "com_01JD4QK8V3M2N7R5T9W1X3Y5Z7"
SID = "SM0123456789abcdef0123456789abcdef"
TOKEN = "0123456789abcdef0123456789abcdef"
HERE = "https://letterbook.firm.example/twilio"
VECTORS = sample("twilio/signatures.json")
SHARED = {"shared_key_id": "webhooks_sharedkey_x", "shared_key_secret": VECTORS["auth_token"]}


class KnownAccount(Account):
    """Ours, without a secret that would have to be read."""

    def __init__(self, **held: str) -> None:
        self.held = {"auth_token": TOKEN, "account_sid": "AC" + "0" * 32, "base_url": "https://api.twilio.com", **held}

    @property
    def webhook_url(self) -> str:
        return HERE

    def prove(self, proves: Any) -> bool:
        return bool(proves(self.held))


def signature(url: str, fields: dict[str, str], token: str = TOKEN) -> str:
    said = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()).decode()


def posted(fields: dict[str, str], path: str = "", query: str = "", **headers: str) -> WebhookRequest:
    url = f"{HERE}{f'/{path}' if path else ''}{f'?{query}' if query else ''}"
    told = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature(url, fields)}
    return WebhookRequest(path=path, query=query, headers={**told, **headers}, body=urlencode(fields).encode())


# ---- the signature


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda one: one["name"])
def test_known_answers_of_the_signature(case: dict[str, Any]) -> None:
    """SIGNATURES: published by the vendor, or made with its own library."""
    told = {name: [value] if isinstance(value, str) else value for name, value in case["params"].items()}
    fields = {name: [value.encode() for value in values] for name, values in told.items()}
    settings = case.get("settings_header")
    held = {"auth_token": VECTORS["auth_token"], **SHARED}
    right = twilio_webhooks.is_signed(held, settings, case["signature"], case["url"], fields)
    if "body" in case:
        digest = hashlib.sha256(case["body"].encode()).hexdigest()
        right = right and f"bodySHA256={digest}" in urlsplit(case["url"]).query
    assert right is case["valid"]


def test_a_key_that_is_not_ours_signs_nothing() -> None:
    fields = {"MessageSid": [SID.encode()]}
    made = hmac.new(b"", f"{HERE}MessageSid{SID}".encode(), hashlib.sha256).digest()
    for settings in ("key=,algorithm=HMAC_SHA256", "key=webhooks_sharedkey_y,algorithm=HMAC_SHA256", "", "key", "=,="):
        for held in ({}, {"shared_key_id": "", "shared_key_secret": ""}, SHARED):
            assert not twilio_webhooks.is_signed(held, settings, base64.b64encode(made).decode(), HERE, fields)


DELIVERED = sample("twilio/delivered.json")["form"]


def test_a_status_is_taken_with_our_id() -> None:
    content = twilio_webhooks.take_status(KnownAccount(), posted(DELIVERED, query=f"communication_id={OURS}"))
    [raw] = content.events
    receipt = twilio.read(raw)
    assert receipt is not None
    assert (receipt.communication_id, receipt.reference, receipt.event) == (OURS, SID, "delivered")
    assert json.loads(raw)["form"] == DELIVERED


@pytest.mark.parametrize(
    "fields",
    [
        {**DELIVERED, "Blank": ""},
        {**DELIVERED, "Spaces": "  a b  "},
        {**DELIVERED, "Percent": "100%25 + 1"},
        {**DELIVERED, "Letters": "Grüße, ç, 👍"},
        {**DELIVERED, "Ünknown": "1"},
    ],
)
def test_fields_are_read_once_and_left_as_they_are(fields: dict[str, str]) -> None:
    [raw] = twilio_webhooks.take_status(KnownAccount(), posted(fields)).events
    assert json.loads(raw)["form"] == fields


def test_the_query_counts_as_it_came() -> None:
    for query in (f"communication_id={OURS}", "a=%7e", "a=%7E", "a=b+c", "a"):
        assert twilio_webhooks.take_status(KnownAccount(), posted(DELIVERED, query=query)).events
    request = posted(DELIVERED, query="a=%7e")
    changed = WebhookRequest(path="", query="a=%7E", headers=request.headers, body=request.body)
    with pytest.raises(Unauthenticated):
        twilio_webhooks.take_status(KnownAccount(), changed)


def test_one_bit_of_anything_makes_it_wrong() -> None:
    good = posted(DELIVERED, query=f"communication_id={OURS}")
    signed = good.headers["x-twilio-signature"]
    for bad in (signed[:-2] + ("A" if signed[-2] != "A" else "B") + "=", "", "ü", signed.lower(), signed + "="):
        with pytest.raises(Unauthenticated):
            twilio_webhooks.take_status(
                KnownAccount(),
                WebhookRequest(
                    path="", query=good.query, headers={**good.headers, "x-twilio-signature": bad}, body=good.body
                ),
            )
    for change in ({"path": "inbound"}, {"query": "communication_id=other"}, {"body": good.body + b"&a=1"}):
        changed: Any = change
        with pytest.raises(Unauthenticated):
            twilio_webhooks.take_status(KnownAccount(), replace(good, **changed))


def test_where_we_are_is_not_what_the_request_says() -> None:
    elsewhere = signature("https://attacker.example/twilio", DELIVERED)
    with pytest.raises(Unauthenticated):
        twilio_webhooks.take_status(
            KnownAccount(), posted(DELIVERED, **{"x-twilio-signature": elsewhere, "host": "attacker.example"})
        )


def test_json_is_proved_by_its_digest_in_the_address() -> None:
    body = json.dumps(DELIVERED).encode()
    query = f"communication_id={OURS}&bodySHA256={hashlib.sha256(body).hexdigest()}"
    headers = {"content-type": "application/json", "x-twilio-signature": signature(f"{HERE}?{query}", {})}
    request = WebhookRequest(path="", query=query, headers=headers, body=body)
    assert twilio_webhooks.take_status(KnownAccount(), request).events
    for other in (body + b" ", b"", b"{}"):
        with pytest.raises(Unauthenticated):
            twilio_webhooks.take_status(
                KnownAccount(), WebhookRequest(path="", query=query, headers=headers, body=other)
            )


@pytest.mark.parametrize("body", [b"[" * 100_000, b"[]", b"17", b"\xff", b'{"MessageSid": 1}', b'{"a": NaN}'])
def test_json_that_is_no_message_is_malformed(body: bytes) -> None:
    query = f"bodySHA256={hashlib.sha256(body).hexdigest()}"
    headers = {"content-type": "application/json", "x-twilio-signature": signature(f"{HERE}?{query}", {})}
    with pytest.raises(Malformed):
        twilio_webhooks.take_status(KnownAccount(), WebhookRequest(path="", query=query, headers=headers, body=body))


@given(st.binary(max_size=300), st.sampled_from(["application/x-www-form-urlencoded", "application/json", "", "x"]))
def test_nobody_gets_in_with_anything(body: bytes, kind: str) -> None:
    headers = {"content-type": kind, "x-twilio-signature": "AAAA"}
    for take in (twilio_webhooks.take_status, twilio_webhooks.take_text):
        with pytest.raises((Unauthenticated, Malformed)):
            take(KnownAccount(), WebhookRequest(path="", query="a=1", headers=headers, body=body))


def test_too_many_fields_are_malformed() -> None:
    fields = {f"a{n}": "1" for n in range(10_000)}
    with pytest.raises(Malformed):
        twilio_webhooks.take_status(KnownAccount(), posted(fields))


def test_what_no_queue_would_take_is_cut_and_still_read() -> None:
    long = {**DELIVERED, **{f"More{n}": "ü" * 8_000 for n in range(20)}}
    [raw] = twilio_webhooks.take_status(KnownAccount(), posted(long)).events
    assert len(json.dumps(raw)) < 256 * 1024
    receipt = twilio.read(raw)
    assert receipt is not None
    assert receipt.event == "delivered"


# ---- what its events mean


def event(status: str, arrived: str = "2026-11-20T15:12:08+00:00", **fields: Any) -> str:
    form = {"MessageSid": SID, "MessageStatus": status, "To": "+447700900127", **fields}
    return json.dumps({"communication_id": OURS, "arrived_at": arrived, "form": form})


def test_a_repetition_is_the_same_event_whatever_stands_beside() -> None:
    told = (
        event("delivered"),
        event("delivered", "2026-11-20T16:00:00+00:00", New="1"),
        event("sent"),
        event("undelivered", ErrorCode="30003"),
    )
    digests = [receipt.digest for receipt in map(twilio.read, told) if receipt]
    assert digests[0] == digests[1]
    assert len({*digests}) == 3


def test_the_time_is_the_carriers_where_it_says_so_and_never_later_than_now() -> None:
    arrived = datetime(2026, 11, 20, 15, 12, 8, tzinfo=UTC)
    for told, at in (
        ("2611201510", arrived.replace(minute=10, second=0)),
        ("2711201510", arrived),
        ("9913991299", arrived),
        ("", arrived),
        (7, arrived),
    ):
        receipt = twilio.read(event("delivered", RawDlrDoneDate=told))
        assert receipt is not None
        assert receipt.at == at


def test_an_id_that_is_none_of_ours_is_not_believed() -> None:
    for ours in ("com_1", "x", "", None, 7, ["com"]):
        receipt = twilio.read(json.dumps({**json.loads(event("sent")), "communication_id": ours}))
        assert receipt is not None
        assert (receipt.communication_id, receipt.reference) == (None, SID)


def test_a_code_of_nobody_knows_what_failed_and_is_shown() -> None:
    receipt = twilio.read(event("failed", ErrorCode="63016"))
    assert receipt is not None
    assert receipt.news[0].fact is DeliveryOutcome.SOFT_BOUNCE
    assert receipt.news[0].provider_code == "63016"


NAMES = ["MessageSid", "SmsSid", "MessageStatus", "ErrorCode", "RawDlrDoneDate", "To", "From", "Body", "NumMedia"]
FORMS = st.dictionaries(
    st.sampled_from([*NAMES, "MediaUrl0", "MediaContentType0", "OptOutType"]), VALUES | st.just(SID)
)
TIMES = VALUES | st.just("2026-11-20T15:12:08+00:00")


@given(st.fixed_dictionaries({"form": FORMS | VALUES, "arrived_at": TIMES}) | VALUES)
def test_whatever_is_posted_it_is_an_event_or_none(told: Any) -> None:
    for reads in (twilio.read, partial(text_of, twilio.NAME)):
        with suppress(ValueError):
            reads(json.dumps(told))


@pytest.mark.parametrize("raw", ["", "{", "[" * 100_000, "[]", "7", "null", '{"form": 1}', '{"sid": "SM"}', '"sid"'])
def test_what_is_no_event_is_said_to_be_none(raw: str) -> None:
    for reads in (twilio.read, partial(text_of, twilio.NAME)):
        with pytest.raises(ValueError, match="not a Twilio"):
            reads(raw)


def test_every_code_has_its_words() -> None:
    assert {*EVENT_ERRORS} == {*FAILURES}
    assert all(one.reason and one.advice for one in FAILURES.values())


# ---- what its answers mean


def answer(status: int, code: Any = None, **headers: str) -> VendorAnswer:
    return VendorAnswer(status=status, headers=headers, body=json.dumps({"code": code}).encode())


def test_only_what_it_says_itself_is_a_refusal() -> None:
    assert error_of(answer(500, 20500)) is None
    assert error_of(VendorAnswer(status=503, headers={}, body=b"<html>")) is None
    assert type(error_of(answer(503, 20503))) is Transient
    assert type(error_of(answer(429))) is Throttled
    assert isinstance(error_of(answer(400, 99999)), Permanent)
    assert error_of(answer(400, True)) is None


# ---- what comes in


TEXT = {"MessageSid": SID, "From": "+447700900127", "To": "+447400199999", "Body": "Yes, I can come.", "NumMedia": "0"}


def came_in(**fields: str) -> Any:
    [raw] = twilio_webhooks.take_text(KnownAccount(), posted({**TEXT, **fields}, path="inbound")).messages
    return text_of(twilio.NAME, raw)


def test_a_message_that_comes_in() -> None:
    content = twilio_webhooks.take_text(KnownAccount(), posted(TEXT, path="inbound"))
    assert content.answer[0] == "text/xml"
    assert "<Response/>" in content.answer[1]
    text = came_in()
    assert (text.sender, text.recipient, text.text) == ("+447700900127", "+447400199999", "Yes, I can come.")
    assert (text.reference, text.keyword, text.answered, text.media) == (SID, None, False, ())


def test_what_comes_in_where_statuses_are_posted_is_not_lost() -> None:
    fields = {**TEXT, "SmsStatus": "received"}
    content = twilio_webhooks.take_status(KnownAccount(), posted(fields))
    assert (len(content.messages), content.events) == (1, ())


@pytest.mark.parametrize(
    ("body", "told", "keyword"),
    [
        ("STOP", None, Keyword.STOP),
        (" stopall ", None, Keyword.STOP),
        ("Unstop", None, Keyword.START),
        ("info", None, Keyword.HELP),
        ("YES", None, None),
        ("YES", "START", Keyword.START),
        ("ARRET", None, None),
        ("ARRET", "STOP", Keyword.STOP),
        ("stop it", None, None),
        ("hello", "SOMETHING", None),
    ],
)
def test_what_it_takes_for_an_order_it_answers_itself(body: str, told: str | None, keyword: Keyword | None) -> None:
    text = came_in(Body=body, **({"OptOutType": told} if told else {}))
    assert (text.keyword, text.answered) == (keyword, keyword is not None)


def test_ten_files_at_most() -> None:
    media = {f"MediaUrl{n}": f"https://api.twilio.com/{n}" for n in range(12)}
    kinds = {f"MediaContentType{n}": "image/jpeg" for n in range(12)}
    assert [one.url[-1] for one in came_in(NumMedia="12", **media, **kinds).media] == list("0123456789")
    assert came_in(NumMedia="-1", **media).media == ()
