"""Writes a new entry into the log, or a draft that is said now, together with what is kept beside it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from letterbook.domain.communication import Communication
from letterbook.domain.errors import ConcurrentUpdate
from letterbook.domain.history import AuditEvent
from letterbook.domain.transitions import Change
from letterbook.ports import IdempotencyKey, MessageContext, RelatedWrites, World
from letterbook.retry import MAX_TRIES, tries
from letterbook.use_cases.support.update import related_writes

if TYPE_CHECKING:
    from letterbook.domain.attempts import Attempts
    from letterbook.domain.correspondence import Carried
    from letterbook.domain.einvoice_numbers import EinvoiceNumber


def commit_entry(
    world: World,
    change: Change,
    context: MessageContext,
    key: IdempotencyKey | None = None,
    attempts: "Attempts | None" = None,
    instead_of: Communication | None = None,
    carried: "Carried | None" = None,
    number: "EinvoiceNumber | None" = None,
) -> None:
    """One transaction, with the `attempts` that it is one of, the correspondence that it carries and the `number` that it takes as
    an e-invoice, and only while what it is `instead_of` stands as it was read.

    Many entries of one thread at once get in one by one, each counted.

    Raises what its commit raises; ConcurrentUpdate only when the entry itself has moved, or others keep writing.
    """
    answered = context.answered.entry if context.answered else None
    thread, rows = context.thread, context.overview_rows
    for attempt in tries():
        kept = related_writes(world, change, thread=thread, overview_rows=rows, answered=answered)
        kept = replace(kept, attempts=attempts, instead_of=instead_of) if attempts else kept
        kept = _carrying(kept, carried, change) if carried else kept
        kept = replace(kept, einvoice_number=number) if number else kept
        try:
            world.communications.commit(change, key, kept)
        except ConcurrentUpdate:
            shared = kept.threads or kept.overview_rows or kept.todos
            if attempt == MAX_TRIES - 1 or not shared or _superseded(world, attempts) or _moved(world, carried):
                raise
            if number and world.einvoice_numbers.get(number.key).version != number.version - 1:
                raise
            thread, rows = None, ()
        else:
            return


def _carrying(kept: RelatedWrites, carried: "Carried", change: Change) -> RelatedWrites:
    after, entry = carried.by(change.after.entry), change.after.entry
    event = AuditEvent(
        about=after.number,
        at=change.row.at,
        actor=change.row.actor,
        event=carried.carriage.value,
        note=entry.id,
        party_id=after.party.id,
    )
    return replace(kept, correspondence=after, audit_events=(*kept.audit_events, event))


def _moved(world: World, carried: "Carried | None") -> bool:
    """Whether somebody else changed what it carries meanwhile: it is to be looked at again before anything is sent."""
    if carried is None:
        return False
    known = carried.correspondence
    current = world.correspondence.get(known.account, known.ordinal)
    return current is None or current.version != known.version


def _superseded(world: World, attempts: "Attempts | None") -> bool:
    """Whether somebody else said the same again meanwhile."""
    if attempts is None:
        return False
    current = world.attempts.get(attempts.id)
    return (current.version if current else 0) != attempts.version - 1
