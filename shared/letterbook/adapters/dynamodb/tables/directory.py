"""The table of the directory: whom communications are with and about."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from letterbook.adapters.dynamodb.tables.base import Table


class Lookups(GlobalSecondaryIndex["DirectoryItem"]):
    class Meta:
        projection = IncludeProjection(["data"])

    lookup = UnicodeAttribute(hash_key=True)
    value = UnicodeAttribute(range_key=True)


class DirectoryItem(Table):
    """Whatever belongs to `id`, told apart by `kind`.

    It is found again by `lookup`, the kind of clue, and `value`, the clue and the id. Of an address, `delivered_at` is when
    something arrived there last.
    """

    class Meta:
        table_name = ""

    NAME = "directory_table"

    id = UnicodeAttribute(hash_key=True)
    kind = UnicodeAttribute(range_key=True)
    data = UnicodeAttribute(null=True)
    version = NumberAttribute(default=1)
    lookup = UnicodeAttribute(null=True)
    value = UnicodeAttribute(null=True)
    delivered_at = UnicodeAttribute(null=True)

    lookups = Lookups()
