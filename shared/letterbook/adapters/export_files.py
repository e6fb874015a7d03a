"""Files of exports in S3, written as they are made, eight megabytes at a time: no file is too large for memory."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import quote

from letterbook.adapters import aws

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef
    from typing_extensions import Buffer

# S3 takes parts of five megabytes and more, ten thousand of them (Amazon S3 user guide, "multipart upload limits").
_PART = 8 * 1024 * 1024
_SECONDS = 5 * 60


class S3ExportFiles:
    """See ports.ExportFiles. What a worker that dies leaves of a file is no file, and the bucket's lifecycle rule removes it."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    @contextmanager
    def write(self, file: str) -> Iterator[IO[bytes]]:
        upload = _Upload(self._bucket, _key(file))
        try:
            yield cast("IO[bytes]", upload)
            upload.complete()
        except BaseException:
            upload.abort()
            raise

    def url(self, file: str, name: str) -> str:
        asked = {
            "Bucket": self._bucket,
            "Key": _key(file),
            "ResponseContentDisposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        }
        return aws.s3().generate_presigned_url("get_object", Params=asked, ExpiresIn=_SECONDS)


class _Upload(io.RawIOBase):
    """A stream that can only be written to; begun at S3 when there is more than one part of it."""

    def __init__(self, bucket: str, key: str) -> None:
        super().__init__()
        self._where: dict[str, Any] = {"Bucket": bucket, "Key": key}
        self._waiting = bytearray()
        self._taken = 0
        self._upload_id = ""
        self._parts: list[CompletedPartTypeDef] = []

    def writable(self) -> bool:
        return True

    def write(self, data: "Buffer", /) -> int:
        taken = memoryview(data).nbytes
        self._taken += taken
        self._waiting += data
        while len(self._waiting) >= _PART:
            self._send(bytes(self._waiting[:_PART]))
            del self._waiting[:_PART]
        return taken

    def tell(self) -> int:
        return self._taken

    def complete(self) -> None:
        if not self._upload_id:
            aws.s3().put_object(**self._where, Body=bytes(self._waiting), ContentType="application/zip")
            return
        if self._waiting:
            self._send(bytes(self._waiting))
        aws.s3().complete_multipart_upload(
            **self._where, UploadId=self._upload_id, MultipartUpload={"Parts": self._parts}
        )

    def abort(self) -> None:
        if self._upload_id:
            aws.s3().abort_multipart_upload(**self._where, UploadId=self._upload_id)

    def _send(self, body: bytes) -> None:
        if not self._upload_id:
            begun = aws.s3().create_multipart_upload(**self._where, ContentType="application/zip")
            self._upload_id = begun["UploadId"]
        number = len(self._parts) + 1
        sent = aws.s3().upload_part(**self._where, UploadId=self._upload_id, PartNumber=number, Body=body)
        self._parts.append({"ETag": sent["ETag"], "PartNumber": number})


def _key(file: str) -> str:
    return f"exports/{file}"
