"""The table that a run prints."""

from dataclasses import dataclass, fields
from enum import StrEnum


class How(StrEnum):
    """Whether a figure was measured in this run, or computed from what was measured or counted in it."""

    MEASURED = "measured"
    COMPUTED = "computed"


@dataclass(frozen=True)
class Row:
    """`before` and `floor` are of this run: the state before, and what the same cannot cost less than. `elsewhere` was measured
    at another time, or is another's. `within` is None where there is no budget.
    """

    what: str
    figure: str
    how: How = How.MEASURED
    budget: str = ""
    before: str = ""
    floor: str = ""
    elsewhere: str = ""
    within: bool | None = None


_HEADS = Row(
    what="what",
    figure="figure",
    how="how",  # type: ignore[arg-type] # its head
    budget="budget",
    before="before, in this run",
    floor="floor, in this run",
    elsewhere="measured elsewhere",
)


def shown(rows: list[Row]) -> str:
    """A line for each; a column that nobody fills is left out."""
    lines = [
        [str(getattr(row, one.name) or "") for one in fields(row)[:-1]] + [_verdict(row)] for row in [_HEADS, *rows]
    ]
    columns = [column for column in zip(*lines, strict=True) if any(column[1:])]
    widths = [max(map(len, column)) for column in columns]
    told = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in zip(*columns, strict=True)
    ]
    return "\n".join([told[0], "-" * max(map(len, told)), *told[1:]])


def _verdict(row: Row) -> str:
    return "" if row.within is None else ("ok" if row.within else "OVER")
