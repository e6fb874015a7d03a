"""What somebody did, beside the history of communications, so that an activity log is one list."""

import secrets

from letterbook.adapters.dynamodb.sort_keys import stamp
from letterbook.adapters.dynamodb.tables.history import HistoryItem
from letterbook.adapters.dynamodb.transaction import Write
from letterbook.adapters.serialization import to_json
from letterbook.domain.history import AuditEvent


def audit_item(deed: AuditEvent) -> Write:
    once = secrets.token_hex(4)
    item = HistoryItem(
        deed.about,
        f"deed#{stamp(deed.at)}#{once}",
        row=to_json(deed),
        party_id=deed.party_id,
        case_id=deed.case_id,
        moment=f"{stamp(deed.at)}#{deed.about}#{once}",
    )
    return Write(item=item)
