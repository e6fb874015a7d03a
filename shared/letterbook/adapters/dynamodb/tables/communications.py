"""The table of communications."""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from letterbook.adapters.dynamodb.tables.base import Table


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
