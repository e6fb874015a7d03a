"""How an entry changes: every function takes a communication as it stands and answers the change that one write makes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from letterbook.domain.communication import (
    SYSTEM,
    Actor,
    Communication,
    Entry,
    Failure,
    HashChain,
    ProviderWord,
    Recipient,
    RecipientRole,
)
from letterbook.domain.errors import LetterbookError
from letterbook.domain.failures import FailureCode
from letterbook.domain.history import HistoryRow, Outcome
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientOutcome, RecipientUpdate, Signal, strongest
from letterbook.domain.status import STATUSES, Status, can_transition
from letterbook.domain.visible import name_of

# From here on there is something that a provider can tell.
ACCEPTS_RECEIPTS = frozenset(
    {status for status in Status if Status.SENT in STATUSES[status].next} | {fact.status for fact in DeliveryOutcome}
)

# With which the row of a receipt begins that nobody posted: the provider was asked.
LOOKED_UP = "looked up"

# The longest that mail knows is 254 (RFC 5321, 4.5.3.1.3); what names one is a stranger's.
_LONGEST_ADDRESS = 320
# Words of a provider, which may be anything.
_LONGEST_NOTE = 500


class IllegalTransition(LetterbookError):
    """The transition table has no such edge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one write does: the communication before it (None where it is new) and after it, and the row that says why.

    `receipt` is what the provider said, if that is behind it; an event is kept as it came, and recorded once. `earlier` are those
    that the same write makes first, in order: `before` is as it was before them.
    """

    before: Communication | None
    after: Communication
    row: HistoryRow
    receipt: Receipt | None = None
    earlier: "tuple[Change, ...]" = ()

    @property
    def outcome(self) -> Outcome:
        return self.row.outcome

    @property
    def ends_draft(self) -> bool:
        """Whether a draft was sent, stopped or taken away by it."""
        drafted = self.before is not None and self.before.entry.status is Status.DRAFT
        return drafted and (self.after.deleted or self.after.entry.status is not Status.DRAFT)


def in_one_write(changes: Sequence[Change]) -> Change:
    """Changes of one communication, each of what the one before it made, for one write."""
    return replace(changes[-1], before=changes[0].before, earlier=tuple(changes[:-1]))


def created(communication: Communication, *, at: datetime, actor: Actor, event: str, note: str = "") -> Change:
    """A new communication enters the log."""
    return _change(None, communication, at=at, actor=actor, event=event, note=note)


def transitioned(
    before: Communication,
    to: Status,
    *,
    at: datetime,
    event: str,
    actor: Actor = SYSTEM,
    note: str = "",
    code: str | None = None,
    after: Communication | None = None,
) -> Change:
    """The entry goes to another status; `after` is as everything else shall be. Raises IllegalTransition."""
    failure = before.entry.failure
    if not can_transition(before.entry.status, to, soft=failure is not None and not failure.permanent):
        raise IllegalTransition(f"{before.entry.status} to {to}")
    after = after or replace(before, work=before.work.left_at(to, at, before.entry.status))
    entry = replace(after.entry, status=to, version=before.entry.version + 1)
    return _change(before, replace(after, entry=entry), at=at, actor=actor, event=event, note=note, code=code)


def updated(
    before: Communication,
    after: Communication,
    *,
    at: datetime,
    event: str,
    actor: Actor = SYSTEM,
    note: str = "",
    was: dict[str, str] | None = None,
    own: bool = True,
) -> Change:
    """The entry keeps its status; something beside it changed. What is not its `own` leaves its version, so amendments, alone."""
    if own and (after.entry != before.entry or after.deleted):
        after = replace(after, entry=replace(after.entry, version=before.entry.version + 1))
    return _change(before, after, at=at, actor=actor, event=event, note=note, was=was)


def receipt_applied(communication: Communication, receipt: Receipt, *, at: datetime) -> Change:
    """A provider told us something: afterwards, or as its answer to our call.

    Whatever order events come in, the entry ends the same. An entry that never went out hears nothing: the row says refused.
    """
    before = communication.entry
    if before.status not in ACCEPTS_RECEIPTS:
        after, outcome = before, Outcome.REFUSED
    else:
        after = _priced(_merged(before, receipt), receipt, communication.priced_at)
        outcome = Outcome.DUPLICATE if after == before else Outcome.APPLIED
        if outcome is Outcome.APPLIED:
            after = replace(after, version=before.version + 1)
    priced_at = communication.priced_at
    if receipt.price and outcome is not Outcome.REFUSED:
        priced_at = max(priced_at or receipt.at, receipt.at)
    work = communication.work
    if after.status is not before.status:
        work = work.left_at(after.status, at, before.status)
    actor = Actor(id=receipt.provider, name=receipt.provider, role="provider")
    return _change(
        communication,
        replace(communication, entry=after, work=work, priced_at=priced_at),
        at=at,
        actor=actor,
        event=receipt.event,
        code=next((news.code for news in receipt.news if news.code), None),
        note=_told(before, receipt),
        receipt=receipt,
        outcome=outcome,
    )


def _told(entry: Entry, receipt: Receipt) -> str:
    """What the provider calls it, and where it had to be asked for that, that too."""
    told = next((note for news in receipt.news if (note := _note(entry, news))), "")
    looked_up = LOOKED_UP if receipt.looked_up else ""
    return ": ".join(one for one in (looked_up, told, receipt.note[:_LONGEST_NOTE]) if one)


def _note(entry: Entry, news: RecipientUpdate) -> str:
    """What the provider calls it; of an address that we never wrote to, that too."""
    if news.recipient is None or entry.named(news.recipient):
        return news.provider_code
    return f"{name_of(news.recipient)[:_LONGEST_ADDRESS]} {news.provider_code or news.code or ''}".strip()


def _merged(entry: Entry, receipt: Receipt) -> Entry:
    recipients = tuple(_with_updates(entry, one, receipt) for one in entry.recipients)
    to = [one for one in entry.recipients if one.role is RecipientRole.TO]
    delivered = any(news.fact is DeliveryOutcome.DELIVERED for one in to for news in _updates_for(entry, one, receipt))
    accepted = any(news.fact is DeliveryOutcome.ACCEPTED for news in receipt.news)
    # Of an address that none of several recipients has, a failure cannot fail the entry: that somebody was missed is said.
    missed = any(
        news.fact and news.fact.failing
        for news in receipt.news
        if news.recipient and not entry.concerned(news.recipient)
    )
    # A reported time stands for want of a better: it is the strongest word's own, and is found from it again.
    delivered_at = None if entry.is_reported else entry.delivered_at
    entry = replace(
        entry,
        recipients=recipients,
        provider_reference=entry.provider_reference or receipt.reference,
        sent_at=_earliest(entry.sent_at, receipt.at if accepted else None),
        delivered_at=_earliest(delivered_at, receipt.at if delivered else None),
        opened_at=_earliest(entry.opened_at, receipt.at if receipt.opened else None),
        signals=entry.signals
        | {news.signal for news in receipt.news if news.signal and news.signal is not Signal.ACTION_REQUIRED}
        | ({Signal.RECIPIENT_FAILED} if missed else set()),
        word=_last_word(entry, receipt),
    )
    return _with_strongest(entry, entry.strongest)


def _last_word(entry: Entry, receipt: Receipt) -> ProviderWord | None:
    """The later one, by the provider's time; so whatever is to be done is over with the next word."""
    if not receipt.note:
        return entry.word
    required = any(news.signal is Signal.ACTION_REQUIRED for news in receipt.news)
    said = ProviderWord(at=receipt.at, words=receipt.note[:_LONGEST_NOTE], action_required=required)
    return max(entry.word or said, said, key=lambda one: (one.at, one.action_required, one.words))


def _priced(entry: Entry, receipt: Receipt, priced_at: datetime | None) -> Entry:
    """By the provider's latest word; of two of one moment the higher counts, whichever comes first."""
    named, known = receipt.price, entry.price
    if named is None:
        return entry
    if known is not None and priced_at is not None:
        earlier, later = (priced_at, known.amount, known.currency), (receipt.at, named.amount, named.currency)
        named = known if earlier >= later else named
    return replace(entry, price=named)


def _with_strongest(entry: Entry, top: RecipientOutcome | None) -> Entry:
    """The entry with the status and the failure that the strongest fact gives it, where the table lets it go there."""
    if top is None:
        return entry
    soft = entry.failure is not None and not entry.failure.permanent
    status = top.fact.status
    if status is not entry.status and not can_transition(entry.status, status, soft=soft):
        return entry
    if not top.fact.failing:
        delivered_at = top.at if top.fact is DeliveryOutcome.REPORTED else entry.delivered_at
        return replace(entry, status=status, delivered_at=delivered_at, failure=None, failed_at=None)
    failure = Failure(
        code=top.code or FailureCode.UNKNOWN,
        provider_code=top.provider_code,
        permanent=top.fact is not DeliveryOutcome.SOFT_BOUNCE,
        text=top.text,
    )
    return replace(entry, status=status, failure=failure, failed_at=top.at)


def _updates_for(entry: Entry, recipient: Recipient, receipt: Receipt) -> list[RecipientUpdate]:
    return [news for news in receipt.news if news.recipient is None or recipient in entry.concerned(news.recipient)]


def _with_updates(entry: Entry, recipient: Recipient, receipt: Receipt) -> Recipient:
    told = [
        RecipientOutcome(
            fact=news.fact, at=receipt.at, code=news.code, provider_code=news.provider_code, text=news.text
        )
        for news in _updates_for(entry, recipient, receipt)
        if news.fact
    ]
    return replace(recipient, heard=strongest([recipient.heard, *told]))


def _earliest(*times: datetime | None) -> datetime | None:
    return min((time for time in times if time is not None), default=None)


def _change(
    before: Communication | None,
    after: Communication,
    *,
    at: datetime,
    actor: Actor,
    event: str,
    note: str = "",
    code: str | None = None,
    receipt: Receipt | None = None,
    outcome: Outcome = Outcome.APPLIED,
    was: dict[str, str] | None = None,
) -> Change:
    chain = before.chain if before else HashChain()
    new = before is None or before.content != after.content
    row = HistoryRow(
        of=after.id,
        n=chain.length + 1,
        at=at,
        status=after.entry.status,
        actor=actor,
        event=event,
        note=note,
        code=code,
        provider=receipt.provider if receipt else _provider(before, after),
        event_at=receipt.at if receipt else None,
        outcome=outcome,
        digest=receipt.digest if receipt else None,
        previous=chain.head,
        was=was or {},
        content=after.content.sha256 if new else None,
        object_version=after.content.object_version if new else None,
        case_id=after.entry.case.id if after.entry.case else None,
        restricted=after.entry.restricted,
    )
    after = replace(after, chain=HashChain(length=row.n, head=row.hash))
    return Change(before=before, after=after, row=row, receipt=receipt)


def _provider(before: Communication | None, after: Communication) -> str | None:
    """Whoever is being asked to take it, or just was."""
    asked = after.entry.status is Status.SENDING or (before is not None and before.entry.status is Status.SENDING)
    return after.entry.provider if asked else None
