"""What somebody did, beside the history of communications, so that an activity log is one list."""

import secrets

from letterbook.adapters.dynamodb.sort_keys import stamp
from letterbook.adapters.dynamodb.tables.history import HistoryItem
from letterbook.adapters.dynamodb.transaction import Write
from letterbook.adapters.serialization import to_json
from letterbook.domain.history import AuditEvent


def audit_item(event: AuditEvent) -> Write:
    once = secrets.token_hex(4)
    item = HistoryItem(
        event.about,
        f"deed#{stamp(event.at)}#{once}",
        row=to_json(event),
        party_id=event.party_id,
        case_id=event.case_id,
        moment=f"{stamp(event.at)}#{event.about}#{once}",
    )
    return Write(item=item)
