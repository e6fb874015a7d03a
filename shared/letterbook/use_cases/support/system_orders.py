"""What nobody orders but the system itself."""

from collections.abc import Sequence

from letterbook.domain.bulk import BulkAction
from letterbook.domain.communication import SYSTEM
from letterbook.ports import BulkOrder


def system_order(verb: BulkAction, ids: Sequence[str]) -> BulkOrder:
    return BulkOrder(
        verb=verb, batch=ids[0], ids=tuple(ids), user=SYSTEM.id, name=SYSTEM.name, role=SYSTEM.role, rights=()
    )
