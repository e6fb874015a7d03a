"""The table of threads."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from letterbook.adapters.dynamodb.tables.base import Table


class ThreadsByParty(GlobalSecondaryIndex["ThreadItem"]):
    class Meta:
        projection = IncludeProjection(["data"])

    party_id = UnicodeAttribute(hash_key=True)
    activity = UnicodeAttribute(range_key=True)


class ThreadsByCase(GlobalSecondaryIndex["ThreadItem"]):
    class Meta:
        projection = IncludeProjection(["data"])

    case_id = UnicodeAttribute(hash_key=True)
    activity = UnicodeAttribute(range_key=True)


class ThreadsByActivity(GlobalSecondaryIndex["ThreadItem"]):
    class Meta:
        projection = IncludeProjection(["data"])

    lane = UnicodeAttribute(hash_key=True)
    activity = UnicodeAttribute(range_key=True)


class ThreadItem(Table):
    """A thread; `activity` is when something last happened in it, and its id."""

    class Meta:
        table_name = ""

    NAME = "threads_table"

    id = UnicodeAttribute(hash_key=True)
    data = UnicodeAttribute()
    version = NumberAttribute()
    party_id = UnicodeAttribute()
    case_id = UnicodeAttribute(null=True)
    lane = UnicodeAttribute(default="0")
    activity = UnicodeAttribute()

    by_party = ThreadsByParty()
    by_case = ThreadsByCase()
    by_activity = ThreadsByActivity()
