"""The tables and their indexes as this code sees them. template.yaml creates them; a test holds the two together."""

from threading import Lock
from typing import ClassVar

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import TableConnection
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection
from pynamodb.models import Model

from letterbook.adapters import aws
from letterbook.environment import settings

# Several threads of one sweep may come to a table first.
_CONNECTING = Lock()


class Table(Model):
    """A model whose table is named by the setting `NAME`, and which shares one connection with all others.

    pynamodb makes a client for each model: 20 ms of every cold start apiece.
    """

    NAME: ClassVar[str]

    @classmethod
    def _get_connection(cls) -> TableConnection:
        cls.Meta.table_name = getattr(settings(), cls.NAME)
        with _CONNECTING:
            table = super()._get_connection()
            shared = aws.dynamodb()
            if table.connection is not shared:
                if table.table_name not in shared._tables:  # noqa: SLF001 - it has no other way to tell
                    shared.add_meta_table(table.get_meta_table())
                table.connection = shared
        return table


class ByParty(GlobalSecondaryIndex["CommunicationItem"]):
    class Meta:
        projection = IncludeProjection(["row"])

    party_id = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)


class ByClient(GlobalSecondaryIndex["CommunicationItem"]):
    class Meta:
        projection = IncludeProjection(["row"])

    client_id = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)


class ByCase(GlobalSecondaryIndex["CommunicationItem"]):
    class Meta:
        projection = IncludeProjection(["row"])

    case_id = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)


class ByThread(GlobalSecondaryIndex["CommunicationItem"]):
    class Meta:
        projection = IncludeProjection(["row"])

    thread_id = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)


class ByRegarding(GlobalSecondaryIndex["CommunicationItem"]):
    class Meta:
        projection = IncludeProjection(["row"])

    regarding = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)


class Feed(GlobalSecondaryIndex["CommunicationItem"]):
    class Meta:
        projection = IncludeProjection(["row"])

    month = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)


class Attention(GlobalSecondaryIndex["CommunicationItem"]):
    class Meta:
        projection = IncludeProjection(["row"])

    quick = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)


class InFlight(GlobalSecondaryIndex["CommunicationItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    lane = UnicodeAttribute(hash_key=True)
    check_at = UnicodeAttribute(range_key=True)


class ByProviderReference(GlobalSecondaryIndex["CommunicationItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    provider_reference = UnicodeAttribute(hash_key=True)


class ByAnswered(GlobalSecondaryIndex["CommunicationItem"]):
    class Meta:
        projection = IncludeProjection(["minutes"])

    answered = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)


class CommunicationItem(Table):
    """An entry. `row` is its list row, `rest` what only its own page needs, both squeezed; `length` is that of its history.

    The other attributes are the keys of indexes; where one is absent, the index does not hold the entry.
    """

    class Meta:
        table_name = ""

    NAME = "communications_table"

    id = UnicodeAttribute(hash_key=True)
    status = UnicodeAttribute()
    length = NumberAttribute()
    row = BinaryAttribute(legacy_encoding=False)
    rest = BinaryAttribute(legacy_encoding=False)
    party_id = UnicodeAttribute(null=True)
    client_id = UnicodeAttribute(null=True)
    case_id = UnicodeAttribute(null=True)
    thread_id = UnicodeAttribute(null=True)
    regarding = UnicodeAttribute(null=True)
    month = UnicodeAttribute(null=True)
    quick = UnicodeAttribute(null=True)
    lane = UnicodeAttribute(null=True)
    check_at = UnicodeAttribute(null=True)
    provider_reference = UnicodeAttribute(null=True)
    answered = UnicodeAttribute(null=True)
    minutes = NumberAttribute(null=True)

    by_party = ByParty()
    by_client = ByClient()
    by_case = ByCase()
    by_thread = ByThread()
    by_regarding = ByRegarding()
    feed = Feed()
    attention = Attention()
    in_flight = InFlight()
    by_provider_reference = ByProviderReference()
    by_answered = ByAnswered()


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
