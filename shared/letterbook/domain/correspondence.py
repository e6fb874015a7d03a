"""Correspondence: a formal letter of a type that the firm declared, with a number of its own, `12345/C001`."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from letterbook.domain.access import Ownership
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Actor, Attachment, ContentRef, Entry, Failure
from letterbook.domain.errors import Conflict
from letterbook.domain.party import PartyKind
from letterbook.domain.references import PartyRef, Regarding, TemplateRef
from letterbook.domain.status import Status

# What carries it: an email, or paper, by the post where a provider of letters is set up, else by hand.
EMAILED_BY = Channel.EMAIL
POSTED_BY = Channel.POST
HANDED_OVER_BY = Channel.MANUAL


class Attaches(StrEnum):
    """What is sent: the letter itself, or the PDF of each thing that it regards, without a letter."""

    LETTER = "letter"
    SUBJECT_DOCUMENTS = "subject_documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrespondenceType:
    """`fields` is the JSON Schema (2020-12) of its content; its `examples` begin with one that it accepts.

    `template` makes the letter, `message` the email that carries it: keys of templates. Only what is `enabled` is offered.
    """

    key: str
    name: str
    fields: Mapping[str, Any]
    template: str
    message: str = ""
    category: str = ""
    attaches: Attaches = Attaches.LETTER
    enabled: bool = True
    created_at: datetime
    created_by: Actor
    version: int = 1


class CorrespondenceStatus(StrEnum):
    GENERATING = "generating"
    READY = "ready"
    EMAILED = "emailed"
    POSTED = "posted"
    DELIVERED = "delivered"
    VOID = "void"
    FAILED = "failed"


# Where the metadata of an entry says which correspondence it carries.
NUMBER = "correspondence"
# The PDF is there, and may be sent.
SENDABLE_AS = frozenset(
    {
        CorrespondenceStatus.READY,
        CorrespondenceStatus.EMAILED,
        CorrespondenceStatus.POSTED,
        CorrespondenceStatus.DELIVERED,
    }
)
# Where an entry stands that carries it: it is on its way, or somebody is asked to bring it there.
_UNDER_WAY = frozenset({Status.COLLECTING, Status.GENERATING, Status.SCHEDULED, Status.QUEUED, Status.MANUAL_PENDING})


class Carriage(StrEnum):
    """How a correspondence was sent; the value is the status that it has from then on."""

    EMAIL = "emailed"
    POST = "posted"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterVersion:
    """A PDF that was made of it; what was sent stays pinned by its SHA-256, whatever is made later. `content` has its letter."""

    version: int
    document: Attachment
    content: ContentRef
    template: TemplateRef
    created_at: datetime
    created_by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterOrder:
    """A version that is to be made: its letter lies in the content store as `content`, as it was when it was ordered."""

    version: int
    content: ContentRef
    template: TemplateRef
    ordered_at: datetime
    ordered_by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """An entry that carried it, and which version; `quick` to its default recipients, by one press."""

    communication_id: str
    carriage: Carriage
    version: int
    quick: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeRef:
    """The type as it was when the correspondence was made."""

    key: str
    version: int
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondence:
    """`account` is the party's account number as it was when the `ordinal` was given; together they are its number, for ever.

    `content` is what the form of its type asked for. `order` is the version that is being made, `sendings` what carried it.
    `event_id` is what began it, where no person did.
    """

    party: PartyRef
    account: str
    ordinal: int
    type: TypeRef
    content: Mapping[str, Any]
    regarding: tuple[Regarding, ...] = ()
    status: CorrespondenceStatus = CorrespondenceStatus.GENERATING
    order: LetterOrder | None = None
    versions: tuple[LetterVersion, ...] = ()
    sendings: tuple[Sending, ...] = ()
    failure: Failure | None = None
    void_reason: str = ""
    audit: Mapping[str, str] = field(default_factory=dict)
    event_id: str = ""
    created_at: datetime
    created_by: Actor
    version: int = 1

    @property
    def number(self) -> str:
        return f"{self.account}/{number_of(self.ordinal)}"

    @property
    def latest(self) -> LetterVersion | None:
        return self.versions[-1] if self.versions else None

    @property
    def communications(self) -> tuple[str, ...]:
        """The ids of the entries that carried it."""
        return tuple(one.communication_id for one in self.sendings)

    @property
    def ownership(self) -> Ownership:
        """It belongs to its party, and to no case: who was granted the party sees it, as its documents."""
        client = self.party.id if self.party.kind is not PartyKind.CREDITOR else None
        return Ownership(party_id=self.party.id, client_id=client, case_id=None, restricted=False)

    def storage_key(self, version: int) -> str:
        """What the letter of a version is called in the content store: no key of another's, whatever its account holds."""
        digest = hashlib.sha256(account_key(self.account).encode()).hexdigest()
        return f"correspondence/{digest[:32]}/{self.ordinal}/{version}"

    @property
    def may_be_sent(self) -> bool:
        return self.status in SENDABLE_AS and bool(self.versions)

    def ordered(self, order: LetterOrder) -> "Correspondence":
        """To be made again. Raises Conflict for a void one."""
        self.must_not_be_void()
        return self._next(order=order, status=CorrespondenceStatus.GENERATING, failure=None)

    def made(self, document: Attachment, at: datetime) -> "Correspondence":
        """With the version that was ordered, which is `document`. Raises ValueError where none was."""
        if self.order is None:
            raise ValueError("no version was ordered")
        version = LetterVersion(
            version=self.order.version,
            document=document,
            content=self.order.content,
            template=self.order.template,
            created_at=at,
            created_by=self.order.ordered_by,
        )
        return self._next(versions=(*self.versions, version), order=None, status=CorrespondenceStatus.READY)

    def failed(self, failure: Failure) -> "Correspondence":
        return self._next(order=None, status=CorrespondenceStatus.FAILED, failure=failure)

    def sent_by(self, entry: Entry, carriage: Carriage, *, quick: bool) -> "Correspondence":
        """With the entry that carries it; one that went nowhere, because a rule skipped it, changes no status."""
        sending = Sending(
            communication_id=entry.id,
            carriage=carriage,
            version=self.latest.version if self.latest else 0,
            quick=quick,
        )
        goes = entry.status in _UNDER_WAY
        status = CorrespondenceStatus(carriage) if goes else self.status
        return self._next(sendings=(*self.sendings, sending), status=status)

    def delivered(self, reason: str, details: str) -> "Correspondence":
        """Handed over outside. Raises Conflict for what is void, or not made."""
        self.must_be_made()
        said = {name: words for name, words in (("reason", reason), ("details", details)) if words}
        return self._next(status=CorrespondenceStatus.DELIVERED, audit={**self.audit, **said})

    def voided(self, reason: str) -> "Correspondence":
        """It keeps its number. Raises Conflict for one that is void already."""
        self.must_not_be_void()
        return self._next(status=CorrespondenceStatus.VOID, order=None, void_reason=reason)

    def moved_to(self, party: PartyRef) -> "Correspondence":
        """Of another record of the same party, with the number that it has."""
        return self._next(party=party)

    def must_not_be_void(self) -> None:
        """Raises Conflict `void`."""
        if self.status is CorrespondenceStatus.VOID:
            raise Conflict("It is void: begin a new one.", code="void")

    def must_be_made(self) -> None:
        """Raises Conflict `void`, or `not_ready` where there is no PDF that may be sent."""
        self.must_not_be_void()
        if self.status is CorrespondenceStatus.GENERATING:
            raise Conflict("Its PDF is being made: try again in a moment.", code="not_ready")
        if not self.may_be_sent:
            raise Conflict("Its PDF could not be made: recreate it first.", code="not_ready")

    def _next(self, **changed: Any) -> "Correspondence":
        return replace(self, **changed, version=self.version + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What an entry carries, as it was read before: it is written with the entry, on top of that."""

    correspondence: Correspondence
    carriage: Carriage
    quick: bool = False

    def by(self, entry: Entry) -> Correspondence:
        return self.correspondence.sent_by(entry, self.carriage, quick=self.quick)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrespondenceDraft:
    """What somebody asks for: `content` as the type's schema has it, `regarding` what it is about besides what it names."""

    type: str
    party_id: str
    content: Mapping[str, Any]
    regarding: tuple[Regarding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrespondenceFilters:
    """What a list is to hold. `number` is one such as 12345/C001; empty means all.

    `since` and `until` are days of when it was created, in the organisation's zone, or times.
    """

    party_id: str | None = None
    types: tuple[str, ...] = ()
    statuses: tuple[CorrespondenceStatus, ...] = ()
    regarding: str | None = None
    number: str = ""
    since: date | datetime | None = None
    until: date | datetime | None = None


def number_of(ordinal: int) -> str:
    """Within the party: C001, and beyond 999 as many digits as it needs."""
    return f"C{ordinal:03}"


_NUMBER = re.compile(r"\s*(?P<account>\S.*?)\s*/\s*[Cc](?P<ordinal>\d{1,9})\s*", re.ASCII)


def parse_number(text: str) -> tuple[str, int] | None:
    """The account and the ordinal of a number as people write it, such as `12345/c1`; None for what is none."""
    found = _NUMBER.fullmatch(text)
    return (found["account"], int(found["ordinal"])) if found and int(found["ordinal"]) else None


def same_account(one: str | None, other: str | None) -> bool:
    """Accounts are told apart without case, as they are found."""
    return one is not None and other is not None and account_key(one) == account_key(other)


def account_key(account: str) -> str:
    return account.strip().casefold()
