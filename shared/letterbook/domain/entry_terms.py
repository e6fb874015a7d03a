"""The words that an entry is found by."""

from collections.abc import Iterator
from hashlib import blake2b

from letterbook.domain.communication import ContentRef, Entry
from letterbook.domain.search_terms import Terms, terms_of

# Raised when words are read out of the same texts in another way: what was read before is read again at its next change.
_EDITION = "1"


def entry_terms(entry: Entry, text: str, country: str, *, carries: str = "") -> Terms:
    """Those of its envelope, and of the `text` of its content. `country` is where numbers without a prefix are dialled.

    `carries` is the number of the correspondence that it carries.
    """
    return terms_of((carries, *_envelope(entry), text), country)


def reference_terms(entry: Entry, country: str) -> Terms:
    """Those of what its provider calls it alone."""
    return terms_of((entry.provider_reference or "",), country)


def made_of(entry: Entry, content: ContentRef, country: str, *, carries: str = "") -> str:
    """A digest of all that `entry_terms` reads, in two parts: what its provider calls it comes last, where it has a name yet."""
    read = (
        _EDITION,
        content.key,
        content.object_version,
        content.sha256,
        country,
        carries,
        *_envelope(entry, named=False),
    )
    # How long each is, so that no two that differ read alike.
    digest = _digest("\0".join(f"{len(one)} {one}" for one in read))
    return f"{digest}#{_digest(entry.provider_reference)}" if entry.provider_reference else digest


def is_named_since(before: str, after: str) -> bool:
    """Of two digests: whether nothing came but what its provider calls it."""
    return bool(before) and "#" not in before and after.startswith(f"{before}#")


def _digest(text: str) -> str:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def _envelope(entry: Entry, *, named: bool = True) -> Iterator[str]:
    """What says most about it comes first; what its provider calls it only where it is `named`."""
    yield entry.subject
    yield entry.party.name
    yield from (one.name for one in (entry.contact, entry.client) if one)
    yield from (entry.sender, *(one.address for one in entry.recipients))
    if entry.case:
        yield entry.case.reference
    if entry.regarding:
        yield f"{entry.regarding.type} {entry.regarding.id} {entry.regarding.label}"
    if named:
        yield entry.provider_reference or ""
    yield from (one.name for one in entry.attachments)
    if call := entry.phone:
        yield from (one for one in (call.outcome, call.followup_notes, call.from_phone, call.to_phone) if one)
    if meeting := entry.meeting:
        yield from (*meeting.attendees, *meeting.action_items, meeting.outcome or "", meeting.location or "")
