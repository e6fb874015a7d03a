"""Whole handlers with their real adapters, beside a loopback that answers at once: CPU, requests, write units, bytes.

Ours, the state before (`BEFORE=path` of its checkout) and the floor take turns in blocks, each in a process of its own; a figure is
the median of its blocks, and a ratio the median of those of blocks that stood beside each other.
"""

import os
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.bench.acts import ACTS, FOUND, LIFE, Act
from tests.bench.sides import Floor, Side
from tests.bench.table import How, Row
from tests.support.sam_template import ROOT

_TURNS, _BLOCKS = 10, 7
# Of the turns in which answers are late: long beside our own work, so that what is asked at once is seen to be.
_LATE, _LATE_SECONDS = 4, 0.05
_SEARCH = "search_table"
_MOST_IN_LIFE, _MOST_FOR_SEARCH = 70, 200
_NOTIFY_A_SECOND = 158
OURS, BEFORE, FLOOR = "ours", "before", "floor"

# What one turn of an act was: see loopback.Since.
Turn = dict[str, Any]


def rows(groups: Sequence[str]) -> list[Row]:
    acts = [act for act in ACTS if act.group in groups]
    if not acts:
        return []
    roots = {OURS: ROOT, **({BEFORE: Path(os.environ["BEFORE"]).resolve()} if os.environ.get("BEFORE") else {})}
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor())
        sides = dict(zip(roots, pool.map(lambda root: Side(root, stack), roots.values()), strict=True))
        floor = Floor(sides[OURS], stack)
        measured = {act.name: Measured(act, sides, floor, pool) for act in acts}
    return [*(row for one in measured.values() for row in one.rows()), *_life(measured), _connections(measured)]


class Measured:
    """What an act cost each side: as it was `recorded`, with answers that were `late`, as it was `played` while it was timed."""

    def __init__(self, act: Act, sides: Mapping[str, Side], floor: Floor, pool: ThreadPoolExecutor) -> None:
        sys.stderr.write(f"{act.name}\n")
        self.act = act
        # One of many at once has as many messages.
        turns = max(_TURNS // act.times, _LATE)

        def everybody(do: str, **how: Any) -> dict[str, list[Turn]]:
            told = pool.map(lambda side: side.order(do, act.name, **how)["turns"], sides.values())
            return dict(zip(sides, told, strict=True))

        self.recorded = everybody("record", turns=turns)
        self.late = everybody("play", delay=_LATE_SECONDS, turns=_LATE)
        self.played: dict[str, list[Turn]] = {name: [] for name in sides}
        self.milliseconds: dict[str, list[float]] = {name: [] for name in (*sides, FLOOR)}
        for block in range(_BLOCKS + 1):
            told_by: dict[str, Side | Floor] = {**sides, FLOOR: floor}
            for name, one in told_by.items():
                told = one.order("play", act.name)
                # The first block is to warm up.
                if block:
                    self.milliseconds[name].append(statistics.fmean(told["took"]) / act.times)
                    self.played.get(name, []).extend(told.get("turns", ()))

    def rows(self) -> Iterator[Row]:
        yield self._cpu()
        if self.act.times > 1:
            yield self._a_second()
        yield self._row("requests", self.played, self._requests)
        yield self._row("requests one after another", self.late, _rounds, self.act.rounds)
        if any(self.written(search=search) for search in (False, True)):
            yield self._row("write units", self.recorded, self._units, self.act.units, How.COMPUTED)
        if self.act.function in ("query", "console"):
            yield self._row(
                "bytes of the answer", self.recorded, lambda turns: statistics.median(_each(turns, "answer"))
            )

    def _cpu(self) -> Row:
        act, ours, before = self.act, self.milliseconds[OURS], self.milliseconds.get(BEFORE, [])
        ratio = statistics.median(a / b for a, b in zip(ours, before, strict=True)) if before else None
        return Row(
            f"{act.name}: CPU",
            f"{statistics.median(ours):.2f} ms",
            budget=f"aim: <= {', then '.join(map(str, act.aims))} x before" if act.aims and ratio else "",
            before=f"{statistics.median(before):.2f} ms: {ratio:.2f} x" if before else "",
            floor=f"{statistics.median(self.milliseconds[FLOOR]):.2f} ms",
            elsewhere=f"GOV.UK Notify {act.notify} ms" if act.notify else "",
            within=ratio <= act.aims[0] if act.aims and ratio else None,
        )

    def _a_second(self) -> Row:
        figures = {name: _shown(1000 / statistics.median(one)) for name, one in self.milliseconds.items()}
        told = f"GOV.UK Notify {_NOTIFY_A_SECOND}" if self.act.notify else ""
        return Row(
            f"{self.act.name}: how many a second of CPU",
            figures[OURS],
            How.COMPUTED,
            before=figures.get(BEFORE, ""),
            floor=figures[FLOOR],
            elsewhere=told,
        )

    def _row(
        self,
        what: str,
        turns: Mapping[str, list[Turn]],
        figure: Callable[[list[Turn]], float],
        budget: int | None = None,
        how: How = How.MEASURED,
    ) -> Row:
        ours = figure(turns[OURS])
        return Row(
            f"{self.act.name}: {what}",
            _shown(ours),
            how,
            budget=f"<= {budget}" if budget else "",
            before=_shown(figure(turns[BEFORE])) if BEFORE in turns else "",
            within=ours <= budget if budget else None,
        )

    def _requests(self, turns: list[Turn]) -> float:
        return statistics.fmean(len(one) for one in _each(turns, "operations")) / self.act.times

    def _units(self, turns: list[Turn]) -> float:
        return statistics.fmean(sum(one.values()) for one in _each(turns, "units")) / self.act.times

    def written(self, side: str = OURS, *, search: bool) -> float:
        """The write units of the search index, or of everything else."""
        counted = (
            [units for table, units in one.items() if (table == _SEARCH) is search]
            for one in _each(self.recorded[side], "units")
        )
        return statistics.fmean(map(sum, counted)) / self.act.times


def _life(measured: Mapping[str, Measured]) -> Iterator[Row]:
    """An email's, to delivered, as far as all of it was measured."""
    if not all(name in measured for name in LIFE):
        return
    sides = measured[next(iter(LIFE))].recorded

    def written(times: Mapping[str, int], side: str, *, search: bool) -> float:
        return sum(often * measured[name].written(side, search=search) for name, often in times.items())

    ways: list[tuple[str, dict[str, int], bool, int]] = [("an email's life to delivered", LIFE, False, _MOST_IN_LIFE)]
    if all(name in measured for name in FOUND):
        ways.append(("an email's life in the search index", FOUND, True, _MOST_FOR_SEARCH))
    told = {what: {side: written(times, side, search=search) for side in sides} for what, times, search, _ in ways}
    for what, _, _, budget in ways:
        ours = told[what]
        before = _shown(ours[BEFORE]) if BEFORE in ours else ""
        yield Row(
            f"{what}: write units",
            _shown(ours[OURS]),
            How.COMPUTED,
            f"<= {budget}",
            before,
            within=ours[OURS] <= budget,
        )
    if len(ways) > 1:
        both = {side: sum(one[side] for one in told.values()) for side in sides}
        before = _shown(both[BEFORE]) if BEFORE in both else ""
        yield Row("an email's life with search: write units", _shown(both[OURS]), How.COMPUTED, before=before)


def _connections(measured: Mapping[str, Measured]) -> Row:
    """Those that were there are used again, by every client."""

    def opened(side: str) -> str:
        turns = [turn for one in measured.values() for turn in one.played[side]]
        return f"{sum(_each(turns, 'connections'))} in {len(turns):,} events"

    sides = next(iter(measured.values())).played
    return Row("connections opened by warm functions", opened(OURS), before=opened(BEFORE) if BEFORE in sides else "")


def _rounds(turns: list[Turn]) -> float:
    rounds: list[int] = _each(turns, "rounds")
    return statistics.median(rounds)


def _each(turns: list[Turn], name: str) -> list[Any]:
    return [one[name] for one in turns]


def _shown(number: float) -> str:
    return f"{number:,.1f}".removesuffix(".0")
