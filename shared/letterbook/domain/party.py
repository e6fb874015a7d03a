"""The people and matters: parties with their contacts and preferences, cases, and what a message regards."""

import string
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

_APART = str.maketrans(dict.fromkeys(string.punctuation, " "))


class PartyKind(StrEnum):
    CLIENT = "client"
    CREDITOR = "creditor"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class EinvoiceAddress:
    """A Peppol participant: an ISO 6523 scheme and the number in it."""

    scheme: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    id: str
    kind: PartyKind
    name: str
    account_number: str | None = None
    email: str | None = None
    mobile: str | None = None
    phone: str | None = None
    address: str | None = None
    einvoice: EinvoiceAddress | None = None
    language: str | None = None
    location: str | None = None
    payment_method: str | None = None
    created_at: datetime
    version: int = 1

    def answers_to(self, words: str) -> bool:
        """Whether every word begins a word of the name, or all together are the account number or an address."""
        if words.strip().casefold() in {one.casefold() for one in (self.account_number, *self.addresses) if one}:
            return True
        return all(any(own.startswith(word) for own in search_words(self.name)) for word in search_words(words))

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where messages reach it, and where they come from."""
        return tuple(one for one in (self.email, self.mobile, self.phone) if one)


def search_words(text: str) -> tuple[str, ...]:
    """The words of a name as they are looked up: without accents, case or punctuation."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return tuple("".join(one for one in plain if not unicodedata.combining(one)).translate(_APART).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    id: str
    party_id: str
    name: str
    role: str | None = None
    email: str | None = None
    mobile: str | None = None
    phone: str | None = None
    primary: bool = False
    created_at: datetime
    version: int = 1


class HoldKind(StrEnum):
    SOLICITOR = "solicitor"
    BREATHING_SPACE = "breathing_space"
    VULNERABLE = "vulnerable"
    DISPUTE = "dispute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Nobody contacts the party until the day after `until`; without `until`, until it is lifted."""

    kind: HoldKind
    until: date | None = None
    reason: str = ""


class OptOutSource(StrEnum):
    MANUAL = "manual"
    COMPLAINT = "complaint"
    STOP_KEYWORD = "stop_keyword"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    """No more messages on a channel; of one category only where it is named."""

    channel: str
    category: str | None = None
    source: OptOutSource = OptOutSource.MANUAL
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """`skip` names the categories that the party is not sent. `version` 0: nothing was ever set."""

    preferred: str | None = None
    opt_outs: tuple[OptOut, ...] = ()
    skip: tuple[str, ...] = ()
    hold: Hold | None = None
    version: int = 0

    def with_opt_out(self, wish: OptOut) -> "Preferences":
        return replace(self, opt_outs=(*self.opt_outs, wish), version=self.version + 1)


class CaseKind(StrEnum):
    CASE = "case"
    PROJECT = "project"


class CaseStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`party_ids` are those on whose behalf it is run, the first being its client (`client_name` as it was when last saved).

    `creditor_ids` are the other side.
    """

    id: str
    reference: str
    title: str = ""
    kind: CaseKind = CaseKind.CASE
    status: CaseStatus = CaseStatus.OPEN
    party_ids: tuple[str, ...] = ()
    creditor_ids: tuple[str, ...] = ()
    client_name: str = ""
    created_at: datetime
    version: int = 1

    @property
    def client_id(self) -> str | None:
        return self.party_ids[0] if self.party_ids else None

    @property
    def everybody(self) -> frozenset[str]:
        return frozenset(self.party_ids) | frozenset(self.creditor_ids)


# What a browser can show and cannot run.
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file of a party, a case or an entry, and seen with it.

    It is what was put first where it is uploaded: `staged_version`, known once somebody looked at it, as its `sha256` is. There it
    lies until a message takes it up, then in the vault under `object_version`.
    """

    id: str
    name: str
    media_type: str
    bytes: int
    party_id: str | None = None
    case_id: str | None = None
    communication_id: str | None = None
    created_by: str
    created_at: datetime
    staged_version: str | None = None
    object_version: str | None = None
    sha256: str | None = None
    version: int = 1

    @property
    def taken_up(self) -> bool:
        return self.object_version is not None
