"""What providers say, read from real payloads."""

import json
from pathlib import Path

import pytest

from letterbook.adapters.providers import PROVIDERS, ses, sns_sms
from letterbook.contracts.communications import CommunicationBody
from letterbook.domain.channels import Channel
from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import DeliveryOutcome, Signal
from letterbook.environment import Settings

EVENTS = Path(__file__).parents[2] / "events"
ADDRESS = "disclosures@castlegate.example"
COMMUNICATION = "com_01JD4QK8V3M2N7R5T9W1X3Y5Z7"


def event(name: str) -> str:
    return (EVENTS / name).read_text()


# the event · fact · our code · the provider's · signal
SES = [
    ("send", DeliveryOutcome.ACCEPTED, None, "", None),
    ("delivery", DeliveryOutcome.DELIVERED, None, "", None),
    ("bounce-permanent", DeliveryOutcome.HARD_BOUNCE, FailureCode.INVALID_ADDRESS, "5.1.1", None),
    (
        "bounce-suppressed",
        DeliveryOutcome.REFUSED,
        FailureCode.INVALID_ADDRESS,
        "Permanent/OnAccountSuppressionList",
        None,
    ),
    ("bounce-mailbox-full", DeliveryOutcome.SOFT_BOUNCE, FailureCode.MAILBOX_FULL, "5.2.2", None),
    (
        "bounce-out-of-office",
        DeliveryOutcome.SOFT_BOUNCE,
        FailureCode.UNREACHABLE,
        "Transient/General",
        Signal.AUTO_REPLY,
    ),
    (
        "bounce-undetermined",
        DeliveryOutcome.SOFT_BOUNCE,
        FailureCode.UNKNOWN,
        "Undetermined/Undetermined",
        Signal.AUTO_REPLY,
    ),
    ("complaint", None, None, "", Signal.COMPLAINT),
    ("reject", DeliveryOutcome.REFUSED, FailureCode.CONTENT, "Bad content", None),
    ("rendering-failure", DeliveryOutcome.REFUSED, FailureCode.CONFIG, "RenderingFailure", None),
    ("delivery-delay", None, None, "TransientCommunicationFailure", Signal.DELAYED),
]


@pytest.mark.parametrize(("name", "fact", "code", "words", "signal"), SES, ids=[row[0] for row in SES])
def test_ses_events(
    name: str, fact: DeliveryOutcome | None, code: FailureCode | None, words: str, signal: Signal | None
) -> None:
    receipt = ses.read(event(f"ses/{name}.json"))
    assert receipt is not None
    assert (receipt.communication_id, receipt.provider) == (COMMUNICATION, "ses")
    assert receipt.reference == "0102019345ab6789-1a2b3c4d-5e6f-7081-92a3-b4c5d6e7f809-000000"
    [news] = receipt.news
    assert (news.fact, news.code, news.provider_code, news.signal) == (fact, code, words, signal)
    assert news.recipient in (ADDRESS, None)
    assert not receipt.opened


@pytest.mark.parametrize("name", ["open", "click"])
def test_ses_openings(name: str) -> None:
    receipt = ses.read(event(f"ses/{name}.json"))
    assert receipt is not None
    assert receipt.opened
    assert receipt.news == ()


def test_an_event_that_is_not_known_says_nothing_and_is_kept() -> None:
    receipt = ses.read(event("ses/unknown.json"))
    assert receipt is not None
    assert (receipt.event, receipt.news, receipt.opened) == ("Teleported", (), False)
    assert receipt.raw


def test_a_new_bounce_sub_type_counts_as_its_type() -> None:
    record = json.loads(event("ses/bounce-permanent.json"))
    record["bounce"]["bounceSubType"] = "UnsubscribedRecipient"
    receipt = ses.read(json.dumps(record))
    assert receipt is not None
    assert receipt.news[0].fact is DeliveryOutcome.HARD_BOUNCE


def test_what_ses_says_when_it_is_set_up_is_nothing_to_us() -> None:
    assert ses.read("Successfully validated SNS topic for Amazon SES event publishing.") is None


@pytest.mark.parametrize(
    "raw", ["", "{", "[]", "{}", "null", '{"eventType": "Send"}', '{"eventType": "Send", "mail": {}}']
)
def test_what_is_no_ses_event(raw: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - JSON's own error is one too
        ses.read(raw)


SMS = [
    ("SUCCESS", "Message has been accepted by phone carrier", DeliveryOutcome.DELIVERED, None),
    ("FAILURE", "Invalid phone number", DeliveryOutcome.HARD_BOUNCE, FailureCode.INVALID_ADDRESS),
    ("FAILURE", "Phone number is opted out", DeliveryOutcome.REFUSED, FailureCode.OPTED_OUT),
    ("FAILURE", "Phone is currently unreachable/unavailable", DeliveryOutcome.SOFT_BOUNCE, FailureCode.UNREACHABLE),
    (
        "FAILURE",
        "Phone carrier is currently unreachable/unavailable",
        DeliveryOutcome.SOFT_BOUNCE,
        FailureCode.UNREACHABLE,
    ),
    ("FAILURE", "Unknown error attempting to reach phone", DeliveryOutcome.SOFT_BOUNCE, FailureCode.UNREACHABLE),
    ("FAILURE", "Blocked as spam by phone carrier", DeliveryOutcome.HARD_BOUNCE, FailureCode.CONTENT),
    ("FAILURE", "Phone carrier has blocked this message", DeliveryOutcome.HARD_BOUNCE, FailureCode.CONTENT),
    ("FAILURE", "Message body is invalid", DeliveryOutcome.HARD_BOUNCE, FailureCode.CONTENT),
    ("FAILURE", "Destination is on a blocked list", DeliveryOutcome.HARD_BOUNCE, FailureCode.BLOCKED),
    ("FAILURE", "Phone has blocked SMS", DeliveryOutcome.HARD_BOUNCE, FailureCode.BLOCKED),
    ("FAILURE", "Phone is on a blocked list", DeliveryOutcome.HARD_BOUNCE, FailureCode.BLOCKED),
    ("FAILURE", "This delivery would exceed max price", DeliveryOutcome.HARD_BOUNCE, FailureCode.CONFIG),
    ("FAILURE", "Something new", DeliveryOutcome.SOFT_BOUNCE, FailureCode.UNKNOWN),
]


@pytest.mark.parametrize(("status", "words", "fact", "code"), SMS, ids=[row[1] for row in SMS])
def test_sms_delivery_logs(status: str, words: str, fact: DeliveryOutcome, code: FailureCode | None) -> None:
    record = json.loads(event("sns/sms-success.json"))
    record["status"], record["delivery"]["providerResponse"] = status, words
    receipt = sns_sms.read(json.dumps(record))
    assert (receipt.reference, receipt.communication_id) == ("34d9b400-c6dd-5444-820d-fbeb0f1f54cf", None)
    assert receipt.at.isoformat() == "2026-11-20T15:12:01.123000+00:00"
    [news] = receipt.news
    assert (news.recipient, news.fact, news.code) == ("+447700900127", fact, code)


def test_the_same_bytes_have_the_same_digest() -> None:
    for provider, name in (("ses", "ses/delivery.json"), ("sns", "sns/sms-success.json")):
        first, again = PROVIDERS[provider].read(event(name)), PROVIDERS[provider].read(event(name))
        assert first is not None
        assert first == again
        assert len(first.digest or "") == 64


def body(channel: Channel) -> CommunicationBody:
    return CommunicationBody(channel=channel, party_id="pty_01JD4QK8V3M2N7R5T9W1X3Y5Z7")


def test_what_can_be_composed_has_a_provider_and_a_queue() -> None:
    composed = {channel for channel in Channel if not body(channel).is_record} - {Channel.MANUAL}
    assert {spec.channel for spec in PROVIDERS.values()} == composed
    assert {f"{channel}_QUEUE_URL".upper() for channel in composed} <= Settings.names()


@pytest.mark.covers("F10")
@pytest.mark.parametrize("name", ["open", "click"])
@pytest.mark.parametrize(
    ("agent", "opened"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", True),
        ("Proofpoint URL Defense", False),
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", False),
        (None, False),
    ],
)
def test_a_machine_that_opens_is_told_apart(name: str, agent: str | None, *, opened: bool) -> None:
    record = json.loads(event(f"ses/{name}.json"))
    record[name]["userAgent"] = agent
    told = ses.read(json.dumps(record))
    assert told is not None
    assert told.opened is opened
    assert [news.signal for news in told.news] == ([] if opened else [Signal.MACHINE_OPEN])


@pytest.mark.parametrize(
    ("kind", "signal"),
    [
        ("abuse", Signal.COMPLAINT),
        ("fraud", Signal.COMPLAINT),
        ("virus", Signal.COMPLAINT),
        ("other", Signal.COMPLAINT),
        ("something new", Signal.COMPLAINT),
        (None, Signal.COMPLAINT),
        ("not-spam", None),
        (" Not-Spam ", None),
        ("auth-failure", None),
    ],
)
def test_what_somebody_calls_no_spam_is_no_complaint(kind: str | None, signal: Signal | None) -> None:
    record = json.loads(event("ses/complaint.json"))
    record["complaint"]["complaintFeedbackType"] = kind
    told = ses.read(json.dumps(record))
    assert told is not None
    [news] = told.news
    assert (news.signal, news.recipient) == (signal, ADDRESS)
    assert news.provider_code == ("" if signal else (kind or "").strip().lower())


def test_a_complaint_without_a_kind_is_one() -> None:
    record = json.loads(event("ses/complaint.json"))
    del record["complaint"]["complaintFeedbackType"]
    told = ses.read(json.dumps(record))
    assert told is not None
    assert [news.signal for news in told.news] == [Signal.COMPLAINT]
