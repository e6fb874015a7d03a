"""What a provider is sent: the message as MIME, each call and each error."""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from typing import Any
from unittest.mock import ANY

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber

from letterbook.adapters import aws
from letterbook.adapters.providers import ses, sns_sms
from letterbook.adapters.providers.mime_message import mime
from letterbook.domain.communication import Attachment
from letterbook.domain.errors import Ambiguous, OverQuota, Permanent, ProviderError, Throttled, Transient
from letterbook.domain.templates import Rendered
from letterbook.ports import OutboundMessage
from tests.support import builders

COMMUNICATION = builders.OURS


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """No client looks for any where there are none."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")


def parcel(**changes: Any) -> OutboundMessage:
    values: dict[str, Any] = {
        "sender_name": 'Müller, "Quick" & Co',
        "to": ("a@one.example", "b@two.example"),
        "cc": ("c@three.example",),
        "bcc": ("hidden@four.example",),
        "reply_to": ("reply@firm.example", "reply+token@in.firm.example"),
        "answers": ("first@mailbox.example", "second@mailbox.example"),
        "rendered": Rendered(subject="Grüße — § 78", text="Dear Sir,\n\nplease.", html="<p>Dear Sir,</p>"),
    }
    return builders.parcel(**{**values, **changes})


def parsed(made: OutboundMessage) -> EmailMessage:
    message = message_from_bytes(mime(made), policy=default)
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
    assert b"hidden@four.example" not in mime(parcel())


def test_no_line_is_longer_than_smtp_allows() -> None:
    long = parcel(rendered=Rendered(subject="S" * 900, text="x" * 5000, html="<p>" + "y" * 5000 + "</p>"))
    assert max(len(line) for line in mime(long).split(b"\r\n")) <= 998


@pytest.mark.parametrize("subject", ["a\r\nBcc: all@firm.example", "a\nb"])
def test_a_break_in_a_header_is_refused_by_the_message_itself(subject: str) -> None:
    with pytest.raises(ValueError, match="no line break"):
        mime(parcel(rendered=Rendered(subject=subject, text="x")))


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
    raw = mime(
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
