"""A request to compose a message, or to log what happened elsewhere: one body, of whose fields each channel takes its own."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from letterbook.contracts.channel_fields import ALWAYS, LOGGED, SENT, names_of
from letterbook.contracts.einvoice import ReceiverBody
from letterbook.contracts.fields import (
    Address,
    Addresses,
    Body,
    CaseId,
    Clock,
    CommunicationId,
    ContactId,
    Day,
    DocumentId,
    Line,
    LongLine,
    Moment,
    Note,
    PartyId,
    Slug,
    Text,
    ThreadId,
    listed,
)
from letterbook.contracts.message_parts import Attached, AttachmentBody, AuditBody, RegardingBody, TemplateUseBody
from letterbook.contracts.post import PostalAddressBody, PostalLinesOrParts, PostWishBody
from letterbook.domain.calls_and_meetings import LocationType, Meeting, PhoneCall
from letterbook.domain.channels import AddressKind, Channel
from letterbook.domain.communication import Direction
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.message import CommunicationRequest, MessageRequest, RecordRequest
from letterbook.domain.party import Network
from letterbook.domain.post import PostalAddress, PostWish
from letterbook.domain.postal_addresses import lines_of
from letterbook.domain.recipients import BadAddress, email_address
from letterbook.domain.references import Regarding
from letterbook.domain.templates import TemplateUse

_MetadataName = Annotated[Line, StringConstraints(max_length=50)]
_Outcome = Annotated[Line, StringConstraints(max_length=100)]
_Minutes = Annotated[int, Field(ge=0, le=7 * 24 * 60)]
_Lines = Annotated[list[Line], Field(max_length=50), BeforeValidator(listed)]
# Whom a letter says that it goes to as well.
_Copies = Annotated[list[Line], Field(max_length=10), BeforeValidator(listed)]

# What a follow-up is: to say either is to say that there is one.
_FOLLOW_UP = ("followup_date", "followup_notes")


class AmendBody(Body):
    """The fields that shall change; null takes a value away. `to` empty means the contact's address, else the party's."""

    contact_id: ContactId | None = None
    case_id: CaseId | None = None
    regarding: RegardingBody | None = None
    thread_id: ThreadId | None = None
    in_reply_to: CommunicationId | None = None
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
    attachments: Annotated[list[Attached], Field(max_length=50), BeforeValidator(listed)] = []
    urgent: bool = False
    urgent_reason: Line | None = None
    override_hold: Line | None = None
    collect: bool = False
    attach_regarding: bool = False
    send_at: Moment | None = None
    address: PostalLinesOrParts | None = None
    post: PostWishBody | None = None
    copies: _Copies = []
    document_id: DocumentId | None = None
    network: Network | None = None
    receiver: ReceiverBody | None = None
    from_phone: Address | None = None
    to_phone: Address | None = None
    duration_minutes: _Minutes | None = None
    outcome: _Outcome | None = None
    requires_followup: bool | None = None
    followup_date: Day | None = None
    followup_notes: Note | None = None
    meeting_date: Day | None = None
    start_time: Clock | None = None
    end_time: Clock | None = None
    location_type: LocationType | None = None
    location: Line | None = None
    attendees: _Lines = []
    action_items: _Lines = []

    def amended(self, request: MessageRequest | RecordRequest) -> MessageRequest | RecordRequest:
        """What was asked for, with the fields that were given. Raises Invalid where they do not go together."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        if self.document_id and not request.channel.spec.is_written:
            # It has one file, which takes the place of the other.
            given.setdefault("attachments", [])
        standing = {name: value for name, value in fields_of(request).items() if name not in self._overruled(given)}
        fresh = CommunicationBody.model_construct(**(standing | given))
        return fresh.to_request()

    @staticmethod
    def _overruled(given: Mapping[str, Any]) -> tuple[str, ...]:
        """Of a follow-up that stands: who says that there is none takes its date and words away, who gives them makes it one."""
        says = given.get("requires_followup")
        if says is False:
            return _FOLLOW_UP
        return ("requires_followup",) if any(given.get(name) for name in _FOLLOW_UP) else ()


class CommunicationBody(AmendBody):
    """A message to be sent, or a record: whatever came in, happened at `occurred_at`, was a call, a meeting or a note.

    An e-invoice is a file, `document_id`, that its `network` takes: UBL 2.1, or for Chorus Pro a Factur-X PDF. Without `network`
    and `receiver` it goes where the party takes part, by Peppol where nobody said.
    An email or SMS needs a `template`, or else `body`, and for an email `subject`; a draft has one of the two. `resend_of` is an
    entry that said the same before, to the same party in the same case: the new one is its next attempt, a draft once it is sent.
    `attach_regarding` attaches the PDF of the subject that it regards. With `collect` what is attached may still be on its way: the
    message waits for it, a week at most.
    The date or the words of a call's follow-up are the follow-up, with or without `requires_followup`; where that says false, they
    are refused.
    """

    channel: Channel
    party_id: PartyId
    direction: Direction | None = None
    occurred_at: Moment | None = None
    send_now: bool = True
    resend_of: CommunicationId | None = None

    @property
    def is_record(self) -> bool:
        return self.direction is Direction.INBOUND or self.occurred_at is not None or not self.channel.spec.carrier

    def to_request(self) -> MessageRequest | RecordRequest:
        """Raises Invalid where fields do not go together."""
        if faults := [*self._not_for_channel(), *(self._record_faults() if self.is_record else self._message_faults())]:
            raise Invalid("These fields do not go together.", *faults)
        return self._record() if self.is_record else self._message()

    def message(self) -> MessageRequest:
        """For what makes sense of messages only. Raises Invalid for a record."""
        request = self.to_request()
        if isinstance(request, RecordRequest):
            raise Invalid(
                "This is logged, not sent.", FieldError("channel", "not_sent", "Only messages can be previewed.")
            )
        return request

    def _concern(self) -> dict[str, Any]:
        return {
            "channel": self.channel,
            "party_id": self.party_id,
            "contact_id": self.contact_id,
            "case_id": self.case_id,
            "regarding": Regarding(type=self.regarding.type, id=self.regarding.id) if self.regarding else None,
            "thread_id": self.thread_id,
            "in_reply_to": self.in_reply_to,
            "category": self.category,
            "restricted": self.restricted,
            "metadata": self.metadata,
            "audit": self.audit.model_dump() if self.audit else {},
            "subject": self.subject or "",
            "body": self.body or "",
            "attachments": tuple(dict.fromkeys([*([self.document_id] if self.document_id else []), *self._files()])),
            "digests": {one.id: one.sha256 for one in self.attachments if isinstance(one, AttachmentBody)},
            "cc": tuple(self.cc),
            "bcc": tuple(self.bcc),
        }

    def _files(self) -> list[str]:
        return [one.id if isinstance(one, AttachmentBody) else one for one in self.attachments]

    def _message(self) -> MessageRequest:
        use = self.template
        return MessageRequest(
            **self._concern(),
            sender=self.from_,
            to=tuple(self.to),
            reply_to=self.reply_to,
            address=None if isinstance(self.address, PostalAddressBody) else self.address,
            postal_address=self.address.postal_address() if isinstance(self.address, PostalAddressBody) else None,
            post=self.post.wish() if self.post else None,
            network=self.network,
            receiver=self.receiver.address() if self.receiver else None,
            copies=tuple(self.copies),
            template=TemplateUse(
                key=use.key,
                language=use.language,
                version=use.version,
                variables={name: str(value) for name, value in use.variables.items()},
            )
            if use
            else None,
            urgent=self.urgent,
            urgent_reason=self.urgent_reason,
            override_hold=self.override_hold,
            send_now=self.send_now,
            send_at=self.send_at,
            resend_of=self.resend_of,
            collect=self.collect,
            attach_regarding=self.attach_regarding,
        )

    def _record(self) -> RecordRequest:
        receiver = str(self.receiver.address()) if self.receiver else None
        there = [one for one in (_in_lines(self.address), receiver) if one]
        concern = self._concern()
        details = self.channel.spec.details
        if details is PhoneCall:
            concern["subject"] = self.subject or "Phone Call"
        return RecordRequest(
            **concern,
            direction=self.direction or Direction.OUTBOUND,
            occurred_at=self.occurred_at,
            sender=self.from_ or "",
            to=(*self.to, *there),
            network=self.network,
            phone=PhoneCall(**self._given(PhoneCall)) if details is PhoneCall else None,
            meeting=Meeting(
                **self._given(Meeting) | {"attendees": tuple(self.attendees), "action_items": tuple(self.action_items)}
            )
            if details is Meeting
            else None,
        )

    def _given(self, details: type[PhoneCall] | type[Meeting]) -> dict[str, Any]:
        given = {name: getattr(self, name) for name in names_of(details)}
        return given | {"requires_followup": self._follows_up} if details is PhoneCall else given

    @property
    def _follows_up(self) -> bool:
        """Its date or its words are the follow-up, whether or not it is said besides."""
        return bool(self.requires_followup) or any(getattr(self, name) for name in _FOLLOW_UP)

    def _not_for_channel(self) -> Iterator[FieldError]:
        own = ALWAYS | (LOGGED if self.is_record else SENT)[self.channel]
        for name in CommunicationBody.model_fields:
            if name not in own and name != "send_now" and getattr(self, name):
                yield FieldError(name.rstrip("_"), "not_for_channel", f"This takes no {name.rstrip('_')}.")
        digests: dict[str, str] = {}
        for place, one in enumerate(self.attachments):
            if isinstance(one, AttachmentBody) and digests.setdefault(one.id, one.sha256) != one.sha256:
                yield FieldError(f"attachments.{place}.sha256", "differs", "One document has one content.")
        if self.is_record and not self.send_now:
            yield FieldError("send_now", "not_sent", "What is logged is never sent.")

    def _message_faults(self) -> Iterator[FieldError]:
        spec = self.channel.spec
        yield from self._file_faults()
        letter = spec.is_letter and bool(self.document_id)
        if self.template:
            free = [name for name in ("subject", "body") if getattr(self, name) is not None]
            yield from (FieldError(name, "not_with_template", "The template brings its own.") for name in free)
        elif not letter and (self.send_now or not (self.subject or self.body)):
            yield from self._needed("A message without a template needs this.", *spec.message_needs)
        if spec.address is not AddressKind.EMAIL and len(self.to) > 1:
            yield FieldError("to", "too_many_recipients", "An SMS goes to one number.")
        if self.attach_regarding and self.regarding is None:
            yield FieldError("regarding", "required", "Say what it regards: its PDF is to be attached.")
        if self.urgent_reason and not self.urgent:
            yield FieldError("urgent_reason", "not_urgent", "Only an urgent message has a reason to be.")
        if self.urgent and not self.urgent_reason:
            yield FieldError("urgent_reason", "required", "Say why it cannot wait.")

    def _file_faults(self) -> Iterator[FieldError]:
        """Of what is a file, where it goes and which it is."""
        if self.channel.spec.is_written:
            return
        if self.receiver and (wrong := self.receiver.wrong()):
            yield FieldError(f"receiver.{wrong.field}", wrong.code, wrong.message)
        files = {*self._files(), *([self.document_id] if self.document_id else [])}
        if not files:
            yield FieldError("document_id", "required", "Name the document that the e-invoice is.")
        if len(files) > 1:
            told = "An e-invoice is one file: what belongs to it stands within it."
            yield FieldError("attachments", "too_many", told)

    def _record_faults(self) -> Iterator[FieldError]:
        spec, inbound = self.channel.spec, self.direction is Direction.INBOUND
        if spec.details is PhoneCall and self.direction is None:
            yield FieldError("direction", "required", "Who called whom? inbound or outbound.")
        if spec.is_internal and inbound:
            yield FieldError("direction", "not_for_channel", f"{_sentence(spec.one)} is our own.")
        if not spec.is_record_only:
            when = "Say when it came in." if inbound else "Letterbook does not send these yet: say when it went out."
            yield from self._needed(when, "occurred_at")
            yield from self._needed("Say whom it came from.", *(("from_",) if inbound else ()))
        yield from self._content_faults(inbound=inbound)
        if self.requires_followup is False:
            for name in _FOLLOW_UP:
                if getattr(self, name):
                    told = "This is a follow-up, and requires_followup says that there is none."
                    yield FieldError(name, "no_followup", told)
        yield from self._address_faults(inbound=inbound)

    def _content_faults(self, *, inbound: bool) -> Iterator[FieldError]:
        """What came in may be no more than what was attached to it, where the channel carries files."""
        spec = self.channel.spec
        bare = inbound and spec.attachments and not spec.is_record_only
        if spec.record_needs and not bare:
            yield from self._needed(f"{_sentence(spec.one)} needs this.", *spec.record_needs)
        elif not spec.is_record_only and not (self.subject or self.body or self.attachments or self.document_id):
            yield FieldError("body", "required", "Say what it said, or attach it.")

    def _address_faults(self, *, inbound: bool) -> Iterator[FieldError]:
        """Email addresses of a record; numbers are read where it is known whose they are."""
        if self.channel.spec.address is not AddressKind.EMAIL:
            return
        places = [("from", self.from_)] if inbound else []
        places += [
            (f"{name}.{place}", one) for name in ("to", "cc", "bcc") for place, one in enumerate(getattr(self, name))
        ]
        for field, one in places:
            try:
                if one:
                    email_address(one)
            except BadAddress as wrong:
                yield FieldError(field, wrong.code, str(wrong))

    def _needed(self, why: str, *names: str) -> Iterator[FieldError]:
        for name in names:
            value = getattr(self, name)
            if value is None or (isinstance(value, str) and not value.strip()):
                yield FieldError(name.rstrip("_"), "required", why)


def _in_lines(address: str | PostalAddressBody | None) -> str | None:
    """As an envelope that came from, or went, somewhere has it; the country where it is named."""
    if isinstance(address, PostalAddressBody):
        return lines_of(address.postal_address(), home="", language="en")
    return address


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def fields_of(asked: CommunicationRequest) -> dict[str, Any]:
    """A message or record as the body that asked for it."""
    values = {one.name: getattr(asked, one.name) for one in fields(asked)}
    for part in ("phone", "meeting"):
        if inner := values.pop(part, None):
            values |= {one.name: getattr(inner, one.name) for one in fields(inner)}
    values["from_"] = values.pop("sender") or None
    digests = values.pop("digests")
    values["attachments"] = [
        AttachmentBody.model_construct(id=one, sha256=digests[one]) if one in digests else one
        for one in asked.attachments
    ]
    if asked.regarding:
        values["regarding"] = RegardingBody(type=asked.regarding.type, id=asked.regarding.id)
    if parts := values.pop("postal_address", None):
        values["address"] = PostalAddressBody.model_construct(**given_fields(parts))
    if wish := values.get("post"):
        values["post"] = PostWishBody.model_construct(**given_fields(wish))
    if isinstance(asked, MessageRequest) and asked.receiver:
        values["receiver"] = ReceiverBody.model_construct(scheme=asked.receiver.scheme, id=asked.receiver.id)
    if isinstance(asked, MessageRequest) and asked.template:
        use = {one.name: getattr(asked.template, one.name) for one in fields(asked.template)}
        values["template"] = TemplateUseBody.model_construct(**use)
        values["subject"] = values["body"] = None
    values["audit"] = AuditBody(**asked.audit) if asked.audit else None
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def given_fields(one: PostalAddress | PostWish) -> dict[str, Any]:
    """What of it was said."""
    return {each.name: value for each in fields(one) if (value := getattr(one, each.name))}
