"""What `render` answers who waits for a letter, asked as the other functions ask it."""

import json
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from hypothesis import given

from letterbook.adapters import aws
from letterbook.adapters.remote_typesetter import RemoteTypesetter
from letterbook.contracts.typesetting import LONGEST_LETTER, LetterForm, TypesettingRequest
from letterbook.domain.errors import Unavailable
from letterbook.domain.letter import Layout, Letter, Letterhead, Paragraph, Run, TypesettingFailed
from tests.support.any_letter import blocks
from tests.support.aws import WorldForTests
from tests.support.failing import fails_once
from tests.support.lambda_client import invoke


def letter(*words: str) -> Letter:
    return Letter(
        layout=Layout.UK_C5,
        language="en",
        date=date(2026, 11, 20),
        letterhead=Letterhead(name="Tolworthy"),
        recipient=("Priya Raman",),
        blocks=tuple(Paragraph(runs=(Run(text=one),)) for one in words),
    )


class Lambda:
    """Calls the function in this process, by JSON as Lambda has it."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.function_error: str | None = None

    def invoke(self, FunctionName: str, Payload: bytes) -> Any:  # noqa: N803 - as boto3 names them
        assert FunctionName == "letterbook-render"
        if self.error:
            raise self.error
        answer = json.dumps(invoke("render", json.loads(Payload))).encode()
        told: dict[str, Any] = {"Payload": BytesIO(answer)}
        return told | ({"FunctionError": self.function_error} if self.function_error else {})


@pytest.fixture
def function(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> Lambda:
    made = Lambda()
    monkeypatch.setattr(aws, "client", lambda *_: made)
    return made


@pytest.fixture
def remote(function: Lambda) -> RemoteTypesetter:
    return RemoteTypesetter("letterbook-render")


def test_it_answers_what_typst_makes(world: WorldForTests, remote: RemoteTypesetter) -> None:
    asked = letter("Dear Ms Raman,", "\U00013080")
    assert remote.pdf(asked) == world.typesetter.pdf(asked)
    assert list(remote.pages(asked)) == list(world.typesetter.pages(asked))


@pytest.mark.usefixtures("function")
def test_what_cannot_be_made_is_told(
    world: WorldForTests, remote: RemoteTypesetter, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_once(monkeypatch, world.typesetter, "pdf", TypesettingFailed("it has 501 pages."))
    with pytest.raises(TypesettingFailed, match="501 pages"):
        remote.pdf(letter("Dear"))


@pytest.mark.parametrize("how", ["too slow", "it fails"])
def test_who_gets_no_answer_goes_on_without(function: Lambda, remote: RemoteTypesetter, how: str) -> None:
    if how == "too slow":
        function.error = ReadTimeoutError(endpoint_url="https://lambda")
    else:
        function.function_error = "Unhandled"
    with pytest.raises(Unavailable):
        remote.pages(letter("Dear"))


def test_what_is_too_long_is_not_even_asked(remote: RemoteTypesetter) -> None:
    with pytest.raises(Unavailable, match="too long"):
        remote.pages(letter("x" * LONGEST_LETTER))


@given(blocks())
def test_every_letter_comes_over_as_it_is(written: Any) -> None:
    """A block tells by its fields alone which it is."""
    whole = Letter(
        layout=Layout.DIN_5008_B,
        language="de",
        date=date(2026, 11, 20),
        letterhead=Letterhead(name="Tolworthy"),
        recipient=(),
        blocks=written,
    )
    order = TypesettingRequest(form=LetterForm.PDF, letter=whole)
    assert TypesettingRequest.model_validate_json(order.model_dump_json(exclude_defaults=True)) == order
