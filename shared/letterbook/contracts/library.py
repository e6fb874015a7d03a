"""The library that comes with Letterbook, as callers see how it stands at the firm."""

from typing import Annotated

from pydantic import Field

from letterbook.contracts.fields import View
from letterbook.domain.library import ShippedKind, ShippedState


class ShippedView(View):
    kind: ShippedKind
    key: str
    language: Annotated[str | None, Field(description="Null for a type of correspondence.")]
    category: str
    state: Annotated[
        ShippedState,
        Field(
            description="`new`: the firm has none of this key; `outdated`: it has the text of an earlier release; "
            "`own`: the firm's own, which is left as it is."
        ),
    ]
    version: Annotated[int | None, Field(description="The firm's last one.")]
    written: Annotated[bool, Field(description="Whether this call wrote it.")]
