"""Writes that happen together or not at all, and what it means when one of their conditions fails."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from letterbook.adapters import aws
from letterbook.adapters.dynamodb.tables import Table
from letterbook.domain.errors import LetterbookError, Moved

# DynamoDB's codes (TransactWriteItems, cancellation reasons): a condition that did not hold; a write that may be tried again.
_CONDITION = "ConditionalCheckFailed"
_BUSY = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_ROUNDS = 6
_PAUSE_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One item to put (or to `delete`) where `condition` holds; `refused` is what to raise where it does not."""

    item: Table
    condition: Condition | None = None
    refused: type[LetterbookError] = Moved
    delete: bool = False


def commit(writes: Sequence[Write]) -> None:
    """Raises the `refused` of the first write whose condition did not hold, in the order of `writes`.

    Two transactions that touch one item at the same moment conflict, whatever their conditions: tried again, the loser finds out
    what the winner wrote. Moved is raised when the conflict lasts.
    """
    for attempt in range(_ROUNDS):
        try:
            return _transact(writes)
        except _Busy:
            time.sleep(random.random() * _PAUSE_SECONDS * 2**attempt)  # noqa: S311
    raise Moved


class _Busy(Exception):
    """Others were at work on the same item, or the table is; nothing was written, and no condition had failed."""


def _transact(writes: Sequence[Write]) -> None:
    puts = [write for write in writes if not write.delete]
    deletes = [write for write in writes if write.delete]
    try:
        with TransactWrite(connection=aws.dynamodb()) as transaction:
            for write in puts:
                transaction.save(write.item, condition=write.condition)
            for write in deletes:
                transaction.delete(write.item, condition=write.condition)
    except TransactWriteError as error:
        raise _meaning(error, [*deletes, *puts]) from error


def _meaning(error: TransactWriteError, sent: Sequence[Write]) -> Exception:
    """pynamodb sends deletes before puts, and DynamoDB answers a reason for each in that order."""
    codes = [reason.code if reason else None for reason in error.cancellation_reasons]
    refused = [write.refused for write, code in zip(sent, codes, strict=False) if code == _CONDITION]
    for kind in refused:
        if kind is not Moved:
            return kind()
    if refused:
        return Moved()
    return _Busy() if _BUSY.intersection(codes) else error
