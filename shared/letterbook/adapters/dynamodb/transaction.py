"""Writes that happen together or not at all, and what it means when one of their conditions fails."""

from collections.abc import Sequence
from dataclasses import dataclass

from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from letterbook.adapters import aws
from letterbook.adapters.dynamodb.tables.base import Table
from letterbook.domain.errors import ConcurrentUpdate, LetterbookError
from letterbook.retry import tries

# DynamoDB's codes (TransactWriteItems, cancellation reasons): a condition that did not hold; a write that may be tried again.
_CONDITION = "ConditionalCheckFailed"
_BUSY = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
# The same as they are told of a write that is in no transaction.
_REFUSED = "ConditionalCheckFailedException"
_BUSY_ALONE = frozenset(
    {"TransactionConflictException", "ThrottlingException", "ProvisionedThroughputExceededException"}
)
_ROUNDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One item to put, to `delete`, to `update`, or a number of it to `add` to, where `condition` holds; else `refused` is raised.

    With `look`, its key, it is not written at all. What is not `patient` is refused, too, where others are at work on it.
    """

    item: Table
    condition: Condition | None = None
    refused: type[LetterbookError] = ConcurrentUpdate
    delete: bool = False
    look: str | None = None
    add: tuple[NumberAttribute, int] | None = None
    update: tuple[Action, ...] = ()
    patient: bool = True


def commit(writes: Sequence[Write], *, alone: bool = False) -> None:
    """Raises the `refused` of the first write whose condition did not hold, in the order of `writes`.

    A single item that is put `alone`, in no transaction, costs half. But where the answer is lost on its way, the item is refused
    when it is sent again: so only where whoever is refused reads again anyway.

    Two transactions that touch one item at the same moment conflict, whatever their conditions: tried again, the loser finds out
    what the winner wrote. ConcurrentUpdate is raised when the conflict lasts.
    """
    for _ in tries(_ROUNDS):
        try:
            return _put(writes[0]) if alone else _transact(writes)
        except _Busy:
            continue
    raise ConcurrentUpdate


class _Busy(Exception):
    """Others were at work on the same item, or the table is; nothing was written, and no condition had failed."""


def _put(write: Write) -> None:
    try:
        write.item.save(condition=write.condition)
    except PutError as error:
        if error.cause_response_code == _REFUSED:
            raise write.refused from error
        raise _Busy if error.cause_response_code in _BUSY_ALONE else error from error


def _transact(writes: Sequence[Write]) -> None:
    """pynamodb sends looks first, then deletes, puts and updates."""
    looks = [write for write in writes if write.look]
    deletes = [write for write in writes if write.delete]
    updates = [write for write in writes if write.add or write.update]
    puts = [write for write in writes if not (write.look or write.delete or write.add or write.update)]
    try:
        with TransactWrite(connection=aws.dynamodb()) as transaction:
            for write in looks:
                if write.look and write.condition is not None:
                    transaction.condition_check(type(write.item), write.look, condition=write.condition)
            for write in puts:
                transaction.save(write.item, condition=write.condition)
            for write in deletes:
                transaction.delete(write.item, condition=write.condition)
            for write in updates:
                added = [number.add(more) for number, more in [write.add]] if write.add else []
                transaction.update(write.item, actions=[*added, *write.update], condition=write.condition)
    except TransactWriteError as error:
        raise _meaning(error, [*looks, *deletes, *puts, *updates]) from error


def _meaning(error: TransactWriteError, sent: Sequence[Write]) -> Exception:
    """DynamoDB answers a reason for each, in the order they were sent."""
    codes = [reason.code if reason else None for reason in error.cancellation_reasons]
    told = [*zip(sent, codes, strict=False)]
    refused = [one.refused for one, code in told if code == _CONDITION or (code in _BUSY and not one.patient)]
    for kind in refused:
        if kind is not ConcurrentUpdate:
            return kind()
    if refused:
        return ConcurrentUpdate()
    return _Busy() if _BUSY.intersection(codes) else error
