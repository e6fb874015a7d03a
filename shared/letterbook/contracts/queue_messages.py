"""What travels on our queues and schedules."""

from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from letterbook.ports import BulkOrder


class QueueMessage(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class DispatchOrder(QueueMessage):
    """A message is to be sent. Which, and nothing else: all that matters is read where it is true, when its turn comes."""

    communication_id: str


class DueMessage(QueueMessage):
    """The time of a scheduled message has come."""

    communication_id: str


class LookUpOrder(QueueMessage):
    """The provider of a message is to be asked what became of it."""

    communication_id: str


class SweepOrder(BaseModel):
    """Which share of what is due a run sees to, of several that are called at once; all of it where none is named."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    part: Annotated[int, Field(ge=0)] = 0
    of: Annotated[int, Field(ge=1)] = 1


class ReindexOrder(QueueMessage):
    """Index anew, from `below` on down, at most so many: a month's entries, 2026-11, or without one the directory."""

    month: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")] | None = None
    below: str | None = None
    at_most: Annotated[int, Field(ge=1, le=200)] = 200


class ProviderEvent(QueueMessage):
    """What a provider told us, as it came; `provider` names the file that can read it."""

    provider: str
    raw: str


class InboundMessage(QueueMessage):
    """A text message that came in, as it came; `provider` names the file that can read it."""

    provider: str
    raw: str


@cache
def bulk_order() -> TypeAdapter[BulkOrder]:
    """Reads and writes an order for many, which travels as the port has it. Made when the first one comes."""
    return TypeAdapter(BulkOrder)
