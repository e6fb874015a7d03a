"""Records what a provider tells us of a message. Every step may be done twice: the queue delivers again until all are done."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from letterbook.domain.communication import Communication
from letterbook.domain.errors import AddressRefused, DuplicateEvent, UnmatchedReceipt
from letterbook.domain.history import Outcome
from letterbook.domain.provider_activity import ProviderAct
from letterbook.domain.receipts import Receipt
from letterbook.domain.recipients import ReachedAddress
from letterbook.domain.transitions import Change, in_one_write, receipt_applied
from letterbook.ports import NO_RELATED_WRITES, RelatedWrites, World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.delivery.apply_feedback import apply_feedback, only_reached
from letterbook.use_cases.delivery.failure_words import in_words
from letterbook.use_cases.support.update import followed_up

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderTold:
    """What an event means, and whether it `waited` long enough for an entry that it matches."""

    receipt: Receipt
    waited: bool

    @property
    def about(self) -> tuple[str, str]:
        """Which message it is about, as far as that shows without looking: of one message all tell the same, in one way."""
        of = self.receipt
        return ("", of.communication_id) if of.communication_id else (of.provider, of.reference or "")


class ApartError(Exception):
    """These receipts are to be recorded one after the other; nothing was written."""


def process_provider_event(world: World, provider: str, raw: str, *, waited: bool) -> Receipt | None:
    """Reads an event, records it, and answers what it means.

    Raises as reading and recording it do.
    """
    told = read_provider_event(world, provider, raw, waited=waited)
    if told is None:
        return None
    record_provider_events(world, [told])
    return told.receipt


def read_provider_event(world: World, provider: str, raw: str, *, waited: bool) -> ProviderTold | None:
    """None for an event that is about no message. Raises ValueError for what the provider never sends."""
    receipt = world.providers.read(provider, raw)
    if receipt is None:
        return None
    world.provider_activity.note(provider, ProviderAct.HEARD, world.now())
    return ProviderTold(receipt=receipt, waited=waited)


def record_provider_events(world: World, told: Sequence[ProviderTold]) -> None:
    """Records what was told of one message, all or nothing. One alone that matches no entry is set aside once it has `waited`.

    Raises UnmatchedReceipt for what did not wait yet; several may raise what they would not one by one.
    """
    try:
        record_receipts(world, [one.receipt for one in told])
    except UnmatchedReceipt:
        if len(told) > 1 or not told[0].waited:
            raise
        receipt = told[0].receipt
        logger.warning("unmatched receipt set aside", extra={"provider": receipt.provider, "event": receipt.event})
        world.communications.save_unmatched(receipt, world.now())


def record_receipt(world: World, receipt: Receipt) -> Outcome:
    """What the receipt did to its entry.

    Raises UnmatchedReceipt while no entry is known for it: it may have come before our own write.
    """
    return record_receipts(world, [receipt])[0]


def record_receipts(world: World, receipts: Sequence[Receipt]) -> Sequence[Outcome]:
    """What each did to the entry that all of them are about, as one after the other, in one write.

    Raises UnmatchedReceipt as above. Of several also ApartError where one has more to it than its entry, or is told twice, and
    DuplicateEvent where one was recorded before.
    """
    first = receipts[0]
    communication_id = first.communication_id or world.communications.find_by_provider_reference(
        first.provider, first.reference or ""
    )
    if communication_id is None:
        raise UnmatchedReceipt(first.event)
    if len({one.digest for one in receipts}) < len(receipts):
        raise ApartError
    hearing = _Hearing(world, communication_id, [in_words(world, one) for one in receipts])
    repeated = False
    try:
        retry_on_conflict(hearing.attempt)
    except DuplicateEvent:
        if len(receipts) > 1:
            raise
        repeated = True
    return [_followed(world, change, hearing.written, repeated=repeated) for change in hearing.changes]


class _Hearing:
    """Receipts that are being recorded: the `changes` that they make, and the reached address that was `written` with them."""

    def __init__(self, world: World, communication_id: str, receipts: Sequence[Receipt]) -> None:
        self._world, self._id, self._receipts = world, communication_id, receipts
        self.changes: list[Change] = []
        self.written: ReachedAddress | None = None

    def attempt(self) -> None:
        current = self._world.communications.get(self._id)
        if current is None:
            raise UnmatchedReceipt(self._receipts[0].event)
        related = self._hear(current)
        change, reached = in_one_write(self.changes), only_reached(current.entry, self._receipts)
        try:
            self._world.communications.commit(change, None, replace(related, reached=reached))
        except AddressRefused:
            self._world.communications.commit(change, None, related)
        else:
            self.written = reached

    def _hear(self, current: Communication) -> RelatedWrites:
        self.changes = []
        related = NO_RELATED_WRITES
        for receipt in self._receipts:
            change, related = followed_up(self._world, receipt_applied(current, receipt, at=self._world.now()))
            if len(self._receipts) > 1 and related != NO_RELATED_WRITES:
                raise ApartError
            self.changes.append(change)
            current = change.after
        return related


def _followed(world: World, change: Change, written: ReachedAddress | None, *, repeated: bool) -> Outcome:
    """What follows from a receipt, once it is recorded."""
    receipt = change.receipt
    outcome = Outcome.DUPLICATE if repeated else change.outcome
    if receipt:
        apply_feedback(world, change.after.entry, receipt, written)
        logger.info(
            "receipt",
            extra={
                "communication_id": change.after.id,
                "provider": receipt.provider,
                "event": receipt.event,
                "outcome": outcome,
            },
        )
    return outcome
