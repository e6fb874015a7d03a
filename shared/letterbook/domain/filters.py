"""What a list of entries is narrowed by."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from letterbook.domain.channels import Channel
from letterbook.domain.communication import Direction, Entry
from letterbook.domain.party import PartyKind
from letterbook.domain.status import ATTENTION, HIDDEN, QuickFilter, Status

# In the place of a case: what belongs to none. In the place of a thing: what regards none.
CLIENT_LEVEL = NOTHING = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Empty means all. Several values of one filter are alternatives; different filters must all hold.

    `concerning` is a party with whom it is, or on whose behalf.

    `since` and `until` bound `occurred_at`, both included; a date is that whole day in the organisation's zone. `cases` may hold
    "none" for what belongs to no case. `regarding` are "type:id", or "none" for what regards nothing. `opened` is whether somebody
    opened it.

    Where `quick` asks for what failed or was not sent, what was put aside is left out: what somebody ignored unless `show_ignored`,
    what a later attempt settled unless it is what is asked for. `settled` tells which of the two shall be listed.
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
    opened: bool | None = None
    words: str = ""
    show_ignored: bool = False
    settled: bool | None = None
    since: date | datetime | None = None
    until: date | datetime | None = None

    def match(self, entry: Entry) -> bool:
        """Whether an entry is asked for, its time and its words aside; what still collects its data never is."""
        return entry.status not in HIDDEN and self.ask(entry)

    def ask(self, entry: Entry) -> bool:
        """Whether it would be, were its data collected."""
        return self._names(entry) and not self._hides(entry)

    def leaves_out(self, entry: Entry) -> bool:
        """Whether it would match, had nobody put it aside."""
        return entry.status not in HIDDEN and self._names(entry) and self._hides(entry)

    @property
    def named_parties(self) -> frozenset[str]:
        """The parties that somebody named: `concerning` is a party that was looked at before."""
        return frozenset((*self.parties, *self.clients))

    @property
    def is_everything(self) -> bool:
        """Whether it narrows nothing."""
        return replace(self, show_ignored=False, settled=self.settled or None) == Filters()

    @property
    def shows_put_aside(self) -> bool:
        """Whether any of what was put aside is asked for: by name, or because nothing is said of who should see to it."""
        return not self.quick or self.show_ignored or self.settled is True

    def _hides(self, entry: Entry) -> bool:
        if not entry.is_put_aside or entry.quick_filter not in ATTENTION.intersection(self.quick):
            return False
        return not (entry.ignored and self.show_ignored) and not (entry.settled and self.settled)

    def _names(self, entry: Entry) -> bool:
        if self.settled is not None and self.settled is (entry.settled is None):
            return False
        if self.concerning and self.concerning not in (entry.party.id, entry.client.id if entry.client else None):
            return False
        if self.opened is not None and self.opened != (entry.opened_at is not None):
            return False
        for name, value in _VALUES.items():
            wanted = getattr(self, name)
            if wanted and value(entry) not in wanted:
                return False
        return True


_VALUES: dict[str, Callable[[Entry], str | None]] = {
    "parties": lambda entry: entry.party.id,
    "clients": lambda entry: entry.client.id if entry.client else None,
    "contacts": lambda entry: entry.contact.id if entry.contact else None,
    "cases": lambda entry: entry.case.id if entry.case else CLIENT_LEVEL,
    "regarding": lambda entry: entry.regarding.key if entry.regarding else NOTHING,
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
