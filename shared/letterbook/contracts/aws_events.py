"""What AWS tells us on queues and streams: shapes of theirs, of which we read a part."""

from typing import Literal
from urllib.parse import unquote_plus

from pydantic import BaseModel, ConfigDict, Field


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


class LogsData(_Outside):
    """A batch of log lines, gzip in base64 (CloudWatch Logs user guide, "Using subscription filters")."""

    data: str


class LogsEvent(_Outside):
    awslogs: LogsData


class FailedLogs(_Outside):
    """A batch of log lines that the function could not take, as Lambda's destination on failure keeps it."""

    request: LogsEvent = Field(alias="requestPayload")


class BusEvent(_Outside):
    """An event as EventBridge puts it on a queue (EventBridge user guide, "Event structure")."""

    source: str
    detail_type: str = Field(alias="detail-type")
    detail: dict[str, object]


class SnsEnvelope(_Outside):
    """A notification as SNS puts it on a queue; `Message` is the event (SNS developer guide, "Amazon SNS message formats")."""

    Type: Literal["Notification"]
    TopicArn: str
    Message: str
