"""The kinds of fields that bodies and answers are made of, each declared once."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from letterbook.domain.ids import Kind, is_id, pattern_of
from letterbook.domain.telephone import countries
from letterbook.domain.visible import hides, name_of, unturned

# Breaks of a header or of a line on a screen: C0 controls, DEL, C1 controls, the Unicode line and paragraph separators.
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# The same, without what a text of several lines is made of.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


At = TypeVar("At", bound=date)
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1990, 2199


class Body(BaseModel):
    """A request: only the fields that are known, and no guessing at types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False, defer_build=True)


class View(BaseModel):
    """An answer, read off a domain object."""

    model_config = ConfigDict(from_attributes=True, frozen=True, defer_build=True)


def _without(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if pattern.search(value):
            raise PydanticCustomError("control_character", "This may hold no line break or other control character.")
        return value

    return check


def _seen(value: str) -> str:
    """A name is what is seen of it (domain/visible.py). What is pasted often brings marks that nobody means."""
    seen = name_of(value)
    if value and not seen:
        raise PydanticCustomError("invisible", "This holds nothing that can be seen.")
    return seen


def _known_country(value: str) -> str:
    if value not in countries():
        raise PydanticCustomError("unknown_country", "This is no country of ISO 3166, such as GB.")
    return value


def _not_hiding(value: str) -> str:
    if hides(value):
        raise PydanticCustomError("invisible", "This holds characters that cannot be seen.")
    return value


def _id(kind: Kind) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not is_id(kind, value):
            raise PydanticCustomError("invalid_id", "This is not the id of a {kind}.", {"kind": kind.name.lower()})
        return value

    return check


def _id_schema(kind: Kind) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern_of(kind)}$"})


def moment(value: Any) -> Any:
    """A time as RFC 3339 has it; seconds may be left out. Raises for what Python would read as one besides."""
    if not isinstance(value, str):
        return value
    written = _RFC_3339.fullmatch(value)
    if written is None:
        raise PydanticCustomError("invalid_time", "This is no time with its offset, such as 2026-11-20T15:12:00Z.")
    if written[3] is None:
        raise PydanticCustomError("no_time_zone", "A time needs its offset: Z, or one such as +01:00.")
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:
        raise PydanticCustomError("invalid_time", "There is no such time.") from None


def in_range(value: At) -> At:
    """Outside these years nobody has letters, and arithmetic with times ends."""
    # Not in UTC: that very conversion is what fails at the ends of the calendar.
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise PydanticCustomError("out_of_range", "This lies outside the years 1990 to 2199.")
    return value


def rfc3339(at: datetime) -> str:
    """A time as answers have it: RFC 3339, in UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def listed(value: Any) -> Any:
    """One address may stand without its brackets."""
    return [value] if isinstance(value, str) else value


_one_line = AfterValidator(_without(_BREAKS))
_stripped = StringConstraints(strip_whitespace=True)

_a_name = AfterValidator(_seen)
_several_lines = AfterValidator(_without(_CONTROLS))
_a_text = AfterValidator(unturned)

Line = Annotated[str, _stripped, StringConstraints(min_length=1, max_length=200), _one_line, _a_name]
LongLine = Annotated[str, _stripped, StringConstraints(min_length=1, max_length=998), _one_line, _a_name]
MaybeEmptyLine = Annotated[str, _stripped, StringConstraints(max_length=200), _one_line, _a_name]
Text = Annotated[str, _several_lines, _a_text]
Note = Annotated[str, StringConstraints(max_length=500), _several_lines, _a_text]
Reason = Annotated[str, _stripped, StringConstraints(min_length=1, max_length=500), _several_lines, _a_text]
Postal = Annotated[str, _stripped, StringConstraints(min_length=1, max_length=1000), _several_lines, _a_name]
MaybeEmptyPostal = Annotated[str, _stripped, StringConstraints(max_length=1000), _several_lines, _a_name]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(_known_country)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
# A subject's id is the other system's: anything on one line, short enough for a key.
ForeignId = Annotated[
    str, _stripped, StringConstraints(min_length=1, max_length=120), _one_line, AfterValidator(_not_hiding)
]

PartyId = Annotated[str, AfterValidator(_id(Kind.PARTY)), _id_schema(Kind.PARTY)]
ContactId = Annotated[str, AfterValidator(_id(Kind.CONTACT)), _id_schema(Kind.CONTACT)]
CaseId = Annotated[str, AfterValidator(_id(Kind.CASE)), _id_schema(Kind.CASE)]
CommunicationId = Annotated[str, AfterValidator(_id(Kind.COMMUNICATION)), _id_schema(Kind.COMMUNICATION)]
ThreadId = Annotated[str, AfterValidator(_id(Kind.THREAD)), _id_schema(Kind.THREAD)]
TodoId = Annotated[str, AfterValidator(_id(Kind.TODO)), _id_schema(Kind.TODO)]
DocumentId = Annotated[str, AfterValidator(_id(Kind.DOCUMENT)), _id_schema(Kind.DOCUMENT)]

# Longer than any address can be (RFC 5321: 254), so that nobody sends us pages to parse.
Address = Annotated[str, _stripped, StringConstraints(min_length=1, max_length=320), _one_line, _a_name]
Addresses = Annotated[list[Address], Field(max_length=50), BeforeValidator(listed)]


def clock(value: Any) -> Any:
    """Strictly HH:MM: a time of day in the organisation's own zone, without seconds."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value, re.ASCII):
        raise PydanticCustomError("invalid_time", "This is no time of day such as 09:00.")
    return time.fromisoformat(value)


Clock = Annotated[
    time,
    BeforeValidator(clock),
    PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str),
    WithJsonSchema({"type": "string", "examples": ["09:00"]}),
]


Moment = Annotated[AwareDatetime, AfterValidator(in_range), BeforeValidator(moment)]
Time = Annotated[
    datetime, PlainSerializer(rfc3339, return_type=str), WithJsonSchema({"type": "string", "format": "date-time"})
]
Day = Annotated[date, AfterValidator(in_range)]
