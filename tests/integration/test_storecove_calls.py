"""How Storecove is called: what it gets, what each answer means, that nothing goes twice, and what it tells when it is asked."""

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from letterbook.adapters.providers import PROVIDERS, RegisteredProviders
from letterbook.adapters.providers.account import Account
from letterbook.domain.einvoice import EinvoiceKind, Network
from letterbook.domain.errors import Ambiguous, Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.party import EinvoiceAddress
from letterbook.domain.receipts import DeliveryOutcome
from letterbook.environment import settings
from letterbook.ports import LookUp, OutboundMessage, WebhookRequest
from tests.support.aws import WorldForTests, client
from tests.support.builders import OURS
from tests.support.einvoices import Sample, ubl
from tests.support.parcels import attached, einvoice, parcel_of
from tests.support.pdfs import a_pdf
from tests.support.scripted_server import answers, scripted_server
from tests.support.storecove import DISCOVERY, QUEUE, SUBMISSIONS, StorecoveHere, storecove_at

SPEC = PROVIDERS["storecove"]
_F = FailureCode


@pytest.fixture
def storecove(world: WorldForTests, tmp_path: Path) -> Iterator[StorecoveHere]:
    with storecove_at(tmp_path) as here:
        keep_secret(here.secret)
        yield here


def keep_secret(held: dict[str, str]) -> None:
    secrets, name = client("secretsmanager"), "letterbook/providers/storecove"
    try:
        secrets.put_secret_value(SecretId=name, SecretString=json.dumps(held))
    except secrets.exceptions.ResourceNotFoundException:
        secrets.create_secret(Name=name, SecretString=json.dumps(held))


def account() -> Account:
    return Account("storecove", SPEC.credentials, settings())


def parcel(number: str = "2026-0042", *, receiver: str = "0208:0123456749", **changes: Any) -> OutboundMessage:
    scheme, _, identifier = receiver.partition(":")
    carried = einvoice(Network.PEPPOL, number=number, receiver=EinvoiceAddress(scheme=scheme, id=identifier))
    file = attached(f"{number}.xml", "application/xml", ubl(Sample(number=number)))
    values: dict[str, Any] = {"einvoice": carried, "attachments": (file,)}
    return parcel_of(SPEC.channel, Network.PEPPOL, **{**values, **changes})


def send(given: OutboundMessage) -> str:
    return SPEC.make(account()).send(given)


def refused(given: OutboundMessage) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        send(given)
    return raised.value


# ---- what it gets


@pytest.mark.covers("E4")
def test_an_invoice_goes_as_it_is_to_whom_it_says_with_our_id(storecove: StorecoveHere) -> None:
    given = parcel()
    reference = send(given)
    [got] = storecove.taken
    assert (got["reference"], got["communication_id"], got["subject"], got["to"]) == (
        reference,
        OURS,
        "2026-0042",
        ["0208:0123456749"],
    )
    [asked] = storecove.bodies(SUBMISSIONS)
    raw = asked["document"]["rawDocumentData"]
    assert base64.b64decode(raw["document"]) == given.attachments[0][1]
    assert asked["routing"] == {"eIdentifiers": [{"scheme": "BE:EN", "id": "0123456749"}]}


def test_a_credit_note_is_looked_for_as_one_and_sent_as_an_invoice(storecove: StorecoveHere) -> None:
    """What it is stands in the document: Storecove has no other word for sending one."""
    given = parcel()
    assert given.einvoice
    file = attached("C1.xml", "application/xml", ubl(Sample(number="C1", credit_note=True)))
    send(replace(given, einvoice=replace(given.einvoice, kind=EinvoiceKind.CREDIT_NOTE), attachments=(file,)))
    assert storecove.bodies(DISCOVERY)[0]["documentTypes"] == ["creditnote"]
    assert storecove.bodies(SUBMISSIONS)[0]["document"]["documentType"] == "invoice"


def test_pdfs_go_with_it_and_nothing_else_does(storecove: StorecoveHere) -> None:
    given, pdf = parcel(), attached("Work.pdf", "application/pdf", a_pdf())
    send(replace(given, attachments=(*given.attachments, pdf)))
    assert storecove.taken[0]["attachments"] == ["Work.pdf"]
    table = attached("Work.csv", "text/csv", b"1,2")
    assert refused(replace(given, attachments=(*given.attachments, table))).reason is _F.CONTENT
    assert refused(replace(given, attachments=(*given.attachments, *[pdf] * 11))).reason is _F.TOO_LARGE


@pytest.mark.parametrize(
    ("in_settings", "in_secret", "sends"),
    [("123456", "", True), ("123456", "9", True), ("", "123456", True), ("", "", False)],
)
def test_who_sends_says_the_network_of_the_settings_else_the_secret(
    storecove: StorecoveHere, in_settings: str, in_secret: str, *, sends: bool
) -> None:
    keep_secret({**storecove.secret, "legal_entity": in_secret})
    given = parcel()
    assert given.einvoice
    given = replace(given, einvoice=replace(given.einvoice, sender={"legal_entity": in_settings}))
    if sends:
        assert send(given)
    else:
        assert refused(given).reason is _F.CONFIG
        assert storecove.asked == []


def test_a_legal_entity_that_it_does_not_know_is_our_set_up(storecove: StorecoveHere) -> None:
    keep_secret({**storecove.secret, "legal_entity": "7"})
    error = refused(parcel())
    assert isinstance(error, Permanent)
    assert error.reason is _F.CONFIG


# ---- whether the buyer is there


@pytest.mark.parametrize("receiver", ["0088:9912345678904", "0225:123456782", "8888:1"])
def test_who_is_not_in_the_network_is_sent_nothing(storecove: StorecoveHere, receiver: str) -> None:
    """Not registered; of a scheme that Storecove has no name for."""
    error = refused(parcel(receiver=receiver))
    assert isinstance(error, Permanent)
    assert error.reason is _F.NO_ROUTE
    assert SPEC.failures[error.provider_code].reason
    assert storecove.bodies(SUBMISSIONS) == []


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b""), (503, b""), (504, b"<html>"), (200, b"{"), (200, b"[]"), (200, b'{"code": "MAYBE"}'), (302, b"")],
)
def test_a_discovery_that_fails_sent_nothing_and_is_asked_again(
    storecove: StorecoveHere, status: int, body: bytes
) -> None:
    storecove.answer(DISCOVERY, status, body)
    error = refused(parcel())
    assert isinstance(error, Transient)
    assert storecove.bodies(SUBMISSIONS) == []
    assert send(parcel())


def test_a_discovery_that_comes_too_often_waits(storecove: StorecoveHere) -> None:
    storecove.answer(DISCOVERY, 429)
    assert isinstance(refused(parcel()), Throttled)


def test_an_address_that_it_cannot_read_is_none_of_the_network(storecove: StorecoveHere) -> None:
    storecove.answer(DISCOVERY, 422, b'[{"source": "identifier", "details": "is not valid"}]')
    assert refused(parcel()).reason is _F.NO_ROUTE


# ---- exactly once


def test_what_the_network_finds_wrong_is_told_in_its_words(storecove: StorecoveHere) -> None:
    error = refused(parcel("INVALID-1"))
    assert isinstance(error, Permanent)
    assert error.text
    assert "BR-CO-15" in error.text.reason
    assert (error.reason, storecove.taken) == (_F.CONTENT, [])


def test_what_it_finds_wrong_may_be_anything(storecove: StorecoveHere) -> None:
    """It is bounded, and on one line."""
    told = [
        {"source": "a\nb", "details": {"x": ["y\x00" * 5_000]}},
        {"details": None},
        7,
        *[{"details": "z" * 999}] * 99,
    ]
    storecove.answer(SUBMISSIONS, 422, json.dumps(told).encode())
    error = refused(parcel())
    assert isinstance(error, Permanent)
    assert error.text
    assert "a b" in error.text.reason
    assert len(error.text.reason) < 2_000
    assert not {"\n", "\x00"} & {*error.text.reason}


@pytest.mark.parametrize("number", ["AMBIGUOUS-1", "GARBLED-1"])
def test_what_may_have_been_taken_is_taken_once(storecove: StorecoveHere, number: str) -> None:
    """The second time its key is known there: it was taken, and its guid comes with its events."""
    assert type(refused(parcel(number))) is Ambiguous
    again = replace(parcel(number), tried=True)
    assert (send(again), send(again)) == ("", "")
    assert len(storecove.taken) == 1


def test_what_was_not_taken_the_first_time_is_taken_the_second(storecove: StorecoveHere) -> None:
    storecove.answer(SUBMISSIONS, 502)
    assert type(refused(parcel())) is Ambiguous
    assert send(replace(parcel(), tried=True)) == storecove.taken[0]["reference"]


def test_a_no_of_the_network_undoes_nothing_that_may_have_been_taken(storecove: StorecoveHere) -> None:
    """Another channel would say it a second time: so nobody is asked again."""
    assert type(refused(parcel("AMBIGUOUS-2"))) is Ambiguous
    storecove.answer(DISCOVERY, 200, b'{"code": "NOK"}')
    assert send(replace(parcel("AMBIGUOUS-2"), tried=True)) == ""
    assert len(storecove.bodies(DISCOVERY)) == 1


def test_a_wait_that_it_asks_for_and_an_outage(storecove: StorecoveHere) -> None:
    assert isinstance(refused(parcel("THROTTLED-1")), Throttled)
    assert send(parcel("THROTTLED-1"))
    assert [type(refused(parcel("BROKEN-1"))) for _ in range(2)] == [Ambiguous, Ambiguous]


# ---- its queue


def pulled() -> Any:
    found = SPEC.pull and SPEC.pull(account())
    return found[0] if found else None


def acknowledge(name: str) -> None:
    assert SPEC.acknowledge
    SPEC.acknowledge(account(), name)


def test_the_oldest_event_stays_until_it_is_acknowledged(storecove: StorecoveHere) -> None:
    assert pulled() is None
    reference = send(parcel("MUTE-1"))
    for event in ("acknowledged", "rejected"):
        storecove.happens("MUTE-1", event, "Not ours.")
    first = pulled()
    assert first.name == pulled().name
    receipt = SPEC.read(first.raw)
    assert receipt
    assert (receipt.event, receipt.communication_id, receipt.reference) == ("acknowledged", OURS, reference)
    acknowledge(first.name)
    acknowledge(first.name)
    second = SPEC.read(pulled().raw)
    assert second
    assert (second.event, second.news[0].code, second.note) == (
        "rejected",
        _F.RECIPIENT_REJECTED,
        "The buyer rejected the invoice: Not ours.",
    )


def test_what_is_posted_and_stands_in_the_queue_is_one_event(storecove: StorecoveHere) -> None:
    send(parcel("MUTE-2"))
    storecove.happens("MUTE-2", "under_query", "Which order?")
    first = pulled()
    body = json.dumps(json.loads(first.raw)["event"]).encode()
    told = {"x-letterbook-secret": storecove.secret["webhook_secret"]}
    request = WebhookRequest(path="", query="", headers=told, body=body)
    posted = SPEC.webhooks[""](account(), request)
    queued, other = SPEC.read(first.raw), SPEC.read(posted.events[0])
    assert queued
    assert other
    assert queued.digest == other.digest


@pytest.mark.parametrize(
    "body", ['"no JSON"', '"{"', "null", "[1]", json.dumps("[" * 100_000), json.dumps("x" * 900_000)]
)
def test_an_event_that_nobody_can_read_has_its_name_and_can_be_set_aside(storecove: StorecoveHere, body: str) -> None:
    storecove.answer(QUEUE, 200, b'{"guid": "g-1", "body": %s}' % body.encode())
    one = pulled()
    assert one.name == "g-1"
    assert len(one.raw) < 200_000
    with pytest.raises(ValueError, match=r"."):
        SPEC.read(one.raw)


def test_what_is_nested_so_deeply_that_it_can_only_just_be_read_holds_up_nothing(storecove: StorecoveHere) -> None:
    for depth in range(800, 1_000):
        body = f'{{"event_type": "document_submission", "details": {"[" * depth + "]" * depth}}}'
        storecove.answer(QUEUE, 200, json.dumps({"guid": "g-1", "body": body}).encode())
        assert pulled().name == "g-1"


@pytest.mark.parametrize(("status", "body"), [(200, b"{"), (200, b"{}"), (200, b'{"guid": 7}'), (500, b""), (503, b"")])
def test_a_queue_that_says_nothing_is_asked_again(storecove: StorecoveHere, status: int, body: bytes) -> None:
    storecove.answer(QUEUE, status, body)
    with pytest.raises(Transient):
        pulled()


def test_without_a_secret_of_the_webhook_nobody_posts(storecove: StorecoveHere) -> None:
    keep_secret({**storecove.secret, "webhook_secret": ""})
    carriers = RegisteredProviders(settings())
    take = carriers.webhook("storecove", "")
    assert take
    for given in ("", " ", "x"):
        with pytest.raises(Exception, match="secret"):
            take(WebhookRequest(path="", query="", headers={"x-letterbook-secret": given}, body=b"{}"))


# ---- what proves it


def look_up(reference: str | None) -> Any:
    question = LookUp(
        communication_id=OURS,
        reference=reference,
        to=("0208:0123456749",),
        sender="",
        text="",
        sent_at=datetime(2026, 11, 20, tzinfo=UTC),
    )
    assert SPEC.ask
    return SPEC.ask(account(), question)


def evidence(reference: str) -> Any:
    assert SPEC.evidence
    return SPEC.evidence(account(), reference)


def test_what_nobody_told_of_is_delivered_where_there_is_evidence(storecove: StorecoveHere) -> None:
    [receipt] = look_up(send(parcel("MUTE-3")))
    assert [one.fact for one in receipt.news] == [DeliveryOutcome.DELIVERED]
    assert receipt.digest == look_up(receipt.reference)[0].digest
    assert (look_up(None), look_up("none-1")) == ((), ())


def test_evidence_is_what_the_other_side_signed_and_what_it_got(storecove: StorecoveHere) -> None:
    files = {name: (kind, content) for name, kind, content in evidence(send(parcel("MUTE-4")))}
    assert {name: kind for name, (kind, _) in files.items()} == {
        "Evidence.json": "application/json",
        "Evidence.xml": "application/xml",
        "Delivered 1.xml": "application/xml",
    }
    assert b"MUTE-4" in files["Delivered 1.xml"][1]
    # Whoever has such an address may fetch what stands there.
    assert b"/files/" not in files["Evidence.json"][1]


def test_evidence_that_is_not_there_yet_is_asked_for_later(storecove: StorecoveHere) -> None:
    assert evidence("none-1") == ()


def told_of(url: str) -> bytes:
    documents = [{"document": url, "mime_type": "application/xml", "expires_at": "2026-11-20T16:00:00Z"}]
    return json.dumps({"network": "peppol", "evidence": {}, "documents": documents}).encode()


def test_what_was_delivered_is_fetched_without_our_key_and_nobody_is_followed(storecove: StorecoveHere) -> None:
    path = f"{SUBMISSIONS}/g-1/evidence/sending"
    with scripted_server() as elsewhere, scripted_server() as further:
        further.script = [answers(200, b"<Invoice/>")]
        storecove.answer(path, 200, told_of(elsewhere.url))
        elsewhere.script = [answers(200, b"<Invoice/>")]
        assert evidence("g-1")[-1][2] == b"<Invoice/>"
        assert b"uthorization" not in elsewhere.asked[0]
        for act in (answers(302, b"", {"Location": further.url}), answers(403), answers(200, b" " * 21 * 1024 * 1024)):
            storecove.answer(path, 200, told_of(elsewhere.url))
            elsewhere.script = [act]
            with pytest.raises(Transient):
                evidence("g-1")
        assert further.asked == []


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-10:00", "9999-12-31", "yesterday", 7])
def test_evidence_of_no_time_is_evidence_of_now(storecove: StorecoveHere, at: Any) -> None:
    told = {"guid": "g-1", "evidence": {"timestamp": at}}
    storecove.answer(f"{SUBMISSIONS}/g-1/evidence/sending", 200, json.dumps(told).encode())
    [receipt] = look_up("g-1")
    assert 2000 <= receipt.at.year < 2100


def test_what_is_kept_of_an_answer_is_no_larger_than_a_row(storecove: StorecoveHere) -> None:
    told = {"guid": "g-1", "evidence": {"timestamp": "2026-11-20T16:00:00Z", "xml": os.urandom(900_000).hex()}}
    storecove.answer(f"{SUBMISSIONS}/g-1/evidence/sending", 200, json.dumps(told).encode())
    [receipt] = look_up("g-1")
    assert len(receipt.raw or "") < 10_000
    assert receipt.at == datetime(2026, 11, 20, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    "url", ["http://files.example/1", "ftp://files.example/1", "file:///etc/passwd", "", "https://", "http://["]
)
def test_what_stands_elsewhere_than_behind_tls_is_not_fetched(storecove: StorecoveHere, url: str) -> None:
    storecove.answer(f"{SUBMISSIONS}/g-1/evidence/sending", 200, told_of(url))
    assert [name for name, _, _ in evidence("g-1")] == ["Evidence.json"]
