"""What users were granted, in DynamoDB."""

from collections.abc import Sequence

from letterbook.adapters.dynamodb.audit_events import audit_item
from letterbook.adapters.dynamodb.directory_rows import values_of
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.serialization import to_json
from letterbook.domain.access import Grant
from letterbook.domain.history import AuditEvent


class DynamoGrants:
    """See ports.Grants."""

    def of_user(self, user: str | None) -> Sequence[Grant]:
        if user is None:
            return list(values_of(Grant, DirectoryItem.lookups.query("grant")))
        return list(values_of(Grant, DirectoryItem.query(f"user#{user}", DirectoryItem.kind.startswith("grant#"))))

    def save(self, grant: Grant, event: AuditEvent) -> None:
        commit([Write(item=_grant_item(grant)), audit_item(event)])

    def remove(self, grant: Grant, event: AuditEvent) -> None:
        commit([Write(item=_grant_item(grant), delete=True), audit_item(event)])


def grant_writes(grant: Grant | None) -> list[Write]:
    """For a transaction that grants what it makes, if it does."""
    return [Write(item=_grant_item(grant))] if grant else []


def _grant_item(grant: Grant) -> DirectoryItem:
    value = f"{grant.user}#{grant.target}"
    return DirectoryItem(
        f"user#{grant.user}", f"grant#{grant.target}", data=to_json(grant), lookup="grant", value=value
    )
