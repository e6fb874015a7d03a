"""The table of settings, message templates and types of correspondence."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from letterbook.adapters.dynamodb.tables.base import Table


class Latest(GlobalSecondaryIndex["LibraryItem"]):
    class Meta:
        projection = IncludeProjection(["data"])

    shelf = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute(range_key=True)


class LibraryItem(Table):
    """A version of something; the one called `latest` is a copy of the last, and alone stands on its shelf."""

    class Meta:
        table_name = ""

    NAME = "library_table"

    LATEST = "latest"

    key = UnicodeAttribute(hash_key=True)
    version = UnicodeAttribute(range_key=True)
    number = NumberAttribute()
    data = UnicodeAttribute()
    shelf = UnicodeAttribute(null=True)

    latest = Latest()
