"""The documents that a message can be given, and those that it was given."""

from collections.abc import Sequence
from dataclasses import dataclass

from letterbook.domain.access import Viewer
from letterbook.domain.errors import NotFound
from letterbook.domain.party import Document, Party
from letterbook.ports import World
from letterbook.use_cases.directory.attachments import looked_at
from letterbook.use_cases.directory.documents import list_documents, opener, uploaded


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentChoice:
    """`offered` are those of the party and the case that are not attached, newest first; `attached` keep their order.

    `complete` tells that no older ones are left out of what is offered.
    """

    offered: Sequence[Document]
    attached: Sequence[Document]
    complete: bool


def choose_documents(
    world: World, viewer: Viewer, *, party: Party, case_id: str | None, attached: Sequence[str], limit: int
) -> DocumentChoice:
    """The newest `limit` of a party in sight, and of the case as far as it is, which are there; of the attached, those that the
    viewer may open.

    What is attached is looked at, so that the page shows the digest that is asked for when it is sent. Raises Forbidden.
    """
    documents: dict[str, Document] = {}
    complete = True
    for owner in ({"party_id": party.id, "case_id": None}, {"party_id": None, "case_id": case_id}):
        if not any(owner.values()):
            continue
        try:
            newest = list_documents(world, viewer, **owner, limit=limit, after=None, seen=party)
        except NotFound:
            continue
        complete = complete and newest.after is None
        documents |= {one.id: one for one in newest.items}
    may_open = opener(world, viewer)
    chosen = []
    for document_id in attached:
        document = documents.pop(document_id, None) or world.documents.get(document_id)
        if document and may_open(document):
            chosen.append(looked_at(world, document) or document)
    offered = sorted(uploaded(world, documents.values()), key=lambda one: one.id, reverse=True)
    return DocumentChoice(offered=offered, attached=chosen, complete=complete)
