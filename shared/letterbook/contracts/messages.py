"""What travels on our queues and schedules."""

from typing import Annotated, Literal
from urllib.parse import unquote_plus

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class DispatchOrder(_Message):
    """A message is to be sent. Which, and nothing else: all that matters is read where it is true, when its turn comes."""

    communication_id: str


class BulkMessage(_Message):
    """Something is to be done to many (see ports.BulkOrder)."""

    deed: str
    batch: str
    ids: tuple[str, ...]
    user: str
    name: str
    role: str
    rights: tuple[str, ...]


class DueMessage(_Message):
    """The time of a scheduled message has come."""

    communication_id: str


class ReindexOrder(_Message):
    """Publish a month's entries anew, from the id `below` on down. `month` is 2026-11."""

    month: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")]
    below: str | None = None


class ProviderEvent(_Message):
    """What a provider told us, as it came; `provider` names the file that can read it."""

    provider: str
    raw: str


class LogsData(_Message):
    """A batch of log lines, gzip in base64 (CloudWatch Logs user guide, "Using subscription filters")."""

    data: str


class LogsEvent(_Message):
    awslogs: LogsData


class FailedLogs(BaseModel):
    """A batch of log lines that the function could not take, as Lambda's destination on failure keeps it."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    request: LogsEvent = Field(alias="requestPayload")


class SnsEnvelope(BaseModel):
    """A notification as SNS puts it on a queue; `Message` is the event (SNS developer guide, "Amazon SNS message formats")."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    Type: Literal["Notification"]
    TopicArn: str
    Message: str


class _Outside(BaseModel):
    """What AWS tells us, of which we read a part."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)


class S3Object(_Outside):
    """`key` is encoded as in a form: a blank is a plus."""

    key: str


class S3Entity(_Outside):
    object: S3Object


class S3Event(_Outside):
    s3: S3Entity


class MailArrived(_Outside):
    """S3 tells of new objects (S3 user guide, "Event message structure"); its first message only tries whether we are there."""

    Records: list[S3Event] = []

    @property
    def keys(self) -> list[str]:
        return [unquote_plus(one.s3.object.key) for one in self.Records]
