"""What the use cases need from the world. `World` is all of it; adapters fill it in, and a test may fill in parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from letterbook.domain.access import Grant, SavedView
from letterbook.domain.communication import Attachment, Channel, Communication, ContentRef, Entry
from letterbook.domain.feed import Month
from letterbook.domain.history import Deed, HistoryRow
from letterbook.domain.moves import Change
from letterbook.domain.organisation import Organisation
from letterbook.domain.party import Case, Contact, Document, Party, PartyKind, Preferences
from letterbook.domain.receipts import Receipt
from letterbook.domain.recipients import Quarantine
from letterbook.domain.templates import Rendered, Template
from letterbook.ports.sessions import (
    Sessions as Sessions,
)
from letterbook.ports.shapes import (
    ALONE as ALONE,
    Beside as Beside,
    BulkOrder as BulkOrder,
    Content as Content,
    Counted as Counted,
    Found as Found,
    Happened as Happened,
    IdempotencyKey as IdempotencyKey,
    Index as Index,
    Indexed as Indexed,
    Known as Known,
    Page as Page,
    Parcel as Parcel,
    Remembered as Remembered,
    Route as Route,
    Scope as Scope,
    Stored as Stored,
    User as User,
    Wanted as Wanted,
)

if TYPE_CHECKING:
    # For types alone: a function that never sees one must not wait for it.
    from letterbook.domain.attempts import Attempts
    from letterbook.domain.circuit import Circuit
    from letterbook.domain.mail import Mail
    from letterbook.domain.overview import Thing
    from letterbook.domain.subjects import Subject
    from letterbook.domain.threads import Thread
    from letterbook.domain.todos import Todo, TodoStatus


class Log(Protocol):
    """The communications and their history."""

    def get(self, communication_id: str) -> Communication | None: ...

    def history(self, communication_id: str) -> Sequence[HistoryRow]: ...

    def raw_events(self, communication_id: str) -> Sequence[str]:
        """What providers said of it, as it came; nothing that is older than provider events are kept."""

    def commit(self, change: Change, key: IdempotencyKey | None = None, beside: Beside = ALONE) -> None:
        """One transaction: the entry, the history row, the raw event, the idempotency key, and what is kept beside.

        The entry is written only where it still stands as `change.before` and the table lets it go to its new status.
        Raises Moved, AlreadyHeard, KeyTaken.
        """

    def page(
        self, index: Index, key: str, *, above: str, below: str, limit: int, oldest_first: bool = False
    ) -> Page[Entry]:
        """One request: at most `limit` entries with `above` <= id < `below`, newest first."""

    def entries(self, communication_ids: Iterable[str], *, now: bool = False) -> Mapping[str, Entry]:
        """Those of the entries that there are, deleted ones left out: as lists have them, of a moment ago, or as they are `now`."""

    def answered(self, party_id: str, *, above: str, limit: int) -> Sequence[tuple[str, int]]:
        """What came in from a party and was answered: ids from `above` on, the newest first, with the minutes it took."""

    def activity(self, scope: Scope, *, after: str | None, limit: int) -> Page[Happened]:
        """Everything that happened to a case's or a party's communications, newest first."""

    def oldest_month(self) -> Month | None:
        """The month of the oldest entry there is."""

    def latest(self, party_id: str) -> str | None:
        """The id of the newest entry with a party."""

    def due(self, now: datetime, limit: int) -> Sequence[str]:
        """The ids of what stands still past its `check_at`, the longest waiting first."""

    def find(self, provider: str, reference: str) -> str | None:
        """The id of the communication that a provider knows by `reference`."""

    def set_aside(self, receipt: Receipt, at: datetime) -> None:
        """Keeps a receipt that no entry was found for, until a person looks or provider events expire."""


class Search(Protocol):
    """Which entries hold which words, and how many there are of what."""

    def indexed(self, communication_id: str) -> Indexed | None: ...
    def put(self, communication_id: str, before: Indexed | None, after: Indexed, *, anew: bool = False) -> None:
        """Makes the index hold `after` where it held `before`; `anew` even what it should hold already.

        Raises Moved when it holds something else by now.
        """

    def remove(self, communication_id: str, before: Indexed | None, length: int) -> None:
        """Leaves no more than a mark, by which nobody brings back what is gone. Raises Moved."""

    def known(self, whole: Iterable[str], prefix: str | None) -> Known: ...
    def page(self, words: Sequence[str], *, above: str, below: str, limit: int) -> Page[str]:
        """Ids of entries that hold any of the words, newest first, at most `limit` for each."""

    def words(self, communication_ids: Iterable[str]) -> Mapping[str, frozenset[str]]: ...
    def counts(self, months: Iterable[str]) -> Iterable[tuple[Counted, int]]:
        """How many entries there are, by what they count as; months as 2026-11."""


class Threads(Protocol):
    """Threads, by their last activity, newest first. A save is conditional on the version before it, and raises Moved, KeyTaken."""

    def get(self, thread_id: str) -> Thread | None: ...
    def save(self, thread: Thread, key: IdempotencyKey | None = None) -> None: ...
    def page(self, party_id: str | None, case_id: str | None, *, after: str | None, limit: int) -> Page[Thread]: ...


class Overview(Protocol):
    """The things that are regarded, by the latest entry about each, newest first."""

    def get(self, key: str) -> Thing | None: ...
    def page(self, party_id: str | None, client_id: str | None, *, after: str | None, limit: int) -> Page[Thing]: ...


class Todos(Protocol):
    """What is to do, by the date it is due, those without a date last. A save raises Moved, KeyTaken."""

    def get(self, todo_id: str) -> Todo | None: ...
    def save(self, todo: Todo, key: IdempotencyKey | None = None) -> None: ...
    def page(self, party_id: str | None, status: TodoStatus, *, after: str | None, limit: int) -> Page[Todo]: ...


class Chains(Protocol):
    """The attempts to say one thing, by the first; written with the entry that is a further one."""

    def get(self, first: str) -> Attempts | None: ...


class Circuits(Protocol):
    """How the providers do, for all workers alike."""

    def get(self, provider: str, *, now: bool = False) -> Circuit:
        """As it was a few seconds ago, or as it is `now`."""

    def save(self, circuit: Circuit) -> None:
        """On top of the version before it. Raises Moved."""


class Directory(Protocol):
    """Parties with contacts and preferences, cases, documents, grants. Each save is conditional on the version before it.

    Who did it is written in the same transaction, for the activity log.

    A save raises Moved when somebody else wrote first; with a key it raises KeyTaken when that key was used.
    """

    def party(self, party_id: str) -> Party | None: ...
    def parties(self, party_ids: Iterable[str]) -> Sequence[Party]: ...
    def at_address(self, address: str) -> Sequence[tuple[str, str | None]]:
        """The ids of parties that have this address, each with the contact whose it is, if it is a contact's. A few at most."""

    def party_page(self, words: str, kinds: Sequence[PartyKind], *, below: str | None, limit: int) -> Page[Party]: ...
    def save_party(
        self,
        party: Party,
        before: Party | None,
        deed: Deed,
        key: IdempotencyKey | None = None,
        grant: Grant | None = None,
    ) -> None: ...
    def quarantined(self, addresses: Iterable[str]) -> Mapping[str, Quarantine]:
        """Those of the addresses that bounced hard."""

    def quarantine_page(self, *, after: str | None, limit: int) -> Page[Quarantine]: ...
    def put_in_quarantine(self, quarantine: Quarantine, deed: Deed) -> None:
        """Does nothing for an address that is in it already, or was released since that bounce."""

    def release(self, quarantine: Quarantine, deed: Deed) -> None: ...
    def contact(self, party_id: str, contact_id: str) -> Contact | None: ...
    def contacts(self, party_id: str) -> Sequence[Contact]: ...
    def save_contact(
        self, contact: Contact, before: Contact | None, deed: Deed, key: IdempotencyKey | None = None
    ) -> None: ...
    def remove_contact(self, contact: Contact, deed: Deed) -> None: ...
    def preferences(self, party_id: str) -> Preferences: ...
    def save_preferences(self, party_id: str, preferences: Preferences, deed: Deed) -> None: ...
    def case(self, case_id: str) -> Case | None: ...
    def cases(self, case_ids: Iterable[str]) -> Sequence[Case]: ...
    def case_page(self, party_id: str | None, *, below: str | None, limit: int) -> Page[Case]: ...
    def cases_of(self, party_id: str) -> Sequence[Case]: ...
    def save_case(
        self,
        case: Case,
        before: Case | None,
        deed: Deed,
        key: IdempotencyKey | None = None,
        grant: Grant | None = None,
    ) -> None: ...
    def document(self, document_id: str) -> Document | None: ...
    def documents_of(self, owner_id: str, *, below: str | None, limit: int) -> Page[Document]: ...
    def save_document(self, document: Document, key: IdempotencyKey | None = None) -> None: ...
    def subject(self, type_: str, subject_id: str) -> Subject | None: ...
    def save_subject(self, subject: Subject) -> None: ...
    def views(self, user: str) -> Sequence[SavedView]: ...
    def save_view(self, view: SavedView, key: IdempotencyKey | None = None) -> None: ...
    def remove_view(self, view: SavedView) -> None: ...
    def grants(self, user: str | None) -> Sequence[Grant]: ...
    def save_grant(self, grant: Grant, deed: Deed) -> None: ...
    def remove_grant(self, grant: Grant, deed: Deed) -> None: ...


class Library(Protocol):
    """Templates and settings; every version is kept."""

    def organisation(self) -> Organisation:
        """The settings in force, at most a minute old."""

    def latest_organisation(self) -> Organisation: ...
    def save_organisation(self, organisation: Organisation) -> None: ...
    def template(self, key: str, language: str, version: int | None) -> Template | None: ...
    def template_versions(self, key: str, language: str, *, limit: int) -> Sequence[Template]:
        """The newest first."""

    def templates(self) -> Sequence[Template]: ...
    def save_template(self, template: Template) -> None: ...


class Keys(Protocol):
    def recall(self, key: IdempotencyKey) -> Remembered | None: ...
    def keep(self, key: IdempotencyKey, result: object) -> None:
        """For what is made outside of a transaction. Raises KeyTaken."""


class Vault(Protocol):
    """Immutable content, addressed by key, version and digest. Reading raises Corrupt when the digest is another."""

    def put_content(self, communication_id: str, content: Content) -> ContentRef: ...
    def content(self, ref: ContentRef) -> Content: ...
    def take_up(self, document: Document) -> Stored | None:
        """Copies an upload from staging into the vault; None when nothing was uploaded."""

    def keep(self, document: Document, content: bytes) -> Stored: ...
    def put_original(self, communication_id: str, raw: bytes) -> ContentRef: ...
    def attachment(self, attachment: Attachment) -> bytes: ...
    def upload_url(self, document: Document) -> str: ...
    def uploaded(self, document: Document) -> bool: ...
    def download_url(self, document: Document, *, inline: bool = False) -> str:
        """Good for minutes; `inline` to be looked at in a browser, where its type is one that cannot run anything."""

    @property
    def origin(self) -> str:
        """Where signed addresses lead, as a browser's policy names it."""


class Queues(Protocol):
    """Whatever is put on a queue may be delivered twice, late, and in any order."""

    def send(self, channel: Channel, communication_id: str) -> None:
        """Asks for the message to be dispatched."""

    def order(self, order: BulkOrder) -> None:
        """Asks for something to be done to many."""

    def receive(self, provider: str, events: Sequence[str]) -> None:
        """Hands over what a provider told us, each event as it came, to be recorded."""


class Schedules(Protocol):
    def put(self, communication_id: str, at: datetime) -> None:
        """The clock function is called with that id at that time, once; a later call replaces an earlier one."""

    def remove(self, communication_id: str) -> None: ...


class Mailbox(Protocol):
    def fetch(self, key: str) -> Mail | None:
        """The mail that came in under that key; None when it is there no longer."""


class Replies(Protocol):
    """The addresses that answers come back to, each good for one communication. There are none where no domain takes mail in."""

    def address(self, communication_id: str) -> str | None: ...
    def communication(self, addresses: Iterable[str]) -> str | None:
        """The communication that the first of the addresses was given out for."""


class Provider(Protocol):
    def send(self, parcel: Parcel) -> str:
        """Hands the message over, once, and answers the provider's reference.

        Raises Permanent, Transient, Throttled or Ambiguous; anything else is a defect and counts as Ambiguous.
        """


class Providers(Protocol):
    @property
    def channels(self) -> Sequence[Channel]:
        """The channels that any provider carries."""

    def routes(self, channel: Channel, wanted: Sequence[str] = ()) -> Sequence[Route]:
        """The providers that carry a channel: those that are `wanted`, in that order; without any, all of them."""

    def get(self, name: str) -> Provider: ...
    def message_id(self, name: str, reference: str) -> str | None:
        """The Message-ID that the provider gave what it knows by `reference`; None where it leaves ours as it is."""

    def reference(self, message_id: str) -> tuple[str, str] | None:
        """Which provider gave that Message-ID, and what it knows the message by; None for those of others."""

    def read(self, name: str, raw: str) -> Receipt | None:
        """What an event means; None for one that says nothing of a message. Raises ValueError for what is no event of theirs."""


class Renderer(Protocol):
    def names(self, source: str) -> frozenset[str]:
        """The variables a template's source uses. Raises ValueError when it cannot be parsed, TextLimit for too much of it."""

    def template(self, template: Template, values: Mapping[str, str], *, html: bool, currency: str = "GBP") -> Rendered:
        """Raises ValueError when the template fails on these values, TextLimit when they make more than a text."""

    def letter(self, rendered: Rendered, *, sender: str, recipient: str, date: date) -> bytes:
        """A page to be printed; sender and recipient are the lines of an envelope."""

    def free_text(self, subject: str, body: str, language: str) -> Rendered:
        """Markdown as an email. Raises TextLimit for more than a text, before it is parsed."""


class Users(Protocol):
    def all(self) -> Sequence[User]: ...


class World(Protocol):
    """Everything outside the domain."""

    def now(self) -> datetime:
        """The time, in UTC, to the millisecond."""

    def gather(self, wanted: Wanted) -> Found:
        """Everything that preparing a message needs, in one round trip."""

    @property
    def log(self) -> Log: ...
    @property
    def search(self) -> Search: ...
    @property
    def threads(self) -> Threads: ...
    @property
    def overview(self) -> Overview: ...
    @property
    def todos(self) -> Todos: ...
    @property
    def attempts(self) -> Chains: ...
    @property
    def circuits(self) -> Circuits: ...
    @property
    def directory(self) -> Directory: ...
    @property
    def library(self) -> Library: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def vault(self) -> Vault: ...
    @property
    def queues(self) -> Queues: ...
    @property
    def schedules(self) -> Schedules: ...
    @property
    def mailbox(self) -> Mailbox: ...
    @property
    def replies(self) -> Replies: ...
    @property
    def providers(self) -> Providers: ...
    @property
    def renderer(self) -> Renderer: ...
    @property
    def users(self) -> Users: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def cursor_key(self) -> bytes:
        """The secret that cursors are signed with."""
