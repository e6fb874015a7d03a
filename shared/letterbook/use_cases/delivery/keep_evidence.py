"""Keeps what proves that a message arrived, as documents of its entry.

What if the process dies
- between two files, or before the entry is written: all are fetched again, each is the same document, and nothing is there twice.
"""

from collections.abc import Sequence
from dataclasses import replace

from letterbook.domain.communication import SYSTEM, Communication
from letterbook.domain.ids import Kind, id_from
from letterbook.domain.party import Document
from letterbook.domain.transitions import Change, updated
from letterbook.ports import World
from letterbook.use_cases.directory.attachments import store
from letterbook.use_cases.support.update import update_communication

# What is from outside is bounded: the copy of an invoice with its attachments is smaller.
_MOST_FILES, _MOST_BYTES = 10, 20_000_000
_LONGEST_NOTE = 500


def keep_evidence(world: World, communication: Communication, files: Sequence[tuple[str, str, bytes]]) -> None:
    """Nothing where there is none yet: it is asked for again. What is too large to be evidence is left out."""
    kept = [one for one in files[:_MOST_FILES] if len(one[2]) <= _MOST_BYTES]
    if not kept:
        return
    documents = tuple(
        store(world, _document(world, communication, place, name, media_type, len(content)), content)
        for place, (name, media_type, content) in enumerate(kept)
    )

    def done(standing: Communication) -> Change | None:
        work = standing.work
        if not work.evidence:
            return None
        left = replace(work, evidence=False)
        left = left if left.asks(standing.entry.status) else replace(left, check_at=None)
        after = replace(standing, work=left, evidence=documents)
        names = ", ".join(one.name for one in documents)
        return updated(standing, after, at=world.now(), event="evidence kept", note=names[:_LONGEST_NOTE])

    update_communication(world, communication.id, done)


def _document(
    world: World, communication: Communication, place: int, name: str, media_type: str, size: int
) -> Document:
    entry = communication.entry
    return Document(
        id=id_from(Kind.DOCUMENT, entry.created_at, f"{entry.id} evidence {place}".encode()),
        name=name,
        media_type=media_type,
        bytes=size,
        communication_id=entry.id,
        created_by=SYSTEM.id,
        created_at=world.now(),
    )
