"""The document of a message that somebody delivers by hand: the letter, ready to be printed."""

from datetime import datetime

from letterbook.domain.communication import SYSTEM, Attachment
from letterbook.domain.ids import Kind, id_from
from letterbook.domain.party import Document
from letterbook.ports import World
from letterbook.use_cases.messages.attachments import store
from letterbook.use_cases.messages.prepare import Prepared


def render_letter(world: World, communication_id: str, prepared: Prepared, now: datetime) -> Attachment:
    """As a document of the entry, seen with it. Made again for the same entry, it is the same document."""
    name = prepared.about.counterparty.name
    lines = prepared.recipients[0].address if prepared.recipients else ""
    where = lines if lines.startswith(name) else f"{name}\n{lines}".strip()
    content = world.renderer.letter(
        prepared.rendered,
        sender=f"{prepared.organisation.name}\n{prepared.organisation.address}".strip(),
        recipient=where,
        date=now.astimezone(prepared.organisation.zone).date(),
    )
    document = Document(
        id=id_from(Kind.DOCUMENT, now, f"{communication_id} letter".encode()),
        name="Letter.html",
        media_type="text/html",
        bytes=len(content),
        communication_id=communication_id,
        created_by=SYSTEM.id,
        created_at=now,
    )
    return store(world, document, content)
