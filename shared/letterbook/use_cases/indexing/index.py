"""Tells the rest of the house what became of an entry: the search index, the counts, how long an answer took.

Called for every change of the log, some time after it, any number of times and in any order: it looks at what is true now. Nothing
that a message needs depends on it.
"""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from letterbook.domain.communication import Communication, Entry
from letterbook.domain.correspondence import NUMBER
from letterbook.domain.entry_terms import entry_terms, is_named_since, made_of, reference_terms
from letterbook.domain.errors import ConcurrentUpdate
from letterbook.domain.ids import Kind, first_id
from letterbook.domain.month import Month
from letterbook.domain.search_terms import CUT
from letterbook.ports import Index, IndexChange, IndexedEntry, StatsKey, World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.indexing.response_times import update_response_times

logger = logging.getLogger(__name__)


def index_communication(world: World, communication_id: str, *, anew: bool = False) -> None:
    """Does nothing where the index knows already, unless it shall be made `anew`.

    Whoever dies before the index is written does all of it again. Raises ConcurrentUpdate when somebody else indexes the same entry
    at the same moment.
    """
    index_communications(world, [communication_id], anew=anew)


def index_communications(world: World, communication_ids: Sequence[str], *, anew: bool = False) -> None:
    """Several entries, each named once, in about as many requests as one takes. Raises what stands in the way of any of them:
    some may be indexed then, all of them or none, and to do it again does what is left.
    """
    changes = []
    for communication_id, (before, communication) in world.search.look_at(communication_ids).items():
        if communication is None:
            continue
        length = communication.chain.length
        if before and before.length > length and anew:
            # It was changed and indexed while both were read.
            raise ConcurrentUpdate
        if before and before.length >= length and not anew:
            continue
        update_response_times(world, communication.entry, deleted=communication.deleted)
        if communication.deleted:
            world.search.remove(communication_id, before, length)
        else:
            changes.append(_change(world, communication, before, anew=anew))
    world.search.put(changes)


def _change(world: World, communication: Communication, before: IndexedEntry | None, *, anew: bool) -> IndexChange:
    """What was said is read, and taken to words, only where something of it is not what the index was made of."""
    entry, organisation = communication.entry, world.settings.current()
    carries, country = communication.metadata.get(NUMBER, ""), organisation.country
    digest = made_of(entry, communication.content, country, carries=carries)
    if before and not anew and before.made_of == digest:
        words = before.words
    elif before and not anew and CUT not in before.words and is_named_since(before.made_of, digest):
        words = before.words.union(reference_terms(entry, country).words)
    else:
        text = world.content_store.content(communication.content).rendered.text
        terms = entry_terms(entry, text, country, carries=carries)
        words = frozenset(terms.words) | ({CUT} if terms.cut else frozenset())
    after = IndexedEntry(
        words=words,
        counted=None if entry.apart else _counted(entry, organisation.zone),
        length=communication.chain.length,
        made_of=digest,
    )
    return IndexChange(id=entry.id, before=before, after=after, anew=anew)


def _counted(entry: Entry, zone: ZoneInfo) -> StatsKey:
    return StatsKey(day=entry.occurred_at.astimezone(zone).date(), channel=entry.channel, group=entry.counts_as)


_ROUNDS = 5
_AT_ONCE = 200
_BUDGET = timedelta(seconds=20)


def reindex(
    world: World,
    month: Month,
    below: str | None,
    *,
    at_most: int = _AT_ONCE,
    budget: timedelta = _BUDGET,
) -> tuple[Month, str | None] | None:
    """Indexes entries of a month anew, newest first, as many as the `budget` lets it, at least one.

    Answers where to go on, None when all are done. Whenever it is cut off, what was done is whole, and what the firm does meanwhile
    is indexed by its own change.
    """
    until = time.monotonic() + budget.total_seconds()
    page = world.communications.page(
        Index.FEED,
        month.key,
        above=f"{Kind.COMMUNICATION}_",
        below=below or first_id(Kind.COMMUNICATION, month.end),
        limit=at_most,
    )
    for entry in page.items:
        _index_anew(world, entry.id)
        if time.monotonic() >= until and entry is not page.items[-1]:
            return month, entry.id
    if page.after:
        return month, page.after
    oldest = world.communications.oldest_month()
    return (month.before, None) if oldest and month.before >= oldest else None


def reindex_directory(world: World, after: str | None, *, at_most: int = _AT_ONCE) -> str | None:
    """Makes what parties, contacts, cases and subjects are found by anew, `at_most` at once; answers where to go on."""
    return world.directory_search.renew(after, at_most=at_most)


def _index_anew(world: World, communication_id: str) -> None:
    try:
        retry_on_conflict(lambda: index_communication(world, communication_id, anew=True), most=_ROUNDS)
    except ConcurrentUpdate:
        # Somebody indexes it all the time, so it is indexed.
        logger.warning("published by others meanwhile", extra={"communication_id": communication_id})
