"""Where an entry is filed: under which party, case and thread. What came in may have been filed wrong, and is then filed anew.

The history says what it was before, so that to whom an entry belonged can be told of any time.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from letterbook.domain.access import Ownership
from letterbook.domain.channels import Carrier
from letterbook.domain.communication import Direction, Entry
from letterbook.domain.history import HistoryRow, previous_values
from letterbook.domain.party import PartyKind
from letterbook.domain.status import Status

# What the history calls it.
FILED = "filed"
_PLACE = frozenset({"party", "contact", "client", "case", "thread_id", "regarding", "candidates"})


def can_be_filed_anew(entry: Entry) -> bool:
    """What came in, mail of our own people that was captured among it; what somebody logged by hand is amended instead."""
    spec = entry.channel.spec
    came = entry.direction is Direction.INBOUND or entry.status is Status.LOGGED
    return came and not spec.is_record_only and spec.carrier is not Carrier.PERSON


def place_before(before: Entry, after: Entry) -> dict[str, str]:
    """Of the place of an entry what another change made otherwise, as it was, for the history."""
    return {name: value for name, value in previous_values(before, after).items() if name in _PLACE}


def owned_after(entry: Entry, rows: Sequence[HistoryRow]) -> list[Ownership]:
    """To whom the entry belonged after each of its rows. The client of a creditor's entry is its case's."""
    place, kind = entry.ownership, entry.party.kind
    found: list[Ownership] = []
    for row in reversed(rows):
        moved = row.case_id != place.case_id and kind is PartyKind.CREDITOR
        client_id = None if moved else place.client_id
        found.append(replace(place, client_id=client_id, case_id=row.case_id, restricted=row.restricted))
        if row.event == FILED:
            place, kind = _before(place, kind, row.was)
    return found[::-1]


def _before(place: Ownership, kind: PartyKind | None, was: Mapping[str, str]) -> tuple[Ownership, PartyKind | None]:
    said: dict[str, Any] = {name: json.loads(value) for name, value in was.items()}
    if "party" in said:
        kind = PartyKind(said["party"]["kind"]) if said["party"]["kind"] else None
        place = replace(place, party_id=said["party"]["id"])
    if "client" in said:
        place = replace(place, client_id=(said["client"] or {}).get("id"))
    if "case" in said:
        place = replace(place, case_id=(said["case"] or {}).get("id"))
    return replace(place, candidates=tuple(said.get("candidates", place.candidates))), kind
