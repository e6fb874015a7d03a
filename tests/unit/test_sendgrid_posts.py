"""What SendGrid posts is believed by its signature alone, while it is fresh; mail that it takes in is read with what it found."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, strategies as st

from letterbook.adapters.inbound_mail import read
from letterbook.adapters.providers import PROVIDERS
from letterbook.adapters.providers.account import Account
from letterbook.adapters.providers.ecdsa_signature import is_fresh, is_signed
from letterbook.adapters.providers.sendgrid import verdicts_of
from letterbook.domain.errors import CallerError, Malformed, Unauthenticated, Unavailable
from letterbook.domain.inbound_email import Verdicts
from letterbook.domain.receipts import Signal
from letterbook.environment import Settings
from letterbook.ports import WebhookContent, WebhookRequest
from tests.support.builders import NOW

KNOWN = json.loads((Path(__file__).parents[2] / "events" / "sendgrid" / "signatures.json").read_text())
SPEC = PROVIDERS["sendgrid"]
KEY, BEFORE = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
MAIL = b"From: Ann Bell <ann@bank.example>\r\nTo: office@firm.example\r\nSubject: Rates\r\n\r\nGr\xfc\xdfe.\r\n"


def public(key: ec.EllipticCurvePrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


class Ours(Account):
    """An account whose good credentials are these."""

    def __init__(self, *good: Mapping[str, str]) -> None:
        super().__init__("sendgrid", SPEC.credentials, Settings())
        self._versions = good

    def prove(self, proves: Callable[[Mapping[str, str]], bool]) -> bool:
        if not self._versions:
            raise Unavailable("The credentials cannot be read at the moment.")
        return any(proves(one) for one in self._versions)


OURS = Ours({"webhook_public_key": public(KEY), "inbound_public_key": ""})


def signed(
    body: bytes, path: str = "", key: ec.EllipticCurvePrivateKey = KEY, age: int = 0, **headers: str
) -> WebhookRequest:
    timestamp = str(int(time.time()) - age)
    signature = base64.b64encode(key.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))).decode()
    named = {
        "x-twilio-email-event-webhook-signature": signature,
        "x-twilio-email-event-webhook-timestamp": timestamp,
        "content-type": "application/json",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return WebhookRequest(path=path, query="", headers=named, body=body)


def taken(request: WebhookRequest, account: Account = OURS) -> WebhookContent:
    return SPEC.webhooks[request.path](account, request)


EVENTS = b'[{"event":"delivered","sg_event_id":"1"},{"event":"open","sg_event_id":"2"}]\r\n'

# ---- the signature


def known(**changes: str) -> bool:
    values = {**{name: KNOWN[name] for name in ("public_key", "signature", "timestamp", "payload")}, **changes}
    return is_signed(values["public_key"], values["signature"], values["timestamp"], values["payload"].encode())


def test_the_vendor_s_own_example_is_right() -> None:
    assert known()


@pytest.mark.parametrize("one", KNOWN["negative"], ids=lambda one: one["name"])
def test_the_vendor_s_own_counterexamples_are_wrong(one: dict[str, str]) -> None:
    assert not known(**{name: value for name, value in one.items() if name != "name"})


RAW_PAIR = base64.b64encode(bytes(64)).decode()
RSA = (
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit"
    "+CqvjWYzvQwECAwEAAQ=="
)


@pytest.mark.parametrize("odd", ["", "x", "=", "AAAA", "\udcff", "\xe4", RAW_PAIR, RSA, "\x00" * 9])
def test_what_is_no_key_and_no_signature_proves_nothing(odd: str) -> None:
    assert not known(public_key=odd)
    assert not known(signature=odd)


@given(st.text(), st.text(), st.text(), st.binary())
def test_nothing_that_is_posted_makes_it_fail(key: str, signature: str, timestamp: str, body: bytes) -> None:
    assert not is_signed(key, signature, timestamp, body)
    assert not is_signed(KNOWN["public_key"], signature, timestamp, body)


@pytest.mark.parametrize("place", [0, 20, -1])
def test_one_bit_is_enough(place: int) -> None:
    request = signed(EVENTS)
    turned = bytearray(EVENTS)
    turned[place] ^= 1
    other = WebhookRequest(path="", query="", headers=request.headers, body=bytes(turned))
    with pytest.raises(Unauthenticated):
        taken(other)


def test_events_that_are_signed_and_fresh_are_taken_each_by_itself() -> None:
    assert [json.loads(one)["sg_event_id"] for one in taken(signed(EVENTS)).events] == ["1", "2"]
    assert taken(signed(EVENTS, age=200)).events


@pytest.mark.parametrize("age", [400, 86_400, -400])
def test_what_was_signed_at_another_time_is_not(age: int) -> None:
    with pytest.raises(Unauthenticated):
        taken(signed(EVENTS, age=age))


@pytest.mark.parametrize("told", ["", "timestamp", "-1", "1e9", "9" * 4000, "\u0661\u0662"])
def test_a_time_that_is_none_is_not_fresh(told: str) -> None:
    assert not is_fresh(told)


def test_without_its_headers_it_is_nobody_s() -> None:
    for path in SPEC.webhooks:
        with pytest.raises(Unauthenticated):
            taken(WebhookRequest(path=path, query="", headers={}, body=EVENTS))


def test_while_keys_are_exchanged_either_is_good() -> None:
    both = Ours({"webhook_public_key": public(KEY)}, {"webhook_public_key": public(BEFORE)})
    for key in (KEY, BEFORE):
        assert taken(signed(EVENTS, key=key), both).events
    with pytest.raises(Unauthenticated):
        taken(signed(EVENTS, key=BEFORE))


def test_where_no_secret_can_be_read_they_post_again() -> None:
    with pytest.raises(Unavailable):
        taken(signed(EVENTS), Ours())


# ---- mail that comes in

FORM = {
    "dkim": "{@bank.example : pass, @other.example : fail}",
    "SPF": "softfail",
    "spam_score": "0.1",
    "envelope": json.dumps({"to": ["inbox@in.firm.example"], "from": "bounce@bank.example"}),
    "subject": "Rates",
}


def form(fields: Mapping[str, Any], boundary: str = "xYzZY") -> tuple[bytes, str]:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + (value if isinstance(value, bytes) else str(value).encode())
        + b"\r\n"
        for name, value in fields.items()
    ]
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def inbound(account: Account = OURS, key: ec.EllipticCurvePrivateKey = KEY, **fields: Any) -> WebhookContent:
    body, media_type = form({**FORM, "email": MAIL, **fields})
    return taken(signed(body, "inbound", key, content_type=media_type), account)


def test_mail_is_read_with_what_was_found_of_its_sender() -> None:
    [raw] = inbound().mail
    assert raw.endswith(MAIL)
    mail = read(raw, NOW)
    assert mail.verdicts == Verdicts(spf="softfail", dkim="pass", dkim_domains=frozenset({"bank.example"}))
    assert mail.handed_over_for == ("inbox@in.firm.example",)
    assert (mail.sender, mail.subject, mail.signals) == ("ann@bank.example", "Rates", frozenset())


def test_the_same_mail_posted_again_is_the_same() -> None:
    assert inbound().mail == inbound().mail


def test_what_it_takes_for_spam_and_whose_sender_it_doubts_is_marked() -> None:
    [raw] = inbound(spam_score="7.2", SPF="fail", dkim="none").mail
    assert read(raw, NOW).signals == {Signal.SPAM, Signal.FORGED}


@pytest.mark.parametrize(
    ("spf", "dkim", "found"),
    [
        ("pass", "none", Verdicts(spf="pass")),
        ("", "{@a.example : fail}", Verdicts(dkim="fail")),
        ("none", "{@A.example : pass}", Verdicts(spf="none", dkim="pass", dkim_domains=frozenset({"a.example"}))),
        ("x" * 90, "{" * 9000, Verdicts(spf="x" * 20)),
        ("pass", "@a.example:pass;@b.example:pass", verdicts_of("pass", "{@a.example : pass, @b.example : pass}")),
    ],
)
def test_what_it_says_of_the_sender(spf: str, dkim: str, found: Verdicts) -> None:
    assert verdicts_of(spf, dkim) == found


@pytest.mark.parametrize(
    "envelope", ["", "{", "[]", "null", '{"to": "a@b.example"}', '{"to": [1, null]}', "[" * 99_999]
)
def test_without_an_envelope_mail_is_still_taken(envelope: str) -> None:
    [raw] = inbound(envelope=envelope, spam_score="much").mail
    assert read(raw, NOW).handed_over_for == ()


def test_a_key_of_its_own_is_the_only_one_that_mail_is_signed_with() -> None:
    own = Ours({"webhook_public_key": public(KEY), "inbound_public_key": public(BEFORE)})
    assert inbound(own, BEFORE).mail
    with pytest.raises(Unauthenticated):
        inbound(own, KEY)
    assert taken(signed(EVENTS), own).events


@pytest.mark.parametrize("fields", [{"email": b""}, {"email": b"\r\n \r\n"}])
def test_without_the_raw_message_nothing_is_taken(fields: dict[str, Any]) -> None:
    with pytest.raises(Malformed, match="raw"):
        inbound(**fields)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"a=1", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"--x--", "multipart/form-data"),
        (form({f"f{n}": "" for n in range(10_000)})[0], "multipart/form-data; boundary=xYzZY"),
    ],
)
def test_what_is_no_such_form_is_malformed(body: bytes, media_type: str) -> None:
    with pytest.raises(Malformed):
        taken(signed(body, "inbound", content_type=media_type))


@given(st.binary(max_size=400), st.text(max_size=80), st.binary(max_size=200))
def test_whatever_is_posted_is_taken_or_refused(body: bytes, media_type: str, mail: bytes) -> None:
    whole, declared = form({**FORM, "email": mail})
    for made in (
        signed(body),
        signed(body, "inbound", content_type=media_type),
        signed(whole, "inbound", content_type=declared),
        signed(body, "inbound", content_type=declared),
    ):
        try:
            content = taken(made)
        except CallerError:
            continue
        assert all(read(one, NOW).verdicts == verdicts_of(FORM["SPF"], FORM["dkim"]) for one in content.mail)
