"""The tables that only some entries and some functions need, apart, because making a model is a millisecond of every cold start."""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from letterbook.adapters.dynamodb.tables import Table


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


class WorkByParty(GlobalSecondaryIndex["WorkItem"]):
    class Meta:
        projection = IncludeProjection(["data"])

    party_id = UnicodeAttribute(hash_key=True)
    due = UnicodeAttribute(range_key=True)


class WorkByDue(GlobalSecondaryIndex["WorkItem"]):
    class Meta:
        projection = IncludeProjection(["data"])

    lane = UnicodeAttribute(hash_key=True)
    due = UnicodeAttribute(range_key=True)


class WorkItem(Table):
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

    by_party = WorkByParty()
    by_due = WorkByDue()


class SearchItem(Table):
    """Words, who holds them, and what is counted: see search.py. `n` is a number: how often, or how long the history was."""

    class Meta:
        table_name = ""

    NAME = "search_table"

    term = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    n = NumberAttribute(null=True)
    words = BinaryAttribute(null=True, legacy_encoding=False)
    counted = UnicodeAttribute(null=True)
