"""What is known of addresses in DynamoDB: who has them, and which bounced hard.

    address#a@b.example  holders      who has it, the first first
    address#a@b.example  quarantine   it bounced hard     looked up by `quarantine`
    pty_1                clue#address#...                 looked up by `address`

Both lie together, so that a message asks for them in one request. Where there are no holders, which is so where nobody has the
address and of parties that were written before there were any, the clues are asked.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from pynamodb.exceptions import DoesNotExist

from letterbook.adapters.dynamodb.batch import Wish, fetch
from letterbook.adapters.dynamodb.deeds import deed_item
from letterbook.adapters.dynamodb.tables import DirectoryItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.packing import packed, unpacked
from letterbook.domain.addresses import Holder, Holders, KnownAddress
from letterbook.domain.errors import HoldersMoved, Moved
from letterbook.domain.history import Deed
from letterbook.domain.ids import Kind, is_id, time_of
from letterbook.domain.recipients import Quarantine, folded
from letterbook.ports import Page

_QUARANTINE = "quarantine"
_HOLDERS = "holders"
# Keys hold 1,024 bytes (DynamoDB, Constraints).
_KEY_BYTES = 400


class DynamoAddresses:
    """See ports.Addresses."""

    def known_addresses(self, addresses: Iterable[str]) -> Mapping[str, KnownAddress]:
        asked = list(addresses)
        items = fetch(address_wishes(asked), consistent=True)
        found = {f"{item.id}/{item.kind}": item for item in items if isinstance(item, DirectoryItem)}
        return known_in(asked, found)

    def quarantined(self, addresses: Iterable[str]) -> Mapping[str, Quarantine]:
        asked = list(addresses)
        items = fetch(Wish(DirectoryItem, {"id": _at(one), "kind": _QUARANTINE}) for one in asked)
        found = {item.id: item for item in items if isinstance(item, DirectoryItem)}
        standing = {one: _quarantine(found.get(_at(one))) for one in asked}
        return {one: quarantine for one, quarantine in standing.items() if quarantine}

    def quarantine_page(self, *, after: str | None, limit: int) -> Page[Quarantine]:
        span = DirectoryItem.value > after if after else None
        items = list(DirectoryItem.lookups.query(_QUARANTINE, span, limit=limit + 1))
        found = [unpacked(Quarantine, item.data) for item in items[:limit] if item.data]
        return Page(items=found, after=items[limit - 1].value if len(items) > limit else None)

    def put_in_quarantine(self, quarantine: Quarantine, deed: Deed) -> None:
        try:
            item = DirectoryItem.get(_at(quarantine.address), _QUARANTINE, consistent_read=True)
            standing = unpacked(Quarantine, item.data) if item.data else None
        except DoesNotExist:
            standing = None
        if standing and (standing.released_at is None or standing.released_at >= quarantine.at):
            return
        unchanged = DirectoryItem.lookup.does_not_exist()
        with suppress(Moved):
            commit([Write(item=_quarantine_item(quarantine), condition=unchanged), deed_item(deed)])

    def release(self, quarantine: Quarantine, deed: Deed) -> None:
        released = replace(quarantine, released_at=deed.at)
        with suppress(Moved):
            commit([Write(item=_quarantine_item(released), condition=DirectoryItem.lookup.exists()), deed_item(deed)])


def address_wishes(addresses: Iterable[str]) -> list[Wish]:
    return [
        Wish(DirectoryItem, {"id": _at(one), "kind": kind}) for one in addresses for kind in (_HOLDERS, _QUARANTINE)
    ]


def known_in(addresses: Iterable[str], found: Mapping[str, DirectoryItem]) -> Mapping[str, KnownAddress]:
    """What is known of each of the addresses, by what was found under `id/kind`."""
    return {
        one: KnownAddress(
            holders=_holders(one, found.get(f"{_at(one)}/{_HOLDERS}")),
            quarantine=_quarantine(found.get(f"{_at(one)}/{_QUARANTINE}")),
        )
        for one in addresses
    }


def holder_writes(holders: Iterable[Holders]) -> Iterator[Write]:
    """Each on top of its version before. HoldersMoved is raised where somebody else got the address, or lost it, meanwhile."""
    for one in holders:
        version = one.version + 1
        fresh = DirectoryItem.id.does_not_exist()
        follows = fresh if version == 1 else DirectoryItem.version == one.version
        item = DirectoryItem(_at(one.address), _HOLDERS, data=packed(replace(one, version=version)), version=version)
        yield Write(item=item, condition=follows, refused=HoldersMoved)


def address_key(address: str) -> str:
    """Short enough for a key."""
    return folded(address).encode()[:_KEY_BYTES].decode(errors="ignore")


def _at(address: str) -> str:
    return f"address#{address_key(address)}"


def _holders(address: str, item: DirectoryItem | None) -> Holders:
    if item is not None and item.data:
        return unpacked(Holders, item.data)
    return Holders(address=folded(address), all=tuple(sorted(_by_clues(address), key=lambda one: one.since)))


def _by_clues(address: str) -> Iterator[Holder]:
    """A contact's clue is marked with the contact: `address#con_1#pty_1`. Since when is not known: since there is its owner."""
    for item in DirectoryItem.lookups.query("address", DirectoryItem.value.startswith(f"{address_key(address)}#")):
        mark = (item.value or "").split("#")[-2]
        contact_id = mark if is_id(Kind.CONTACT, mark) else None
        yield Holder(party_id=item.id, contact_id=contact_id, since=time_of(contact_id or item.id))


def _quarantine(item: DirectoryItem | None) -> Quarantine | None:
    standing = unpacked(Quarantine, item.data) if item is not None and item.data else None
    return standing if standing and standing.released_at is None else None


def _quarantine_item(quarantine: Quarantine) -> DirectoryItem:
    """One that was released stands in no list."""
    listed = quarantine.released_at is None
    return DirectoryItem(
        _at(quarantine.address),
        _QUARANTINE,
        data=packed(quarantine),
        lookup=_QUARANTINE if listed else None,
        value=address_key(quarantine.address) if listed else None,
    )
