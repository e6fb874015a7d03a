"""Makes the PDF of a correspondence of the letter that was kept when it was ordered.

What if the process dies
- before the document is kept: the queue delivers again, and nothing is there yet;
- between document and correspondence: the same letter makes the same document under the same id, which is found and taken;
- after it: nothing is ordered any more, and nothing is made again.
"""

import logging

from letterbook.domain.communication import SYSTEM, Attachment, Failure
from letterbook.domain.correspondence import Correspondence, LetterOrder
from letterbook.domain.errors import CorruptContent
from letterbook.domain.failures import FailureCode, FailureText
from letterbook.domain.ids import Kind, id_from
from letterbook.domain.letter import TypesettingFailed
from letterbook.domain.party import Document
from letterbook.ports import World
from letterbook.use_cases.directory.attachments import store
from letterbook.use_cases.support.correspondence import deed, fail_letter, todo_done, update_correspondence

logger = logging.getLogger(__name__)


def render_correspondence(world: World, account: str, ordinal: int) -> None:
    """Does nothing where nothing is ordered: it was made, or voided.

    A letter that cannot be made fails its correspondence, in words, and asks somebody to see to it. Raises whatever else keeps it
    from being made: the queue then delivers the order again.
    """
    correspondence = world.correspondence.get(account, ordinal)
    if correspondence is None or correspondence.order is None:
        logger.info("nothing to render")
        return
    order = correspondence.order
    try:
        document = _document(world, correspondence, order)
    except (TypesettingFailed, CorruptContent) as failed:
        logger.exception("no PDF can be made", extra={"party_id": correspondence.party.id})
        fail_letter(
            world, correspondence, Failure(code=FailureCode.INVALID_DOCUMENT, permanent=True, text=_why(failed))
        )
        return

    def made(current: Correspondence) -> Correspondence | None:
        if current.order != order:
            # Made by another worker, voided, or ordered anew: that order is on the queue by itself.
            return None
        after = current.made(document, world.now())
        event = deed(world, after, "PDF made", note=f"version {order.version}")
        world.correspondence.save(after, event, todos=todo_done(world, after))
        return after

    update_correspondence(world, account, ordinal, made)


def _document(world: World, correspondence: Correspondence, order: LetterOrder) -> Attachment:
    """A document of the party, seen with it. Each version has one of its own: what was attached stays what it was."""
    letter = world.content_store.content(order.content).letter
    if letter is None:
        raise CorruptContent(order.content.key)
    typeset = world.typesetter.pdf(letter)
    logger.info("typeset", extra={"pages": typeset.pages, "missing": len(typeset.missing)})
    seed = f"{correspondence.number} {order.content.sha256} {order.ordered_at.isoformat()}".encode()
    document = Document(
        id=id_from(Kind.DOCUMENT, order.ordered_at, seed),
        name=f"{correspondence.type.name or 'Letter'} {correspondence.number}.pdf".replace("/", "-"),
        media_type="application/pdf",
        bytes=len(typeset.content),
        party_id=correspondence.party.id,
        created_by=SYSTEM.id,
        created_at=order.ordered_at,
    )
    return store(world, document, typeset.content)


def _why(failed: TypesettingFailed | CorruptContent) -> FailureText:
    if isinstance(failed, CorruptContent):
        return FailureText("What it says was damaged after it was accepted.", "Recreate it.")
    return FailureText(f"No letter can be made of it: {failed}", "Correct its template, then recreate it.")
