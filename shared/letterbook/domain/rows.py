"""Rows as the value of a template's variable: an invoice list, a statement. Data in columns, which a language then writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum


class ColumnKind(StrEnum):
    TEXT = "text"
    DATE = "date"
    MONEY = "money"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Wording:
    """What a table says by itself: in English, and in `others` by language."""

    en: str
    others: Mapping[str, str]

    def in_language(self, language: str) -> str:
        """In English where there is no such language."""
        return self.others.get(language.partition("-")[0], self.en)


@dataclass(frozen=True, slots=True)
class Money:
    """`currency` is ISO 4217."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"


# What is not known is None: an empty cell.
Cell = str | date | Decimal | Money | Wording | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`name` is that by which a template asks for it, `title` what stands at its head."""

    name: str
    title: Wording
    kind: ColumnKind = ColumnKind.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Each row, and each of the sums below them, has a cell for each column. Without rows it is false, as an empty text is."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[tuple[Cell, ...], ...] = ()

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in (*self.rows, *self.totals)):
            raise ValueError("a row has one cell for each column")

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.columns)

    def with_columns(self, names: Sequence[str]) -> "Rows":
        """Only these, in this order; what the sums are called stands first. Raises KeyError for one that there is not."""
        places = [self.names.index(name) if name in self.names else -1 for name in names]
        if -1 in places:
            raise KeyError(names[places.index(-1)])
        return replace(
            self,
            columns=tuple(self.columns[one] for one in places),
            rows=tuple(tuple(row[one] for one in places) for row in self.rows),
            totals=tuple(_total(row, places) for row in self.totals),
        )


def _total(row: tuple[Cell, ...], places: Sequence[int]) -> tuple[Cell, ...]:
    cells = [row[one] for one in places]
    if cells and cells[0] is None:
        cells[0] = row[0]
    return tuple(cells)


@dataclass(frozen=True, slots=True)
class NoValue:
    """What the record cannot fill a variable with, and why, in words for people."""

    reason: str


# What fills a variable in. An amount of the firm's own currency is text.
Value = str | Money | Rows
