"""Values of which each version is written on top of the one before."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex

from letterbook.adapters.dynamodb.idempotency import commit_with_key
from letterbook.adapters.dynamodb.tables.base import Table
from letterbook.adapters.dynamodb.transaction import Write
from letterbook.adapters.serialization import from_json
from letterbook.domain.attempts import Attempts
from letterbook.domain.overview import OverviewRow
from letterbook.domain.threads import Thread
from letterbook.domain.todos import Todo
from letterbook.ports import IdempotencyKey, Page

if TYPE_CHECKING:
    from letterbook.domain.correspondence import Correspondence
    from letterbook.domain.einvoice_numbers import EinvoiceNumber

T = TypeVar("T", Thread, OverviewRow, Todo, Attempts, "Correspondence", "EinvoiceNumber")

# The one key of an index that holds everything.
EVERYTHING = "0"


def get_value(kind: type[T], table: type[Any], key: str) -> T | None:
    try:
        return from_json(kind, table.get(key, consistent_read=True).data)
    except DoesNotExist:
        return None


def save_value(item: Table, table: type[Table], value: Thread | Todo, key: IdempotencyKey | None, at: datetime) -> None:
    commit_with_key([Write(item=item, condition=on_top_of(table, value.version))], key, value, at)


def page_of(
    kind: type[T],
    index: GlobalSecondaryIndex[Any],
    key: str,
    place: UnicodeAttribute,
    after: str | None,
    limit: int,
    *,
    ascending: bool = False,
) -> Page[T]:
    """`after` is the place in the index that was read last."""
    span = None if after is None else place > after if ascending else place < after
    items = list(index.query(key, span, scan_index_forward=ascending, limit=limit + 1, page_size=limit + 1))
    shown = items[:limit]
    more = getattr(shown[-1], place.attr_name) if len(items) > limit else None
    return Page(items=[from_json(kind, item.data) for item in shown], after=more)


def on_top_of(table: type[Any], version: int) -> Condition:
    """The first version where there is none; a later one on the one before it."""
    key = table._hash_key_attribute()  # noqa: SLF001 - named differently in each table
    condition: Condition = key.does_not_exist() if version == 1 else table.version == version - 1
    return condition
