"""What became of everything that was accepted: the log held against what the provider took.

Pure, because a table that says "none lost" is worth as much as its arithmetic.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from letterbook.domain.status import STATUSES, Status, StatusGroup

# Where somebody sees that nothing was sent, and why.
_SEEN = frozenset({StatusGroup.FAILED, StatusGroup.MANUAL, StatusGroup.SKIPPED, StatusGroup.CLOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of the log. `order` is what somebody wanted said once, by a name of theirs; `whole` is its history."""

    id: str
    order: str
    status: Status
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Of one scenario; everything but `faults` and `seconds` counts orders.

    `faults` is how often something was broken. `lost`: accepted, and neither taken by the provider nor where a person sees that
    it was not. `doubled`: said more than once. `stuck`: not at an end, or unconfirmed although the provider told of it.
    `unexplained`: failed or unconfirmed with nothing done to it, against the provider's record, or with a broken history.
    """

    scenario: str
    faults: int
    accepted: int
    sent: int
    delivered: int
    unconfirmed: int
    failed: int
    lost: int
    doubled: int
    stuck: int
    unexplained: int
    seconds: int

    @property
    def holds(self) -> bool:
        """Whether what was promised held, and was really put to the test."""
        return bool(self.faults and self.accepted) and not (self.lost or self.doubled or self.stuck or self.unexplained)


def account(
    scenario: str,
    *,
    accepted: Mapping[str, Collection[str]],
    entries: Iterable[Entry],
    mails: Iterable[str],
    struck: Collection[str],
    faults: int,
    seconds: int,
) -> Row:
    """Of what went out.

    `accepted` are the ids answered for each order, `mails` the orders of all mails that the provider took, `struck` the ids of the
    entries at whose own requests something was broken.
    """
    taken = Counter(mails)
    by_order: dict[str, list[Entry]] = {order: [] for order in accepted}
    for entry in entries:
        by_order.setdefault(entry.order, []).append(entry)
    count: Counter[str] = Counter()
    for order in by_order.keys() | taken.keys():
        # The last attempt speaks for the order: ids are sorted by time.
        attempts = sorted(by_order.get(order, ()), key=lambda entry: entry.id)
        missing = set(accepted.get(order, ())) - {entry.id for entry in attempts}
        mails_of_it = taken[order]
        count["sent"] += bool(mails_of_it)
        count["doubled"] += mails_of_it > 1 or len(accepted.get(order, ())) > 1
        count["unexplained"] += not all(entry.whole for entry in attempts)
        if missing or not attempts:
            count["lost"] += 1
            continue
        count.update(_judged(attempts[-1], mails_of_it, struck))
    return _row(scenario, len(accepted), count, faults, seconds)


def _judged(entry: Entry, mails: int, struck: Collection[str]) -> Counter[str]:
    group = STATUSES[entry.status].group
    explained = entry.id in struck
    match entry.status:
        case Status.DELIVERED | Status.SENT if not mails:
            return Counter(lost=1)
        case Status.DELIVERED:
            return Counter(delivered=1)
        case Status.UNCONFIRMED:
            return Counter(unconfirmed=1, stuck=int(bool(mails)), unexplained=int(not explained and not mails))
    if group is StatusGroup.IN_PROGRESS:
        return Counter(stuck=1)
    if group not in _SEEN:
        return Counter(lost=1)
    return Counter(failed=1, unexplained=int(bool(mails) or not explained))


def account_received(
    scenario: str, *, put: Collection[str], entries: Iterable[Entry], faults: int, seconds: int
) -> Row:
    """Of what came in: each mail that was `put` before us is one entry."""
    came = list(entries)
    times = Counter(entry.order for entry in came)
    count = Counter(
        delivered=sum(1 for order in put if times[order]),
        lost=sum(1 for order in put if not times[order]),
        doubled=sum(1 for more in times.values() if more > 1),
        unexplained=sum(
            1 for one in came if not one.whole or one.status is not Status.RECEIVED or one.order not in put
        ),
    )
    return _row(scenario, len(put), count, faults, seconds)


def _row(scenario: str, accepted: int, count: Counter[str], faults: int, seconds: int) -> Row:
    counted = {one.name: count[one.name] for one in fields(Row) if one.name not in _GIVEN}
    return Row(scenario=scenario, accepted=accepted, faults=faults, seconds=seconds, **counted)


_GIVEN = frozenset({"scenario", "accepted", "faults", "seconds"})


def total(rows: Sequence[Row], seconds: int) -> Row:
    sums = {
        one.name: sum(getattr(row, one.name) for row in rows)
        for one in fields(Row)
        if one.name not in ("scenario", "seconds")
    }
    return Row(scenario="all of it", seconds=seconds, **sums)


def shown(rows: Sequence[Row], seconds: int) -> str:
    """The table, with a line that adds up."""
    names = [one.name for one in fields(Row)]
    cells = [names, *([str(getattr(row, name)) for name in names] for row in (*rows, total(rows, seconds)))]
    widths = [max(len(line[column]) for line in cells) for column in range(len(names))]
    lines = [
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    ]
    rule = "-" * len(lines[0])
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])
