"""The words that an entry is found by."""

from collections.abc import Iterator

from letterbook.domain.communication import Entry
from letterbook.domain.search_terms import Terms, terms_of


def entry_terms(entry: Entry, text: str, country: str, *, carries: str = "") -> Terms:
    """Those of its envelope, and of the `text` of its content. `country` is where numbers without a prefix are dialled.

    `carries` is the number of the correspondence that it carries.
    """
    return terms_of((carries, *_envelope(entry), text), country)


def _envelope(entry: Entry) -> Iterator[str]:
    """What says most about it comes first."""
    yield entry.subject
    yield entry.party.name
    yield from (one.name for one in (entry.contact, entry.client) if one)
    yield from (entry.sender, *(one.address for one in entry.recipients))
    if entry.case:
        yield entry.case.reference
    if entry.regarding:
        yield f"{entry.regarding.type} {entry.regarding.id} {entry.regarding.label}"
    yield entry.provider_reference or ""
    yield from (one.name for one in entry.attachments)
    if call := entry.phone:
        yield from (one for one in (call.outcome, call.followup_notes, call.from_phone, call.to_phone) if one)
    if meeting := entry.meeting:
        yield from (*meeting.attendees, *meeting.action_items, meeting.outcome or "", meeting.location or "")
