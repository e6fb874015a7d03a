"""What the use cases need from the world. `World` is all of it; adapters fill it in, and a test may fill in parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from letterbook.domain.communication import Communication, DeliveryState, Entry
from letterbook.domain.history import HistoryRow
from letterbook.domain.month import Month
from letterbook.domain.receipts import Receipt
from letterbook.domain.rows import Value
from letterbook.domain.templates import Rendered, Template
from letterbook.domain.transitions import Change
from letterbook.ports.addresses import (
    Addresses as Addresses,
)
from letterbook.ports.content_store import ContentStore as ContentStore
from letterbook.ports.correspondence import (
    CorrespondenceStore as CorrespondenceStore,
    CorrespondenceTypes as CorrespondenceTypes,
)
from letterbook.ports.directory import (
    Cases as Cases,
    DirectorySearch,
    Documents as Documents,
    Grants as Grants,
    JobTitles as JobTitles,
    Parties as Parties,
    SavedViews as SavedViews,
)
from letterbook.ports.einvoices import (
    EinvoiceFile as EinvoiceFile,
    EinvoiceNumbers as EinvoiceNumbers,
    EinvoiceReader as EinvoiceReader,
    UnreadableEinvoice as UnreadableEinvoice,
)
from letterbook.ports.exports import ExportFiles as ExportFiles, Exports as Exports
from letterbook.ports.library import SettingsStore as SettingsStore, ShippedLibrary, Templates as Templates
from letterbook.ports.mail import CaptureAddresses, InboundMailbox, ReplyAddresses
from letterbook.ports.merges import Merges as Merges
from letterbook.ports.providers import (
    LookUp as LookUp,
    Provider as Provider,
    Providers as Providers,
    Pulled as Pulled,
    ReadWebhook as ReadWebhook,
    WebhookContent as WebhookContent,
    WebhookRequest as WebhookRequest,
)
from letterbook.ports.queues import Queues as Queues, Schedules as Schedules
from letterbook.ports.sessions import (
    EndedSessions as EndedSessions,
    Sessions as Sessions,
    SignInAttempts as SignInAttempts,
)
from letterbook.ports.subjects import (
    Subjects as Subjects,
)
from letterbook.ports.types import (
    NO_RELATED_WRITES as NO_RELATED_WRITES,
    Account as Account,
    ActivityItem as ActivityItem,
    ActivityScope as ActivityScope,
    BulkOrder as BulkOrder,
    Content as Content,
    ContextQuery as ContextQuery,
    CorrespondenceKey as CorrespondenceKey,
    EventSource as EventSource,
    IdempotencyKey as IdempotencyKey,
    IdempotencyRecord as IdempotencyRecord,
    Index as Index,
    IndexChange as IndexChange,
    IndexedEntry as IndexedEntry,
    MessageContext as MessageContext,
    OutboundEinvoice as OutboundEinvoice,
    OutboundMessage as OutboundMessage,
    OutboundPost as OutboundPost,
    Page as Page,
    ProviderRoute as ProviderRoute,
    RelatedWrites as RelatedWrites,
    RenderOrder as RenderOrder,
    StatsKey as StatsKey,
    StoredObject as StoredObject,
    TermCounts as TermCounts,
    User as User,
)
from letterbook.ports.typesetting import PdfReader as PdfReader, Typesetter as Typesetter, UnusablePdf as UnusablePdf

if TYPE_CHECKING:
    # For types alone: a function that never sees one must not wait for it.
    from letterbook.domain.attempts import Attempts
    from letterbook.domain.circuit import Circuit
    from letterbook.domain.overview import OverviewRow, Place
    from letterbook.domain.provider_activity import ProviderAct, ProviderTotals
    from letterbook.domain.threads import Thread
    from letterbook.domain.todos import Todo, TodoStatus


class Communications(Protocol):
    """The communications and their history."""

    def get(self, communication_id: str) -> Communication | None: ...

    def history(self, communication_id: str) -> Sequence[HistoryRow]: ...

    def raw_events(self, communication_id: str) -> Sequence[str]:
        """What providers said of it, as it came; nothing that is older than provider events are kept."""

    def commit(
        self, change: Change, key: IdempotencyKey | None = None, related: RelatedWrites = NO_RELATED_WRITES
    ) -> None:
        """One transaction: the entry, the history rows, the raw events, the idempotency key, and what is kept beside.

        The entry is written only where it still stands as `change.before` and the table lets it go to its new status.
        Raises ConcurrentUpdate, DuplicateEvent, IdempotencyKeyConflict; AddressRefused where the address alone is in the way.
        """

    def page(
        self, index: Index, key: str, *, above: str, below: str, limit: int, oldest_first: bool = False
    ) -> Page[Entry]:
        """One request: at most `limit` entries with `above` <= id < `below`, newest first."""

    def count(self, index: Index, key: str, *, above: str, below: str, limit: int) -> int:
        """How many there are, `limit` at most: one request, and none of them is read."""

    def entries(self, communication_ids: Iterable[str], *, now: bool = False) -> Mapping[str, Entry]:
        """Those of the entries that there are, deleted ones left out: as lists have them, of a moment ago, or as they are `now`."""

    def answered(self, party_id: str, *, above: str, limit: int) -> Sequence[tuple[str, int]]:
        """What came in from a party and was answered: ids from `above` on, the newest first, with the minutes it took."""

    def activity(self, scope: ActivityScope, *, after: str | None, limit: int) -> Page[ActivityItem]:
        """Everything that happened to a case's or a party's communications, newest first."""

    def oldest_month(self) -> Month | None:
        """The month of the oldest entry there is."""

    def due_for_sweep(self, now: datetime, limit: int) -> Sequence[str]:
        """The ids of what stands still past its `check_at`, in order of need, within that the longest waiting first.

        First the claims of workers that may be dead, then what is queued, what was to go by now, what is to fall back.
        """

    def look_again(self, communication: Communication, work: DeliveryState) -> None:
        """Moves the next look at it, with no row of its history. Raises ConcurrentUpdate where it stands otherwise by now."""

    def find_by_provider_reference(self, provider: str, reference: str) -> str | None:
        """The id of the communication that a provider knows by `reference`."""

    def save_unmatched(self, receipt: Receipt, at: datetime) -> None:
        """Keeps a receipt that no entry was found for, until a person looks or provider events expire."""


class Search(Protocol):
    """Which entries hold which words, and how many there are of what."""

    def indexed(self, communication_id: str) -> IndexedEntry | None: ...
    def look_at(
        self, communication_ids: Sequence[str]
    ) -> Mapping[str, tuple[IndexedEntry | None, Communication | None]]:
        """What the index holds of each entry, and how the entry itself stands, as last written; in one request, so either may be
        the older one.
        """

    def put(self, changes: Sequence[IndexChange]) -> None:
        """Raises ConcurrentUpdate when the index holds something else of one of them by now; the others may be changed then."""

    def remove(self, communication_id: str, before: IndexedEntry | None, length: int) -> None:
        """Leaves no more than a mark, by which nobody brings back what is gone. Raises ConcurrentUpdate."""

    def known(self, whole: Iterable[str], beginnings: Iterable[str]) -> TermCounts:
        """One request, and one more for each beginning."""

    def page(self, words: Sequence[str], *, above: str, below: str, limit: int) -> Page[str]:
        """Ids of entries that hold any of the words, newest first, at most `limit` for each."""

    def words(self, communication_ids: Iterable[str]) -> Mapping[str, frozenset[str]]: ...
    def counts(self, months: Iterable[str]) -> Iterable[tuple[StatsKey, int]]:
        """How many entries there are, by what they count as; months as 2026-11."""


class Threads(Protocol):
    """Threads, by their last activity, newest first.

    A save is conditional on the version before it, and raises ConcurrentUpdate, IdempotencyKeyConflict.
    """

    def get(self, thread_id: str) -> Thread | None: ...
    def save(self, thread: Thread, key: IdempotencyKey | None = None) -> None: ...
    def page(self, party_id: str | None, case_id: str | None, *, after: str | None, limit: int) -> Page[Thread]: ...


class Overview(Protocol):
    """The things that are regarded, for each owner, by the latest entry about each, newest first."""

    def get(self, place: Place) -> OverviewRow | None:
        """The row of that place; where there is none yet, the one that all owners had together before, which has no `owner`."""

    def page(
        self, party_id: str | None, client_id: str | None, *, after: str | None, limit: int
    ) -> Page[OverviewRow]: ...


class Todos(Protocol):
    """What is to do, by the date it is due, those without a date last. A save raises ConcurrentUpdate, IdempotencyKeyConflict."""

    def get(self, todo_id: str) -> Todo | None: ...
    def save(self, todo: Todo, key: IdempotencyKey | None = None) -> None: ...
    def page(self, party_id: str | None, status: TodoStatus, *, after: str | None, limit: int) -> Page[Todo]: ...


class AttemptChains(Protocol):
    """The attempts to say one thing, by the first; written with the entry that is a further one."""

    def get(self, first: str) -> Attempts | None: ...
    def several(self, firsts: Iterable[str]) -> Mapping[str, Attempts]: ...


class ProviderActivity(Protocol):
    """How much goes by each provider, and comes from it. The numbers are about right: nobody waits, or fails, for them."""

    def note(self, provider: str, what: ProviderAct, at: datetime) -> None:
        """Once more; kept in mind until `flush`."""

    def flush(self) -> None:
        """Writes down what was noted, one request a provider. It never raises."""

    def of(self, providers: Iterable[str]) -> Mapping[str, ProviderTotals]:
        """How it is of each, nought where nothing was noted yet."""


class CircuitBreakers(Protocol):
    """How the providers do, for all workers alike."""

    def get(self, provider: str, *, now: bool = False) -> Circuit:
        """As it was a few seconds ago, or as it is `now`."""

    def save(self, circuit: Circuit) -> None:
        """On top of the version before it. Raises ConcurrentUpdate."""


class IdempotencyStore(Protocol):
    def get(self, key: IdempotencyKey, kind: type) -> IdempotencyRecord | None:
        """What the key made, which is of that kind: a key belongs to a route, and a route makes one kind of thing."""

    def several(self, keys: Iterable[IdempotencyKey], kind: type) -> Sequence[IdempotencyRecord]:
        """What those of the keys made that made anything, in no order."""

    def put(self, key: IdempotencyKey, result: object) -> None:
        """For what is made outside of a transaction. Raises IdempotencyKeyConflict."""


class Renderer(Protocol):
    def variables_in(self, source: str) -> frozenset[str]:
        """The variables a template's source uses. Raises TemplateFault when it cannot be parsed, UnknownVariable for what can be
        none, TextLimit for too much of it.
        """

    def render(
        self,
        template: Template,
        values: Mapping[str, Value],
        *,
        html: bool,
        currency: str = "GBP",
        blocks: bool = False,
    ) -> Rendered:
        """With `blocks` as a letter too. Raises ValueError when the template fails on these values, SpoiltValue where one of them
        does, TemplateFault for rows that it prints otherwise than as a table, TextLimit when they make more than a text.
        """

    def free_text(self, subject: str, body: str, language: str, *, blocks: bool = False) -> Rendered:
        """Markdown as an email, with `blocks` as a letter too. Raises TextLimit for more than a text, before it is parsed."""


class Users(Protocol):
    def all(self) -> Sequence[User]: ...

    def account(self, username: str) -> Account | None:
        """Who somebody is now, at most a minute ago (IDENTITY_SECONDS); None for who is not there, or disabled.

        Raises Unavailable where that cannot be told.
        """


class World(Protocol):
    """Everything outside the domain."""

    def now(self) -> datetime:
        """The time, in UTC, to the millisecond."""

    def load_context(self, query: ContextQuery) -> MessageContext:
        """Everything that preparing a message needs, in one round trip."""

    @property
    def communications(self) -> Communications: ...
    @property
    def search(self) -> Search: ...
    @property
    def threads(self) -> Threads: ...
    @property
    def overview(self) -> Overview: ...
    @property
    def todos(self) -> Todos: ...
    @property
    def attempts(self) -> AttemptChains: ...
    @property
    def einvoice_numbers(self) -> EinvoiceNumbers: ...
    @property
    def provider_activity(self) -> ProviderActivity: ...
    @property
    def circuit_breakers(self) -> CircuitBreakers: ...
    @property
    def parties(self) -> Parties: ...
    @property
    def merges(self) -> Merges: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def directory_search(self) -> DirectorySearch: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def grants(self) -> Grants: ...
    @property
    def job_titles(self) -> JobTitles: ...
    @property
    def saved_views(self) -> SavedViews: ...
    @property
    def addresses(self) -> Addresses: ...
    @property
    def subjects(self) -> Subjects: ...
    @property
    def templates(self) -> Templates: ...
    @property
    def shipped_library(self) -> ShippedLibrary: ...
    @property
    def correspondence(self) -> CorrespondenceStore: ...
    @property
    def correspondence_types(self) -> CorrespondenceTypes: ...
    @property
    def settings(self) -> SettingsStore: ...
    @property
    def idempotency(self) -> IdempotencyStore: ...
    @property
    def content_store(self) -> ContentStore: ...
    @property
    def exports(self) -> Exports: ...
    @property
    def export_files(self) -> ExportFiles: ...
    @property
    def queues(self) -> Queues: ...
    @property
    def schedules(self) -> Schedules: ...
    @property
    def inbound_mailbox(self) -> InboundMailbox: ...
    @property
    def reply_addresses(self) -> ReplyAddresses: ...
    @property
    def capture_addresses(self) -> CaptureAddresses: ...
    @property
    def providers(self) -> Providers: ...
    @property
    def renderer(self) -> Renderer: ...
    @property
    def typesetter(self) -> Typesetter: ...
    @property
    def pdf_reader(self) -> PdfReader: ...
    @property
    def einvoice_reader(self) -> EinvoiceReader: ...
    @property
    def users(self) -> Users: ...
    @property
    def sessions(self) -> Sessions: ...

    @property
    def ended_sessions(self) -> EndedSessions: ...

    @property
    def sign_in_attempts(self) -> SignInAttempts: ...
    @property
    def cursor_key(self) -> bytes:
        """The secret that cursors are signed with."""

    @property
    def link_key(self) -> bytes:
        """The secret that links are signed with which the firm sends."""

    @property
    def console_url(self) -> str:
        """Where a browser finds the console, for links in what the firm sends: such as https://post.firm.example."""
