"""What is asked to be done with communications that are there: to be sent again, declared delivered, many at once."""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, ValidationError

from letterbook.contracts.communications import CommunicationBody, fields_of
from letterbook.contracts.fields import (
    Addresses,
    Body,
    CaseId,
    CommunicationId,
    Line,
    Moment,
    Note,
    PartyId,
    ThreadId,
    View,
)
from letterbook.contracts.queries import CommunicationsQuery
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.filters import Filters
from letterbook.domain.message import MessageRequest


class DeliverBody(Body):
    """How it was delivered, and when, which is now where it is not said."""

    reason: Line
    details: Note = ""
    delivered_at: Moment | None = None


class RefileBody(Body):
    """The whole place where it belongs: without a case where none is named. Why is kept in its history."""

    party_id: PartyId
    case_id: CaseId | None = None
    thread_id: ThreadId | None = None
    reason: Line


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
        if replace(filters, show_ignored=False) == Filters():
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


class ResendBody(Body):
    """`to` in the place of the contact's or party's present address; `again` where a later attempt said it already."""

    to: Addresses = []
    again: bool = False


def draft_of(message: MessageRequest) -> dict[str, Any]:
    """The body that would ask for the message, for somebody to look at and send as a new one."""
    fields_ = {**fields_of(message), "channel": message.channel, "party_id": message.party_id, "send_now": False}
    body = CommunicationBody.model_construct(**fields_)
    return body.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
