"""What stands over every page of a party: its name, what it prefers, its tabs, and what may be added to it."""

from collections.abc import Sequence
from typing import Any

from console.app.routing import PageRequest
from console.lists.pagination import WHOLE
from console.presenters.labels import KINDS
from console.presenters.reachability import hold_strip, prefers
from letterbook.domain.access import Permission
from letterbook.domain.correspondence import CorrespondenceType
from letterbook.domain.party import Party, Preferences
from letterbook.use_cases.correspondence.types import list_types
from letterbook.use_cases.directory.merge_parties import merging_into

PATH = "/parties"
_TABS = (
    ("", "Profile"),
    ("/communications", "Communications"),
    ("/correspondence", "Correspondence"),
    ("/threads", "Threads"),
    ("/documents", "Documents"),
    ("/activity", "Activity"),
)


def party_head(visit: PageRequest, party: Party, preferences: Preferences, tab: str) -> dict[str, Any]:
    icon, words = prefers(preferences)
    account = f"account {party.account_number}" if party.account_number else ""
    corresponds = may_correspond(visit, party)
    return {
        "title": party.name,
        "party": party,
        "path": f"{PATH}/{party.id}",
        "beside": ", ".join(one for one in (KINDS[party.kind], account, party.location or "") if one),
        "prefers_icon": icon,
        "prefers": words,
        "hold": hold_strip(preferences.hold, visit.clock),
        "tab": tab,
        "tabs": _TABS,
        "changes": visit.viewer.changes_party(party.id),
        "corresponds": corresponds,
        "types": offered_types(visit) if corresponds and party.account_number else (),
        "moving": bool(merging_into(visit.world, visit.viewer, party.id)),
    }


def may_correspond(visit: PageRequest, party: Party) -> bool:
    """Who was granted the party itself writes its correspondence."""
    return visit.viewer.may(Permission.SEND) and visit.viewer.granted_party(party.id)


def offered_types(visit: PageRequest) -> Sequence[CorrespondenceType]:
    """Those that may be begun, by name."""
    return [one for one in list_types(visit.world, visit.viewer, limit=WHOLE).items if one.enabled]
