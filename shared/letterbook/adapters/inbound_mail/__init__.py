"""Mail that comes in: fetched from the bucket that Amazon SES leaves it in, and read."""

import hashlib
from datetime import datetime, timedelta

from botocore.exceptions import ClientError

from letterbook.adapters import aws
from letterbook.adapters.inbound_mail.reader import read
from letterbook.domain.inbound_email import InboundEmail

# What Amazon SES puts into the bucket to try a rule when it is made (SES developer guide, "Deliver to S3 bucket action").
_SET_UP = "AMAZON_SES_SETUP_NOTIFICATION"
# Amazon S3 leaves out the parts of a second. What came in the second of its object came by the end of it: a report must not seem
# to be older than the delivery that it takes back.
_REST_OF_THE_SECOND = timedelta(microseconds=999_999)

__all__ = ["S3Mailbox", "read"]


class S3Mailbox:
    """See ports.InboundMailbox."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def fetch(self, key: str) -> InboundEmail | None:
        if key.endswith(_SET_UP):
            return None
        try:
            found = aws.s3().get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
                return None
            raise
        return read(found["Body"].read(), found["LastModified"] + _REST_OF_THE_SECOND)

    def read(self, raw: bytes, at: datetime) -> InboundEmail:
        return read(raw, at)

    def put(self, raw: bytes) -> None:
        key = f"mail/{hashlib.sha256(raw).hexdigest()}"
        aws.s3().put_object(Bucket=self._bucket, Key=key, Body=raw)
