"""What somebody asks for, before anything is decided: a message to be sent, or a record of what happened elsewhere."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from letterbook.domain.calls_and_meetings import Meeting, PhoneCall
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Direction
from letterbook.domain.einvoice import Network
from letterbook.domain.errors import Conflict
from letterbook.domain.party import EinvoiceAddress
from letterbook.domain.post import PostalAddress, PostWish
from letterbook.domain.references import Regarding
from letterbook.domain.templates import TemplateUse


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunicationRequest:
    """Whom and what an entry is about. `in_reply_to` is another entry; `attachments` are document ids.

    `digests` are, by their ids, the SHA-256 in hex of the documents as whoever asks looked at them.
    """

    channel: Channel
    party_id: str
    contact_id: str | None = None
    case_id: str | None = None
    regarding: Regarding | None = None
    thread_id: str | None = None
    in_reply_to: str | None = None
    category: str | None = None
    restricted: bool = False
    metadata: dict[str, str] = field(default_factory=dict)
    audit: dict[str, str] = field(default_factory=dict)
    subject: str = ""
    body: str = ""
    attachments: tuple[str, ...] = ()
    digests: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRequest(CommunicationRequest):
    """`to` empty means the contact's address, else the party's. Either `template` or `body` is given, or a letter is attached.

    `body` is Markdown for an email or a letter and plain text for an SMS. `address` is where a letter goes, in lines,
    `postal_address` the same where it was given in its parts; `post` is how it is wanted printed and carried, `copies` are whom it
    says that it goes to as well. An e-invoice, the first attachment, goes to `receiver` by `network`.
    `override_hold` is why it goes although the party must not be contacted. `resend_of` is an entry that said the same before.
    `only_by` is the provider that it is to try, and no other. `attach_regarding` attaches the PDF of what it regards; with
    `collect` it waits for what is attached and not there yet. `lent` are those attachments that are seen by who sees what the
    message is about.
    """

    sender: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: str | None = None
    address: str | None = None
    postal_address: PostalAddress | None = None
    post: PostWish | None = None
    network: Network | None = None
    receiver: EinvoiceAddress | None = None
    copies: tuple[str, ...] = ()
    template: TemplateUse | None = None
    urgent: bool = False
    urgent_reason: str | None = None
    override_hold: str | None = None
    send_now: bool = True
    send_at: datetime | None = None
    resend_of: str | None = None
    only_by: str | None = None
    collect: bool = False
    attach_regarding: bool = False
    lent: tuple[str, ...] = ()

    @property
    def unwritten(self) -> tuple[str, ...]:
        """What a draft still lacks, by name: of free text its words, of an e-invoice its file. A letter may be a document."""
        if not self.channel.spec.is_written:
            return () if self.attachments else ("document_id",)
        if self.template or (self.channel.spec.is_letter and self.attachments):
            return ()
        return tuple(name for name in self.channel.spec.message_needs if not getattr(self, name).strip())

    @property
    def brings_einvoice(self) -> bool:
        """Whether its first attachment is an e-invoice; one that goes another way than by its `network` names it still."""
        return self.network is not None or not self.channel.spec.is_written

    def as_of(self, now: datetime) -> "MessageRequest":
        """A draft, or what is said again, as it is to go: at its own time, or at once where that has passed."""
        overdue = self.send_at is not None and self.send_at <= now
        return replace(self, send_now=True, send_at=None if overdue else self.send_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRequest(CommunicationRequest):
    """`occurred_at` is when it happened, as claimed; now where it is not said, and for a meeting when it began.

    `sender` and the recipients are as somebody wrote them down: addresses, numbers, or the lines of an envelope. `body` is plain
    text. `network` is the e-invoice network that carried it.
    """

    direction: Direction = Direction.OUTBOUND
    occurred_at: datetime | None = None
    sender: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    network: str | None = None
    phone: PhoneCall | None = None
    meeting: Meeting | None = None


class TooOld(Conflict):
    """It is too long ago; `message` is what a new one may begin with."""

    code = "too_old"

    def __init__(self, detail: str, message: MessageRequest) -> None:
        super().__init__(detail)
        self.message = message
