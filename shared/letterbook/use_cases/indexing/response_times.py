"""How long an answer took: the minutes from what came in from a party to the next thing that was said to them.

What is said to a creditor in one case answers nothing that they wrote about another. What came in by itself waits for no answer;
notes and what not all see are none.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from letterbook.domain.communication import Communication, Direction, Entry
from letterbook.domain.ids import Kind, first_id
from letterbook.domain.party import PartyKind
from letterbook.domain.receipts import Signal
from letterbook.domain.status import Status, reachable
from letterbook.domain.transitions import Change, updated
from letterbook.ports import Index, World
from letterbook.use_cases.support.update import update_communication

# So much of what was said with a party before or since is looked at: more than is said between two answers.
_PAGE, _PAGES = 50, 6
# Most that is said answers something that is among the last that was.
_FIRST_PAGE = 10
# What waits for nobody's answer: a reply that no person wrote, and a word that was acted upon.
_BY_ITSELF = frozenset({Signal.AUTO_REPLY, Signal.KEYWORD})
_SAID = frozenset({Status.SENT, Status.DELIVERED, Status.LOGGED})
# What is so was not said, and never had been before.
_NEVER_SAID = frozenset(Status) - reachable(_SAID)
_CLOCKS = timedelta(days=1)


def update_response_times(world: World, entry: Entry, *, deleted: bool = False) -> None:
    """After a change of an entry: sets the minutes of whatever it may answer, or of itself where it came in."""
    if entry.direction is Direction.INBOUND:
        if awaits_answer(entry) and not deleted:
            _settle(world, entry, ())
    elif not entry.channel.spec.is_internal and entry.status not in _NEVER_SAID:
        candidates = () if deleted else (entry,)
        for came_in in _unanswered_before(world, entry):
            _settle(world, came_in, candidates)


def awaits_answer(entry: Entry) -> bool:
    return entry.direction is Direction.INBOUND and entry.signals.isdisjoint(_BY_ITSELF)


def is_answer(entry: Entry) -> bool:
    said = entry.direction is Direction.OUTBOUND and entry.status in _SAID and Signal.KEYWORD not in entry.signals
    return said and not entry.channel.spec.is_internal and not entry.apart


def _said_at(entry: Entry) -> datetime:
    """A message that was composed long before it went is said when it went."""
    return entry.sent_at or entry.occurred_at


def _same_matter(one: Entry, other: Entry) -> bool:
    return one.party.kind is not PartyKind.CREDITOR or (one.case, one.client) == (other.case, other.client)


def _unanswered_before(world: World, answer: Entry) -> list[Entry]:
    """What came in between the answer before this one and this one."""
    came_in = []
    for one in _before(world, answer.party.id, first_id(Kind.COMMUNICATION, _said_at(answer))):
        if one.id == answer.id or not _same_matter(one, answer):
            continue
        if is_answer(one) and _said_at(one) <= _said_at(answer):
            break
        if awaits_answer(one):
            came_in.append(one)
    return came_in


def _settle(world: World, came_in: Entry, candidates: tuple[Entry, ...]) -> None:
    """`candidates` are entries as they are now: the lists may not know them yet, or as they were."""
    known = {one.id: one for one in (*_since(world, came_in), *_drafted_before(world, came_in), *candidates)}
    said = [
        _said_at(one)
        for one in known.values()
        if is_answer(one) and _same_matter(one, came_in) and _said_at(one) >= came_in.occurred_at
    ]
    minutes = int((min(said) - came_in.occurred_at) / timedelta(minutes=1)) if said else None

    def told(current: Communication) -> Change | None:
        if current.deleted or current.entry.response_minutes == minutes:
            return None
        after = replace(current, entry=replace(current.entry, response_minutes=minutes))
        event = "unanswered" if minutes is None else "answered"
        return updated(current, after, at=world.now(), event=event, own=False)

    update_communication(world, came_in.id, told)


def _since(world: World, came_in: Entry) -> Iterator[Entry]:
    """What was entered after it, until nothing that follows can have been said sooner than what was found."""
    soonest: datetime | None = None
    below = first_id(Kind.COMMUNICATION, world.now() + _CLOCKS)
    above = came_in.id
    for _ in range(_PAGES):
        page = world.communications.page(
            Index.PARTY, came_in.party.id, above=above, below=below, limit=_PAGE, oldest_first=True
        )
        for one in page.items:
            if soonest and one.occurred_at > soonest:
                return
            yield one
            if is_answer(one) and _same_matter(one, came_in):
                soonest = min(soonest or _said_at(one), _said_at(one))
        if page.after is None:
            return
        above = page.after


def _drafted_before(world: World, came_in: Entry) -> Iterator[Entry]:
    """Drafts and scheduled messages that are older and went out later stand before it."""
    page = world.communications.page(
        Index.PARTY, came_in.party.id, above=f"{Kind.COMMUNICATION}_", below=came_in.id, limit=_PAGE
    )
    return (one for one in page.items if is_answer(one) and _said_at(one) >= came_in.occurred_at)


def _before(world: World, party_id: str, below: str) -> Iterator[Entry]:
    on: str | None = below
    for size in (_FIRST_PAGE, *(_PAGE,) * _PAGES):
        page = world.communications.page(
            Index.PARTY, party_id, above=f"{Kind.COMMUNICATION}_", below=on or "", limit=size
        )
        yield from page.items
        on = page.after
        if on is None:
            return
