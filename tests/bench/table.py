"""The table that a run prints."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`floor` is what it is measured against, in the same run or at another service; `within` is None where there is no budget."""

    what: str
    budget: str
    figure: str
    floor: str = ""
    within: bool | None = None


def shown(rows: list[Row]) -> str:
    heads = Row("what", "budget", "figure", "floor, or who it is compared with")
    cells = [[row.what, row.budget, row.figure, row.floor, _verdict(row)] for row in [heads, *rows]]
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _verdict(row: Row) -> str:
    return "" if row.within is None else ("ok" if row.within else "OVER")
