"""What becomes of a form that was sent: the page that it leads to, or the form again with what is wrong."""

from collections.abc import Callable

from console.app.routing import PageResponse
from letterbook.domain.errors import (
    CallerError,
    ConcurrentUpdate,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionFailed,
)

_IN_THE_FORM = (Conflict, Invalid, PreconditionFailed)
_BUSY = "Others are changing this right now. Try again in a moment."


def outcome(
    save: Callable[[], PageResponse],
    again: Callable[[CallerError], PageResponse],
    refusals: tuple[type[CallerError], ...] = _IN_THE_FORM,
) -> PageResponse:
    """`save` does what was asked for and answers where that leads to; `again` is the form with the error beside its fields.

    Of the errors only `refusals` bring the form back: those that whoever filled it in can do something about there. Any other has
    a page of its own (app/refusals.py), and so has what is not there, or not theirs to see. What is kept busy by others is told
    in the form as a Conflict: what was filled in is not lost by it.
    """
    try:
        return save()
    except (Forbidden, NotFound):
        raise
    except refusals as error:
        return again(error)
    except ConcurrentUpdate:
        return again(Conflict(_BUSY))
