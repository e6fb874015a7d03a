"""Fetches what a provider keeps for us, and says so once it is safe: it goes the way of what others post.

What if the process dies
- before it is on the queue of receipts: it was not acknowledged, and is fetched again;
- between queue and acknowledgement: it is fetched again, and known again by whoever records it.
What nobody can read is a dead letter of that queue and holds up nothing: it was acknowledged like the others.
"""

import logging

from letterbook.domain.errors import ProviderError, Unavailable
from letterbook.ports import World

logger = logging.getLogger(__name__)

# What more there is waits for the next minute.
_AT_MOST = 100


def pull_events(world: World, provider: str) -> int:
    """How many there were. A provider that does not answer is asked in the next minute again.

    Raises OSError where they cannot be made safe: they stay with the provider.
    """
    pulled = 0
    try:
        while pulled < _AT_MOST and (events := world.providers.pull(provider)):
            for one in events:
                world.queues.enqueue_provider_events(provider, [one.raw])
                world.providers.acknowledge(provider, one)
            pulled += len(events)
    except (ProviderError, Unavailable) as failed:
        logger.warning("not fetched", extra={"provider": provider, "class": type(failed).__name__})
    if pulled:
        logger.info("fetched", extra={"provider": provider, "events": pulled})
    return pulled
