"""What the use cases ask of whom communications are with and about.

Each save is conditional on the version before it; who did it is written in the same transaction, for the activity log. A save
raises ConcurrentUpdate where somebody else wrote first; with a key it raises IdempotencyKeyConflict where that key was used.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from letterbook.domain.access import Grant, JobTitle, SavedView
    from letterbook.domain.addresses import Holders
    from letterbook.domain.history import AuditEvent
    from letterbook.domain.list_columns import ListColumn
    from letterbook.domain.party import Case, Contact, Document, Party, PartyKind, Preferences
    from letterbook.domain.search_terms import Query
    from letterbook.ports.types import IdempotencyKey, Page


class Parties(Protocol):
    """Parties with their contacts and their preferences."""

    def get(self, party_id: str) -> Party | None: ...
    def several(self, party_ids: Iterable[str]) -> Sequence[Party]: ...
    def of_account(self, account_number: str) -> Sequence[Party]:
        """Those with exactly that account number, whatever its case."""

    def page(self, kinds: Sequence[PartyKind], *, below: str | None, limit: int) -> Page[Party]: ...
    def found(
        self,
        query: Query,
        kinds: Sequence[PartyKind],
        *,
        among: Collection[str] | None = None,
        below: str | None,
        limit: int,
    ) -> Page[Party]:
        """Those with all the words, a contact's words among them, or with exactly that account number or address, newest first.

        A request for each word, two more, and one for a hundred of what was found.
        """

    def save(
        self,
        party: Party,
        before: Party | None,
        event: AuditEvent,
        key: IdempotencyKey | None = None,
        grant: Grant | None = None,
        holders: Iterable[Holders] = (),
    ) -> None:
        """With who has its addresses from now on. Raises HoldersChanged, too."""

    def contact(self, party_id: str, contact_id: str) -> Contact | None: ...
    def contacts(self, party_id: str) -> Sequence[Contact]: ...
    def save_contact(
        self,
        contact: Contact,
        before: Contact | None,
        event: AuditEvent,
        key: IdempotencyKey | None = None,
        holders: Iterable[Holders] = (),
    ) -> None: ...
    def remove_contact(self, contact: Contact, event: AuditEvent, holders: Iterable[Holders] = ()) -> None: ...
    def preferences(self, party_id: str) -> Preferences: ...
    def preferences_of(self, party_ids: Iterable[str]) -> Mapping[str, Preferences]:
        """Those that were ever set."""

    def save_preferences(self, party_id: str, preferences: Preferences, event: AuditEvent) -> None: ...


class Cases(Protocol):
    def get(self, case_id: str) -> Case | None: ...
    def several(self, case_ids: Iterable[str]) -> Sequence[Case]: ...
    def page(self, party_id: str | None, *, below: str | None, limit: int) -> Page[Case]: ...
    def found(self, query: Query, *, below: str | None, limit: int) -> Page[Case]:
        """Those with all the words, newest first. A request for each word, and one for a hundred of what was found."""

    def of_party(self, party_id: str) -> Sequence[Case]: ...
    def save(
        self,
        case: Case,
        before: Case | None,
        event: AuditEvent,
        key: IdempotencyKey | None = None,
        grant: Grant | None = None,
    ) -> None: ...


class DirectorySearch(Protocol):
    """The words that parties, cases and subjects are found by; whoever saves one keeps them."""

    def renew(self, after: str | None, *, at_most: int) -> str | None:
        """Makes those of so many records anew, and says where to go on; None at the end.

        Twice is the same as once. Raises ConcurrentUpdate when others keep writing.
        """


class Documents(Protocol):
    """That there are documents; their content lies in the content store."""

    def get(self, document_id: str) -> Document | None: ...
    def page(self, owner_id: str, *, below: str | None, limit: int) -> Page[Document]: ...
    def save(self, document: Document, key: IdempotencyKey | None = None, event: AuditEvent | None = None) -> None: ...


class Grants(Protocol):
    def of_user(self, user: str | None) -> Sequence[Grant]:
        """Those of one user, or everybody's."""

    def save(self, grant: Grant, event: AuditEvent) -> None: ...
    def remove(self, grant: Grant, event: AuditEvent) -> None: ...


class JobTitles(Protocol):
    """What users are on letters."""

    def of_user(self, user: str) -> str:
        """Nothing for who has none."""

    def all(self) -> Mapping[str, str]:
        """By user, of those who have one."""

    def save(self, job_title: JobTitle, event: AuditEvent) -> None:
        """One without words is none."""


class SavedViews(Protocol):
    """How each user looks at lists: filters under names of their own, and the columns they chose."""

    def look_of(self, user: str) -> tuple[Sequence[SavedView], tuple[ListColumn, ...] | None]: ...
    def columns(self, user: str) -> tuple[ListColumn, ...] | None:
        """None for who never chose any."""

    def save_columns(self, user: str, columns: tuple[ListColumn, ...]) -> None: ...
    def of_user(self, user: str) -> Sequence[SavedView]: ...
    def save(self, view: SavedView, key: IdempotencyKey | None = None) -> None: ...
    def remove(self, view: SavedView) -> None: ...
