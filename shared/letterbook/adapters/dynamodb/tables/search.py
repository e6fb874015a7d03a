"""The table of the search index."""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from letterbook.adapters.dynamodb.tables.base import Table


class SearchItem(Table):
    """Words, who holds them, and what is counted: see search.py. `n` is a number: how often, or how long the history was;
    `made_of` tells what the words of an entry were taken from.
    """

    class Meta:
        table_name = ""

    NAME = "search_table"

    term = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    n = NumberAttribute(null=True)
    words = BinaryAttribute(null=True, legacy_encoding=False)
    counted = UnicodeAttribute(null=True)
    made_of = UnicodeAttribute(null=True)
