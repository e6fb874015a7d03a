"""Documents in DynamoDB, with a link under each of their owners."""

from collections.abc import Callable
from datetime import datetime

from letterbook.adapters.dynamodb.audit_events import audit_item
from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.directory_rows import first_page, newest_of, value_of
from letterbook.adapters.dynamodb.idempotency import commit_with_key
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.transaction import Write
from letterbook.adapters.dynamodb.versioned import on_top_of
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.history import AuditEvent
from letterbook.domain.party import Document
from letterbook.ports import IdempotencyKey, Page


class DynamoDocuments:
    """See ports.Documents."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def get(self, document_id: str) -> Document | None:
        return value_of(Document, document_id, "document")

    def page(self, owner_id: str, *, below: str | None, limit: int) -> Page[Document]:
        links = list(newest_of(owner_id, "document#", below, limit))
        ids = [link.kind.partition("#")[2] for link in links]
        items = fetch(ItemKey(DirectoryItem, {"id": one, "kind": "document"}) for one in ids)
        documents = {
            item.id: from_json(Document, item.data) for item in items if isinstance(item, DirectoryItem) and item.data
        }
        return first_page(limit, (documents[one] for one in ids if one in documents))

    def save(self, document: Document, key: IdempotencyKey | None = None, event: AuditEvent | None = None) -> None:
        item = DirectoryItem(document.id, "document", data=to_json(document), version=document.version)
        owners = {one for one in (document.party_id, document.case_id) if one}
        links = [Write(item=DirectoryItem(one, f"document#{document.id}")) for one in owners]
        told = [audit_item(event)] if event else []
        condition = on_top_of(DirectoryItem, document.version)
        commit_with_key([Write(item=item, condition=condition), *links, *told], key, document, self._now())
