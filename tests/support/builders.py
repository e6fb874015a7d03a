"""Things to test with: each function makes a good one, and takes what matters to the test."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from letterbook.domain.access import ROLES, Viewer, VisibleScope
from letterbook.domain.channels import Channel
from letterbook.domain.communication import (
    Actor,
    Communication,
    ContentRef,
    DeliveryState,
    Entry,
    Recipient,
    RecipientRole,
)
from letterbook.domain.failures import FailureCode
from letterbook.domain.history import AuditEvent
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.organisation import Organisation, Sender
from letterbook.domain.party import Case, Party, PartyKind, Preferences
from letterbook.domain.policy_rules import PolicyInput
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate
from letterbook.domain.references import PartyRef
from letterbook.domain.status import Status
from letterbook.domain.templates import Rendered, Template, Variable
from letterbook.ports import OutboundMessage

# A Friday morning in office hours.
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
# The message that providers are given, and tell of.
OURS = "com_01JD4QK8V3M2N7R5T9W1X3Y5Z7"
# Longer than a line of a page has room for.
LONG_NAME = "Northmoor Bank plc, Subject Access and Disclosures Department (Bradford)"
JANE = Actor(id="user-1", name="Jane Marsh", role="admin")
BOUNCED = RecipientUpdate(fact=DeliveryOutcome.HARD_BOUNCE, code=FailureCode.INVALID_ADDRESS, provider_code="5.1.1")
MAILBOX_FULL = RecipientUpdate(fact=DeliveryOutcome.SOFT_BOUNCE, code=FailureCode.MAILBOX_FULL, provider_code="5.2.2")


def later(**delta: float) -> datetime:
    return NOW + timedelta(**delta)


def viewer(role: str = "admin", *, sight: VisibleScope | None = None, user: str = "user-1") -> Viewer:
    return Viewer(id=user, name="Jane Marsh", role=role, rights=ROLES.get(role, frozenset()), sight=sight)


def agent(*parties: Party, cases: tuple[Case, ...] = ()) -> Viewer:
    """Somebody who sees these alone."""
    sight = VisibleScope(parties=frozenset(one.id for one in parties), cases=frozenset(one.id for one in cases))
    return viewer("agent", sight=sight, user="user-2")


def organisation(**changes: Any) -> Organisation:
    senders = (
        Sender(channel="email", address="legal@firm.example", name="The Firm"),
        Sender(channel="sms", address="THEFIRM"),
    )
    return replace(Organisation(name="The Firm", senders=senders), **changes)


def party(kind: PartyKind = PartyKind.CLIENT, **changes: Any) -> Party:
    made = Party(
        id=new_id(Kind.PARTY, NOW),
        kind=kind,
        name="Priya Raman",
        email="priya@mailbox.example",
        mobile="+447700900127",
        created_at=NOW,
    )
    return replace(made, **changes)


def ref(party: Party) -> PartyRef:
    return PartyRef(id=party.id, kind=party.kind, name=party.name)


def deed(about: str = "pty_1", **changes: Any) -> AuditEvent:
    return replace(AuditEvent(about=about, at=NOW, actor=JANE, event="amended", party_id=about), **changes)


def case(**changes: Any) -> Case:
    return replace(Case(id=new_id(Kind.CASE, NOW), reference="DC-2026-00390", created_at=NOW), **changes)


def template(**changes: Any) -> Template:
    made = Template(
        key="s78-initial",
        language="en",
        version=1,
        category="section_78",
        channels=("email",),
        subject="Section 78 request: {{ agreement }}",
        body="We write about **{{ agreement }}**.",
        variables=(Variable(name="agreement"),),
        created_at=NOW,
        created_by=JANE,
    )
    return replace(made, **changes)


def entry(status: Status = Status.QUEUED, **changes: Any) -> Entry:
    made = Entry(
        id=new_id(Kind.COMMUNICATION, NOW),
        channel=Channel.EMAIL,
        status=status,
        party=PartyRef(id=new_id(Kind.PARTY, NOW), name="Priya Raman", kind=PartyKind.CLIENT),
        recipients=(Recipient(address="priya@mailbox.example"),),
        subject="About your case",
        sender="legal@firm.example",
        created_at=NOW,
        created_by=JANE,
    )
    return replace(made, **changes)


def communication(
    status: Status = Status.QUEUED, *, work: DeliveryState | None = None, **changes: Any
) -> Communication:
    return Communication(
        entry=entry(status, **changes),
        content=ContentRef(key="content/x.json", object_version="v1", sha256="0" * 64),
        work=work or DeliveryState(check_at=later(seconds=45), since=NOW),
    )


def to(*addresses: str, role: RecipientRole = RecipientRole.TO) -> tuple[Recipient, ...]:
    return tuple(Recipient(address=address, role=role) for address in addresses)


def receipt(*news: RecipientUpdate, event: str = "Delivery", at: datetime = NOW, **changes: Any) -> Receipt:
    """An event; its digest follows from what it says, as a real one's does from its bytes."""
    said = repr((event, at, news, sorted(changes.items())))
    made = Receipt(provider="ses", event=event, at=at, news=news, raw=said, digest=said)
    return replace(made, **changes)


def parcel(**changes: Any) -> OutboundMessage:
    """A message ready for a provider: an email to one, unless it is changed."""
    values: dict[str, Any] = {
        "communication_id": OURS,
        "token": "t",
        "sender": "legal@firm.example",
        "sender_name": "The Firm",
        "to": ("a@one.example",),
        "cc": (),
        "bcc": (),
        "reply_to": (),
        "message_id": f"{OURS}@firm.example",
        "rendered": Rendered(subject="Hello", text="Dear Sir,", html="<p>Dear Sir,</p>"),
        "attachments": (),
    }
    return OutboundMessage(**{**values, **changes})


def proposal(**changes: Any) -> PolicyInput:
    """A message that nothing stands against."""
    made = PolicyInput(
        viewer=viewer(),
        organisation=organisation(),
        channel=Channel.EMAIL,
        party=party(),
        preferences=Preferences(),
        category=None,
        to=("priya@mailbox.example",),
        quarantined={},
        urgent=False,
        urgent_reason=None,
        now=NOW,
        wanted_at=NOW,
        subject_characters=10,
        lines=3,
        text_bytes=100,
        attachment_bytes=0,
        sms=None,
        gaps=(),
    )
    return replace(made, **changes)


def mail(
    text: str = "Thank you for your letter.", *, html: str | None = None, files: Any = (), **headers: str
) -> bytes:
    """An email as it comes in. Underscores in the names of headers stand for hyphens; `files` are (name, media type, content)."""
    made = EmailMessage(policy=SMTP)
    usual = {"From": "Priya Raman <priya@mailbox.example>", "To": "legal@firm.example", "Subject": "Your letter"}
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in {**usual, "Message-ID": f"<{uuid.uuid4()}@mailbox.example>", **given}.items():
        made[name] = value
    made.set_content(text)
    if html is not None:
        made.add_alternative(html, subtype="html")
    for name, media_type, content in files:
        main, _, kind = media_type.partition("/")
        made.add_attachment(content, maintype=main, subtype=kind, filename=name)
    return made.as_bytes()
