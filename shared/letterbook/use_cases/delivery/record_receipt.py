"""Records what a provider tells us of a message. Every step may be done twice: the queue delivers again until all are done."""

import logging

from letterbook.domain.communication import Communication
from letterbook.domain.errors import DuplicateEvent, NotFound, UnmatchedReceipt
from letterbook.domain.history import Outcome
from letterbook.domain.provider_activity import ProviderAct
from letterbook.domain.receipts import Receipt
from letterbook.domain.transitions import Change, receipt_applied
from letterbook.ports import World
from letterbook.use_cases.delivery.apply_feedback import apply_feedback
from letterbook.use_cases.delivery.failure_words import in_words
from letterbook.use_cases.support.update import update_communication

logger = logging.getLogger(__name__)


def process_provider_event(world: World, provider: str, raw: str, *, waited: bool) -> Receipt | None:
    """Reads an event, records it, and answers what it means. One that matches no entry is set aside once it has `waited`.

    Raises UnmatchedReceipt for one that did not wait yet, ValueError for what the provider never sends.
    """
    receipt = world.providers.read(provider, raw)
    if receipt is None:
        return None
    world.provider_activity.note(provider, ProviderAct.HEARD, world.now())
    try:
        record_receipt(world, receipt)
    except UnmatchedReceipt:
        if not waited:
            raise
        logger.warning("unmatched receipt set aside", extra={"provider": provider, "event": receipt.event})
        world.communications.save_unmatched(receipt, world.now())
    return receipt


def record_receipt(world: World, receipt: Receipt) -> Outcome:
    """What the receipt did to its entry.

    Raises UnmatchedReceipt while no entry is known for it: it may have come before our own write.
    """
    communication_id = receipt.communication_id or world.communications.find_by_provider_reference(
        receipt.provider, receipt.reference or ""
    )
    if communication_id is None:
        raise UnmatchedReceipt(receipt.event)
    receipt = in_words(world, receipt)
    heard: list[Change] = []

    def hear(communication: Communication) -> Change:
        heard.append(receipt_applied(communication, receipt, at=world.now()))
        return heard[-1]

    repeated = False
    try:
        update_communication(world, communication_id, hear)
    except NotFound:
        raise UnmatchedReceipt(receipt.event) from None
    except DuplicateEvent:
        repeated = True
    change = heard[-1]
    apply_feedback(world, change.after.entry, receipt)
    outcome = Outcome.DUPLICATE if repeated else change.outcome
    logger.info(
        "receipt",
        extra={
            "communication_id": communication_id,
            "provider": receipt.provider,
            "event": receipt.event,
            "outcome": outcome,
        },
    )
    return outcome
