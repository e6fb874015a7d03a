"""Which entry has the number of an e-invoice, in DynamoDB."""

from letterbook.adapters.dynamodb.tables.tasks import TaskItem
from letterbook.adapters.dynamodb.transaction import Write
from letterbook.adapters.dynamodb.versioned import get_value, on_top_of
from letterbook.adapters.serialization import to_json
from letterbook.domain.einvoice_numbers import EinvoiceNumber

_NUMBER = "einvoice#"


class DynamoEinvoiceNumbers:
    """See ports.EinvoiceNumbers."""

    def get(self, key: str) -> EinvoiceNumber:
        return get_value(EinvoiceNumber, TaskItem, _NUMBER + key) or EinvoiceNumber(key=key)


def taken(number: EinvoiceNumber) -> Write:
    """In no list: it is found by what it is the number of."""
    item = TaskItem(_NUMBER + number.key, data=to_json(number), version=number.version)
    return Write(item=item, condition=on_top_of(TaskItem, number.version))
