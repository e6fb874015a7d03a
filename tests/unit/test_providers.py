"""What providers say, read from real payloads, and what we send them."""

import json
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber

from letterbook.adapters import aws
from letterbook.adapters.providers import PROVIDERS, ses, sns_sms
from letterbook.contracts.communications import CommunicationBody
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Attachment
from letterbook.domain.errors import Ambiguous, OverQuota, Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import DeliveryOutcome, Signal
from letterbook.domain.templates import Rendered
from letterbook.environment import Settings
from letterbook.ports import OutboundMessage

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
    ("bounce-suppressed", DeliveryOutcome.REFUSED, FailureCode.INVALID_ADDRESS, "5.1.1", None),
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


# ---- sending


def parcel(**changes: Any) -> OutboundMessage:
    values: dict[str, Any] = {
        "communication_id": COMMUNICATION,
        "token": "t",
        "sender": "legal@firm.example",
        "sender_name": 'Müller, "Quick" & Co',
        "to": ("a@one.example", "b@two.example"),
        "cc": ("c@three.example",),
        "bcc": ("hidden@four.example",),
        "reply_to": ("reply@firm.example", "reply+token@in.firm.example"),
        "message_id": f"{COMMUNICATION}@firm.example",
        "answers": ("first@mailbox.example", "second@mailbox.example"),
        "rendered": Rendered(subject="Grüße — § 78", text="Dear Sir,\n\nplease.", html="<p>Dear Sir,</p>"),
        "attachments": (),
    }
    return OutboundMessage(**{**values, **changes})


def parsed(made: OutboundMessage) -> EmailMessage:
    message = message_from_bytes(ses.mime(made), policy=default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.covers("A5", "A7", "E1")
def test_the_mime_message() -> None:
    attachment = Attachment(
        id="doc_1",
        name="Vollmacht für Müller.pdf",
        bytes=4,
        media_type="application/pdf",
        object_version="v",
        sha256="s",
    )
    message = parsed(parcel(attachments=((attachment, b"%PDF"),)))
    assert message["From"] == '"Müller, \\"Quick\\" & Co" <legal@firm.example>'
    assert (message["To"], message["Cc"]) == ("a@one.example, b@two.example", "c@three.example")
    assert message["Reply-To"] == "reply@firm.example, reply+token@in.firm.example"
    assert message["Message-ID"] == f"<{COMMUNICATION}@firm.example>"
    assert message["In-Reply-To"] == "<second@mailbox.example>"
    assert message["References"].split() == ["<first@mailbox.example>", "<second@mailbox.example>"]
    assert message["Subject"] == "Grüße — § 78"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n").strip() == "Dear Sir,\n\nplease."
    assert "<p>Dear Sir,</p>" in html.get_content()
    [part] = message.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("Vollmacht für Müller.pdf", "application/pdf")
    assert part.get_payload(decode=True) == b"%PDF"


def test_blind_copies_stand_nowhere_in_the_message() -> None:
    assert b"hidden@four.example" not in ses.mime(parcel())


def test_no_line_is_longer_than_smtp_allows() -> None:
    long = parcel(rendered=Rendered(subject="S" * 900, text="x" * 5000, html="<p>" + "y" * 5000 + "</p>"))
    assert max(len(line) for line in ses.mime(long).split(b"\r\n")) <= 998


@pytest.mark.parametrize("subject", ["a\r\nBcc: all@firm.example", "a\nb"])
def test_a_break_in_a_header_is_refused_by_the_message_itself(subject: str) -> None:
    with pytest.raises(ValueError, match="no line break"):
        ses.mime(parcel(rendered=Rendered(subject=subject, text="x")))


# ---- errors


def client_error(code: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Send")


ERRORS = [
    (client_error("TooManyRequestsException", 429), ses, Throttled),
    (client_error("LimitExceededException", 400), ses, OverQuota),
    (client_error("MessageRejected", 400), ses, Permanent),
    (client_error("MailFromDomainNotVerifiedException", 400), ses, Permanent),
    (client_error("AccountSuspendedException", 400), ses, Permanent),
    (client_error("AccessDeniedException", 403), ses, Permanent),
    (client_error("InternalServiceErrorException", 500), ses, Ambiguous),
    (client_error("ServiceUnavailable", 503), ses, Ambiguous),
    (client_error("Throttling", 400), ses, Throttled),
    (client_error("SomethingNew", 400), ses, Permanent),
    (client_error("InvalidParameter", 400), sns_sms, Permanent),
    (client_error("OptedOut", 400), sns_sms, Permanent),
    (client_error("InternalError", 500), sns_sms, Ambiguous),
    (client_error("Throttled", 429), sns_sms, Throttled),
    (EndpointConnectionError(endpoint_url="u"), ses, Transient),
    (ConnectTimeoutError(endpoint_url="u"), ses, Transient),
    (ReadTimeoutError(endpoint_url="u"), ses, Ambiguous),
]


@pytest.mark.parametrize(
    ("error", "provider", "kind"), ERRORS, ids=[f"{row[1].__name__[-3:]} {row[0]}"[:60] for row in ERRORS]
)
def test_errors_are_named_by_what_to_do(
    monkeypatch: pytest.MonkeyPatch, error: Exception, provider: Any, kind: type[ProviderError]
) -> None:
    def fails(**_: Any) -> Any:
        raise error

    monkeypatch.setattr(aws.ses(), "send_email", fails)
    monkeypatch.setattr(aws.sns(), "publish", fails)
    sender = ses.Ses("letterbook") if provider is ses else sns_sms.SnsSms()
    with pytest.raises(ProviderError) as raised:
        sender.send(parcel())
    assert type(raised.value) is kind
    assert "@" not in raised.value.provider_code


# ---- the calls themselves


def test_a_provider_is_called_once_whatever_it_answers() -> None:
    """Retries that we do not know of could send twice: the clients have none."""
    for client in (aws.ses(), aws.sns()):
        assert vars(client.meta.config)["_user_provided_options"]["retries"]["total_max_attempts"] == 1


def test_what_sns_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with Stubber(aws.sns()) as sns:
        asked = {
            "PhoneNumber": "+447700900127",
            "Message": "Your review is on Tuesday.",
            "MessageAttributes": {
                "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
                "AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": "THEFIRM"},
            },
        }
        sns.add_response("publish", {"MessageId": "sns-1"}, asked)
        reference = sns_sms.SnsSms().send(
            parcel(
                sender="THEFIRM",
                to=("+447700900127",),
                rendered=Rendered(subject="", text="Your review is on Tuesday."),
            )
        )
        assert reference == "sns-1"
        sns.assert_no_pending_responses()


def test_what_ses_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sender's name stands in the MIME alone, where it is encoded; our id is a tag; the configuration set brings events."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    made = parcel()
    with Stubber(aws.ses()) as stub:
        asked = {
            "FromEmailAddress": "legal@firm.example",
            "Destination": {"ToAddresses": made.to, "CcAddresses": made.cc, "BccAddresses": made.bcc},
            "Content": {"Raw": {"Data": ANY}},
            "EmailTags": [{"Name": "communication_id", "Value": COMMUNICATION}],
            "ConfigurationSetName": "letterbook",
        }
        stub.add_response("send_email", {"MessageId": "0102"}, asked)
        assert ses.Ses("letterbook").send(made) == "0102"
        stub.assert_no_pending_responses()


def test_what_cannot_be_made_was_certainly_not_taken() -> None:
    with pytest.raises(Permanent, match="ValueError"):
        ses.Ses("letterbook").send(parcel(reply_to=("a\r\nBcc: all@firm.example",)))


@pytest.mark.parametrize("media_type", ["multipart/mixed", "message/rfc822"])
def test_a_file_is_no_part_of_the_message_itself(media_type: str) -> None:
    attachment = Attachment(id="doc_1", name="a.eml", bytes=4, media_type=media_type, object_version="v", sha256="s")
    [kept] = list(parsed(parcel(attachments=((attachment, b"Subj"),))).iter_attachments())
    assert (kept.get_content_type(), kept.get_content()) == ("application/octet-stream", b"Subj")


ENCODED = [
    "=?utf-8?q?Hi=0D=0ABcc=3A_evil=40example=2Ecom?=",
    "=?utf-8?q?=0D=0A=0D=0A=3Ch1=3E?=",
    "=?utf-8?B?SGVsbG8=?= plain",
]


@pytest.mark.parametrize("text", [*ENCODED, "=?", "a" * 900, "ü" * 300, "Grüße " * 60 + ENCODED[0]])
def test_what_looks_encoded_is_sent_as_it_is_meant(text: str) -> None:
    """RFC 2047: a word in the form of an encoded one is itself encoded, so it makes no field and reads as it was written."""
    attachment = Attachment(
        id="doc_1", name=text[:200], bytes=4, media_type="text/plain", object_version="v", sha256="s"
    )
    raw = ses.mime(
        parcel(
            sender_name=text[:200],
            rendered=Rendered(subject=text, text="x", html="<p>x</p>"),
            attachments=((attachment, b"text"),),
        )
    )
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    ours = {"From", "To", "Cc", "Reply-To", "Message-ID", "In-Reply-To", "References", "Subject"}
    assert set(message.keys()) == ours | {"Content-Type", "MIME-Version"}
    unfolded = message_from_bytes(raw)["Subject"].replace("\r\n", "").strip()
    assert str(make_header(decode_header(unfolded))) == text
    assert message["From"].addresses[0].addr_spec == "legal@firm.example"
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/plain",
    ]
    [part] = message.iter_attachments()
    assert set(part.keys()) == {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "MIME-Version"}
    assert max(len(line) for line in raw.splitlines()) <= 998


def test_fifty_recipients_are_folded() -> None:
    many = tuple(f"{'a' * 60}{n}@{'b' * 60}.example" for n in range(50))
    message = parsed(parcel(to=many))
    assert [one.addr_spec for one in message["To"].addresses] == list(many)


@pytest.mark.covers("F10")
@pytest.mark.parametrize(
    ("agent", "opened"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", True),
        ("Proofpoint URL Defense", False),
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", False),
    ],
)
def test_a_machine_that_opens_is_told_apart(agent: str, opened: bool) -> None:
    record = json.loads(event("ses/open.json"))
    record["open"]["userAgent"] = agent
    told = ses.read(json.dumps(record))
    assert told is not None
    assert told.opened is opened
    assert [news.signal for news in told.news] == ([] if opened else [Signal.MACHINE_OPEN])
