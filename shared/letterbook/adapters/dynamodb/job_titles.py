"""What users are on letters, in DynamoDB."""

from collections.abc import Mapping

from letterbook.adapters.dynamodb.audit_events import audit_item
from letterbook.adapters.dynamodb.directory_rows import value_of, values_of
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.serialization import to_json
from letterbook.domain.access import JobTitle
from letterbook.domain.history import AuditEvent

_KIND = "job_title"


class DynamoJobTitles:
    """See ports.JobTitles."""

    def of_user(self, user: str) -> str:
        kept = value_of(JobTitle, f"user#{user}", _KIND)
        return kept.title if kept else ""

    def all(self) -> Mapping[str, str]:
        return {one.user: one.title for one in values_of(JobTitle, DirectoryItem.lookups.query(_KIND))}

    def save(self, job_title: JobTitle, event: AuditEvent) -> None:
        user = job_title.user
        item = DirectoryItem(f"user#{user}", _KIND, data=to_json(job_title), lookup=_KIND, value=user)
        commit([Write(item=item, delete=not job_title.title), audit_item(event)])
