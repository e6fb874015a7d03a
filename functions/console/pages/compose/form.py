"""A message as somebody has typed it so far: the form, and the body that the library checks."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from console.app.routing import PageRequest
from console.forms import about
from console.forms.parsing import validate
from console.forms.postal import TypedAddress, address_of, typed_address, typed_wish, wish_given, wish_of
from console.forms.values import moment, number, time_of
from console.lists.choices import picked
from letterbook.contracts.channel_fields import message_fields
from letterbook.contracts.communications import CommunicationBody
from letterbook.domain.channels import DEFAULT, Channel
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.message import MessageRequest
from letterbook.domain.party import EinvoiceAddress
from letterbook.domain.post import PostalAddress

_APART = str.maketrans(";\n", ",,")
_VARIABLE, _KNOWN, _DIGEST = "v-", "k-", "sha256-"
_FILLING = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeForm:
    """`template` empty means free text. `pinned` is the language and version that a draft has of its template."""

    channel: Channel = DEFAULT
    party_id: str = ""
    contact_id: str = ""
    case_id: str = ""
    regarding: str = ""
    about_kind: str = ""
    about_number: str = ""
    about_label: str = ""
    about_url: str = ""
    in_reply_to: str = ""
    resend_of: str = ""
    thread_id: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    sender: str = ""
    template: str = ""
    pinned: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    body: str = ""
    address: TypedAddress = TypedAddress()
    post: Mapping[str, str] = field(default_factory=dict)
    copies: str = ""
    network: str = ""
    receiver_scheme: str = ""
    receiver_id: str = ""
    attachments: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    category: str = ""
    restricted: bool = False
    send_at: str = ""
    urgent: bool = False
    urgent_reason: str = ""
    override_hold: str = ""
    audit_reason: str = ""
    audit_details: str = ""

    @property
    def regards(self) -> dict[str, str] | None:
        return about.regarded(self.about)

    @property
    def about(self) -> dict[str, str]:
        """What the fields of a thing say, and whose it would be."""
        return {name: getattr(self, name) for name in ("party_id", "regarding", *about.FIELDS)}

    def to_body(self, zone: ZoneInfo, *, send: bool = True, filled: bool = False) -> dict[str, Any]:
        """The body as the API takes it, of the channel's own fields. `filled` puts something where there is no text yet."""
        subject, body = self.subject, self.body
        if filled:
            subject, body = subject or _FILLING, body if body.strip() else _FILLING
        made: dict[str, Any] = {
            "channel": self.channel,
            "party_id": self.party_id,
            "contact_id": self.contact_id,
            "case_id": self.case_id,
            "regarding": self.regards,
            "in_reply_to": self.in_reply_to,
            "resend_of": self.resend_of,
            "thread_id": self.thread_id,
            "category": self.category,
            "restricted": self.restricted,
            "override_hold": self.override_hold,
            "audit": {"reason": self.audit_reason, "details": self.audit_details}
            if self.audit_reason or self.audit_details
            else None,
        }
        own: dict[str, Any] = {
            "template": self._use() if self.template else None,
            "body": "" if self.template else body,
            "from_": self.sender,
            "to": self.to,
            "cc": self.cc,
            "bcc": self.bcc,
            "address": self.address.asked,
            "post": wish_given(self.post),
            "network": self.network,
            "receiver": {"scheme": self.receiver_scheme, "id": self.receiver_id} if self._receiver_given else None,
            "copies": [one.strip() for one in self.copies.splitlines() if one.strip()],
            "subject": "" if self.template else subject,
            "attachments": as_shown(self.attachments, self.digests),
            "send_at": moment(self.send_at, zone),
        }
        if self.channel.spec.keeps_office_hours:
            own |= {"urgent": self.urgent, "urgent_reason": self.urgent_reason}
        takes = message_fields(self.channel.spec)
        made |= {name.rstrip("_"): value for name, value in own.items() if name in takes}
        return {name: value for name, value in made.items() if value} | ({} if send else {"send_now": False})

    @property
    def _receiver_given(self) -> bool:
        return bool(self.receiver_scheme or self.receiver_id)

    def message(self, zone: ZoneInfo, *, send: bool = True, filled: bool = False) -> MessageRequest:
        """Raises Invalid, as the API does."""
        return validate(CommunicationBody, self.to_body(zone, send=send, filled=filled)).message()

    def with_template(self, key: str, pinned: str = "") -> "ComposeForm":
        return replace(self, template=key, pinned=pinned)

    def turned(self, was: Channel, templates: Container[str]) -> "ComposeForm":
        """What was written for another channel: what belonged to that alone is dropped, what both have stays.

        `templates` are the keys of those that this one takes.
        """
        takes = message_fields(self.channel.spec)
        reached_alike = was.spec.address is self.channel.spec.address
        fits = self.template in templates
        addresses: dict[str, Any] = {
            name: getattr(self, name) if name in takes and reached_alike else () for name in ("to", "cc", "bcc")
        }
        return replace(
            self,
            **addresses,
            address=self.address if "address" in takes and reached_alike else TypedAddress(),
            post=self.post if "post" in takes else {},
            copies=self.copies if "copies" in takes else "",
            network=self.network if "network" in takes else "",
            receiver_scheme=self.receiver_scheme if "receiver" in takes else "",
            receiver_id=self.receiver_id if "receiver" in takes else "",
            sender="",
            subject=self.subject if "subject" in takes else "",
            attachments=self.attachments if "attachments" in takes else (),
            template=self.template if fits else "",
            pinned=self.pinned if fits else "",
            variables=self.variables if fits else {},
            urgent=self.urgent and self.channel.spec.keeps_office_hours,
            urgent_reason=self.urgent_reason if self.channel.spec.keeps_office_hours else "",
        )

    def outline(self, zone: ZoneInfo) -> MessageRequest:
        """How it is to go, as far as that is said: enough to ask the policy before there is any content."""
        asked = self.address.asked
        parts = PostalAddress(**{"name": "", **asked}) if isinstance(asked, dict) else None
        return MessageRequest(
            channel=self.channel, party_id=self.party_id, contact_id=self.contact_id or None, to=self.to, cc=self.cc,
            bcc=self.bcc, address=asked if isinstance(asked, str) else None, postal_address=parts,
            send_at=time_of(self.send_at, zone), urgent=self.urgent, urgent_reason=self.urgent_reason or None,
            override_hold=self.override_hold or None,
            receiver=EinvoiceAddress(scheme=self.receiver_scheme, id=self.receiver_id) if self._receiver_given else None,
        )  # fmt: skip

    def _use(self) -> dict[str, Any]:
        language, _, version = self.pinned.removeprefix(f"{self.template}:").partition(":")
        pinned = self.pinned.startswith(f"{self.template}:")
        use: dict[str, Any] = {
            "key": self.template,
            "language": pinned and language,
            "version": pinned and number(version),
        }
        given = {name: value for name, value in self.variables.items() if value}
        return {name: value for name, value in use.items() if value} | {"variables": given}


def from_request(visit: PageRequest) -> ComposeForm:
    """What stands in the form. What it was told to drop, `to:someone@example.com`, is left out. Raises Invalid for no channel."""
    channel = visit.field("channel", DEFAULT)
    if channel not in [*Channel]:
        raise Invalid("There is no such channel.", FieldError("channel", "not_one_of", "Choose one of those offered."))
    known = _fields_behind(visit, _KNOWN)
    given: dict[str, Any] = {name: visit.field(name) for name in _LINES}
    given |= {name: _addresses(visit, name) for name in ("to", "cc", "bcc")} | {"category": picked(visit, "category")}
    found = ComposeForm(
        **given,
        channel=Channel(channel),
        attachments=tuple(dict.fromkeys(one for one in visit.form.get("attachments", ()) if one)),
        digests=digests_shown(visit),
        body=visit.form.get("body", [""])[0].replace("\r\n", "\n"),
        # What the record knows is asked for anew: the case may be another by now.
        variables={name: value for name, value in _fields_behind(visit, _VARIABLE).items() if value != known.get(name)},
        address=typed_address(visit),
        post=typed_wish(visit),
        restricted=bool(visit.field("restricted")),
        urgent=bool(visit.field("urgent")),
    )
    if not found.channel.spec.is_written:
        # It is one file: the last that was chosen takes the place of the others.
        found = replace(found, attachments=found.attachments[-1:])
    name, _, gone = visit.field("drop").partition(":")
    if name in ("to", "cc", "bcc", "attachments"):
        left: dict[str, Any] = {name: tuple(one for one in getattr(found, name) if one != gone)}
        return replace(found, **left)
    return found


_LINES = (
    *about.FIELDS, "party_id", "contact_id", "case_id", "regarding", "in_reply_to", "resend_of", "thread_id", "sender", "template",
    "pinned", "network", "receiver_scheme", "receiver_id",
    "subject", "copies", "category", "send_at", "urgent_reason", "override_hold", "audit_reason", "audit_details",
)  # fmt: skip


def pinned_to(key: str, language: str | None, version: int | None) -> str:
    """What `pinned` says of a template that is to be used in that language and version, whatever there is by then."""
    return f"{key}:{language or ''}:{version or ''}"


def of_message(message: MessageRequest, zone: ZoneInfo) -> ComposeForm:
    """What a draft says, or what was said before."""
    use = message.template
    return ComposeForm(
        channel=message.channel,
        party_id=message.party_id,
        contact_id=message.contact_id or "",
        case_id=message.case_id or "",
        regarding=message.regarding.key if message.regarding else "",
        in_reply_to=message.in_reply_to or "",
        resend_of=message.resend_of or "",
        thread_id=message.thread_id or "",
        to=message.to,
        cc=message.cc,
        bcc=message.bcc,
        sender=message.sender or "",
        template=use.key if use else "",
        pinned=pinned_to(use.key, use.language, use.version) if use else "",
        variables=use.variables if use else {},
        subject=message.subject,
        body=message.body,
        address=replace(address_of(message.address, message.postal_address), own=""),
        post=wish_of(message.post),
        copies="\n".join(message.copies),
        network=message.network or "",
        receiver_scheme=message.receiver.scheme if message.receiver else "",
        receiver_id=message.receiver.id if message.receiver else "",
        attachments=message.attachments,
        digests=message.digests,
        category=message.category or "",
        restricted=message.restricted,
        send_at=f"{message.send_at.astimezone(zone):%Y-%m-%dT%H:%M}" if message.send_at else "",
        urgent=message.urgent,
        urgent_reason=message.urgent_reason or "",
        override_hold=message.override_hold or "",
        audit_reason=message.audit.get("reason", ""),
        audit_details=message.audit.get("details", ""),
    )


def digests_shown(visit: PageRequest) -> dict[str, str]:
    """By the ids of documents, their digests as the page that was filled in showed them."""
    return {document_id: digest for document_id, digest in _fields_behind(visit, _DIGEST).items() if digest}


def as_shown(attachments: Sequence[str], digests: Mapping[str, str]) -> list[str | dict[str, str]]:
    """Documents as the API takes them: each as it was looked at, where it was."""
    return [{"id": one, "sha256": digests[one]} if one in digests else one for one in attachments]


def _addresses(visit: PageRequest, name: str) -> tuple[str, ...]:
    """Chips each by itself, and what was written beside them, by commas."""
    parts = (part.strip() for one in visit.form.get(name, ()) for part in one.translate(_APART).split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def _fields_behind(visit: PageRequest, prefix: str) -> dict[str, str]:
    return {name[len(prefix) :]: values[0].strip() for name, values in visit.form.items() if name.startswith(prefix)}
