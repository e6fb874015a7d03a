"""After the commit: asks for the PDF of a correspondence to be made. What fails here, the sweep finds."""

import logging

from letterbook.domain.correspondence import Correspondence
from letterbook.ports import CorrespondenceKey, RenderOrder, World

logger = logging.getLogger(__name__)


def order_letter(world: World, correspondence: Correspondence) -> None:
    """Never raises: it is accepted, and stands in the outbox."""
    key = CorrespondenceKey(account=correspondence.account, ordinal=correspondence.ordinal)
    try:
        world.queues.enqueue_renders([RenderOrder(correspondence=key)])
    except Exception:
        logger.exception("committed, not ordered: left to the sweep", extra={"party_id": correspondence.party.id})
