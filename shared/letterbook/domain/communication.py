"""The entry: one attempt to say something to somebody, on one channel, and all that became of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from letterbook.domain import ids
from letterbook.domain.access import Ownership
from letterbook.domain.actors import SYSTEM as SYSTEM, Actor as Actor
from letterbook.domain.calls_and_meetings import Meeting, PhoneCall
from letterbook.domain.channels import Channel
from letterbook.domain.dangerous_files import is_dangerous
from letterbook.domain.decision import Decision, RuleResult
from letterbook.domain.delivery_state import DeliveryState as DeliveryState
from letterbook.domain.einvoice import EinvoiceFacts
from letterbook.domain.failures import FAILURE_TEXTS, FailureCode, FailureText
from letterbook.domain.post import PostalAddress, PostOptions, Price
from letterbook.domain.put_right import AttemptDiff as AttemptDiff, LaterAttempt, SeenTo
from letterbook.domain.receipts import (
    DeliveryOutcome,
    ProviderWord as ProviderWord,
    RecipientOutcome,
    Signal,
    strongest,
)
from letterbook.domain.recipients import same_address
from letterbook.domain.references import CaseRef, PartyRef, Regarding, TemplateRef
from letterbook.domain.sms import SmsSize
from letterbook.domain.status import (
    ATTENTION,
    NOT_COMMUNICATED,
    QuickFilter,
    Status,
    StatusGroup,
    aside,
    group_of,
    quick_filter_of,
)


class Direction(StrEnum):
    OUTBOUND = "outbound"
    INBOUND = "inbound"


class RecipientRole(StrEnum):
    TO = "to"
    CC = "cc"
    BCC = "bcc"


class DeliveryBasis(StrEnum):
    """What stands behind the word delivered."""

    RECEIPT = "receipt"
    HANDED_OVER = "handed_over"
    DECLARED = "declared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A document as it was when it was attached; `object_version` and `sha256` pin its bytes in the content store.

    `content_id` is what the entry's HTML calls it by where it shows it as a picture (RFC 2392, `cid:`).
    """

    id: str
    name: str
    bytes: int
    media_type: str
    object_version: str
    sha256: str
    content_id: str = ""

    @property
    def dangerous(self) -> bool:
        return is_dangerous(self.name, self.media_type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    address: str
    role: RecipientRole = RecipientRole.TO
    heard: RecipientOutcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """`text` is what the provider's own code means in plain words, where it has any; else those of `code` stand for it."""

    code: FailureCode
    provider_code: str = ""
    permanent: bool = True
    text: FailureText | None = None

    @property
    def words(self) -> FailureText:
        return self.text or FAILURE_TEXTS[self.code]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a list shows of a communication, and its whole public face.

    `signals` is all that was ever noticed (see `hints`); `receipts` tells whether the provider reports delivery.

    `candidates` are the parties that have the address it came from, where there are several and nobody has said yet whose it is;
    `party` is who had it first.

    `declared`: that it was delivered is what somebody said. `price` is what the provider named last, `word` the last
    that it said in words.

    Of several attempts to say one thing `attempt` is the number, `first_attempt` the first, `resend_of` or `fallback_of` its last.
    Of one that failed `settled` is the later attempt that arrived, `overtaken` the one that failed in its turn (attempts.py).
    """

    id: str
    channel: Channel
    direction: Direction = Direction.OUTBOUND
    status: Status
    party: PartyRef
    contact: PartyRef | None = None
    case: CaseRef | None = None
    client: PartyRef | None = None
    location: str | None = None
    regarding: Regarding | None = None
    category: str | None = None
    sender: str = ""
    recipients: tuple[Recipient, ...] = ()
    subject: str = ""
    preview: str = ""
    template: TemplateRef | None = None
    attachments: tuple[Attachment, ...] = ()
    sms: SmsSize | None = None
    phone: PhoneCall | None = None
    meeting: Meeting | None = None
    thread_id: str | None = None
    provider: str | None = None
    provider_reference: str | None = None
    receipts: bool = True
    attempt: int = 1
    first_attempt: str | None = None
    resend_of: str | None = None
    fallback_of: str | None = None
    changes: AttemptDiff | None = None
    signals: frozenset[Signal] = frozenset()
    created_at: datetime
    created_by: Actor
    scheduled_for: datetime | None = None
    response_minutes: int | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    opened_at: datetime | None = None
    declared: bool = False
    failed_at: datetime | None = None
    failure: Failure | None = None
    price: Price | None = None
    word: ProviderWord | None = None
    decision: Decision = Decision()
    restricted: bool = False
    candidates: tuple[str, ...] = ()
    ignored: bool = False
    ignored_by: Actor | None = None
    seen: SeenTo | None = None
    settled: LaterAttempt | None = None
    overtaken: LaterAttempt | None = None
    content_sha256: str = ""
    version: int = 1

    @property
    def apart(self) -> bool:
        """Whether not all who see its party or case see it. Then no number holds it: nobody learns of it by a sum."""
        return self.restricted or bool(self.candidates)

    @property
    def is_counted(self) -> bool:
        """Whether a thread or an overview may tell of it."""
        return self.status not in NOT_COMMUNICATED and not self.apart

    @property
    def occurred_at(self) -> datetime:
        return ids.time_of(self.id)

    @property
    def group(self) -> StatusGroup:
        return group_of(self.status, receipts=self.receipts)

    @property
    def quick_filter(self) -> QuickFilter | None:
        """By its status alone: see `is_put_aside`."""
        return quick_filter_of(self.status, receipts=self.receipts)

    @property
    def attention(self) -> str | None:
        """The list that is kept of what needs somebody, or of what was put aside there, that holds it."""
        quick = self.quick_filter
        if quick not in ATTENTION:
            return None
        return aside(quick) if self.is_put_aside else quick

    @property
    def seen_to(self) -> SeenTo | None:
        """Who saw to its failure; nobody, where it failed in another way since."""
        held = self.seen is not None and (self.failed_at is None or self.failed_at <= self.seen.at)
        return self.seen if held and self.group is StatusGroup.FAILED else None

    @property
    def settled_by(self) -> str | None:
        return self.settled.id if self.settled else None

    @property
    def counts_as(self) -> StatusGroup:
        """What numbers hold it for: a failure that needs nobody is none."""
        return StatusGroup.CLOSED if self.group is StatusGroup.FAILED and self.is_put_aside else self.group

    @property
    def overtaken_by(self) -> str | None:
        return self.overtaken.id if self.overtaken else None

    @property
    def is_put_right(self) -> bool:
        """Whether it failed and needs nobody any more: another attempt arrived or stands in its place, or somebody saw to it."""
        return self.settled is not None or self.overtaken is not None or self.seen_to is not None

    @property
    def is_put_aside(self) -> bool:
        """Whether it is left out where somebody looks for what failed or was not sent."""
        return self.ignored or self.is_put_right

    @property
    def needs_somebody(self) -> bool:
        return self.group is StatusGroup.FAILED and not self.is_put_aside

    @property
    def ownership(self) -> Ownership:
        return Ownership(
            party_id=self.party.id,
            client_id=self.client.id if self.client else None,
            case_id=self.case.id if self.case else None,
            restricted=self.restricted,
            candidates=self.candidates,
        )

    @property
    def delivery_basis(self) -> DeliveryBasis | None:
        if self.declared or self.is_reported:
            return DeliveryBasis.DECLARED
        if self.status is Status.DELIVERED:
            return DeliveryBasis.RECEIPT
        if self.status is Status.SENT and not self.receipts:
            return DeliveryBasis.HANDED_OVER
        return None

    @property
    def strongest(self) -> RecipientOutcome | None:
        """What was heard of those whom it is written to, of which its status follows."""
        return strongest(one.heard for one in self.recipients if one.role is RecipientRole.TO)

    @property
    def is_reported(self) -> bool:
        """Whether it counts as delivered by the word of a mail that came in, and of nobody else."""
        if self.status is not Status.DELIVERED:
            return False
        top = self.strongest
        return top is not None and top.fact is DeliveryOutcome.REPORTED

    @property
    def hints(self) -> frozenset[Signal]:
        """The signals that still say something, and whether somebody was missed although the whole did not fail."""
        found = {signal for signal in self.signals if self.status in signal.matters_while}
        if self.candidates:
            found.add(Signal.AMBIGUOUS_SENDER)
        if self.group is not StatusGroup.FAILED:
            if self.word and self.word.action_required:
                found.add(Signal.ACTION_REQUIRED)
            if any(one.heard and one.heard.fact.failing for one in self.recipients):
                found.add(Signal.RECIPIENT_FAILED)
        return frozenset(found)

    def hints_at(self, now: datetime) -> frozenset[Signal]:
        """The hints, and whether word of delivery should have come by now."""
        late = (
            self.status is Status.SENT
            and self.receipts
            and self.sent_at is not None
            and now - self.sent_at >= _RECEIPT_EXPECTED
        )
        return self.hints | {Signal.NO_RECEIPT} if late else self.hints

    def addresses(self, role: RecipientRole) -> tuple[str, ...]:
        return tuple(one.address for one in self.recipients if one.role is role)

    def named(self, address: str) -> tuple[Recipient, ...]:
        """Who has that address, in whatever spelling."""
        return tuple(one for one in self.recipients if same_address(address, one.address))

    def concerned(self, address: str) -> tuple[Recipient, ...]:
        """Whom word of an address is about: who has it; else the only recipient, whose mail was forwarded there. Nobody, where
        that cannot be told.
        """
        return self.named(address) or (self.recipients if len(self.recipients) == 1 else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRef:
    """Where the content lies: key, version and digest of one immutable object in the content store."""

    key: str
    object_version: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HashChain:
    """How many history rows there are, and the hash of the last."""

    length: int = 0
    head: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Communication:
    """An entry with what only its own page, or only the system, needs. One that is `deleted` is seen nowhere; its history stays.

    `reply_to` is where answers shall go: as we asked for, or as who wrote did, several addresses with commas between. `fingerprint`
    tells of what came in by mail whether another mail says the same. `awaits` says in words what it waits for while it collects its
    data, `missing_characters` which signs of a letter no font has. `postal_address` are the parts of where a letter goes, `post`
    how it is carried; `einvoice` is what its file says. `priced_at` is when the provider named its price, `evidence` what
    it proves the delivery by.
    """

    entry: Entry
    trace: tuple[RuleResult, ...] = ()
    content: ContentRef
    reply_to: str | None = None
    in_reply_to: str | None = None
    audit: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    urgent_reason: str | None = None
    override_hold: str | None = None
    fingerprint: str = ""
    awaits: tuple[str, ...] = ()
    missing_characters: tuple[str, ...] = ()
    post: PostOptions | None = None
    postal_address: PostalAddress | None = None
    einvoice: EinvoiceFacts | None = None
    priced_at: datetime | None = None
    evidence: tuple[Attachment, ...] = ()
    work: DeliveryState = DeliveryState()
    chain: HashChain = HashChain()
    deleted: bool = False

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def is_counted(self) -> bool:
        return self.entry.is_counted and not self.deleted

    @property
    def undo_until(self) -> datetime | None:
        """Until when its sender can take it back before any worker is given it; None where that was not asked for."""
        untouched = self.entry.status is Status.QUEUED and not self.work.tries and self.entry.provider is None
        return self.work.not_before if untouched else None


_PREVIEW_CHARACTERS = 100
# Providers tell within minutes; most servers that are down are back by then.
_RECEIPT_EXPECTED = timedelta(hours=6)


def preview_of(text: str) -> str:
    """The beginning of a text on one line."""
    return " ".join(text[: 2 * _PREVIEW_CHARACTERS].split())[:_PREVIEW_CHARACTERS]
