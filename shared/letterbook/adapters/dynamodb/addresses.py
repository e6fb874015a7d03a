"""What was heard of an address last: one item an address, whoever has it.

A delivery leaves its time and no more, so that an older bounce that is told later knows of it; one write, and no read before it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from pynamodb.exceptions import DoesNotExist, UpdateError
from pynamodb.expressions.condition import And, Condition

from letterbook.adapters.dynamodb.batch import Wish
from letterbook.adapters.dynamodb.deeds import deed_item
from letterbook.adapters.dynamodb.spans import clue
from letterbook.adapters.dynamodb.tables import DirectoryItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.packing import packed, unpacked
from letterbook.domain.errors import Moved
from letterbook.domain.history import Deed
from letterbook.domain.recipients import Quarantine

QUARANTINE = "quarantine"
_ROUNDS = 8


def quarantine_wishes(addresses: Iterable[str]) -> list[Wish]:
    return [Wish(DirectoryItem, {"id": _at(one), "kind": QUARANTINE}) for one in addresses]


def in_quarantine(addresses: Iterable[str], found: Mapping[str, str]) -> Mapping[str, Quarantine]:
    """Those of the addresses that are in quarantine, by what was found under `id/kind`."""
    known = {one: found.get(f"{_at(one)}/{QUARANTINE}") for one in addresses}
    all_ = {one: unpacked(Quarantine, data) for one, data in known.items() if data}
    return {one: quarantine for one, quarantine in all_.items() if quarantine.stands}


def bounced(found: Quarantine, deed: Deed) -> None:
    """Raises Moved when others keep writing."""

    def join(known: Quarantine | None) -> Quarantine:
        return known.joined(found) if known else found

    _join(found.address, join, lambda _: deed)


def arrived(address: str, at: datetime, deed: Callable[[Quarantine], Deed]) -> None:
    """Raises Moved when others keep writing. `deed` is asked where it ends a quarantine."""
    news = DirectoryItem.delivered_at.does_not_exist() | (DirectoryItem.delivered_at < _text(at))
    try:
        DirectoryItem(_at(address), QUARANTINE).update(
            actions=[DirectoryItem.delivered_at.set(_text(at))], condition=DirectoryItem.data.does_not_exist() & news
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        # It bounced once, or something arrived there later.
        _join(address, lambda known: known and known.delivered(at), deed)


def released(standing: Quarantine, deed: Deed) -> None:
    """By a person. Raises Moved when others keep writing."""

    def join(known: Quarantine | None) -> Quarantine | None:
        # A provider's clock may be ahead of ours.
        return known and known.released(deed.at, known.at)

    _join(standing.address, join, lambda _: deed)


def _join(
    address: str, join: Callable[[Quarantine | None], Quarantine | None], deed: Callable[[Quarantine], Deed]
) -> None:
    """Writes what `join` makes of what is known of a bounce, on top of exactly that, where it says anything new."""
    for _ in range(_ROUNDS):
        item = _item_of(address)
        known = unpacked(Quarantine, item.data) if item and item.data else None
        after = join(known)
        if after is None:
            return
        after = after.delivered(_time(item.delivered_at) if item else None)
        stood = known is not None and known.stands
        if after == known or (known is None and not after.stands):
            return
        writes = [Write(item=_written(after, item), condition=_unchanged(item))]
        try:
            commit([*writes, deed_item(deed(after))] if stood != after.stands else writes)
        except Moved:
            continue
        return
    raise Moved(address)


def _item_of(address: str) -> DirectoryItem | None:
    try:
        return DirectoryItem.get(_at(address), QUARANTINE, consistent_read=True)
    except DoesNotExist:
        return None


def _unchanged(item: DirectoryItem | None) -> Condition:
    if item is None:
        return DirectoryItem.id.does_not_exist()
    same = DirectoryItem.data == item.data if item.data else DirectoryItem.data.does_not_exist()
    if item.delivered_at:
        return And(same, DirectoryItem.delivered_at == item.delivered_at)
    return And(same, DirectoryItem.delivered_at.does_not_exist())


def _written(quarantine: Quarantine, item: DirectoryItem | None) -> DirectoryItem:
    """One that does not stand is in no list."""
    listed = quarantine.stands
    return DirectoryItem(
        _at(quarantine.address),
        QUARANTINE,
        data=packed(quarantine),
        lookup=QUARANTINE if listed else None,
        value=clue(quarantine.address) if listed else None,
        delivered_at=item.delivered_at if item else None,
    )


def _at(address: str) -> str:
    return f"address#{clue(address)}"


def _text(at: datetime) -> str:
    """Sorts as the times do, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
