"""What somebody did, beside the history of communications, so that an activity log is one list."""

import secrets

from letterbook.adapters.dynamodb.spans import stamp
from letterbook.adapters.dynamodb.tables import HistoryItem
from letterbook.adapters.dynamodb.transaction import Write
from letterbook.adapters.packing import packed
from letterbook.domain.history import AuditEvent


def deed_item(deed: AuditEvent) -> Write:
    once = secrets.token_hex(4)
    item = HistoryItem(
        deed.about,
        f"deed#{stamp(deed.at)}#{once}",
        row=packed(deed),
        party_id=deed.party_id,
        case_id=deed.case_id,
        moment=f"{stamp(deed.at)}#{deed.about}#{once}",
    )
    return Write(item=item)
