"""The table of what has to be done by somebody or by us: TODOs, correspondence, chains of attempts. It is called Work."""

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
    """Something to do, or a correspondence; or what has an `id` alone: attempts, a circuit breaker, what went by a provider.

    `lane` is its kind and status, `due` its date, or the last of all dates, and its id. The numbers are a provider's.
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

    sent = NumberAttribute(null=True)
    heard = NumberAttribute(null=True)
    looked_up = NumberAttribute(null=True)
    last_sent = UnicodeAttribute(null=True)
    last_heard = UnicodeAttribute(null=True)

    by_party = TasksByParty()
    by_due = TasksByDue()
