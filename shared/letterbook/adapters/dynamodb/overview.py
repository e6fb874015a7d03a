"""The overview in DynamoDB: a row for each owner of what entries are about."""

from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.tables.overview import OverviewItem
from letterbook.adapters.dynamodb.versioned import EVERYTHING, page_of
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.overview import OverviewRow, Place
from letterbook.ports import Page


class DynamoOverview:
    """See ports.Overview."""

    def get(self, place: Place) -> OverviewRow | None:
        keys = [ItemKey(OverviewItem, {"key": key}) for key in (str(place), place.key)]
        found = [from_json(OverviewRow, item.data) for item in fetch(keys) if isinstance(item, OverviewItem)]
        return max(found, key=lambda thing: thing.owner, default=None)

    def page(self, party_id: str | None, client_id: str | None, *, after: str | None, limit: int) -> Page[OverviewRow]:
        if client_id:
            return page_of(OverviewRow, OverviewItem.by_client, client_id, OverviewItem.latest_id, after, limit)
        if party_id:
            return page_of(OverviewRow, OverviewItem.by_party, party_id, OverviewItem.latest_id, after, limit)
        return page_of(OverviewRow, OverviewItem.latest, EVERYTHING, OverviewItem.latest_id, after, limit)


def row_item(row: OverviewRow) -> OverviewItem:
    shown = row.attempts > 0
    return OverviewItem(
        str(row.place) if row.owner else row.key,
        data=to_json(row),
        version=row.version,
        party_id=row.party.id if shown else None,
        client_id=row.client.id if row.client and shown else None,
        lane=EVERYTHING if shown else None,
        latest_id=row.latest_id,
    )
