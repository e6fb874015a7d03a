"""What may stand behind the question mark. Several values of a filter: repeat the key, or separate them by commas.

An empty value is an error: a caller who lacks an id must not be shown everything.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from letterbook.contracts.fields import (
    CaseId,
    ContactId,
    Language,
    Line,
    MaybeEmptyLine,
    PartyId,
    Slug,
    ThreadId,
    in_range,
    moment,
)
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Direction
from letterbook.domain.correspondence import CorrespondenceFilters, CorrespondenceStatus
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.filters import Filters
from letterbook.domain.party import PartyKind
from letterbook.domain.status import QuickFilter, Status
from letterbook.domain.threads import ThreadStatus
from letterbook.domain.todos import TodoStatus
from letterbook.ports import ActivityScope

T = TypeVar("T")

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _one(values: Any) -> Any:
    if isinstance(values, list) and len(values) != 1:
        raise PydanticCustomError("one_value", "This takes one value.")
    return values[0] if isinstance(values, list) else values


def _many(values: Any) -> Any:
    return [part for value in values for part in value.split(",")] if isinstance(values, list) else values


def _moment(value: Any) -> Any:
    """A date, or a time with its offset; a plus sign that was not escaped arrives as a space."""
    if not isinstance(value, str):
        return value
    if not _DATE.fullmatch(value):
        return moment(value.replace(" ", "+"))
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("invalid_time", "There is no such date.") from None


_single = BeforeValidator(_one)
_split = BeforeValidator(_many)
DateOrTime = Annotated[
    date | datetime,
    AfterValidator(in_range),
    BeforeValidator(_moment),
    _single,
    WithJsonSchema({"type": "string", "examples": ["2026-11-20", "2026-11-20T15:12:00Z"]}),
]
Many = Annotated[tuple[T, ...], Field(max_length=50), _split]
RegardingKey = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}:.{1,120}$")]


class Query(BaseModel):
    """Parameters of a GET; one that is not known is an error, because a filter that does nothing misleads."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class NoQuery(Query):
    pass


class ListQuery(Query):
    limit: Annotated[int, Field(ge=1, le=200), _single] = 50
    cursor: Annotated[str, Field(max_length=600), _single] | None = None


class CommunicationsQuery(ListQuery):
    party_id: Many[PartyId] = ()
    client_id: Many[PartyId] = ()
    contact_id: Many[ContactId] = ()
    case_id: Many[CaseId | Literal["none"]] = ()
    thread_id: Many[ThreadId] = ()
    regarding: Many[RegardingKey | Literal["none"]] = ()
    subject_type: Many[Slug] = ()
    location: Many[Line] = ()
    recipient: Many[PartyKind] = ()
    channel: Many[Channel] = ()
    direction: Many[Direction] = ()
    status: Many[Status] = ()
    group: Many[QuickFilter | Literal["all"]] = ()
    category: Many[Slug] = ()
    template: Many[Slug] = ()
    created_by: Many[Annotated[str, Field(max_length=128)]] = ()
    q: Annotated[MaybeEmptyLine, _single] = ""
    opened: Annotated[bool, _single] | None = None
    show_ignored: Annotated[bool, _single] = False
    settled: Annotated[bool, _single] | None = None
    from_: DateOrTime | None = Field(default=None, alias="from")
    to: DateOrTime | None = None

    def filters(self) -> Filters:
        return Filters(
            parties=self.party_id,
            clients=self.client_id,
            contacts=self.contact_id,
            cases=self.case_id,
            threads=self.thread_id,
            regarding=self.regarding,
            subject_types=self.subject_type,
            locations=self.location,
            words=self.q,
            opened=self.opened,
            show_ignored=self.show_ignored,
            settled=self.settled,
            recipients=self.recipient,
            channels=self.channel,
            directions=self.direction,
            statuses=self.status,
            quick=_quick(self.group),
            categories=self.category,
            templates=self.template,
            authors=self.created_by,
            since=self.from_,
            until=self.to,
        )


class SubjectQuery(Query):
    """`party_id` is whose it is: several parties may call something by the same type and id."""

    party_id: Annotated[PartyId, _single] | None = None


class SubjectsQuery(Query):
    q: Annotated[Line, _single]
    limit: Annotated[int, Field(ge=1, le=100), _single] = 50


class ThreadsQuery(ListQuery):
    party_id: Annotated[PartyId, _single] | None = None
    case_id: Annotated[CaseId, _single] | None = None
    status: Annotated[ThreadStatus, _single] | None = None


class TodosQuery(ListQuery):
    party_id: Annotated[PartyId, _single] | None = None
    status: Annotated[TodoStatus, _single] = TodoStatus.OPEN


class OverviewQuery(CommunicationsQuery):
    """Asked of the latest entry about each thing; `q` of all that the viewer sees about it."""


class ScopeQuery(ListQuery):
    case_id: Annotated[CaseId, _single] | None = None
    party_id: Annotated[PartyId, _single] | None = None

    def scope(self) -> ActivityScope:
        """Raises Invalid unless it is of one thing."""
        if (self.case_id is None) == (self.party_id is None):
            raise Invalid(
                "Activity is that of a case or of a party.", FieldError("case_id", "required", "Name one of the two.")
            )
        return ActivityScope(case_id=self.case_id, party_id=self.party_id)


class TimelineQuery(ListQuery):
    party_id: Annotated[PartyId, _single] | None = None
    contact_id: Annotated[ContactId, _single] | None = None
    case_id: Annotated[CaseId, _single] | None = None

    def filters(self) -> Filters:
        """On behalf of a client is theirs too. Raises Invalid without a party or a case."""
        if self.party_id is None and self.case_id is None:
            raise Invalid(
                "A timeline is that of a party or a case.", FieldError("party_id", "required", "Name one of the two.")
            )
        return Filters(
            concerning=self.party_id,
            contacts=(self.contact_id,) if self.contact_id else (),
            cases=(self.case_id,) if self.case_id else (),
        )


def _quick(group: tuple[str, ...]) -> tuple[QuickFilter, ...]:
    return () if "all" in group else tuple(QuickFilter(one) for one in group)


class StatsQuery(Query):
    days: Annotated[int, Field(ge=1, le=366), _single] = 30


class PartiesQuery(ListQuery):
    q: Annotated[MaybeEmptyLine, _single] = ""
    kind: Many[PartyKind] = ()


class CasesQuery(ListQuery):
    q: Annotated[MaybeEmptyLine, _single] = ""
    party_id: Annotated[PartyId, _single] | None = None


class DocumentsQuery(ListQuery):
    party_id: Annotated[PartyId, _single] | None = None
    case_id: Annotated[CaseId, _single] | None = None


class CorrespondenceQuery(ListQuery):
    """`q` is a number such as 12345/C001."""

    party_id: Annotated[PartyId, _single] | None = None
    type: Many[Slug] = ()
    status: Many[CorrespondenceStatus] = ()
    regarding: Annotated[RegardingKey, _single] | None = None
    q: Annotated[MaybeEmptyLine, _single] = ""
    from_: DateOrTime | None = Field(default=None, alias="from")
    to: DateOrTime | None = None

    def filters(self) -> CorrespondenceFilters:
        return CorrespondenceFilters(
            party_id=self.party_id,
            types=self.type,
            statuses=self.status,
            regarding=self.regarding,
            number=self.q,
            since=self.from_,
            until=self.to,
        )


class VersionQuery(Query):
    version: Annotated[int, Field(ge=1, le=999_999), _single] | None = None


class TemplatesQuery(ListQuery):
    category: Many[Slug] = ()
    channel: Many[Channel] = ()
    language: Many[Language] = ()


class TemplateQuery(Query):
    version: Annotated[int, Field(ge=1, le=999_999), _single] | None = None
    language: Annotated[Language, _single] | None = None


class GrantsQuery(ListQuery):
    user: Annotated[str, Field(max_length=128), _single] | None = None
