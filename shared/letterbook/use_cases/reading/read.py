"""Reads one communication with its content and history."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from letterbook.domain.access import Ownership, Permission, Viewer
from letterbook.domain.attempts import MOST_ATTEMPTS, Attempts, can_be_said_again, single_attempt
from letterbook.domain.communication import Attachment, Communication, Direction, Entry
from letterbook.domain.einvoice import Einvoice
from letterbook.domain.entry_terms import entry_terms
from letterbook.domain.errors import NotFound, immutable
from letterbook.domain.filing import owned_after
from letterbook.domain.history import HistoryRow, first_broken_link
from letterbook.domain.search_terms import MOST_WORDS
from letterbook.domain.status import Status
from letterbook.domain.templates import Rendered
from letterbook.parallel import both
from letterbook.ports import Content, World
from letterbook.use_cases.reading.present_decisions import with_present_decision

# More never happens to one communication while its page is read.
_MOST_OVERTAKEN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunicationDetail:
    """A communication as its own page shows it: `attempts` are all entries of the same resend chain; a draft stands after those of
    what it is to say again.

    `intact` tells that its history is whole: no row changed, missing or out of order. `search_cut`: of its words only the first are
    found by a search.
    """

    communication: Communication
    content: Rendered
    history: Sequence[HistoryRow]
    attempts: Sequence[Entry]
    intact: bool
    search_cut: bool
    einvoice: Einvoice | None = None


def require_visible(viewer: Viewer, communication: Communication) -> None:
    """Raises NotFound, the same as for what does not exist."""
    viewer.require(Permission.READ)
    if communication.deleted or not viewer.sees(communication.entry.ownership):
        raise NotFound("There is no such communication.")


def get_visible(world: World, viewer: Viewer, communication_id: str) -> Communication:
    """The communication, if there is one and the viewer may see it. Raises Forbidden or NotFound."""
    communication = world.communications.get(communication_id)
    if communication is None or communication.deleted:
        raise NotFound("There is no such communication.")
    require_visible(viewer, communication)
    return communication


def read(world: World, viewer: Viewer, communication_id: str) -> CommunicationDetail:
    """Two round trips, and one more where there are further attempts: what does not depend on another is read at the same time."""
    first = get_visible(world, viewer, communication_id)
    rows, (kept, chain) = both(
        lambda: world.communications.history(communication_id),
        lambda: both(lambda: world.content_store.content(first.content), lambda: _chain(world, first.entry)),
    )
    communication, rows = _together(world, viewer, first, rows)
    if communication.content != first.content:
        kept = world.content_store.content(communication.content)
    content, again = kept.rendered, kept.message.resend_of if kept.message else None
    return CommunicationDetail(
        communication=with_present_decision(world, redacted_for(world, viewer, communication)),
        content=content,
        history=tuple(_told(viewer, communication.entry, rows)),
        attempts=_attempts(world, viewer, communication.entry, chain, again),
        intact=first_broken_link(rows, communication.chain) is None,
        search_cut=_search_cut(world, communication.entry, content.text),
        einvoice=kept.einvoice,
    )


def _together(
    world: World, viewer: Viewer, communication: Communication, rows: Sequence[HistoryRow]
) -> tuple[Communication, Sequence[HistoryRow]]:
    """As it stands, with its whole history: what happens between the two reads is read again, and is no broken history."""
    communication_id = communication.id
    for _ in range(_MOST_OVERTAKEN):
        if len(rows) <= communication.chain.length:
            break
        communication = get_visible(world, viewer, communication_id)
        rows = rows if len(rows) == communication.chain.length else world.communications.history(communication_id)
    return communication, rows


def _search_cut(world: World, entry: Entry, text: str) -> bool:
    """Most texts are too short to be looked at for it."""
    return len(text) > MOST_WORDS and entry_terms(entry, text, world.settings.current().country).cut


def require_amendable(entry: Entry) -> None:
    """Raises Conflict `immutable` for what is neither a draft nor logged by hand."""
    if entry.status is not Status.DRAFT and not entry.channel.spec.is_record_only:
        raise immutable()


def read_content(world: World, viewer: Viewer, communication: Communication) -> Content:
    """What was asked for and what was made of it, as it is kept. Raises Forbidden, NotFound."""
    require_visible(viewer, communication)
    return world.content_store.content(communication.content)


def read_einvoice_file(world: World, viewer: Viewer, communication_id: str) -> tuple[Communication, Attachment, bytes]:
    """An e-invoice with its file as it is kept. Raises Forbidden, NotFound for what is no e-invoice, CorruptContent."""
    communication = get_visible(world, viewer, communication_id)
    file = next(iter(communication.entry.attachments), None)
    if communication.einvoice is None or file is None:
        raise NotFound("There is no such e-invoice.")
    return communication, file, world.content_store.attachment(file)


def read_version(world: World, viewer: Viewer, communication_id: str, n: int) -> Rendered:
    """The content as it was after the n-th thing that happened to it. Raises NotFound."""
    communication = get_visible(world, viewer, communication_id)
    rows = world.communications.history(communication_id)
    brought = next((row for row in reversed(rows[:n]) if row.content), None)
    seen = 1 <= n <= len(rows) and viewer.sees(owned_after(communication.entry, rows)[n - 1])
    if brought is None or not seen:
        raise NotFound("There is no such version.")
    ref = replace(communication.content, object_version=brought.object_version or "", sha256=brought.content or "")
    return world.content_store.content(ref).rendered


def _chain(world: World, entry: Entry) -> Attempts | None:
    said = entry.direction is Direction.OUTBOUND and entry.status is not Status.DRAFT
    return world.attempts.get(entry.first_attempt or entry.id) if said else None


def _attempts(
    world: World, viewer: Viewer, entry: Entry, attempts: Attempts | None, again: str | None
) -> Sequence[Entry]:
    """All the attempts to say it, in order, as far as the viewer may see them. A draft stands behind those of what it says `again`,
    with the number that it has if it is sent now.
    """
    if entry.status is Status.DRAFT:
        return _attempts_with_draft(world, viewer, entry, again)
    if attempts is None:
        return (entry,)
    entries = {**world.communications.entries(attempts.ids), entry.id: entry}
    return [entries[one] for one in attempts.ids if one in entries and viewer.sees(entries[one].ownership)]


def _attempts_with_draft(world: World, viewer: Viewer, draft: Entry, again: str | None) -> Sequence[Entry]:
    before = world.communications.get(again) if again else None
    if before is None or before.deleted or not viewer.sees(before.entry.ownership):
        return (draft,)
    case_id = draft.case.id if draft.case else None
    if not can_be_said_again(before.entry, party_id=draft.party.id, case_id=case_id, restricted=draft.restricted):
        return (draft,)
    attempts = world.attempts.get(before.entry.first_attempt or before.id) or single_attempt(before)
    if len(attempts.ids) >= MOST_ATTEMPTS:
        return (draft,)
    entries = {**world.communications.entries(attempts.ids), before.id: before.entry}
    seen = [entries[one] for one in attempts.ids if one in entries and viewer.sees(entries[one].ownership)]
    return [*seen, replace(draft, attempt=len(attempts.ids) + 1)]


def redacted_for(world: World, viewer: Viewer, communication: Communication) -> Communication:
    """Without the name of what it answers, where the viewer may not see that."""
    if communication.in_reply_to is None:
        return communication
    answered = world.communications.get(communication.in_reply_to)
    if answered and not answered.deleted and viewer.sees(answered.entry.ownership):
        return communication
    return replace(communication, in_reply_to=None)


def _told(viewer: Viewer, entry: Entry, rows: Sequence[HistoryRow]) -> Iterator[HistoryRow]:
    """What an amendment replaced is told to those who might have read it then."""
    before: Ownership | None = None
    for row, owned in zip(rows, owned_after(entry, rows), strict=True):
        hidden = row.was and before is not None and not viewer.sees(before)
        yield replace(row, was=dict.fromkeys(row.was, "")) if hidden else row
        before = owned
