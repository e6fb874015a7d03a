"""Begins a correspondence: checks its content, gives it its number, and orders its PDF. Accepted means committed.

What if the process dies
- before the commit: an object in the content store that nothing refers to, and no number is used;
- after it: the order stands in the outbox, where the sweep finds it.
"""

from dataclasses import replace
from datetime import datetime

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import SYSTEM
from letterbook.domain.correspondence import (
    Correspondence,
    CorrespondenceDraft,
    CorrespondenceType,
    LetterOrder,
    TypeRef,
)
from letterbook.domain.correspondence_fields import subject_types
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.party import Party
from letterbook.domain.references import PartyRef, Regarding
from letterbook.domain.subjects import of_party
from letterbook.ports import Content, IdempotencyKey, World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.correspondence.content import content_faults
from letterbook.use_cases.correspondence.letter import WrittenLetter, write_letter
from letterbook.use_cases.correspondence.order_letter import order_letter
from letterbook.use_cases.letters.build_letter import without_blocks
from letterbook.use_cases.reading.correspondence import read_correspondence
from letterbook.use_cases.support.access import actor_of, named_party
from letterbook.use_cases.support.correspondence import deed
from letterbook.use_cases.support.idempotency import idempotently

# Each party's are numbered one after another: so many writers at once get in one by one.
_TRIES = 25
_MOST_REGARDED = 500
# What begins one by itself sees everybody, and may write to them.
_BY_ITSELF = Viewer(
    id=SYSTEM.id,
    name=SYSTEM.name,
    role=SYSTEM.role,
    rights=frozenset({Permission.READ, Permission.READ_ALL, Permission.SEND}),
    sight=None,
)


def create_correspondence(
    world: World, viewer: Viewer, draft: CorrespondenceDraft, key: IdempotencyKey | None = None
) -> tuple[Correspondence, bool]:
    """With its number, its PDF being made; and whether the key had begun it before.

    Raises Forbidden, PartyMerged, and Invalid, at the field, for a type that is not there or not offered, content that its form
    does not take, things that are not the party's, a party without an account number, and a letter that lacks something.
    """
    return _create(world, viewer, draft, key, event_id="")


def create_by_event(world: World, event_id: str, draft: CorrespondenceDraft) -> Correspondence:
    """What an event begins by itself, once, however often and however late it is told again. Raises as creating does."""
    known = world.correspondence.of_event(event_id)
    return known or _create(world, _BY_ITSELF, draft, None, event_id=event_id)[0]


def preview_letter(world: World, viewer: Viewer, draft: CorrespondenceDraft) -> WrittenLetter:
    """The letter as it would be made now, with the number that it would get; writes nothing. Raises as creating does."""
    viewer.require(Permission.SEND)
    type_, party, regarding = _checked(world, viewer, draft)
    now = world.now()
    fresh = _numbered(world, viewer, type_, party, draft, regarding, now)
    return write_letter(world, viewer, fresh, type_, party, now)


def _create(
    world: World, viewer: Viewer, draft: CorrespondenceDraft, key: IdempotencyKey | None, *, event_id: str
) -> tuple[Correspondence, bool]:
    viewer.require(Permission.SEND)

    def make() -> Correspondence:
        type_, party, regarding = _checked(world, viewer, draft)
        return retry_on_conflict(
            lambda: _commit(world, viewer, type_, party, draft, regarding, key, event_id), most=_TRIES
        )

    def see(made: Correspondence) -> Correspondence:
        return read_correspondence(world, viewer, *made.number.rsplit("/", 1))

    made, replayed = idempotently(world, key, Correspondence, make, see)
    if replayed:
        return see(made), True
    order_letter(world, made)
    return made, False


def _commit(
    world: World,
    viewer: Viewer,
    type_: CorrespondenceType,
    party: Party,
    draft: CorrespondenceDraft,
    regarding: tuple[Regarding, ...],
    key: IdempotencyKey | None,
    event_id: str,
) -> Correspondence:
    """Raises ConcurrentUpdate where somebody else got the number."""
    if event_id and (known := world.correspondence.of_event(event_id)):
        return known
    now = world.now()
    fresh = replace(_numbered(world, viewer, type_, party, draft, regarding, now), event_id=event_id)
    letter = write_letter(world, viewer, fresh, type_, party, now)
    ordered = replace(fresh, order=letter_order(world, viewer, fresh, letter, now))
    event = deed(world, ordered, "correspondence begun", actor_of(viewer), type_.name)
    world.correspondence.create(ordered, event, key)
    return ordered


def letter_order(
    world: World, viewer: Viewer, correspondence: Correspondence, letter: WrittenLetter, now: datetime
) -> LetterOrder:
    """The letter kept in the content store, to be set in type as it is now, whatever changes meanwhile."""
    version = len(correspondence.versions) + 1
    content = Content(rendered=without_blocks(letter.rendered), letter=letter.letter)
    return LetterOrder(
        version=version,
        content=world.content_store.put_content(correspondence.storage_key(version), content),
        template=letter.template,
        ordered_at=now,
        ordered_by=actor_of(viewer),
    )


def _numbered(
    world: World,
    viewer: Viewer,
    type_: CorrespondenceType,
    party: Party,
    draft: CorrespondenceDraft,
    regarding: tuple[Regarding, ...],
    now: datetime,
) -> Correspondence:
    account = party.account_number or ""
    return Correspondence(
        party=PartyRef(id=party.id, name=party.name, kind=party.kind),
        account=account,
        ordinal=world.correspondence.next_ordinal(party.id, account),
        type=TypeRef(key=type_.key, version=type_.version, name=type_.name),
        content=draft.content,
        regarding=regarding,
        created_at=now,
        created_by=actor_of(viewer),
    )


def _checked(
    world: World, viewer: Viewer, draft: CorrespondenceDraft
) -> tuple[CorrespondenceType, Party, tuple[Regarding, ...]]:
    type_ = world.correspondence_types.get(draft.type, None)
    party = named_party(world, viewer, draft.party_id)
    faults = []
    if type_ is None or not type_.enabled:
        faults.append(FieldError("type", "unknown_type", "There is no such type of correspondence."))
    if party is None:
        faults.append(FieldError("party_id", "unknown_party", "There is no such party."))
    elif not viewer.granted_party(party.id):
        told = "You see this party through a case only: whoever was granted the party itself writes its correspondence."
        faults.append(FieldError("party_id", "out_of_sight", told))
    elif not party.account_number:
        told = f"{party.name} has no account number, of which the number of a correspondence is made: enter one first."
        faults.append(FieldError("party_id", "no_account_number", told))
    if type_:
        faults += content_faults(type_.fields, draft.content)
    if faults or type_ is None or party is None:
        raise Invalid("The correspondence cannot be begun.", *faults)
    regarding, faults = _regarded(world, party, type_, draft)
    if faults:
        raise Invalid("The correspondence names things that this party has not.", *faults)
    return type_, party, regarding


def _regarded(
    world: World, party: Party, type_: CorrespondenceType, draft: CorrespondenceDraft
) -> tuple[tuple[Regarding, ...], list[FieldError]]:
    """What the content chooses, then what else it is about, each once and by the party's own name for it."""
    chosen = [
        (f"content.{field}.{place}", Regarding(type=type_name, id=one))
        for field, type_name in subject_types(type_.fields).items()
        for place, one in enumerate(draft.content.get(field, ()))
    ]
    named = [*chosen, *((f"regarding.{place}", one) for place, one in enumerate(draft.regarding))]
    if len(named) > _MOST_REGARDED:
        told = f"It is about {_MOST_REGARDED} things at most."
        return (), [FieldError("regarding", "too_many", told)]
    found: dict[str, Regarding] = {}
    faults = []
    for place, one in named:
        if one.key in found:
            continue
        own = of_party(world.subjects.named(one.type, one.id), party.id)
        if own:
            found[one.key] = own.regarding
        else:
            faults.append(FieldError(place, "unknown_subject", f"This party has no {one.type} {one.id}."))
    return tuple(found.values()), faults
