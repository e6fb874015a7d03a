"""How long an answer took: the minutes from what came in from a party to the next thing that was said to them."""

from dataclasses import replace
from datetime import datetime, timedelta

from letterbook.domain.communication import Channel, Communication, Direction, Entry
from letterbook.domain.ids import Kind, first_id
from letterbook.domain.moves import Change, noted
from letterbook.domain.receipts import Signal
from letterbook.domain.status import Status
from letterbook.ports import Index, World
from letterbook.use_cases.change import change

# Between two answers nobody writes more often than this.
_LOOKED_AT = 50
_SAID = frozenset({Status.SENT, Status.DELIVERED, Status.LOGGED})


def respond(world: World, entry: Entry) -> None:
    """After a change of an entry: sets the minutes of whatever it may answer, or of itself where it came in."""
    if entry.direction is Direction.INBOUND:
        if asks(entry):
            _settle(world, entry)
    elif entry.channel is not Channel.NOTE:
        for came_in in _unanswered_before(world, entry):
            _settle(world, came_in)


def asks(entry: Entry) -> bool:
    """What came in by itself waits for no answer."""
    return entry.direction is Direction.INBOUND and Signal.AUTO_REPLY not in entry.signals


def answers(entry: Entry) -> bool:
    """Notes say nothing to anybody, and of restricted entries nobody shall learn by a number."""
    said = entry.direction is Direction.OUTBOUND and entry.status in _SAID
    return said and entry.channel is not Channel.NOTE and not entry.restricted


def _unanswered_before(world: World, entry: Entry) -> list[Entry]:
    """What came in between the answer before this one and this one."""
    page = world.log.page(Index.PARTY, entry.party.id, above=f"{Kind.COMMUNICATION}_", below=entry.id, limit=_LOOKED_AT)
    came_in = []
    for one in page.items:
        if answers(one):
            break
        if asks(one):
            came_in.append(one)
    return came_in


def _settle(world: World, came_in: Entry) -> None:
    below = first_id(Kind.COMMUNICATION, world.now() + timedelta(days=1))
    page = world.log.page(
        Index.PARTY, came_in.party.id, above=came_in.id, below=below, limit=_LOOKED_AT, oldest_first=True
    )
    answer = next((one for one in page.items if one.id != came_in.id and answers(one)), None)
    minutes = int((_said_at(answer) - came_in.occurred_at) / timedelta(minutes=1)) if answer else None
    if minutes == came_in.response_minutes:
        return

    def told(standing: Communication) -> Change | None:
        if standing.deleted or standing.entry.response_minutes == minutes:
            return None
        after = replace(standing, entry=replace(standing.entry, response_minutes=minutes))
        return noted(standing, after, at=world.now(), event="unanswered" if minutes is None else "answered")

    change(world, came_in.id, told)


def _said_at(answer: Entry) -> datetime:
    return answer.sent_at or answer.occurred_at
