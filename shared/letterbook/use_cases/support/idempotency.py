"""Idempotent creation: what a key made once is answered again, and never made twice.

It is answered again to who may see it now: `see` takes what was made, looks for it as it stands, and raises NotFound where it is
not there for the viewer any more.
"""

from collections.abc import Callable
from typing import TypeVar

from letterbook.domain.errors import ConcurrentUpdate, FieldError, IdempotencyKeyConflict, Invalid
from letterbook.ports import IdempotencyKey, IdempotencyRecord, World

T = TypeVar("T")

_REUSED = "idempotency_key_reused"


def idempotently(
    world: World, key: IdempotencyKey | None, kind: type[T], make: Callable[[], T], see: Callable[[T], object]
) -> tuple[T, bool]:
    """What `make` makes, or what the key made before, and whether it is the latter.

    `make` commits the key together with its work, and raises IdempotencyKeyConflict where another request was faster.
    Raises Invalid `idempotency_key_reused` for a key that came with another body, and what `see` raises.
    """
    if key is None:
        return make(), False
    remembered = world.idempotency.get(key, kind)
    if remembered is None:
        try:
            return make(), False
        except IdempotencyKeyConflict:
            return result_of_winner(world, key, kind, see), True
    return replay(remembered, key, kind, see), True


def result_of_winner(world: World, key: IdempotencyKey | None, kind: type[T], see: Callable[[T], object]) -> T:
    """What another request made with the key.

    Raises ConcurrentUpdate for one that was over in this very moment: asking again helps.
    """
    remembered = world.idempotency.get(key, kind) if key else None
    if key is None or remembered is None:
        raise ConcurrentUpdate
    return replay(remembered, key, kind, see)


def replay(remembered: IdempotencyRecord, key: IdempotencyKey, kind: type[T], see: Callable[[T], object]) -> T:
    """What the key made before, as it was then. Raises Invalid, and what `see` raises."""
    if remembered.digest != key.digest:
        told = "This Idempotency-Key came with another request before."
        raise Invalid(told, FieldError("Idempotency-Key", _REUSED, told), code=_REUSED)
    if not isinstance(remembered.result, kind):
        raise TypeError(f"the key of a {kind.__name__} made a {type(remembered.result).__name__}")
    see(remembered.result)
    return remembered.result
