"""Whole handlers with their real adapters, beside a loopback that answers at once: CPU, requests, write units, bytes.

Ours, the state before (`BEFORE=path` of its checkout) and the floor take turns in blocks, each in a process of its own; a figure is
the median of its blocks, and a ratio the median of those of blocks that stood beside each other.
"""

import os
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.bench.acts import ACTS, Act
from tests.bench.sides import Floor, Side
from tests.bench.table import How, Row
from tests.support.sam_template import ROOT

_TURNS, _BLOCKS = 16, 9
# Long beside our own work, so that what is asked at once is seen to be.
_DELAY_SECONDS = 0.05
_SEARCH = "search_table"
OURS, BEFORE, FLOOR = "ours", "before", "floor"


def rows(groups: Sequence[str]) -> list[Row]:
    with ExitStack() as stack:
        sides = {OURS: Side(ROOT, stack)}
        if before := os.environ.get("BEFORE"):
            sides[BEFORE] = Side(Path(before).resolve(), stack)
        floor = Floor(sides[OURS], stack)
        measured = {act: Measured(act, sides, floor) for act in ACTS if act.group in groups}
    return [row for one in measured.values() for row in one.rows()]


class Measured:
    """What an act cost each side."""

    def __init__(self, act: Act, sides: Mapping[str, Side], floor: Floor) -> None:
        sys.stderr.write(f"{act.name}\n")
        self.act = act
        self.recorded = {name: side.order("record", act.name, turns=_TURNS)["turns"] for name, side in sides.items()}
        self.delayed = {
            name: side.order("play", act.name, delay=_DELAY_SECONDS)["turns"] for name, side in sides.items()
        }
        self.played: dict[str, list[Any]] = {name: [] for name in sides}
        self.milliseconds: dict[str, list[float]] = {name: [] for name in (*sides, FLOOR)}
        for block in range(_BLOCKS + 1):
            for name, side in sides.items():
                self._keep(name, block, side.order("play", act.name))
            self._keep(FLOOR, block, floor.order("play", act.name))

    def _keep(self, name: str, block: int, told: Any) -> None:
        # The first block is to warm up.
        if block:
            self.milliseconds[name].append(statistics.fmean(told["took"]) / self.act.times)
            self.played.get(name, []).extend(told.get("turns", ()))

    def rows(self) -> Iterator[Row]:
        yield self._cpu()
        yield self._requests()
        yield self._rounds()
        if any(one["units"] for one in self.recorded[OURS]):
            yield self._units()
        if self.act.function in ("query", "console"):
            yield Row(f"{self.act.name}: bytes of the answer", *self._each(self.recorded, _bytes))

    def _cpu(self) -> Row:
        act, ours = self.act, self.milliseconds[OURS]
        before = self.milliseconds.get(BEFORE)
        ratio = statistics.median(a / b for a, b in zip(ours, before, strict=True)) if before else None
        return Row(
            f"{act.name}: CPU",
            f"{statistics.median(ours):.2f} ms",
            budget=f"aim: <= {act.aim} x before" if act.aim and ratio else "",
            before=f"{statistics.median(before):.2f} ms: {ratio:.2f} x" if before else "",
            floor=f"{statistics.median(self.milliseconds[FLOOR]):.2f} ms",
            elsewhere=f"GOV.UK Notify {act.notify} ms" if act.notify else "",
            within=ratio <= act.aim if act.aim and ratio else None,
        )

    def _requests(self) -> Row:
        def count(turns: list[Any]) -> str:
            each = statistics.fmean(len(one["operations"]) for one in turns) / self.act.times
            opened = sum(one["connections"] for one in turns)
            return f"{each:.3g}" + (f", and {opened} connections opened" if opened else "")

        return Row(f"{self.act.name}: requests", *self._each(self.played, count))

    def _rounds(self) -> Row:
        most, budget = statistics.median(one["rounds"] for one in self.delayed[OURS]), self.act.rounds
        figure, how, _, before = self._each(
            self.delayed, lambda turns: f"{statistics.median(one['rounds'] for one in turns):g}"
        )
        return Row(
            f"{self.act.name}: requests one after another",
            figure,
            how,
            f"<= {budget}" if budget else "",
            before,
            within=most <= budget if budget else None,
        )

    def _units(self) -> Row:
        return Row(f"{self.act.name}: write units", *self._each(self.recorded, self._written, How.COMPUTED))

    def _written(self, turns: list[Any]) -> str:
        log, search = (
            statistics.fmean(_of(one["units"], search=search) for one in turns) / self.act.times
            for search in (False, True)
        )
        return " + ".join(f"{units:.3g}{what}" for units, what in ((log, ""), (search, " of search")) if units)

    def _each(self, turns: Mapping[str, Any], told: Any, how: How = How.MEASURED) -> tuple[str, How, str, str]:
        """A figure of ours and of the state before, as a row takes them."""
        return told(turns[OURS]), how, "", told(turns[BEFORE]) if BEFORE in turns else ""


def _bytes(turns: list[Any]) -> str:
    return f"{statistics.median(one['answer'] for one in turns):,.0f}"


def _of(units: Mapping[str, int], *, search: bool) -> int:
    return sum(one for table, one in units.items() if (table == _SEARCH) is search)
