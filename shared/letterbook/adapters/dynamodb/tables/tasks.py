"""The table of what has to be done by somebody or by us: TODOs, chains of attempts, circuit breakers. It is called Work."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from letterbook.adapters.dynamodb.tables.base import Table


class TasksByParty(GlobalSecondaryIndex["TaskItem"]):
    class Meta:
        projection = IncludeProjection(["data"])

    party_id = UnicodeAttribute(hash_key=True)
    due = UnicodeAttribute(range_key=True)


class TasksByDue(GlobalSecondaryIndex["TaskItem"]):
    class Meta:
        projection = IncludeProjection(["data"])

    lane = UnicodeAttribute(hash_key=True)
    due = UnicodeAttribute(range_key=True)


class TaskItem(Table):
    """Something to do, or the attempts to say something, which have an `id` alone.

    `lane` is its kind and status, `due` its date, or the last of all dates, and its id.
    """

    class Meta:
        table_name = ""

    NAME = "work_table"

    id = UnicodeAttribute(hash_key=True)
    data = UnicodeAttribute()
    version = NumberAttribute()
    party_id = UnicodeAttribute(null=True)
    lane = UnicodeAttribute(null=True)
    due = UnicodeAttribute(null=True)

    by_party = TasksByParty()
    by_due = TasksByDue()
