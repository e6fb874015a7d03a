"""Content that never changes, and uploads that wait to become some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from letterbook.domain.communication import Attachment, ContentRef
    from letterbook.domain.party import Document
    from letterbook.ports.types import Content, StoredObject


class ContentStore(Protocol):
    """Immutable content, addressed by key, version and digest. Reading raises CorruptContent when the digest is another."""

    def put_content(self, communication_id: str, content: Content) -> ContentRef: ...
    def content(self, ref: ContentRef) -> Content: ...
    def first_put(self, document: Document) -> str | None:
        """The version of what was put first where it is uploaded; what is put there later is not the document's.

        None when nothing was put.
        """

    def look_at(self, document: Document) -> StoredObject | None:
        """What was put first: its version, digest and size, which takes reading it. None when nothing was put."""

    def uploaded(self, document: Document) -> bytes | None:
        """What was put first, to be looked into. None when nothing was put."""

    def store_upload(self, document: Document) -> StoredObject | None:
        """Copies what was put first into the content store; None when nothing was put.

        Raises CorruptContent when it is not what was looked at.
        """

    def stage(self, document: Document, content: bytes) -> StoredObject:
        """Puts it where it would have been uploaded to."""

    def store(self, document: Document, content: bytes) -> StoredObject: ...
    def put_original(self, communication_id: str, raw: bytes) -> ContentRef: ...
    def attachment(self, attachment: Attachment) -> bytes: ...
    def upload_url(self, document: Document) -> str: ...
    def download_url(self, document: Document, *, inline: bool = False) -> str:
        """Good for minutes; `inline` to be looked at in a browser, where its type is one that cannot run anything."""

    @property
    def origin(self) -> str:
        """Where signed addresses lead, as a browser's policy names it."""
