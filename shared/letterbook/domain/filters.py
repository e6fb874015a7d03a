"""What a list of entries is narrowed by."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from letterbook.domain.channels import Channel
from letterbook.domain.communication import Direction, Entry
from letterbook.domain.party import PartyKind
from letterbook.domain.status import HIDDEN, QuickFilter, Status

# In the place of a case: what belongs to none.
CLIENT_LEVEL = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Empty means all. Several values of one filter are alternatives; different filters must all hold.

    `concerning` is a party with whom it is, or on whose behalf.

    `since` and `until` bound `occurred_at`, both included; a date is that whole day in the organisation's zone. `cases` may hold
    "none" for what belongs to no case. `regarding` are "type:id". What somebody ignored is left out unless `show_ignored`.
    `words` must all be among those of the entry, the last of them as the beginning of one.
    """

    concerning: str | None = None
    parties: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()
    regarding: tuple[str, ...] = ()
    subject_types: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    recipients: tuple[PartyKind, ...] = ()
    channels: tuple[Channel, ...] = ()
    directions: tuple[Direction, ...] = ()
    statuses: tuple[Status, ...] = ()
    quick: tuple[QuickFilter, ...] = ()
    categories: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    words: str = ""
    show_ignored: bool = False
    since: date | datetime | None = None
    until: date | datetime | None = None

    def match(self, entry: Entry) -> bool:
        """Whether an entry is asked for, its time and its words aside; what still collects its data never is."""
        return entry.status not in HIDDEN and self.ask(entry)

    def ask(self, entry: Entry) -> bool:
        """Whether it would be, were its data collected."""
        if entry.ignored and not self.show_ignored:
            return False
        if self.concerning and self.concerning not in (entry.party.id, entry.client.id if entry.client else None):
            return False
        asked = ((value, getattr(self, name)) for name, value in _VALUES.items())
        return all(not wanted or value(entry) in wanted for value, wanted in asked)


_VALUES: dict[str, Callable[[Entry], str | None]] = {
    "parties": lambda entry: entry.party.id,
    "clients": lambda entry: entry.client.id if entry.client else None,
    "contacts": lambda entry: entry.contact.id if entry.contact else None,
    "cases": lambda entry: entry.case.id if entry.case else CLIENT_LEVEL,
    "regarding": lambda entry: entry.regarding.key if entry.regarding else None,
    "threads": lambda entry: entry.thread_id,
    "subject_types": lambda entry: entry.regarding.type if entry.regarding else None,
    "locations": lambda entry: entry.location,
    "recipients": lambda entry: entry.party.kind,
    "channels": lambda entry: entry.channel,
    "directions": lambda entry: entry.direction,
    "statuses": lambda entry: entry.status,
    "quick": lambda entry: entry.quick_filter,
    "categories": lambda entry: entry.category,
    "templates": lambda entry: entry.template.key if entry.template else None,
    "authors": lambda entry: entry.created_by.id,
}
