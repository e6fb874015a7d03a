"""The people and matters: parties with their contacts and preferences, cases, and what a message regards."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from letterbook.domain.ids import Kind, id_from
from letterbook.domain.post import PostalAddress

# How people usually pay; a firm may have words of its own beside these.
PAYMENT_METHODS = ("direct_debit", "standing_order", "bank_transfer", "card", "cheque", "cash", "invoice")


# Under whom that stands of which nobody knows the sender, since when.
NOBODY_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
NOBODY = id_from(Kind.PARTY, NOBODY_SINCE, b"unknown sender")
# Whose the test messages by single providers are.
TESTS = id_from(Kind.PARTY, NOBODY_SINCE, b"test messages")
# They stand for nobody: what the recipient of a message of theirs wants is somebody else's wish.
STAND_INS = frozenset({NOBODY, TESTS})


class PartyKind(StrEnum):
    CLIENT = "client"
    CREDITOR = "creditor"
    CUSTOMER = "customer"


class Network(StrEnum):
    """What carries e-invoices."""

    PEPPOL = "peppol"
    CHORUS_PRO = "chorus_pro"


@dataclass(frozen=True, slots=True, kw_only=True)
class EinvoiceAddress:
    """Who takes part in a network: an ISO 6523 scheme and the number in it.

    `network` is the one that a party is in, where that was said; the same address is the same wherever it is.
    """

    scheme: str
    id: str
    network: Network | None = field(default=None, compare=False)

    def same_as(self, other: "EinvoiceAddress") -> bool:
        """Whether both are one participant's: case tells nothing (Peppol, Policy for use of identifiers)."""
        return str(self).casefold() == str(other).casefold()

    def __str__(self) -> str:
        return f"{self.scheme}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whoever reads `address` said so, at that time, by the link that was sent to it (domain/verification.py)."""

    address: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Without a `country` (ISO 3166) of its own it is where the firm is; its telephone numbers are read as that country's.

    `address` are the lines of its address, `postal_address` its parts where these are known; a name among them goes before its
    own.

    One that was `merged_into` another record of the same party is that one: nothing stands under it any more.
    """

    id: str
    kind: PartyKind
    name: str
    account_number: str | None = None
    email: str | None = None
    mobile: str | None = None
    phone: str | None = None
    address: str | None = None
    postal_address: PostalAddress | None = None
    einvoice: EinvoiceAddress | None = None
    language: str | None = None
    country: str | None = None
    location: str | None = None
    payment_method: str | None = None
    merged_into: str | None = None
    verification: Verification | None = None
    created_at: datetime
    version: int = 1

    @property
    def email_verified_at(self) -> datetime | None:
        """Of the address that it has now: another one was never verified."""
        known = self.verification
        return known.at if known and known.address == self.email else None

    @property
    def addressed(self) -> PostalAddress | None:
        """The parts of its address, with the name that stands above them."""
        own = self.postal_address
        return replace(own, name=own.name or self.name) if own else None

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where messages reach it, and where they come from."""
        return tuple(one for one in (self.email, self.mobile, self.phone) if one)


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

    def is_over(self, today: date) -> bool:
        """`today` is in the organisation's zone."""
        return self.until is not None and self.until < today


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

    @property
    def wish(self) -> tuple[str, str | None, OptOutSource]:
        """What they want and how they said so, whenever that was."""
        return self.channel, self.category, self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """A channel's opt-out was taken back: whatever was told of the channel up to `at` is settled by that.

    By who has the channel themselves only what is of that `source` is; by a person at the firm all of it.
    """

    channel: str
    at: datetime
    source: OptOutSource | None = None

    @property
    def of(self) -> tuple[str, str]:
        return self.channel, self.source or ""

    def settles(self, opt_out: OptOut) -> bool:
        return self.channel == opt_out.channel and self.source in (None, opt_out.source) and opt_out.at <= self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """`skip` names the categories that the party is not sent. `version` 0: nothing was ever set.

    `lifted` is kept for what providers tell again, and shown to nobody.
    """

    preferred: str | None = None
    opt_outs: tuple[OptOut, ...] = ()
    skip: tuple[str, ...] = ()
    hold: Hold | None = None
    lifted: tuple[Lifted, ...] = ()
    version: int = 0

    def with_opt_outs(self, wishes: Iterable[OptOut]) -> "Preferences":
        """With these and no others, each once; one that stands already stays as it is, with its time."""
        standing = {one.wish: one for one in reversed(self.opt_outs)}
        wanted = {one.wish: standing.get(one.wish, one) for one in wishes}
        return replace(self, opt_outs=tuple(wanted.values()))

    def told(self, opt_out: OptOut) -> "Preferences":
        """With an opt-out that a provider told us of; the same where that says nothing new.

        Of several words of one source the last counts, by the provider's time, so they may come in any order and any number of
        times. What a person set stands, and what was lifted stays lifted until a later word.
        """
        if any(one.settles(opt_out) for one in self.lifted):
            return self
        on_channel = [one for one in self.opt_outs if _all_of(one, opt_out.channel)]
        same = next((one for one in on_channel if one.source is opt_out.source), None)
        if any(one.source is OptOutSource.MANUAL for one in on_channel) or (same and opt_out.at <= same.at):
            return self
        others = [one for one in self.opt_outs if one is not same]
        opt_outs = sorted((*others, opt_out), key=lambda one: (one.channel, one.category or "", one.source))
        return replace(self, opt_outs=tuple(opt_outs), version=self.version + 1)

    def taken_back(self, channel: str, source: OptOutSource | None, at: datetime) -> "Preferences":
        """Without the opt-outs of that source (of any, for None) up to `at`, when that was taken back; the same where it is known.

        What they say later, and what others set, stands. An earlier word of that source that is told later changes nothing.
        """
        back = Lifted(channel=channel, at=at, source=source)
        known = next((one for one in self.lifted if one.of == back.of), None)
        if known and known.at >= at:
            return self
        lifted = {one.of: one for one in (*self.lifted, back)}
        opt_outs = tuple(one for one in self.opt_outs if not (_all_of(one, channel) and back.settles(one)))
        ordered = tuple(lifted[one] for one in sorted(lifted))
        return replace(self, opt_outs=opt_outs, lifted=ordered, version=self.version + 1)

    def after(self, before: "Preferences", at: datetime) -> "Preferences":
        """These, set by somebody at `at` in the place of those before, with what was lifted by it, now and earlier.

        Where of several opt-outs on a channel one stays, only the others are lifted.
        """
        kept = {one.channel for one in self.opt_outs if one.category is None}
        wishes = {one.wish for one in self.opt_outs}
        lifted = {one.of: one for one in before.lifted}
        for one in before.opt_outs:
            if one.category is not None or one.wish in wishes:
                continue
            source = one.source if one.channel in kept else None
            # A provider's clock may be ahead of ours.
            back = Lifted(channel=one.channel, at=max(at, one.at), source=source)
            known = lifted.get(back.of)
            lifted[back.of] = max(known, back, key=lambda each: each.at) if known else back
        return replace(self, lifted=tuple(lifted[one] for one in sorted(lifted)))


def _all_of(opt_out: OptOut, channel: str) -> bool:
    return opt_out.channel == channel and opt_out.category is None


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
    def party_and_creditor_ids(self) -> frozenset[str]:
        return frozenset(self.party_ids) | frozenset(self.creditor_ids)


# What a browser can show and cannot run.
PDF = "application/pdf"
INLINE_MEDIA_TYPES = frozenset({PDF, "image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file of a party, a case or an entry, and seen with it.

    It is what was put first where it is uploaded: `staged_version`, known once somebody looked at it, as its `sha256` is. There it
    lies until a message takes it up, then in the content store under `object_version`. What is `of_firm`, as its logo is, everybody
    sees who reads the settings.
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
    of_firm: bool = False
    version: int = 1

    @property
    def is_stored(self) -> bool:
        return self.object_version is not None
