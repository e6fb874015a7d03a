"""What a text message follows: it says nothing of that itself, so it is the last one with its number."""

from collections.abc import Iterator
from datetime import timedelta

from letterbook.domain.channels import AddressKind
from letterbook.domain.communication import Communication, Direction, Entry
from letterbook.domain.ids import Kind, last_id
from letterbook.domain.receipts import Signal
from letterbook.domain.recipients import same_address
from letterbook.domain.status import Status
from letterbook.domain.transitions import ACCEPTS_RECEIPTS
from letterbook.ports import Index, World
from letterbook.use_cases.inbound.answers import Answer, existing

# So many of a party's newest entries are looked at, of whatever channel; and of those that hold a number that nobody has.
_PAGE, _PAGES = 50, 10
_CLOCKS = timedelta(days=1)
# What a provider refused never went out; what was logged did, by another way.
_SAID = (ACCEPTS_RECEIPTS - {Status.REJECTED}) | {Status.LOGGED}


def find_last_texts(world: World, number: str, party_id: str | None = None) -> Answer:
    """The last message to the number is what is answered, unless theirs that came since stand elsewhere by now.

    With that party; without one with anybody, where nobody has the number.
    """
    last: Entry | None = None
    for entry in _entries(world, number, party_id):
        if not _is_with(entry, number):
            continue
        last = last or entry
        if entry.direction is Direction.OUTBOUND:
            same_place = entry is last or (entry.thread_id is not None and entry.thread_id == last.thread_id)
            return Answer(to=existing(world, entry.id) if same_place else None, beside=_beside(world, last, entry))
    return Answer(beside=existing(world, last.id) if last else None)


def _beside(world: World, last: Entry, answered: Entry) -> Communication | None:
    return None if last is answered else existing(world, last.id)


def _entries(world: World, number: str, party_id: str | None) -> Iterator[Entry]:
    """Newest first."""
    below: str | None = last_id(Kind.COMMUNICATION, world.now() + _CLOCKS)
    for _ in range(_PAGES):
        if party_id:
            page = world.communications.page(
                Index.PARTY, party_id, above=f"{Kind.COMMUNICATION}_", below=below or "", limit=_PAGE
            )
            found, below = page.items, page.after
        else:
            # Who was written to without having the number is told by the search index alone.
            ids = world.search.page(
                [number.removeprefix("+")], above=f"{Kind.COMMUNICATION}_", below=below or "", limit=_PAGE
            )
            entries = world.communications.entries(ids.items, now=True)
            found, below = [entries[one] for one in ids.items if one in entries], ids.after
        yield from found
        if below is None:
            return


def _is_with(entry: Entry, number: str) -> bool:
    """Whether somebody said it by SMS to that number, or it came from there, and with whom is beyond doubt."""
    if entry.channel.spec.address is not AddressKind.MOBILE or entry.candidates:
        return False
    if entry.direction is Direction.INBOUND:
        return same_address(entry.sender, number)
    return entry.status in _SAID and Signal.KEYWORD not in entry.signals and bool(entry.named(number))
