"""Subjects: what communications regard, as other systems tell us of it."""

from dataclasses import replace
from datetime import timedelta

from letterbook.domain.access import Right, Viewer
from letterbook.domain.errors import Fault, Forbidden, Invalid, Moved, NotFound
from letterbook.domain.ids import Kind, last_id
from letterbook.domain.subjects import Subject
from letterbook.ports import Index, World
from letterbook.use_cases.documents import opener
from letterbook.use_cases.versions import next_version, outdated
from letterbook.use_cases.viewers import NOT_YOURS, sees_party, sees_subject

_LOOKED_AT = 50
# Clocks differ, and what was logged may be so much ahead of ours.
_CLOCKS = timedelta(days=1)


def put_subject(world: World, viewer: Viewer, version: int | None, told: Subject) -> tuple[Subject, bool]:
    """The subject as it is told, replacing what was told before; and whether it is new.

    Raises Forbidden, NotFound, Invalid, Outdated. Moved from one party to another it must be the viewer's to change with both.
    """
    viewer.require(Right.RECORDS)
    before = world.directory.subject(told.type, told.id)
    if before and not sees_subject(world, viewer, before):
        raise NotFound("There is no such subject.")
    if before and before.party_id and not viewer.changes_party(before.party_id):
        raise Forbidden(NOT_YOURS)
    faults = []
    if told.party_id is None and viewer.sight is not None:
        faults.append(Fault("party_id", "out_of_sight", "Name a party that you see: without it you would not see it."))
    known = told.party_id is None or world.directory.party(told.party_id) is not None
    if told.party_id and not (known and sees_party(world, viewer, told.party_id)):
        faults.append(Fault("party_id", "unknown_party", "There is no such party."))
    document = world.directory.document(told.document_id) if told.document_id else None
    if told.document_id and not (document and opener(world, viewer)(document)):
        faults.append(Fault("document_id", "unknown_document", "There is no such document."))
    if faults:
        raise Invalid("The subject names things that are not there.", *faults)
    if told.party_id and not viewer.changes_party(told.party_id):
        raise Forbidden(NOT_YOURS, Fault("party_id", "forbidden", NOT_YOURS))
    after = replace(told, version=next_version(before.version if before else 0, version))
    try:
        world.directory.save_subject(after)
    except Moved:
        raise outdated() from None
    return after, before is None


def read_subject(world: World, viewer: Viewer, type_: str, subject_id: str) -> Subject:
    """Raises Forbidden, NotFound. One that entries regard and nobody told of is bare: a type and an id."""
    viewer.require(Right.READ)
    subject = world.directory.subject(type_, subject_id)
    if subject is None and _regarded(world, viewer, f"{type_}:{subject_id}"):
        return Subject(type=type_, id=subject_id, version=0)
    if subject is None or not sees_subject(world, viewer, subject):
        raise NotFound("There is no such subject.")
    return subject


def _regarded(world: World, viewer: Viewer, key: str) -> bool:
    """Whether one of the newest entries about it is one that the viewer sees."""
    below = last_id(Kind.COMMUNICATION, world.now() + _CLOCKS)
    page = world.log.page(Index.REGARDING, key, above=f"{Kind.COMMUNICATION}_", below=below, limit=_LOOKED_AT)
    return any(viewer.sees(entry.owned) for entry in page.items)
