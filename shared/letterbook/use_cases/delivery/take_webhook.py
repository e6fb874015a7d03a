"""Takes what a provider posts: proves that it is theirs, and puts it where it is safe. Everything else happens behind queues.

What if the process dies: nothing was answered, so they post again; what was queued already is known again by whoever records it.
"""

import logging

from letterbook.domain.errors import NotFound, Unavailable
from letterbook.ports import WebhookContent, WebhookRequest, World

logger = logging.getLogger(__name__)


def take_webhook(world: World, provider: str, request: WebhookRequest) -> tuple[str, str]:
    """What the provider wants to hear: media type and text.

    Raises NotFound for a provider, or a path, that nobody posts to; Unauthenticated, Malformed; Unavailable where what was posted
    could not be made safe: they post it again.
    """
    read = world.providers.webhook(provider, request.path)
    if read is None:
        raise NotFound("No provider of this name posts here.")
    content = read(request)
    try:
        _keep(world, provider, content)
    except Exception as error:
        logger.exception("not kept: they post it again", extra={"provider": provider})
        raise Unavailable("This could not be kept. Post it again.") from error
    logger.info(
        "posted",
        extra={
            "provider": provider,
            "events": len(content.events),
            "messages": len(content.messages),
            "mail": len(content.mail),
        },
    )
    return content.answer


def _keep(world: World, provider: str, content: WebhookContent) -> None:
    if content.events:
        owner = world.providers.reporting_by(content.source) if content.source else provider
        world.queues.enqueue_provider_events(owner, content.events)
    if content.messages:
        world.queues.enqueue_inbound_texts(provider, content.messages)
    for raw in content.mail:
        world.inbound_mailbox.put(raw)
