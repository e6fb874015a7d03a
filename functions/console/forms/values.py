"""What people wrote, read once, before anybody works with it: an address as the API reads a query, and a form's numbers and times.

What is no number and no time stays the text that it is: the contracts refuse it, with the field.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ValidationError

from console.app.routing import PageRequest
from letterbook.contracts.fields import (
    CaseId,
    CommunicationId,
    ContactId,
    LongLine,
    MaybeEmptyLine,
    PartyId,
    Slug,
    ThreadId,
    in_range,
    moment as rfc_3339,
)
from letterbook.contracts.queries import Query, RegardingKey
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.telephone import shown_numbers
from letterbook.http.problems import from_validation_error

Q = TypeVar("Q", bound=Query)

_WHOLE = re.compile(r"-?\d+", re.ASCII)
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)
# Python reads no number of thousands of digits, and no field takes one as large as this.
_MOST_DIGITS = 18


def _first(values: Any) -> Any:
    return values[0] if isinstance(values, list) else values


first = BeforeValidator(_first)


class Link(Query):
    """Whom and what a form is about that is opened from a link: `link_of` reads it."""

    party_id: Annotated[PartyId, first] | None = None
    case_id: Annotated[CaseId, first] | None = None
    contact_id: Annotated[ContactId, first] | None = None
    thread_id: Annotated[ThreadId, first] | None = None
    in_reply_to: Annotated[CommunicationId, first] | None = None
    regarding: Annotated[RegardingKey, first] | None = None
    template: Annotated[Slug, first] | None = None
    subject: Annotated[LongLine, first] | None = None
    words: Annotated[MaybeEmptyLine, first] = ""

    def given(self, *names: str) -> dict[str, str]:
        """As a form is filled in with them."""
        return {name: getattr(self, name) or "" for name in names}


def query_of(visit: PageRequest, kind: type[Q]) -> Q:
    """What the address asks for; what stands empty is not asked for, and other names are somebody else's. Raises Invalid."""
    try:
        return kind.model_validate(_of(visit, kind))
    except ValidationError as error:
        raise from_validation_error(error) from None


def link_of(visit: PageRequest) -> Link:
    """A link that somebody changed, or that was cut, leads to the form all the same, without what nothing can be called."""
    given = _of(visit, Link)
    try:
        return Link.model_validate(given)
    except ValidationError as error:
        wrong = {one["loc"][0] for one in error.errors(include_url=False, include_context=False)}
        return Link.model_validate({name: values for name, values in given.items() if name not in wrong})


def _of(visit: PageRequest, kind: type[Query]) -> dict[str, list[str]]:
    names = {field.alias or name for name, field in kind.model_fields.items()}
    given = {name: [one for one in values if one] for name, values in visit.query.items() if name in names}
    return {name: values for name, values in given.items() if values}


def number(text: str) -> int | str:
    """A whole number."""
    if not _WHOLE.fullmatch(text):
        return text
    digits = text.lstrip("-").lstrip("0")
    size = int(digits or "0") if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS
    return -size if text.startswith("-") else size


def moment(text: str, zone: ZoneInfo) -> str:
    """A time of a browser's field on the organisation's clock, with its offset."""
    if not _LOCAL.fullmatch(text):
        return text
    try:
        at = datetime.fromisoformat(text)
        in_range(at)
    except ValueError:
        # At the ends of the calendar there are no zones to ask for.
        return f"{text}Z"
    return at.replace(tzinfo=zone).isoformat(timespec="seconds")


def time_of(text: str, zone: ZoneInfo) -> datetime | None:
    """The time that was meant, where it is one that the library takes."""
    try:
        at: datetime = in_range(rfc_3339(moment(text, zone)))
        return at.astimezone(UTC)
    except ValueError:
        return None


def known_id(kind: Kind, text: str) -> str | None:
    """An id that something can have, to look it up while the form is shown again."""
    return text if is_id(kind, text) else None


def written(value: str) -> str:
    """A value as it stands in a field: telephone numbers with their country's code, so that they are read as they were."""
    return shown_numbers(value, None)
