"""What travels on our queues and schedules."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DispatchOrder(_Message):
    """A message is to be sent. Which, and nothing else: all that matters is read where it is true, when its turn comes."""

    communication_id: str


class DueMessage(_Message):
    """The time of a scheduled message has come."""

    communication_id: str


class ProviderEvent(_Message):
    """What a provider told us, as it came; `provider` names the file that can read it."""

    provider: str
    raw: str


class SnsEnvelope(BaseModel):
    """A notification as SNS puts it on a queue; `Message` is the event (SNS developer guide, "Amazon SNS message formats")."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    Type: Literal["Notification"]
    TopicArn: str
    Message: str
