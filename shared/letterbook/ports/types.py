"""What passes through the ports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from letterbook.domain.channels import AddressKind, Channel
from letterbook.domain.communication import Attachment, Communication, ContentRef
from letterbook.domain.einvoice import Einvoice, EinvoiceKind, EinvoiceSyntax, Network
from letterbook.domain.history import AuditEvent, HistoryRow
from letterbook.domain.letter import Letter
from letterbook.domain.message import MessageRequest, RecordRequest
from letterbook.domain.party import Case, Contact, Document, EinvoiceAddress, Party, Preferences
from letterbook.domain.references import Regarding
from letterbook.domain.retries import AskPlan
from letterbook.domain.status import StatusGroup
from letterbook.domain.templates import Rendered, Template

if TYPE_CHECKING:
    # For types alone: a function that never sees one must not wait for it.
    from letterbook.domain.addresses import KnownAddress
    from letterbook.domain.attempts import Attempts
    from letterbook.domain.correspondence import Correspondence
    from letterbook.domain.einvoice_numbers import EinvoiceNumber
    from letterbook.domain.overview import OverviewRow
    from letterbook.domain.post import PostalAddress, PostOptions
    from letterbook.domain.recipients import ReachedAddress
    from letterbook.domain.subjects import RegardedRecord
    from letterbook.domain.threads import Thread
    from letterbook.domain.todos import Todo
    from letterbook.domain.transitions import Change

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyKey:
    """A caller's key for one creation, bound to user and route; `digest` is the SHA-256 of the request's body in hex."""

    user: str
    route: str
    key: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyRecord:
    """What a key made before, as it was then, and the digest of the body that asked for it."""

    digest: str
    result: object


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextQuery:
    """Everything that preparing a message may need. `templates` are (key, language, version) with None for the latest.

    `addresses` are asked about, and the one of kind `own` that the contact or the party has, where that can be told before they
    are read.
    """

    party_id: str
    contact_id: str | None = None
    case_id: str | None = None
    templates: tuple[tuple[str, str, int | None], ...] = ()
    documents: tuple[str, ...] = ()
    regarding: Regarding | None = None
    thread_id: str | None = None
    in_reply_to: str | None = None
    addresses: tuple[str, ...] = ()
    own: AddressKind | None = None
    key: IdempotencyKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageContext:
    """What there was of it. `templates` are by language; `answered` is the entry that `in_reply_to` names.

    `addresses` is what is known of each that was asked for, and maybe of their own. `subjects` are what the party, and the client
    of a creditor's case, call what is regarded; `overview_rows` their rows of the overview.
    """

    party: Party | None = None
    preferences: Preferences = Preferences()
    contact: Contact | None = None
    case: Case | None = None
    templates: Mapping[str, Template] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)
    subjects: Sequence[RegardedRecord] = ()
    overview_rows: Sequence[OverviewRow] = ()
    thread: Thread | None = None
    answered: Communication | None = None
    addresses: Mapping[str, KnownAddress] = field(default_factory=dict)
    remembered: IdempotencyRecord | None = None


class Index(StrEnum):
    """The orders in which entries can be read: newest first within one key."""

    PARTY = "by_party"
    CLIENT = "by_client"
    CASE = "by_case"
    THREAD = "by_thread"
    REGARDING = "by_regarding"
    FEED = "feed"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some of what was asked for, in order; `after` is the id to read on from, None where nothing is behind."""

    items: Sequence[T]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedWrites:
    """What is written in an entry's own transaction, each on top of its version before.

    `instead_of` is not written, but must stand as it was read. `todos` are the entry's own, and that of what it answers. `others`
    are changes of entries that this one says something of: its earlier attempts. `audit_events` are told to those who see what the
    entry left. `correspondence` is what it carries, `einvoice_number` that of the e-invoice
    that it is. `reached` is what a delivery tells of its address.
    """

    threads: tuple[Thread, ...] = ()
    overview_rows: tuple[OverviewRow, ...] = ()
    attempts: Attempts | None = None
    instead_of: Communication | None = None
    others: tuple[Change, ...] = ()
    todos: tuple[Todo, ...] = ()
    audit_events: tuple[AuditEvent, ...] = ()
    correspondence: Correspondence | None = None
    einvoice_number: EinvoiceNumber | None = None
    reached: ReachedAddress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityScope:
    """Whose activity: a case's, or a party's."""

    case_id: str | None = None
    party_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityItem:
    """One row of the history of one communication, or what somebody did to whom it is about. `about` is the id of either."""

    about: str
    row: HistoryRow | AuditEvent
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsKey:
    """What an entry counts as: one of so many on a day, of a channel, in a group."""

    day: date
    channel: Channel
    group: StatusGroup

    def __str__(self) -> str:
        return f"{self.day.isoformat()}#{self.channel}#{self.group}"

    @classmethod
    def parse(cls, text: str) -> StatsKey:
        day, channel, group = text.split("#")
        return cls(day=date.fromisoformat(day), channel=Channel(channel), group=StatusGroup(group))


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedEntry:
    """What the index holds of an entry, as it was when its history had `length` rows. Restricted entries are not counted.

    `made_of` is a digest of all that the words were taken from, and nothing where that was not kept: see domain/entry_terms.py.
    """

    words: frozenset[str]
    counted: StatsKey | None
    length: int
    made_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexChange:
    """The index is to hold `after` of an entry, where it holds `before`; made `anew`, even what it should hold already."""

    id: str
    before: IndexedEntry | None
    after: IndexedEntry
    anew: bool = False

    @property
    def fresh(self) -> frozenset[str]:
        """The words that it is not found by yet."""
        return self.after.words - (self.before.words if self.before and not self.anew else frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCounts:
    """Words that there are, with about how many entries hold each: those asked for, and, by beginning, those that begin so.

    `cut`: there are entries of which not every word is kept.
    """

    whole: Mapping[str, int]
    endings: Mapping[str, Mapping[str, int]]
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What lies in the content store for a communication, and what was asked for.

    `message` is what was asked to be sent, `record` what somebody logged by hand.
    `original` is where a mail lies exactly as it came in. `letter` is what its pages say; it holds the blocks, and `rendered` none.
    `einvoice` is what the file of an e-invoice says, as it was read when it was accepted.
    """

    rendered: Rendered
    message: MessageRequest | None = None
    record: RecordRequest | None = None
    original: ContentRef | None = None
    letter: Letter | None = None
    einvoice: Einvoice | None = None

    @property
    def request(self) -> MessageRequest | RecordRequest | None:
        return self.message or self.record


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    object_version: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOrder:
    """What somebody ordered to be done to many: `batch` names the whole, of which this is a part."""

    verb: str
    batch: str
    ids: tuple[str, ...]
    user: str
    name: str
    role: str
    rights: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrespondenceKey:
    """Which correspondence: its number, in its parts."""

    account: str
    ordinal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOrder:
    """Whose document is to be made: that of an entry, or of a correspondence."""

    communication_id: str | None = None
    correspondence: CorrespondenceKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundPost:
    """How a letter goes: its PDF is the first attachment."""

    address: PostalAddress | None
    options: PostOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundEinvoice:
    """How an e-invoice goes: its file is the first attachment. `sender` is what the network knows the firm by."""

    network: Network
    receiver: EinvoiceAddress
    kind: EinvoiceKind
    syntax: EinvoiceSyntax
    number: str
    sender: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundMessage:
    """A message ready for a provider; `token` names this try.

    `answers` are the Message-IDs of what it answers, the oldest first. `tried`: it was handed over before, and whether it was
    taken then is not known; or, of a provider that takes nothing twice as one, it says once more what was.
    """

    communication_id: str
    token: str
    sender: str
    sender_name: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    reply_to: tuple[str, ...]
    message_id: str
    answers: tuple[str, ...] = ()
    rendered: Rendered
    attachments: tuple[tuple[Attachment, bytes], ...]
    post: OutboundPost | None = None
    einvoice: OutboundEinvoice | None = None
    tried: bool = False


class EventSource(StrEnum):
    """How the events of a provider reach us that does not name itself in them: one provider to each."""

    TOPIC = "topic"
    LOGS = "logs"
    BUS = "bus"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRoute:
    """The provider that carries a channel, whether it reports delivery, and whether it can be asked afterwards.

    `idempotent`: it takes the same message twice as one, so one whose outcome is unknown is handed over again. `network` is the
    only one that it carries, `asked` when it is asked. `cancels`: it can be told to stop what it has; `evidence`: it proves what it
    delivered; `pulls`: it keeps what it has to tell until it is fetched.
    """

    name: str
    receipts: bool
    askable: bool = False
    idempotent: bool = False
    network: Network | None = None
    asked: AskPlan = AskPlan.SETTLING
    cancels: bool = False
    evidence: bool = False
    pulls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """`email` is empty where it is not known to be theirs, `enabled` whether they may sign in.

    `job_title` is kept by us.
    """

    id: str
    username: str
    name: str
    role: str
    email: str = ""
    enabled: bool = True
    job_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the firm's directory of users says of somebody who may sign in: `id` as in tokens, `groups` as they are now."""

    id: str
    name: str
    groups: frozenset[str]


NO_RELATED_WRITES = RelatedWrites()
