"""Content in S3: what is kept, where nothing changes, and its staging, where uploads wait."""

import hashlib
from typing import Any
from urllib.parse import quote, urlsplit

from botocore.exceptions import ClientError

from letterbook.adapters import aws
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.communication import Attachment, ContentRef
from letterbook.domain.errors import CorruptContent
from letterbook.domain.party import INLINE_MEDIA_TYPES, Document
from letterbook.domain.visible import name_of
from letterbook.ports import Content, StoredObject

_CHUNK = 1024 * 1024
_UPLOAD_SECONDS, _DOWNLOAD_SECONDS = 15 * 60, 5 * 60


class S3ContentStore:
    """See ports.ContentStore. The bucket is versioned: a key and a version name the same bytes for ever."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket
        # Whoever reads several things at once would make one for each thread.
        aws.s3()

    def put_content(self, communication_id: str, content: Content) -> ContentRef:
        key = f"content/{communication_id}.json"
        stored = self._put(key, to_json(content).encode(), "application/json")
        return ContentRef(key=key, object_version=stored.object_version, sha256=stored.sha256)

    def content(self, ref: ContentRef) -> Content:
        return from_json(Content, self._get(ref.key, ref.object_version, ref.sha256))

    def first_put(self, document: Document) -> str | None:
        """S3 lists the versions of a key from the newest to the oldest (ListObjectVersions)."""
        key, oldest = _staging(document.id), None
        pages = aws.s3().get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=key)
        for page in pages:
            for version in page.get("Versions", ()):
                oldest = version["VersionId"] if version["Key"] == key else oldest
        return oldest

    def look_at(self, document: Document) -> StoredObject | None:
        version = document.staged_version or self.first_put(document)
        staged = self._staged(document, version)
        if version is None or staged is None:
            return None
        digest, length = hashlib.sha256(), 0
        for chunk in staged.iter_chunks(_CHUNK):
            digest.update(chunk)
            length += len(chunk)
        return StoredObject(object_version=version, sha256=digest.hexdigest(), bytes=length)

    def uploaded(self, document: Document) -> bytes | None:
        staged = self._staged(document, document.staged_version or self.first_put(document))
        body: bytes | None = staged.read() if staged else None
        return body

    def store_upload(self, document: Document) -> StoredObject | None:
        staged = self._staged(document, document.staged_version or self.first_put(document))
        if staged is None:
            return None
        body = staged.read()
        if document.sha256 not in (None, hashlib.sha256(body).hexdigest()):
            raise CorruptContent(_staging(document.id))
        return self._put(_kept(document.id), body, document.media_type)

    def stage(self, document: Document, content: bytes) -> StoredObject:
        return self._put(_staging(document.id), content, document.media_type)

    def store(self, document: Document, content: bytes) -> StoredObject:
        return self._put(_kept(document.id), content, document.media_type)

    def put_original(self, communication_id: str, raw: bytes) -> ContentRef:
        key = f"content/{communication_id}.eml"
        stored = self._put(key, raw, "message/rfc822")
        return ContentRef(key=key, object_version=stored.object_version, sha256=stored.sha256)

    def attachment(self, attachment: Attachment) -> bytes:
        return self._get(_kept(attachment.id), attachment.object_version, attachment.sha256)

    def upload_url(self, document: Document) -> str:
        """The signature covers length and type, so nothing else can be put there."""
        what = {"ContentType": document.media_type, "ContentLength": document.bytes}
        return self._signed("put_object", {"Key": _staging(document.id), **what}, _UPLOAD_SECONDS)

    def download_url(self, document: Document, *, inline: bool = False) -> str:
        """As an attachment, unless it is of a type that runs nothing: a browser must never run what somebody uploaded."""
        where = (
            {"Key": _kept(document.id), "VersionId": document.object_version}
            if document.object_version
            else {"Key": _staging(document.id), "VersionId": document.staged_version}
        )
        shown = inline and document.media_type in INLINE_MEDIA_TYPES
        name = name_of(document.name) or document.id
        disposition = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"
        # What its uploader called it is not believed: it is served as what we let a browser take it for.
        told = {"ResponseContentType": document.media_type} if shown else {}
        return self._signed(
            "get_object", {**where, "ResponseContentDisposition": disposition, **told}, _DOWNLOAD_SECONDS
        )

    @property
    def origin(self) -> str:
        address = urlsplit(self._signed("get_object", {"Key": "any"}, _DOWNLOAD_SECONDS))
        return f"{address.scheme}://{address.netloc}"

    def _staged(self, document: Document, version: str | None) -> Any:
        """Its bytes as they come; None when there are none, or they are gone by now."""
        if version is None:
            return None
        try:
            return aws.s3().get_object(Bucket=self._bucket, Key=_staging(document.id), VersionId=version)["Body"]
        except ClientError as error:
            if _missing(error):
                return None
            raise

    def _put(self, key: str, body: bytes, media_type: str) -> StoredObject:
        answer = aws.s3().put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=media_type)
        return StoredObject(
            object_version=answer["VersionId"], sha256=hashlib.sha256(body).hexdigest(), bytes=len(body)
        )

    def _get(self, key: str, version: str, sha256: str) -> bytes:
        answer = aws.s3().get_object(Bucket=self._bucket, Key=key, VersionId=version)
        body = answer["Body"].read()
        if hashlib.sha256(body).hexdigest() != sha256:
            raise CorruptContent(key)
        return body

    def _signed(self, method: str, params: dict[str, Any], seconds: int) -> str:
        return aws.s3().generate_presigned_url(method, Params={"Bucket": self._bucket, **params}, ExpiresIn=seconds)


def _staging(document_id: str) -> str:
    return f"staging/{document_id}"


def _kept(document_id: str) -> str:
    return f"documents/{document_id}"


def _missing(error: ClientError) -> bool:
    return error.response["Error"]["Code"] in ("404", "NoSuchKey", "NoSuchVersion", "NotFound")
