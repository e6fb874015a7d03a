"""The PDF of what is regarded."""

from letterbook.domain.party import Document
from letterbook.domain.subjects import RegardedRecord
from letterbook.ports import World


def document_of_subject(world: World, subject: RegardedRecord | None, case_id: str | None) -> Document | None:
    """The PDF of what a message regards, which is seen by who sees that: the party's own, that of an entry with it, or nobody's.

    None where there is none, and for one that stands under somebody else or another case.
    """
    document = world.documents.get(subject.document_id) if subject and subject.document_id else None
    if subject is None or document is None:
        return None
    if document.communication_id:
        of = world.communications.get(document.communication_id)
        entry = of.entry if of else None
        theirs = entry is None or (entry.party.id == subject.party_id and not entry.restricted)
        return document if theirs else None
    return document if document.party_id in (None, subject.party_id) and document.case_id in (None, case_id) else None
