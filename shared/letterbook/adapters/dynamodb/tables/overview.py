"""The table of the overview."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from letterbook.adapters.dynamodb.tables.base import Table


class OverviewByParty(GlobalSecondaryIndex["OverviewItem"]):
    class Meta:
        projection = IncludeProjection(["data"])

    party_id = UnicodeAttribute(hash_key=True)
    latest_id = UnicodeAttribute(range_key=True)


class OverviewByClient(GlobalSecondaryIndex["OverviewItem"]):
    class Meta:
        projection = IncludeProjection(["data"])

    client_id = UnicodeAttribute(hash_key=True)
    latest_id = UnicodeAttribute(range_key=True)


class OverviewLatest(GlobalSecondaryIndex["OverviewItem"]):
    class Meta:
        projection = IncludeProjection(["data"])

    lane = UnicodeAttribute(hash_key=True)
    latest_id = UnicodeAttribute(range_key=True)


class OverviewItem(Table):
    """A thing that is regarded. One that nothing regards any more has no `lane`, so no index holds it."""

    class Meta:
        table_name = ""

    NAME = "overview_table"

    key = UnicodeAttribute(hash_key=True)
    data = UnicodeAttribute()
    version = NumberAttribute()
    party_id = UnicodeAttribute(null=True)
    client_id = UnicodeAttribute(null=True)
    lane = UnicodeAttribute(null=True)
    latest_id = UnicodeAttribute(null=True)

    by_party = OverviewByParty()
    by_client = OverviewByClient()
    latest = OverviewLatest()
