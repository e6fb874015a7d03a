"""Looks up whom and what an entry is about, in one round trip, and says what of it is not there."""

from dataclasses import dataclass, replace

from letterbook.domain.access import Ownership, Viewer
from letterbook.domain.communication import Entry
from letterbook.domain.errors import FieldError
from letterbook.domain.message import CommunicationRequest, MessageRequest
from letterbook.domain.party import Case, Document, Party, PartyKind
from letterbook.domain.references import CaseRef, PartyRef, Regarding
from letterbook.domain.subjects import lender, pdf_of
from letterbook.ports import ContextQuery, IdempotencyKey, MessageContext, World
from letterbook.use_cases.directory.documents import expired, opener
from letterbook.use_cases.support.access import sees_case, sees_party
from letterbook.use_cases.support.subject_documents import document_of_subject


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """What a request refers to; `party` is None where a fault says so.

    `lacking` says in words what a message shall bring and nobody has told of yet.
    """

    party: Party | None
    contact: PartyRef | None
    case: CaseRef | None
    client: PartyRef | None
    regarding: Regarding | None
    thread_id: str | None
    documents: tuple[Document, ...]
    lacking: tuple[str, ...] = ()

    @property
    def counterparty(self) -> PartyRef:
        if self.party is None:
            raise ValueError("asked for a party that was not found")
        return PartyRef(id=self.party.id, name=self.party.name, kind=self.party.kind)


def context_query_for(
    concern: CommunicationRequest,
    templates: tuple[tuple[str, str, int | None], ...] = (),
    key: IdempotencyKey | None = None,
) -> ContextQuery:
    return ContextQuery(
        party_id=concern.party_id,
        contact_id=concern.contact_id,
        case_id=concern.case_id,
        templates=templates,
        documents=concern.attachments,
        regarding=concern.regarding,
        thread_id=concern.thread_id,
        in_reply_to=concern.in_reply_to,
        key=key,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousVersion:
    """An entry that is amended, and what was asked for then: what an amendment leaves alone is not asked about again."""

    entry: Entry
    asked: CommunicationRequest | None


def resolve(
    world: World,
    viewer: Viewer,
    concern: CommunicationRequest,
    context: MessageContext,
    previous: PreviousVersion | None = None,
) -> tuple[References, list[FieldError]]:
    """What there is, and a fault for everything that is unknown, or not seen by the viewer: the two look the same."""
    case, faults = _case(viewer, concern, context)
    party, wrong = _party(world, viewer, context, case)
    faults += wrong
    contact = PartyRef(id=context.contact.id, name=context.contact.name) if context.contact else None
    if previous and concern.contact_id and previous.entry.contact and previous.entry.contact.id == concern.contact_id:
        contact = contact or previous.entry.contact
    if party and concern.contact_id and contact is None:
        faults.append(FieldError("contact_id", "unknown_contact", "The party has no such contact."))
    client = client_of(party, case) if party else None
    if party and not faults:
        faults += _not_visible_afterwards(viewer, concern, party, client)
    thread_id, wrong_thread = _thread(world, viewer, concern, context, party, previous) if party else (None, [])
    documents, wrong_documents = _documents(world, viewer, concern, context)
    lacking: tuple[str, ...] = ()
    if party and isinstance(concern, MessageRequest) and concern.attach_regarding and concern.regarding:
        subject = lender(context.subjects, party_id=party.id, client_id=client.id if client else None)
        own = document_of_subject(world, subject, concern.case_id)
        documents = (*documents, own) if own and own.id not in concern.attachments else documents
        lacking = () if own else (pdf_of(concern.regarding),)
        if lacking and not concern.collect:
            told = f"There is no {lacking[0].removeprefix('the ')} yet: wait for it with collect."
            wrong_documents = [*wrong_documents, FieldError("attach_regarding", "no_document", told)]
    references = References(
        party=party,
        contact=contact if party else None,
        case=CaseRef(id=case.id, reference=case.reference) if case else None,
        client=client,
        regarding=_regarding(concern, context, party, client) if party else None,
        thread_id=thread_id,
        documents=documents,
        lacking=lacking,
    )
    return references, [*faults, *wrong_thread, *wrong_documents]


def _party(
    world: World, viewer: Viewer, context: MessageContext, case: Case | None
) -> tuple[Party | None, list[FieldError]]:
    """Who sees a party only through a case writes to it there and nowhere else."""
    party = context.party
    if party and (viewer.granted_party(party.id) or (case and party.id in case.party_and_creditor_ids)):
        return party, []
    if party and sees_party(world, viewer, party.id):
        return party, [FieldError("case_id", "not_on_case", "The party is not on this case.")] if case else []
    return None, [FieldError("party_id", "unknown_party", "There is no such party.")]


def _case(
    viewer: Viewer, concern: CommunicationRequest, context: MessageContext
) -> tuple[Case | None, list[FieldError]]:
    if concern.case_id is None:
        return None, []
    if context.case and sees_case(viewer, context.case):
        return context.case, []
    return None, [FieldError("case_id", "unknown_case", "There is no such case.")]


def _thread(
    world: World,
    viewer: Viewer,
    concern: CommunicationRequest,
    context: MessageContext,
    party: Party,
    previous: PreviousVersion | None,
) -> tuple[str | None, list[FieldError]]:
    """The thread that is named, else that of the entry that is answered: one that is seen by whoever sees the entry."""
    asked = previous.asked if previous else None
    same = asked and (asked.thread_id, asked.in_reply_to) == (concern.thread_id, concern.in_reply_to)
    answered = context.answered if context.answered and viewer.sees(context.answered.entry.ownership) else None
    faults = []
    if concern.in_reply_to and not same and (answered is None or answered.deleted):
        faults.append(FieldError("in_reply_to", "unknown_communication", "There is no such communication."))
    if concern.thread_id is None:
        own = previous.entry.thread_id if previous and same else None
        theirs = answered.entry.thread_id if answered and answered.entry.party.id == party.id else None
        thread_id = own or theirs
        thread = world.threads.get(thread_id) if thread_id else None
        return (thread.id if thread and thread.takes(party.kind, concern.case_id) else None), faults
    thread = context.thread
    if thread is None or not (viewer.sees(thread.owned) or same):
        faults.append(FieldError("thread_id", "unknown_thread", "There is no such thread."))
    elif thread.party_id != party.id:
        faults.append(FieldError("thread_id", "thread_of_another_party", "A thread belongs to one party."))
    elif not thread.takes(party.kind, concern.case_id):
        faults.append(FieldError("thread_id", "thread_of_another_case", "This thread belongs to another case."))
    return concern.thread_id, faults


def _regarding(
    concern: CommunicationRequest, context: MessageContext, party: Party, client: PartyRef | None
) -> Regarding | None:
    """By the name that its own party's subject has now; of what others call by that number nothing is borne."""
    if concern.regarding is None:
        return None
    subject = lender(context.subjects, party_id=party.id, client_id=client.id if client else None)
    return subject.regarding if subject else Regarding(type=concern.regarding.type, id=concern.regarding.id)


def _documents(
    world: World, viewer: Viewer, concern: CommunicationRequest, context: MessageContext
) -> tuple[tuple[Document, ...], list[FieldError]]:
    documents, faults = [], []
    may_open = opener(world, viewer)
    lent = concern.lent if isinstance(concern, MessageRequest) else ()
    for place, document_id in enumerate(concern.attachments):
        document = context.documents.get(document_id)
        if document is None or expired(world, document) or not (document_id in lent or may_open(document)):
            faults.append(FieldError(f"attachments.{place}", "unknown_document", "There is no such document."))
        else:
            documents.append(document)
    return tuple(documents), faults


def _not_visible_afterwards(
    viewer: Viewer, concern: CommunicationRequest, party: Party, client: PartyRef | None
) -> list[FieldError]:
    """Nobody writes what they could not read afterwards."""
    client_id = client.id if client else None
    owned = Ownership(party_id=party.id, client_id=client_id, case_id=concern.case_id, restricted=False)
    if not viewer.sees(owned):
        return [
            FieldError("case_id", "out_of_sight", "Name a case that you see: without it you would not see the entry.")
        ]
    if not viewer.sees(replace(owned, restricted=concern.restricted)):
        return [FieldError("restricted", "out_of_sight", "You may not read restricted entries here, so not write any.")]
    return []


def client_of(party: Party, case: Case | None) -> PartyRef | None:
    """On whose behalf: the party itself, or for a creditor the client of the case."""
    if party.kind is not PartyKind.CREDITOR:
        return PartyRef(id=party.id, name=party.name)
    if case and case.party_ids:
        return PartyRef(id=case.party_ids[0], name=case.client_name)
    return None
