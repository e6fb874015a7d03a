"""Asks the provider of a message: to stop it, what became of it, for what proves that it arrived. What it knows is a receipt like
any other.

Asked twice it finds the same, and whoever dies here leaves the question to the sweep's next time.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from letterbook.domain.communication import Communication, RecipientRole
from letterbook.domain.errors import Permanent, ProviderError, Unavailable
from letterbook.domain.failures import FailureCode
from letterbook.domain.history import HistoryRow
from letterbook.domain.provider_activity import ProviderAct
from letterbook.domain.receipts import Receipt
from letterbook.domain.retries import STOPS
from letterbook.domain.status import Status
from letterbook.domain.transitions import Change, updated
from letterbook.ports import LookUp, World
from letterbook.use_cases.delivery.apply_feedback import apply_feedback
from letterbook.use_cases.delivery.keep_evidence import keep_evidence
from letterbook.use_cases.delivery.record_receipt import record_receipt
from letterbook.use_cases.support.update import update_communication

logger = logging.getLogger(__name__)

T = TypeVar("T")

# What was told to stop tells of it soon.
_STOPPED_AFTER = timedelta(minutes=2)


def look_up(world: World, communication_id: str) -> int:
    """How many receipts the provider had. Nobody is asked about what is settled meanwhile.

    A provider that does not answer is asked again when the sweep next comes to the message.
    """
    communication = world.communications.get(communication_id)
    provider = communication.entry.provider if communication else None
    if communication is None or provider is None or not communication.work.asks(communication.entry.status):
        return 0
    if communication.work.stopping:
        _stop(world, communication, provider)
    question = _question(world, communication)
    receipts = _asked(communication, lambda: world.providers.ask(provider, question)) or ()
    for receipt in _news(world, communication, receipts):
        # First what it teaches of the address: of what is settled by then nobody asks again.
        apply_feedback(world, communication.entry, receipt)
        record_receipt(world, replace(receipt, communication_id=communication_id, looked_up=True))
        world.provider_activity.note(provider, ProviderAct.LOOKED_UP, world.now())
    if communication.work.evidence and communication.entry.status is Status.DELIVERED:
        reference = communication.entry.provider_reference or ""
        files = _asked(communication, lambda: world.providers.evidence(provider, reference)) or ()
        keep_evidence(world, communication, files)
    logger.info(
        "looked up", extra={"communication_id": communication_id, "provider": provider, "receipts": len(receipts)}
    )
    return len(receipts)


def _asked(communication: Communication, ask: Callable[[], T]) -> T | None:
    """None where the provider does not answer."""
    try:
        return ask()
    except (ProviderError, Unavailable) as failed:
        provider = communication.entry.provider
        log = {"communication_id": communication.id, "provider": provider, "class": type(failed).__name__}
        logger.warning("not told", extra=log)
        if isinstance(failed, Permanent) and failed.reason is FailureCode.CONFIG:
            # An alarm counts these lines (template.yaml): of nothing that it took anything more is heard.
            logger.error("our set-up is refused", extra=log)
        return None


def _news(world: World, communication: Communication, receipts: Sequence[Receipt]) -> Sequence[Receipt]:
    """What the history does not tell yet, so that what is asked for months stands there once.

    A provider may say when it came to stand so, or only how it stands: then its last word is what is compared.
    """
    if not receipts:
        return ()
    told = [row for row in world.communications.history(communication.id) if row.provider and row.event_at]
    known, last = {(row.event, row.event_at) for row in told}, told[-1] if told else None
    new = [one for one in receipts if (one.event, one.at) not in known]
    return [
        one
        for one in new
        if len(new) > 1
        or last is None
        or one.event != last.event
        or _says_more(one, last)
        or one.price not in (None, communication.entry.price)
    ]


def _says_more(receipt: Receipt, row: HistoryRow) -> bool:
    """Whether its words are others than those that the history has, in whichever language."""
    return bool(receipt.note) and not any(one in row.note for one in (receipt.note, *receipt.notes.values()))


def _stop(world: World, communication: Communication, provider: str) -> None:
    """Whether it is stopped the provider tells afterwards, as of everything. One that does not answer is told again."""
    reference = communication.entry.provider_reference or ""
    try:
        world.providers.cancel(provider, reference)
        note = f"{provider} was told to stop it."
    except Permanent as refused:
        note = f"{provider} does not stop it any more ({refused.provider_code})."
    except (ProviderError, Unavailable) as failed:
        logger.warning("not stopped", extra={"communication_id": communication.id, "class": type(failed).__name__})
        if communication.work.looks < STOPS:
            return
        note = f"{provider} could not be told to stop it."
    update_communication(world, communication.id, lambda standing: _stopping_ended(world, standing, note))


def _stopping_ended(world: World, standing: Communication, note: str) -> Change | None:
    if not standing.work.stopping:
        return None
    now = world.now()
    work = standing.work.left_at(standing.entry.status, now, Status.SENDING)
    soon = now + _STOPPED_AFTER
    work = replace(work, check_at=min(work.check_at or soon, soon)) if work.askable else work
    return updated(standing, replace(standing, work=work), at=now, event="cancelling", note=note)


def _question(world: World, communication: Communication) -> LookUp:
    entry, work, einvoice = communication.entry, communication.work, communication.einvoice
    # Where the provider has no name for it, it is known by what it says.
    text = "" if entry.provider_reference else world.content_store.content(communication.content).rendered.text
    return LookUp(
        communication_id=entry.id,
        reference=entry.provider_reference,
        to=entry.addresses(RecipientRole.TO),
        sender=entry.sender,
        text=text,
        sent_at=work.claimed_at or entry.sent_at or work.since or entry.created_at,
        number=einvoice.number if einvoice else "",
        network=world.settings.current().networks.get(einvoice.network, {}) if einvoice else {},
        taken=entry.status is not Status.UNCONFIRMED,
    )
