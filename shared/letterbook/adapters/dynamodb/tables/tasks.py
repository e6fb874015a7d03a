"""The table of what somebody or we have to do: TODOs, correspondence, attempts, circuit breakers, exports. It is called Work."""

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

    `lane` is its kind and status, `due` its date, or the last of all dates, and its id. The numbers are a provider's. An export
    and the ids of its entries expire; in the place of its party stands `user#` and who ordered it.
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
    expires_at = NumberAttribute(null=True)

    sent = NumberAttribute(null=True)
    heard = NumberAttribute(null=True)
    looked_up = NumberAttribute(null=True)
    last_sent = UnicodeAttribute(null=True)
    last_heard = UnicodeAttribute(null=True)

    by_party = TasksByParty()
    by_due = TasksByDue()
