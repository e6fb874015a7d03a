"""How Pingen is called, against what checks as strictly: what it gets, what it answers, and that a letter is one letter."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from letterbook.adapters.providers.account import Account
from letterbook.domain.errors import Ambiguous, Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.post import DeliveryProduct, PostalAddress, PostOptions, PrintMode, PrintSpectrum
from letterbook.domain.receipts import DeliveryOutcome, Receipt, Signal
from letterbook.environment import settings
from letterbook.ports import LookUp, OutboundMessage, OutboundPost, WebhookRequest
from local.simulators import pingen as simulated
from local.simulators.fates import Fate
from tests.support.aws import WorldForTests, client
from tests.support.builders import NOW, OURS
from tests.support.parcels import ADDRESS, attached, parcel_of
from tests.support.pdfs import addressed
from tests.support.pingen import SPEC, SimulatedPingen, account_at, simulated_pingen
from tests.support.scripted_server import Act, ScriptedServer, answers, resets, scripted_server

_F, _D = FailureCode, DeliveryOutcome


@pytest.fixture
def pingen(world: WorldForTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedPingen]:
    with simulated_pingen(tmp_path) as made:
        monkeypatch.setattr(made.vendor, "happen", lambda _, steps, __: made.course.extend(steps))
        yield made


def to(*lines: str, **changes: Any) -> OutboundMessage:
    pdf = addressed(*(lines or ("Priya Raman", "1 High Street", "Surbiton", "KT6 4QH")))
    return parcel_of(SPEC.channel, attachments=(attached("Letter.pdf", "application/pdf", pdf),), **changes)


def asking(reference: str | None = None) -> LookUp:
    return LookUp(communication_id=OURS, reference=reference, to=("x",), sender="The Firm", text="", sent_at=NOW)


def ask(pingen: SimulatedPingen, reference: str | None = None) -> list[Receipt]:
    assert SPEC.ask
    return list(SPEC.ask(pingen.account, asking(reference)))


DEPOSIT = ["GET /file-upload", "PUT file", "POST letters"]


# ---- what it gets


@pytest.mark.covers("E3")
def test_what_pingen_gets(pingen: SimulatedPingen) -> None:
    options = PostOptions(product=DeliveryProduct.FAST, print_mode=PrintMode.DUPLEX, print_spectrum=PrintSpectrum.COLOR)
    reference = pingen.send(to(post=OutboundPost(address=ADDRESS, options=options)))
    assert pingen.asked == ["POST /auth/access-tokens", *DEPOSIT]
    [letter] = pingen.taken
    told = {name: one for name, one in letter["request"].items() if not name.startswith("file_url")}
    assert told == {
        "file_original_name": f"{OURS}.pdf",
        "address_position": "left",
        "auto_send": True,
        "delivery_product": "fast",
        "print_mode": "duplex",
        "print_spectrum": "color",
    }
    assert (letter["reference"], letter["key"], letter["communication_id"]) == (reference, OURS, OURS)
    assert letter["to"] == ["Priya Raman\n1 High Street\nSurbiton\nKT6 4QH"]


@pytest.mark.covers("E3")
def test_a_registered_letter_names_its_recipient(pingen: SimulatedPingen) -> None:
    options = PostOptions(product=DeliveryProduct.REGISTERED)
    pingen.send(to(post=OutboundPost(address=ADDRESS, options=options)))
    assert pingen.taken[0]["request"]["meta_data"]["recipient"] == {
        "name": "Priya Raman",
        "street": "High Street",
        "number": "1",
        "zip": "KT6 4QH",
        "city": "Surbiton",
        "country": "GB",
    }
    box = replace(ADDRESS, street="", number="", po_box="PO Box 17")
    pingen.send(to(post=OutboundPost(address=box, options=options), communication_id=f"{OURS[:-1]}9"))
    assert pingen.taken[0]["request"]["meta_data"]["recipient"]["pobox"] == "PO Box 17"


@pytest.mark.parametrize(
    ("address", "code", "reason"),
    [
        (replace(ADDRESS, name="N" * 46), "name_too_long", _F.CONTENT),
        (replace(ADDRESS, street="S" * 41), "street_too_long", _F.CONTENT),
        (replace(ADDRESS, number="1" * 11), "number_too_long", _F.CONTENT),
        (replace(ADDRESS, postal_code="KT6 4QH 17"), "zip_too_long", _F.CONTENT),
        (replace(ADDRESS, town="Llanfairpwllgwyngyllgogery"), "city_too_long", _F.CONTENT),
        (replace(ADDRESS, town=""), "no_recipient", _F.MISSING_CONTACT),
        (replace(ADDRESS, street=""), "no_recipient", _F.MISSING_CONTACT),
        (None, "no_recipient", _F.MISSING_CONTACT),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_a_registered_letter_cannot_say_is_told_before_anything_is_uploaded(
    pingen: SimulatedPingen, address: PostalAddress | None, code: str, reason: FailureCode
) -> None:
    post = OutboundPost(address=address, options=PostOptions(product=DeliveryProduct.REGISTERED))
    with pytest.raises(Permanent) as raised:
        pingen.send(to(post=post))
    assert (raised.value.provider_code, raised.value.reason) == (code, reason)
    assert code in SPEC.failures
    assert pingen.asked == []


def test_without_a_pdf_nobody_is_called(pingen: SimulatedPingen) -> None:
    for attachments in ((), (attached("Letter.txt", "text/plain", b"Dear"),)):
        with pytest.raises(Permanent, match="no_pdf"):
            pingen.send(parcel_of(SPEC.channel, attachments=attachments))
    assert pingen.asked == []


# ---- tokens


def test_a_token_serves_until_it_expires(pingen: SimulatedPingen, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        pingen.send(to(communication_id=f"{OURS[:-1]}{number}"))
    assert pingen.asked.count("POST /auth/access-tokens") == 1
    later = time.monotonic() + 43_200
    monkeypatch.setattr("time.monotonic", lambda: later)
    pingen.send(to(communication_id=f"{OURS[:-1]}4"))
    assert pingen.asked.count("POST /auth/access-tokens") == 2


def test_a_token_that_is_refused_is_renewed_once(pingen: SimulatedPingen) -> None:
    pingen.send(to())
    with scripted_server() as another:
        told = [{"access_token": one, "expires_in": 43_200} for one in ("first", "second")]
        given = [answers(200, json.dumps(one).encode()) for one in told]
        another.script = [given[0], answers(401), given[1], answers(401)]
        put_address(another.url)
        with pytest.raises(Permanent) as raised:
            SPEC.make(Account("pingen", SPEC.credentials, settings())).send(to())
        assert raised.value.reason is _F.CONFIG
        assert [one.split(b"\r\n")[0] for one in another.asked] == [
            b"POST /auth/access-tokens HTTP/1.1",
            b"GET /file-upload HTTP/1.1",
            b"POST /auth/access-tokens HTTP/1.1",
            b"GET /file-upload HTTP/1.1",
        ]


def put_address(url: str) -> None:
    held = {**simulated.CREDENTIALS, "base_url": url}
    client("secretsmanager").put_secret_value(SecretId="letterbook/providers/pingen", SecretString=json.dumps(held))


# ---- a letter is one letter


@pytest.mark.covers("E3")
def test_the_same_letter_again_is_the_same_letter(pingen: SimulatedPingen) -> None:
    assert pingen.send(to()) == pingen.send(to())
    assert len(pingen.taken) == 1


@pytest.mark.covers("E3")
@pytest.mark.parametrize("line", ["Ambiguous", "Garbled"])
def test_what_may_have_been_taken_is_looked_for_before_it_is_sent_again(pingen: SimulatedPingen, line: str) -> None:
    with pytest.raises(Ambiguous):
        pingen.send(to("Priya Raman", line))
    pingen.asked.clear()
    assert pingen.send(to("Priya Raman", line, tried=True)) == pingen.taken[0]["reference"]
    assert (pingen.asked, len(pingen.taken)) == (["GET letters"], 1)


def test_what_was_not_taken_is_sent(pingen: SimulatedPingen) -> None:
    assert pingen.send(to(tried=True)) == pingen.taken[0]["reference"]
    assert pingen.asked[1:] == ["GET letters", *DEPOSIT]


TOKEN = answers(200, b'{"access_token": "t", "expires_in": 43200}')


def place(url: str) -> Act:
    attributes = {"url": f"{url}/file?x=1", "url_signature": "s"}
    return answers(200, json.dumps({"data": {"id": "12345678", "attributes": attributes}}).encode())


@pytest.fixture
def scripted(world: WorldForTests) -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        yield server


@pytest.mark.parametrize("step", ["token", "place", "file"])
@pytest.mark.parametrize("act", [answers(500), answers(404), answers(429), resets], ids=["500", "404", "429", "reset"])
def test_before_it_is_deposited_it_is_certainly_not_taken(scripted: ScriptedServer, act: Act, step: str) -> None:
    steps = {"token": TOKEN, "place": place(scripted.url), "file": answers(200)}
    scripted.script = [*[steps[one] for one in list(steps)[: list(steps).index(step)]], act]
    with pytest.raises(ProviderError) as raised:
        SPEC.make(account_at(scripted.url)).send(to())
    assert isinstance(raised.value, Transient) or (raised.value.reason is _F.CONFIG and step != "file")


def test_our_token_goes_to_pingen_alone(scripted: ScriptedServer) -> None:
    with scripted_server() as bucket:
        bucket.script = [answers(200)]
        scripted.script = [TOKEN, place(bucket.url), answers(201, b'{"data": {"id": "12345678"}}')]
        assert SPEC.make(account_at(scripted.url)).send(to()) == "12345678"
        assert b"authorization" not in bucket.asked[0].lower()


@pytest.mark.parametrize("url", ["http://bucket.example/file", "ftp://bucket.example/file", "", "file", "http://["])
def test_a_letter_is_put_nowhere_without_encryption(scripted: ScriptedServer, url: str) -> None:
    told = {"data": {"id": "12345678", "attributes": {"url": url, "url_signature": "s"}}}
    scripted.script = [TOKEN, answers(200, json.dumps(told).encode())]
    with pytest.raises(ProviderError):
        SPEC.make(account_at(scripted.url)).send(to())
    assert len(scripted.asked) == 2


def test_a_letter_is_put_on_no_machine_of_ours(scripted: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    held = {"base_url": "https://api.pingen.com", "organisation_id": "12345678"}
    told = {"data": {"id": "12345678", "attributes": {"url": f"{scripted.url}/file", "url_signature": "s"}}}
    monkeypatch.setattr("letterbook.adapters.providers.pingen.ask_api", lambda *_, **__: told)
    monkeypatch.setattr("letterbook.adapters.providers.pingen.TOKENS.call", lambda _, ask: ask(held, "token"))
    scripted.script = [answers(200)]
    with pytest.raises(Transient):
        SPEC.make(account_at(scripted.url)).send(to())
    assert scripted.asked == []


@pytest.mark.parametrize("value", ["1e-999999999", "1e-99", "0e999999999", "-1", "NaN", "1e7"])
def test_a_price_that_is_none_is_no_price(value: str) -> None:
    letter = f'"id": "12345678", "status": "sent", "updated_at": "2026-11-20T16:13:00+0100", "price_value": {value}'
    receipt = SPEC.read(f'{{"letter": {{{letter}, "price_currency": "CHF"}}, "codes": []}}')
    assert receipt
    assert receipt.price is None


# ---- as the address says


@pytest.mark.covers("E3")
@pytest.mark.parametrize(
    ("line", "kind", "reason", "kept"),
    [
        ("Invalid", Permanent, _F.INVALID_ADDRESS, 0),
        ("BROKEN", Transient, _F.PROVIDER_OUTAGE, 0),
        ("Throttled", Throttled, _F.PROVIDER_OUTAGE, 0),
        ("2 Garbled Lane", Ambiguous, _F.UNKNOWN, 1),
        ("Ambiguous", Ambiguous, _F.UNKNOWN, 1),
    ],
)
def test_the_simulator_answers_as_the_address_says(
    pingen: SimulatedPingen, line: str, kind: type[ProviderError], reason: FailureCode, kept: int
) -> None:
    with pytest.raises(ProviderError) as raised:
        pingen.send(to("Priya Raman", line, "Surbiton"))
    assert (type(raised.value), raised.value.reason, len(pingen.taken)) == (kind, reason, kept)


def posted(pingen: SimulatedPingen, monkeypatch: pytest.MonkeyPatch) -> list[Receipt]:
    """What it posts of its letters, each proved and read."""
    found = []
    for body, headers in pingen.signed_posts(monkeypatch):
        asked = WebhookRequest(path="", query="", headers=headers, body=body)
        [event] = SPEC.webhooks[""](pingen.account, asked).events
        receipt = SPEC.read(event)
        assert receipt
        found.append(receipt)
    return found


@pytest.mark.covers("E3")
@pytest.mark.parametrize(
    ("line", "events", "end"),
    [
        ("1 High Street", ["sent", "delivered"], _D.DELIVERED),
        ("Slow", ["sent", "delayed", "delivered"], _D.DELIVERED),
        ("Undeliverable", ["sent", "undeliverable"], _D.HARD_BOUNCE),
        ("Unprintable", ["file_not_readable"], _D.REFUSED),
        ("Unpaid", ["waiting_for_funds"], _D.ACCEPTED),
    ],
)
def test_what_the_simulator_posts_is_what_it_answers(
    pingen: SimulatedPingen, monkeypatch: pytest.MonkeyPatch, line: str, events: list[str], end: DeliveryOutcome
) -> None:
    reference = pingen.send(to("Priya Raman", line))
    told = posted(pingen, monkeypatch)
    assert [one.event for one in told] == events
    assert {(one.communication_id, one.reference) for one in told} == {(OURS, reference)}
    [heard] = ask(pingen, reference)
    assert [one.fact for receipt in (told[-1], heard) for one in receipt.news] == [end, end]
    assert heard.price == told[-1].price
    assert (heard.price is None) == (end is _D.REFUSED)
    if end is _D.HARD_BOUNCE:
        assert told[-1].corrected_address
        assert told[-1].corrected_address.town == "Kingston"
    if line == "Unpaid":
        assert [one.news[0].signal for one in (told[-1], heard)] == [Signal.ACTION_REQUIRED] * 2


# ---- afterwards


@pytest.mark.covers("E3")
def test_of_a_letter_that_is_mute_it_tells_when_asked(pingen: SimulatedPingen) -> None:
    reference = pingen.send(to("Mute"))
    # Whether it took it may be not known, so neither is its name for it: it has the file's.
    for asked in (ask(pingen, reference), ask(pingen)):
        [receipt] = asked
        assert (receipt.event, receipt.reference, receipt.communication_id) == ("delivered", reference, OURS)
    assert ask(pingen)[0].digest == ask(pingen)[0].digest
    pingen.vendor.amend(reference, status="undeliverable")
    assert ask(pingen)[0].digest != ask(pingen, reference)[0].communication_id


def test_of_a_letter_that_it_never_had_it_knows_nothing(pingen: SimulatedPingen) -> None:
    assert ask(pingen) == []
    assert ask(pingen, "not/one/of/theirs") == []
    with pytest.raises(Permanent):
        ask(pingen, "12345678-1234")


@pytest.mark.covers("E3")
def test_a_letter_is_cancelled_as_long_as_it_waits(pingen: SimulatedPingen, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SPEC.cancel
    reference = pingen.send(to("Unpaid"))
    posted(pingen, monkeypatch)
    SPEC.cancel(pingen.account, reference)
    [told] = posted(pingen, monkeypatch)
    assert [(one.fact, one.code) for one in told.news] == [(_D.SOFT_BOUNCE, _F.CANCELLED)]
    with pytest.raises(Permanent, match="cancellation_rejected"):
        SPEC.cancel(pingen.account, reference)
    for wrong in ("../letters", "12345678-1234"):
        with pytest.raises(Permanent):
            SPEC.cancel(pingen.account, wrong)


def test_it_breaks_as_it_is_told_to(pingen: SimulatedPingen) -> None:
    for mode, kind in ((Fate.BROKEN, Transient), (Fate.THROTTLED, Throttled), (Fate.AMBIGUOUS, Ambiguous)):
        pingen.vendor.mode = mode
        with pytest.raises(kind):
            pingen.send(to())
