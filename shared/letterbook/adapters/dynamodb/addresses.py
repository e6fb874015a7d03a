"""What is known of addresses in DynamoDB: who has them, and which bounced hard.

    address#a@b.example  holders      who has it, the first first
    address#a@b.example  quarantine   what was heard of it last     looked up by `quarantine` while it is in quarantine
    pty_1                clue#address#...                 looked up by `address`

A delivery leaves its time and no more, so that an older bounce that is told later knows of it: in the transaction of its entry,
where nothing else is known of the address, and by itself where there is.

Both lie together, so that a message asks for them in one request. Where there are no holders, which is so where nobody has the
address and of parties that were written before there were any, the clues are asked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from pynamodb.exceptions import DoesNotExist, UpdateError
from pynamodb.expressions.condition import And, Condition

from letterbook.adapters.dynamodb.audit_events import audit_item
from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.addresses import Holder, Holders, KnownAddress
from letterbook.domain.errors import AddressRefused, HoldersChanged
from letterbook.domain.history import AuditEvent
from letterbook.domain.ids import Kind, is_id, time_of
from letterbook.domain.recipients import ReachedAddress, Suppression, folded
from letterbook.ports import Page
from letterbook.retry import retry_on_conflict

_QUARANTINE = "quarantine"
_HOLDERS = "holders"
# Keys hold 1,024 bytes (DynamoDB, Constraints).
_KEY_BYTES = 400


class DynamoAddresses:
    """See ports.Addresses."""

    def known(self, addresses: Iterable[str]) -> Mapping[str, KnownAddress]:
        asked = list(addresses)
        items = fetch(address_keys(asked), consistent=True)
        found = {f"{item.id}/{item.kind}": item for item in items if isinstance(item, DirectoryItem)}
        return known_in(asked, found)

    def suppressed(self, addresses: Iterable[str]) -> Mapping[str, Suppression]:
        asked = list(addresses)
        items = fetch(ItemKey(DirectoryItem, {"id": _at(one), "kind": _QUARANTINE}) for one in asked)
        found = {item.id: item for item in items if isinstance(item, DirectoryItem)}
        standing = {one: _quarantine(found.get(_at(one))) for one in asked}
        return {one: quarantine for one, quarantine in standing.items() if quarantine}

    def page(self, *, after: str | None, limit: int) -> Page[Suppression]:
        span = DirectoryItem.value > after if after else None
        items = list(DirectoryItem.lookups.query(_QUARANTINE, span, limit=limit + 1))
        found = [from_json(Suppression, item.data) for item in items[:limit] if item.data]
        return Page(items=found, after=items[limit - 1].value if len(items) > limit else None)

    def suppress(self, suppression: Suppression, event: AuditEvent) -> None:
        def join(known: Suppression | None) -> Suppression:
            return known.joined(suppression) if known else suppression

        _join(suppression.address, join, lambda _: event)

    def arrived(self, address: str, at: datetime, event: Callable[[Suppression], AuditEvent]) -> None:
        write = reached_write(ReachedAddress(address=address, at=at))
        try:
            write.item.update(actions=[*write.update], condition=write.condition)
        except UpdateError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            # It bounced once, or something arrived there later.
            _join(address, lambda known: known and known.delivered(at), event)

    def hand_over(self, address: str, gone_id: str, into_id: str) -> None:
        def join(known: Suppression | None) -> Suppression | None:
            return replace(known, party_id=into_id) if known and known.party_id == gone_id else None

        _join(address, join)

    def unsuppress(self, suppression: Suppression, event: AuditEvent) -> None:
        def join(known: Suppression | None) -> Suppression | None:
            # A provider's clock may be ahead of ours.
            return known and known.released(event.at, known.at)

        _join(suppression.address, join, lambda _: event)


def address_keys(addresses: Iterable[str]) -> list[ItemKey]:
    asked = list(addresses)
    places = [(_at(one), kind) for one in asked for kind in (_HOLDERS, _QUARANTINE)]
    older = [(f"address#{key}", _HOLDERS) for one in asked for key in _older_keys(one)]
    return [ItemKey(DirectoryItem, {"id": place, "kind": kind}) for place, kind in (*places, *older)]


def known_in(addresses: Iterable[str], found: Mapping[str, DirectoryItem]) -> Mapping[str, KnownAddress]:
    """What is known of each of the addresses, by what was found under `id/kind`."""
    return {
        one: KnownAddress(
            holders=_holders(one, found),
            quarantine=_quarantine(found.get(f"{_at(one)}/{_QUARANTINE}")),
        )
        for one in addresses
    }


def reached_write(reached: ReachedAddress) -> Write:
    """Raises AddressRefused where a bounce, or something later that arrived, is known of the address, or others write there."""
    news = DirectoryItem.delivered_at.does_not_exist() | (DirectoryItem.delivered_at <= _text(reached.at))
    return Write(
        item=DirectoryItem(_at(reached.address), _QUARANTINE),
        update=(DirectoryItem.delivered_at.set(_text(reached.at)),),
        condition=DirectoryItem.data.does_not_exist() & news,
        refused=AddressRefused,
        patient=False,
    )


def holder_writes(holders: Iterable[Holders]) -> Iterator[Write]:
    """Each on top of its version before. HoldersChanged is raised where somebody else got the address, or lost it, meanwhile."""
    for one in holders:
        version = one.version + 1
        fresh = DirectoryItem.id.does_not_exist()
        follows = fresh if version == 1 else DirectoryItem.version == one.version
        item = DirectoryItem(_at(one.address), _HOLDERS, data=to_json(replace(one, version=version)), version=version)
        yield Write(item=item, condition=follows, refused=HoldersChanged)


def address_key(address: str) -> str:
    """Short enough for a key."""
    return folded(address).encode()[:_KEY_BYTES].decode(errors="ignore")


def _at(address: str) -> str:
    return f"address#{address_key(address)}"


def _older_keys(address: str) -> tuple[str, ...]:
    """Where an address of an international domain was kept before it was in punycode: as who wrote from there had it."""
    local, _, domain = address_key(address).rpartition("@")
    if not any(one.startswith("xn--") for one in domain.split(".")):
        return ()
    import idna

    try:
        return (f"{local}@{idna.decode(domain)}",)
    except UnicodeError:
        return ()


def _holders(address: str, found: Mapping[str, DirectoryItem]) -> Holders:
    item = found.get(f"{_at(address)}/{_HOLDERS}")
    if item is not None and item.data:
        return from_json(Holders, item.data)
    older = (found.get(f"address#{key}/{_HOLDERS}") for key in _older_keys(address))
    for one in older:
        if one is not None and one.data:
            # What is written next comes to its new place, where nothing is yet.
            return replace(from_json(Holders, one.data), address=folded(address), version=0)
    return Holders(address=folded(address), all=tuple(sorted(_by_clues(address), key=lambda one: one.since)))


def _by_clues(address: str) -> Iterator[Holder]:
    """A contact's clue is marked with the contact: `address#con_1#pty_1`. Since when is not known: since there is its owner."""
    for key in (address_key(address), *_older_keys(address)):
        for item in DirectoryItem.lookups.query("address", DirectoryItem.value.startswith(f"{key}#")):
            mark = (item.value or "").split("#")[-2]
            contact_id = mark if is_id(Kind.CONTACT, mark) else None
            yield Holder(party_id=item.id, contact_id=contact_id, since=time_of(contact_id or item.id))


def _quarantine(item: DirectoryItem | None) -> Suppression | None:
    standing = from_json(Suppression, item.data) if item is not None and item.data else None
    return standing if standing and standing.stands else None


def _join(
    address: str,
    join: Callable[[Suppression | None], Suppression | None],
    event: Callable[[Suppression], AuditEvent] | None = None,
) -> None:
    """Writes what `join` makes of what is known of a bounce, on top of exactly that, where it says anything new."""

    def attempt() -> None:
        item = _item_of(address)
        known = from_json(Suppression, item.data) if item and item.data else None
        after = join(known)
        if after is None:
            return
        after = after.delivered(_time(item.delivered_at) if item else None)
        stood = known is not None and known.stands
        if after == known or (known is None and not after.stands):
            return
        writes = [Write(item=_written(after, item), condition=_unchanged(item))]
        commit([*writes, audit_item(event(after))] if event and stood != after.stands else writes)

    retry_on_conflict(attempt)


def _item_of(address: str) -> DirectoryItem | None:
    try:
        return DirectoryItem.get(_at(address), _QUARANTINE, consistent_read=True)
    except DoesNotExist:
        return None


def _unchanged(item: DirectoryItem | None) -> Condition:
    if item is None:
        return DirectoryItem.id.does_not_exist()
    same = DirectoryItem.data == item.data if item.data else DirectoryItem.data.does_not_exist()
    if item.delivered_at:
        return And(same, DirectoryItem.delivered_at == item.delivered_at)
    return And(same, DirectoryItem.delivered_at.does_not_exist())


def _written(suppression: Suppression, item: DirectoryItem | None) -> DirectoryItem:
    """One that does not stand is in no list."""
    listed = suppression.stands
    return DirectoryItem(
        _at(suppression.address),
        _QUARANTINE,
        data=to_json(suppression),
        lookup=_QUARANTINE if listed else None,
        value=address_key(suppression.address) if listed else None,
        delivered_at=item.delivered_at if item else None,
    )


def _text(at: datetime) -> str:
    """Sorts as the times do, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
