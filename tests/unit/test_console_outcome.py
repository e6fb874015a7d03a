"""What becomes of a form: what was filled in comes back with what stands against it, and is not lost by it."""

import pytest

from console.app.routing import PageResponse, redirect
from console.forms.outcome import outcome
from letterbook.domain.errors import (
    CallerError,
    ConcurrentUpdate,
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    LetterbookError,
    NotFound,
    PreconditionFailed,
)

_FORM = "What was filled in. "


def sent(error: LetterbookError | None) -> PageResponse:
    def save() -> PageResponse:
        if error:
            raise error
        return redirect("/there")

    def again(refused: CallerError) -> PageResponse:
        return PageResponse(status=refused.status, body=_FORM + refused.detail)

    return outcome(save, again)


def test_what_is_saved_leads_on() -> None:
    assert sent(None).location == "/there"


@pytest.mark.parametrize("error", [
    Invalid("Not so.", FieldError("name", "required", "Fill this in.")), Conflict("Not any more."), PreconditionFailed("Late."),
    ConcurrentUpdate(),
])  # fmt: skip
def test_what_can_be_put_right_or_tried_again_brings_the_form_back(error: LetterbookError) -> None:
    answer = sent(error)
    assert answer.status in (409, 412, 422)
    assert answer.body.startswith(_FORM)


@pytest.mark.parametrize("error", [Forbidden("Not yours."), NotFound("Not there.")])
def test_what_is_not_theirs_has_a_page_of_its_own(error: CallerError) -> None:
    with pytest.raises(type(error)):
        sent(error)
