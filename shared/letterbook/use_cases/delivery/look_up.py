"""Asks a provider what became of a message of which nothing more was heard. What it knows is a receipt like any other.

Asked twice it finds the same, and whoever dies here leaves the question to the sweep's next time.
"""

import logging
from dataclasses import replace

from letterbook.domain.communication import Communication, RecipientRole
from letterbook.domain.errors import Permanent, ProviderError, Unavailable
from letterbook.domain.failures import FailureCode
from letterbook.domain.provider_activity import ProviderAct
from letterbook.ports import LookUp, World
from letterbook.use_cases.delivery.record_receipt import record_receipt

logger = logging.getLogger(__name__)


def look_up(world: World, communication_id: str) -> int:
    """How many receipts the provider had. Nobody is asked about what is settled meanwhile.

    A provider that does not answer is asked again when the sweep next comes to the message.
    """
    communication = world.communications.get(communication_id)
    provider = communication.entry.provider if communication else None
    if communication is None or provider is None or not communication.work.asks(communication.entry.status):
        return 0
    try:
        receipts = world.providers.ask(provider, _question(world, communication))
    except (ProviderError, Unavailable) as failed:
        log = {"communication_id": communication_id, "provider": provider, "class": type(failed).__name__}
        logger.warning("not told", extra=log)
        if isinstance(failed, Permanent) and failed.reason is FailureCode.CONFIG:
            # An alarm counts these lines (template.yaml): of nothing that it took anything more is heard.
            logger.error("our set-up is refused", extra=log)
        return 0
    for receipt in receipts:
        record_receipt(world, replace(receipt, communication_id=communication_id, looked_up=True))
        world.provider_activity.note(provider, ProviderAct.LOOKED_UP, world.now())
    logger.info(
        "looked up", extra={"communication_id": communication_id, "provider": provider, "receipts": len(receipts)}
    )
    return len(receipts)


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
    )
