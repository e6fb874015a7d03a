"""The columns of the log that may be chosen: what stands over each, and its class in the style."""

from collections.abc import Iterable
from dataclasses import dataclass

from letterbook.domain.list_columns import DEFAULT_COLUMNS, ListColumn

_WORDS = {
    ListColumn.RECEIVER: "Receiver",
    ListColumn.CASE: "Case",
    ListColumn.CATEGORY: "Category",
    ListColumn.SENT: "Sent at",
    ListColumn.OPENED: "Opened",
}


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    words: str


def columns(chosen: Iterable[ListColumn] = DEFAULT_COLUMNS) -> list[Column]:
    return [Column(one.value, _WORDS[one]) for one in chosen]
