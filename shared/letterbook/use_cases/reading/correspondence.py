"""Reads correspondence: by its number, in lists, its PDF. It is seen by who was granted its party, as that one's documents are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.correspondence import (
    Attaches,
    Correspondence,
    CorrespondenceFilters,
    CorrespondenceType,
    LetterVersion,
    parse_number,
)
from letterbook.domain.errors import Conflict, NotFound
from letterbook.domain.history import AuditEvent
from letterbook.domain.party import Document
from letterbook.domain.references import Regarding
from letterbook.domain.subjects import RegardedRecord, of_party
from letterbook.ports import Page, World
from letterbook.use_cases.reading.pages import read_until_full
from letterbook.use_cases.support.access import must_stand
from letterbook.use_cases.support.subject_documents import document_of_subject

_AT_ONCE = 200
_MOST_EVENTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrespondenceDetail:
    """`type` is as it was when it was made. `communications` carried it, with their later attempts.

    `without_document` are the things of which the type attaches the PDF, and which have none.
    """

    correspondence: Correspondence
    type: CorrespondenceType
    communications: Sequence[str]
    without_document: Sequence[Regarding] = ()


def read_correspondence(world: World, viewer: Viewer, account: str, number: str) -> Correspondence:
    """That which bears the number; else that of the party which has the account now. Raises Forbidden, NotFound."""
    viewer.require(Permission.READ)
    found = _found(world, viewer, f"{account}/{number}")
    if not found:
        raise NotFound("There is no such correspondence.")
    return found[0]


def read_detail(world: World, viewer: Viewer, account: str, number: str) -> CorrespondenceDetail:
    """Raises Forbidden, NotFound."""
    return detail_of(world, read_correspondence(world, viewer, account, number))


def detail_of(world: World, correspondence: Correspondence) -> CorrespondenceDetail:
    """Of one that the viewer sees."""
    type_ = type_of(world, correspondence)
    missing: Sequence[Regarding] = ()
    if type_.attaches is Attaches.SUBJECT_DOCUMENTS:
        with_document = documents_of_subjects(world, correspondence)
        missing = [one for one in correspondence.regarding if one.key not in with_document]
    return CorrespondenceDetail(
        correspondence=correspondence,
        type=type_,
        communications=with_attempts(world, correspondence.communications),
        without_document=missing,
    )


def with_attempts(world: World, communication_ids: Sequence[str]) -> tuple[str, ...]:
    """Those entries, each with what said the same again, or by another channel."""
    chains = world.attempts.several(communication_ids) if communication_ids else {}
    ids = [one for first in communication_ids for one in (chains[first].ids if first in chains else (first,))]
    return tuple(dict.fromkeys(ids))


def type_of(world: World, correspondence: Correspondence) -> CorrespondenceType:
    """Its type as it was when it was made; no version of a type is ever taken away."""
    type_ = world.correspondence_types.get(correspondence.type.key, correspondence.type.version)
    if type_ is None:
        raise ValueError("a correspondence is of a type that is not there")
    return type_


def subjects_of(world: World, correspondence: Correspondence) -> list[RegardedRecord]:
    """What its party calls what it regards, in that order."""
    party_id = correspondence.party.id
    found = [of_party(world.subjects.named(one.type, one.id), party_id) for one in correspondence.regarding]
    return [one for one in found if one]


def documents_of_subjects(world: World, correspondence: Correspondence) -> dict[str, Document]:
    """The PDFs of what it regards, by the keys of these: those that may go to its party, and nobody else's."""
    found = {one.regarding.key: document_of_subject(world, one, None) for one in subjects_of(world, correspondence)}
    return {key: document for key, document in found.items() if document}


def find_correspondence(world: World, viewer: Viewer, words: str) -> Sequence[Correspondence]:
    """What a number may mean, that which bears it first; nothing for words that are no number. Raises Forbidden."""
    viewer.require(Permission.READ)
    return _found(world, viewer, words)


def _found(world: World, viewer: Viewer, words: str) -> list[Correspondence]:
    """A number that a letter bears is that letter's alone. Another account number that its party has now leads to it, too."""
    parsed = parse_number(words)
    if parsed is None:
        return []
    account, ordinal = parsed
    bearing = world.correspondence.get(account, ordinal)
    found = [bearing] if bearing and viewer.sees(bearing.ownership) else []
    for party in world.parties.of_account(account):
        if viewer.granted_party(party.id):
            found += [one for one in _of_party(world, party.id) if one.ordinal == ordinal and one != bearing]
    return found


def _of_party(world: World, party_id: str) -> list[Correspondence]:
    found: list[Correspondence] = []
    after: str | None = None
    while True:
        page = world.correspondence.page(party_id, after=after, limit=_AT_ONCE)
        found += page.items
        after = page.after
        if after is None:
            return found


def list_correspondence(
    world: World, viewer: Viewer, filters: CorrespondenceFilters, *, limit: int, after: str | None = None
) -> Page[Correspondence]:
    """Newest first. A page may be short, and still have one behind it. Raises Forbidden, PartyMerged."""
    viewer.require(Permission.READ)
    zone = world.settings.current().zone
    if filters.number:
        found = [one for one in _found(world, viewer, filters.number) if _asked(filters, one, zone)]
        return Page(items=[] if after else found[:limit], after=None)
    owners = _owners(viewer, filters)

    def shown(items: Sequence[Correspondence]) -> list[Correspondence]:
        return [one for one in items if viewer.sees(one.ownership) and _asked(filters, one, zone)]

    page = read_until_full(
        lambda on: _page(world, owners, after=on, limit=limit),
        shown,
        world.correspondence.place_of,
        limit=limit,
        after=after,
    )
    if filters.party_id and not page.items and after is None:
        must_stand(world, viewer, [filters.party_id])
    return page


def _owners(viewer: Viewer, filters: CorrespondenceFilters) -> list[str] | None:
    """The parties whose lists hold what is asked for; None for that of everybody."""
    if filters.party_id:
        return [filters.party_id] if viewer.granted_party(filters.party_id) else []
    return None if viewer.sight is None else sorted(viewer.sight.parties)


def _page(world: World, owners: Sequence[str] | None, *, after: str | None, limit: int) -> Page[Correspondence]:
    """Of several parties, their lists merged."""
    of = [None] if owners is None else owners
    pages = [world.correspondence.page(one, after=after, limit=limit) for one in of]
    place = world.correspondence.place_of
    merged = sorted((one for page in pages for one in page.items), key=place, reverse=True)
    items = merged[:limit]
    more = len(merged) > limit or any(page.after for page in pages)
    return Page(items=items, after=place(items[-1]) if items and more else None)


def _asked(filters: CorrespondenceFilters, one: Correspondence, zone: ZoneInfo) -> bool:
    return (
        (not filters.party_id or one.party.id == filters.party_id)
        and (not filters.types or one.type.key in filters.types)
        and (not filters.statuses or one.status in filters.statuses)
        and (not filters.regarding or filters.regarding in {each.key for each in one.regarding})
        and (filters.since is None or one.created_at >= _begin(filters.since, zone))
        and (filters.until is None or one.created_at < _end(filters.until, zone))
    )


def _begin(at: date | datetime, zone: ZoneInfo) -> datetime:
    return at if isinstance(at, datetime) else datetime.combine(at, time(), tzinfo=zone)


def _end(at: date | datetime, zone: ZoneInfo) -> datetime:
    if isinstance(at, datetime):
        return at + timedelta(milliseconds=1)
    return datetime.combine(at + timedelta(days=1), time(), tzinfo=zone)


def history_of(world: World, viewer: Viewer, correspondence: Correspondence) -> Sequence[AuditEvent]:
    """What happened to it, the newest first. Raises Forbidden."""
    viewer.require(Permission.READ)
    return world.correspondence.history(correspondence, limit=_MOST_EVENTS)


def pdf_link(
    world: World, viewer: Viewer, account: str, number: str, version: int | None = None, *, inline: bool = False
) -> str:
    """Where a browser gets its PDF for five minutes: that version, or the last one.

    Raises Forbidden, NotFound, Conflict `not_ready` where none was made yet.
    """
    correspondence = read_correspondence(world, viewer, account, number)
    wanted = version_of(correspondence, version)
    document = world.documents.get(wanted.document.id)
    if document is None:
        raise NotFound("There is no such document.")
    return world.content_store.download_url(_pinned(document, wanted), inline=inline)


def version_of(correspondence: Correspondence, version: int | None) -> LetterVersion:
    """That version, or the last one. Raises NotFound, Conflict `not_ready` where none was made yet."""
    latest = correspondence.latest
    if latest is None:
        raise Conflict("Its PDF is not there yet.", code="not_ready")
    if version is None:
        return latest
    found = next((one for one in correspondence.versions if one.version == version), None)
    if found is None:
        raise NotFound("There is no such version.")
    return found


def _pinned(document: Document, version: LetterVersion) -> Document:
    return replace(document, object_version=version.document.object_version, sha256=version.document.sha256)
