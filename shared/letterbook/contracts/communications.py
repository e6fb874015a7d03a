"""A request to compose a message."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from letterbook.contracts.fields import (
    Address,
    Addresses,
    Body,
    CaseId,
    ContactId,
    DocumentId,
    ForeignId,
    Language,
    Line,
    LongLine,
    Moment,
    Note,
    PartyId,
    Slug,
    Text,
    listed,
)
from letterbook.domain.communication import Channel, Regarding
from letterbook.domain.errors import Fault, Invalid
from letterbook.domain.message import Message
from letterbook.domain.templates import TemplateUse

_VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,59}$")]
_VariableValue = Annotated[Text, StringConstraints(max_length=10_000)] | int | float
_MetadataName = Annotated[str, StringConstraints(min_length=1, max_length=50)]

# What only an email has.
_EMAIL_ONLY = ("cc", "bcc", "reply_to", "subject", "attachments")
_SMS_ONLY = ("urgent", "urgent_reason")


class RegardingBody(Body):
    type: Slug
    id: ForeignId


class TemplateUseBody(Body):
    key: Slug
    language: Language | None = None
    version: Annotated[int, Field(ge=1, le=999_999)] | None = None
    variables: Annotated[dict[_VariableName, _VariableValue], Field(max_length=100)] = {}


class AuditBody(Body):
    reason: Note
    details: Note = ""


class ComposeBody(Body):
    """A message. `to` defaults to the contact's address, else the party's.

    Give `template`, or else `body`, and for an email `subject`.
    """

    channel: Literal["email", "sms"]
    direction: Literal["outbound"] = "outbound"
    party_id: PartyId
    contact_id: ContactId | None = None
    case_id: CaseId | None = None
    regarding: RegardingBody | None = None
    category: Slug | None = None
    restricted: bool = False
    metadata: Annotated[dict[_MetadataName, Note], Field(max_length=20)] = {}
    audit: AuditBody | None = None
    from_: Address | None = Field(default=None, alias="from")
    to: Addresses = []
    cc: Addresses = []
    bcc: Addresses = []
    reply_to: Address | None = None
    subject: LongLine | None = None
    body: Text | None = None
    template: TemplateUseBody | None = None
    attachments: Annotated[list[DocumentId], Field(max_length=50), BeforeValidator(listed)] = []
    urgent: bool = False
    urgent_reason: Line | None = None
    send_now: bool = True
    send_at: Moment | None = None

    def message(self) -> Message:
        """Raises Invalid where fields do not go together."""
        if faults := self._faults():
            raise Invalid("These fields do not go together.", *faults)
        use = self.template
        return Message(
            channel=Channel(self.channel),
            party_id=self.party_id,
            contact_id=self.contact_id,
            case_id=self.case_id,
            regarding=Regarding(type=self.regarding.type, id=self.regarding.id) if self.regarding else None,
            category=self.category,
            restricted=self.restricted,
            metadata=self.metadata,
            audit=self.audit.model_dump() if self.audit else {},
            sender=self.from_,
            to=tuple(self.to),
            cc=tuple(self.cc),
            bcc=tuple(self.bcc),
            reply_to=self.reply_to,
            subject=self.subject or "",
            body=self.body or "",
            template=TemplateUse(
                key=use.key,
                language=use.language,
                version=use.version,
                variables={name: str(value) for name, value in use.variables.items()},
            )
            if use
            else None,
            attachments=tuple(dict.fromkeys(self.attachments)),
            urgent=self.urgent,
            urgent_reason=self.urgent_reason,
            send_now=self.send_now,
            send_at=self.send_at,
        )

    def _faults(self) -> list[Fault]:
        email = Channel(self.channel) is Channel.EMAIL
        foreign = _SMS_ONLY if email else _EMAIL_ONLY
        faults = [
            Fault(name, "not_for_channel", f"An {'email' if email else 'SMS'} has no {name}.")
            for name in foreign
            if getattr(self, name)
        ]
        if self.template:
            free = [name for name in ("subject", "body") if getattr(self, name) is not None]
            faults += [Fault(name, "not_with_template", "The template brings its own.") for name in free]
        else:
            needed = ("subject", "body") if email else ("body",)
            missing = [name for name in needed if not (getattr(self, name) or "").strip()]
            faults += [Fault(name, "required", "A message without a template needs this.") for name in missing]
        if not email and len(self.to) > 1:
            faults.append(Fault("to", "too_many_recipients", "An SMS goes to one number."))
        if self.urgent_reason and not self.urgent:
            faults.append(Fault("urgent_reason", "not_urgent", "Only an urgent message has a reason to be."))
        if self.urgent and not self.urgent_reason:
            faults.append(Fault("urgent_reason", "required", "Say why it cannot wait."))
        return faults
