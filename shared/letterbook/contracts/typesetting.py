"""What is asked of `render` by who waits for its answer, and the answer."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from letterbook.domain.letter import Letter

# A letter that is to be looked at while somebody writes it; whatever is longer is made all the same, by its queue.
LONGEST_LETTER = 256 * 1024
# What Lambda lets an answer hold is 6 MB, and base64 makes four bytes of three.
MOST_ANSWERED = 4_000_000


class LetterForm(StrEnum):
    """A letter as its PDF, or each of its pages as a picture."""

    PDF = "pdf"
    PAGES = "pages"


class _Message(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, defer_build=True, ser_json_bytes="base64", val_json_bytes="base64"
    )


class TypesettingRequest(_Message):
    """A letter to be set in type at once."""

    form: LetterForm
    letter: Letter


class TypesettingAnswer(_Message):
    """`count` is how many pages it has, of which `pages` are the first as PNG; `failed` is why it makes none."""

    pdf: bytes | None = None
    pages: list[bytes] = []
    count: Annotated[int, Field(ge=0)] = 0
    missing: list[str] = []
    failed: str | None = None
