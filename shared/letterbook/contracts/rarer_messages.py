"""What travels on the queues that few functions know: apart, because every cold start would wait for it."""

from urllib.parse import unquote_plus

from pydantic import BaseModel, ConfigDict, TypeAdapter

from letterbook.ports import BulkOrder

# The order itself, as the port has it.
BULK_ORDER: TypeAdapter[BulkOrder] = TypeAdapter(BulkOrder)


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
