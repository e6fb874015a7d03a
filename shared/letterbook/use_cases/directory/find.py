"""Finds whatever holds some words: parties, cases, what messages are about, and messages, each as its own list finds them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Entry
from letterbook.domain.correspondence import Correspondence
from letterbook.domain.directory_terms import subject_terms
from letterbook.domain.errors import Invalid
from letterbook.domain.filters import Filters
from letterbook.domain.party import Case, Party
from letterbook.domain.search_terms import matches, parse_query
from letterbook.domain.subjects import RegardedRecord
from letterbook.ports import Page, World
from letterbook.use_cases.directory.cases import list_cases
from letterbook.use_cases.directory.parties import list_parties
from letterbook.use_cases.directory.subjects import find_subjects
from letterbook.use_cases.reading.correspondence import find_correspondence
from letterbook.use_cases.reading.list_communications import list_communications
from letterbook.use_cases.reading.search import EntryPage
from letterbook.use_cases.support.access import visible_cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`names` are those of the parties that the subjects belong to, by id. `correspondence` is what a number may mean."""

    parties: Page[Party]
    cases: Page[Case]
    subjects: Sequence[RegardedRecord]
    names: Mapping[str, str]
    entries: EntryPage
    correspondence: Sequence[Correspondence] = ()


def find(world: World, viewer: Viewer, words: str, *, limit: int) -> Found:
    """At most `limit` of each that the viewer sees, the newest first. Raises Forbidden."""
    viewer.require(Permission.READ)
    entries = _entries(world, viewer, words, limit)
    # All that follow ask who is on them.
    cases = visible_cases(world, viewer) if viewer.sight is not None else None
    subjects = _subjects(world, viewer, words, entries.items, limit, cases)
    owners = sorted({one.party_id for one in subjects if one.party_id})
    return Found(
        parties=list_parties(world, viewer, words, (), limit=limit, after=None, cases=cases),
        cases=list_cases(world, viewer, None, limit=limit, after=None, words=words, visible=cases),
        subjects=subjects,
        names={one.id: one.name for one in world.parties.several(owners)} if owners else {},
        entries=entries,
        correspondence=find_correspondence(world, viewer, words),
    )


def _entries(world: World, viewer: Viewer, words: str, limit: int) -> EntryPage:
    try:
        return list_communications(world, viewer, Filters(words=words), limit=limit)
    except Invalid:
        # A party may be called as a word that stands in every text.
        return EntryPage(items=(), after=None)


def _subjects(
    world: World,
    viewer: Viewer,
    words: str,
    entries: Iterable[Entry],
    limit: int,
    cases: Sequence[Case] | None,
) -> Sequence[RegardedRecord]:
    """Those that were told of; then those that nobody told of, and that messages with these words are about."""
    told = find_subjects(world, viewer, words, limit=limit, cases=cases)
    known = {(one.type, one.id) for one in told}
    asked = parse_query(words, world.settings.current().country, anywhere=True)
    bare: dict[tuple[str, str], RegardedRecord] = {}
    for entry in entries:
        of = entry.regarding
        if of and (of.type, of.id) not in known:
            subject = RegardedRecord(type=of.type, id=of.id, label=of.label or None, party_id=entry.party.id, version=0)
            if matches(subject_terms(subject), asked):
                bare.setdefault((of.type, of.id), subject)
    return [*told, *bare.values()][:limit]
