"""Writes that happen together or not at all, and what it means when one of their conditions fails."""

from collections.abc import Sequence
from dataclasses import dataclass

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from letterbook.adapters import aws
from letterbook.adapters.dynamodb.tables import Table
from letterbook.domain.errors import LetterbookError, Moved

# DynamoDB's codes for a write that lost against another one, and for a condition that did not hold.
_CONFLICT, _CONDITION = "TransactionConflict", "ConditionalCheckFailed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One item to put (or to `delete`) where `condition` holds; `refused` is what to raise where it does not."""

    item: Table
    condition: Condition | None = None
    refused: type[LetterbookError] = Moved
    delete: bool = False


def commit(writes: Sequence[Write]) -> None:
    """Raises the `refused` of the first write whose condition did not hold, in the order of `writes`, or Moved on a conflict."""
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
    return Moved() if refused or _CONFLICT in codes else error
