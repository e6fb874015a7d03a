"""The table of what is forgotten by itself."""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from letterbook.adapters.dynamodb.tables.base import Table


class IdempotencyItem(Table):
    """What a key made, as it was then; and what else is forgotten by itself: ended sessions, `tries` of signing in."""

    class Meta:
        table_name = ""

    NAME = "idempotency_table"

    key = UnicodeAttribute(hash_key=True)
    digest = UnicodeAttribute()
    kind = UnicodeAttribute()
    result = BinaryAttribute(legacy_encoding=False)
    expires_at = NumberAttribute()
    tries = NumberAttribute(null=True)
