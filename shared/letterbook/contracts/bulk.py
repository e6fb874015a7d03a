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
        """Raises Invalid, unless it is one of the two."""
        if (self.ids is None) == (self.filter is None):
            raise Invalid(
                "Name them, or say which.", FieldError("ids", "required", "Give ids or a filter, and not both.")
            )
        if self.ids is not None:
            return self.ids
        given = {
            name: value if isinstance(value, list) else [_word(value)] for name, value in (self.filter or {}).items()
        }
        for name in given.keys() & {"limit", "cursor"}:
            raise Invalid(
                "A filter has no pages.", FieldError(f"filter.{name}", "extra_forbidden", "This is no filter.")
            )
        try:
            filters = CommunicationsQuery.model_validate(given).filters()
        except ValidationError as wrong:
            faults = (
                FieldError(f"filter.{(one['loc'] or ('',))[0]}", one["type"], one["msg"])
                for one in wrong.errors(include_url=False, include_input=False, include_context=False)
            )
            raise Invalid("This is no filter.", *faults) from wrong
        if filters.is_everything:
            raise Invalid(
                "This means everything.", FieldError("filter", "required", "Say which: this narrows nothing.")
            )
        return filters


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
