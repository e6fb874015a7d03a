"""The table of history."""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from letterbook.adapters.dynamodb.tables.base import Table


class HistoryByParty(GlobalSecondaryIndex["HistoryItem"]):
    class Meta:
        projection = IncludeProjection(["row"])

    party_id = UnicodeAttribute(hash_key=True)
    moment = UnicodeAttribute(range_key=True)


class HistoryByCase(GlobalSecondaryIndex["HistoryItem"]):
    class Meta:
        projection = IncludeProjection(["row"])

    case_id = UnicodeAttribute(hash_key=True)
    moment = UnicodeAttribute(range_key=True)


class HistoryItem(Table):
    """`sort` is the row's number, or `raw#` and a digest for the event behind it, which expires.

    `moment` is when, and which row of which communication: the order of an activity log.
    """

    class Meta:
        table_name = ""

    NAME = "history_table"

    communication_id = UnicodeAttribute(hash_key=True)
    sort = UnicodeAttribute(range_key=True)
    row = UnicodeAttribute(null=True)
    raw = BinaryAttribute(null=True, legacy_encoding=False)
    expires_at = NumberAttribute(null=True)
    party_id = UnicodeAttribute(null=True)
    case_id = UnicodeAttribute(null=True)
    moment = UnicodeAttribute(null=True)

    by_party = HistoryByParty()
    by_case = HistoryByCase()
