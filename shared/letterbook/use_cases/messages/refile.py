"""Files what came in where it belongs: under another party, case or thread. What it says, and when it came, never changes.

The entry, its history, the threads it leaves and joins, the overview and its TODO are one transaction; its documents are seen with
it, and search and numbers follow from its history as after any change. So whoever dies here has done all of it or nothing.
"""

from dataclasses import replace

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Communication, Direction, Entry, RecipientRole
from letterbook.domain.errors import Conflict, Forbidden, Invalid
from letterbook.domain.filing import FILED, can_be_filed_anew, place_before
from letterbook.domain.message import CommunicationRequest
from letterbook.domain.references import PartyRef
from letterbook.domain.subjects import lender
from letterbook.domain.transitions import Change, updated
from letterbook.ports import MessageContext, World
from letterbook.use_cases.messages.resolve_references import References, context_query_for, resolve
from letterbook.use_cases.reading.read import get_visible, require_visible
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.update import update_communication


def refile(
    world: World,
    viewer: Viewer,
    communication_id: str,
    *,
    party_id: str,
    case_id: str | None = None,
    thread_id: str | None = None,
    reason: str,
) -> Communication:
    """The entry in its new place, which is all of the place: without a case where none is named.

    It stays in its thread where that is in the new place, too, and none is named. Asked again it stays as it is. Asked of what may
    be of several parties, it says whose it is.

    Raises Forbidden for who was not granted the party that it is taken from, NotFound, Conflict `not_refilable`, and Invalid for a
    place that is not there, is not seen, or where the viewer would not see it afterwards.
    """
    viewer.require(Permission.RECORDS)
    before = get_visible(world, viewer, communication_id)
    if not can_be_filed_anew(before.entry):
        raise Conflict("Only what came in is filed anew.", code="not_refilable")
    _must_take_away(viewer, before.entry)
    asked = CommunicationRequest(
        channel=before.entry.channel,
        party_id=party_id,
        case_id=case_id,
        thread_id=thread_id,
        restricted=before.entry.restricted,
    )
    context = world.load_context(replace(context_query_for(asked), regarding=before.entry.regarding))
    references, faults = resolve(world, viewer, asked, context)
    if faults:
        raise Invalid("It cannot be filed there.", *faults)
    contact = _contact(world, references.counterparty.id, before.entry)

    def filed(current: Communication) -> Change | None:
        require_visible(viewer, current)
        after = _in_place(world, current.entry, references, context, contact)
        if after == current.entry:
            return None
        _must_take_away(viewer, current.entry)
        was = place_before(current.entry, after)
        fresh = replace(current, entry=after)
        return updated(current, fresh, at=world.now(), event=FILED, actor=actor_of(viewer), note=reason, was=was)

    done = update_communication(world, communication_id, filed)
    return done.after if done else get_visible(world, viewer, communication_id)


def _must_take_away(viewer: Viewer, entry: Entry) -> None:
    if not all(viewer.granted_party(one) for one in entry.candidates or (entry.party.id,)):
        raise Forbidden("Only who was granted the party that it stands under files it elsewhere.")


def _in_place(
    world: World, entry: Entry, references: References, context: MessageContext, contact: PartyRef | None
) -> Entry:
    party, same = references.counterparty, references.counterparty.id == entry.party.id
    case_id = references.case.id if references.case else None
    thread_id = references.thread_id
    if thread_id is None and same and entry.thread_id:
        own = world.threads.get(entry.thread_id)
        thread_id = own.id if own and own.takes(party.kind, case_id) else None
    # What it was about was a matter of whoever it was filed under, unless it is one of theirs.
    theirs = lender(context.subjects, party_id=party.id, client_id=references.client.id if references.client else None)
    return replace(
        entry,
        party=entry.party if same else party,
        contact=entry.contact if same and entry.contact else contact,
        case=references.case,
        client=references.client,
        location=entry.location if same else references.party.location if references.party else None,
        thread_id=thread_id,
        regarding=entry.regarding if same else theirs.regarding if theirs else None,
        candidates=(),
        response_minutes=entry.response_minutes if same else None,
    )


def _contact(world: World, party_id: str, entry: Entry) -> PartyRef | None:
    """The contact of that party whose address it came from, or went to, if it is one's."""
    inbound = entry.direction is Direction.INBOUND
    asked = [one for one in ((entry.sender,) if inbound else entry.addresses(RecipientRole.TO)) if one]
    held = (one.holders.contact_of(party_id) for one in world.addresses.known(asked).values()) if asked else ()
    contact_id = next((one for one in held if one), None)
    contact = world.parties.contact(party_id, contact_id) if contact_id else None
    return PartyRef(id=contact.id, name=contact.name) if contact else None
