"""Orders for many communications at once."""

from typing import Annotated

from pydantic import Field, ValidationError

from letterbook.contracts.fields import (
    Body,
    CommunicationId,
    View,
)
from letterbook.contracts.queries import CommunicationsQuery
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.filters import Filters


class BulkBody(Body):
    """Which: by their ids, or by a filter as lists take it, `{"group": "failed", "case_id": "cas_..."}`. Five hundred at most."""

    ids: Annotated[list[CommunicationId], Field(min_length=1, max_length=500)] | None = None
    filter: Annotated[dict[str, str | bool | list[str]], Field(min_length=1)] | None = None

    def to_request(self) -> list[str] | Filters:
        """Raises Invalid, unless it is one of the two, and for a filter that narrows nothing."""
        asked = asked_for(self.ids, self.filter)
        if isinstance(asked, Filters) and asked.is_everything:
            raise Invalid(
                "This means everything.", FieldError("filter", "required", "Say which: this narrows nothing.")
            )
        return asked


def asked_for(ids: list[str] | None, given: dict[str, str | bool | list[str]] | None) -> list[str] | Filters:
    """Raises Invalid, unless it is one of the two, and for what is no filter of lists."""
    if (ids is None) == (given is None):
        raise Invalid("Name them, or say which.", FieldError("ids", "required", "Give ids or a filter, and not both."))
    if ids is not None:
        return ids
    values = {name: value if isinstance(value, list) else [_word(value)] for name, value in (given or {}).items()}
    for name in values.keys() & {"limit", "cursor"}:
        raise Invalid("A filter has no pages.", FieldError(f"filter.{name}", "extra_forbidden", "This is no filter."))
    try:
        return CommunicationsQuery.model_validate(values).filters()
    except ValidationError as wrong:
        faults = (
            FieldError(f"filter.{(one['loc'] or ('',))[0]}", one["type"], one["msg"])
            for one in wrong.errors(include_url=False, include_input=False, include_context=False)
        )
        raise Invalid("This is no filter.", *faults) from wrong


def _word(value: str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else value


class RefusedView(View):
    id: str
    code: str
    detail: str


class BulkView(View):
    """What is on its way, and what is refused, each with why."""

    accepted: list[str]
    refused: list[RefusedView]
