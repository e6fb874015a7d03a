"""An answer stands in the thread of what it answers, which begins with its first answer."""

from dataclasses import replace

from letterbook.domain.communication import Communication
from letterbook.domain.ids import Kind
from letterbook.domain.threads import Thread, subject_of
from letterbook.domain.transitions import updated
from letterbook.ports import MessageContext, RelatedWrites, World
from letterbook.retry import retry_on_conflict


def assign_thread(
    world: World, communication: Communication, context: MessageContext
) -> tuple[Communication, MessageContext]:
    """A new entry in the thread of what it answers, begun where there was none, as the last thing before it enters the log."""
    answered, entry = context.answered, communication.entry
    if answered is None or entry.thread_id or not entry.is_counted:
        return communication, context
    if (answered.entry.party.id, answered.entry.case) != (entry.party.id, entry.case):
        return communication, context
    thread_id = ensure_thread(world, answered)
    return replace(communication, entry=replace(entry, thread_id=thread_id)), replace(context, thread=None)


def ensure_thread(world: World, answered: Communication) -> str | None:
    """The thread that an answer belongs to, begun with what is answered. Of what is restricted or not said yet there is none.

    Whoever dies after this leaves a thread of one message, which the next answer joins.
    """
    known: Communication | None = answered

    def attempt() -> str | None:
        nonlocal known
        current, known = known or world.communications.get(answered.id), None
        if current is None or current.deleted:
            return None
        entry = current.entry
        kind = entry.channel.spec.thread_kind
        if entry.thread_id or not entry.is_counted or kind is None:
            return entry.thread_id
        thread = Thread(
            id=f"{Kind.THREAD}_{entry.id.partition('_')[2]}",
            party_id=entry.party.id,
            client_id=entry.client.id if entry.client else None,
            case_id=entry.case.id if entry.case else None,
            subject=subject_of(entry),
            kind=kind,
            messages=1,
            latest_id=entry.id,
            preview=entry.preview,
            last_activity_at=entry.occurred_at,
            created_at=world.now(),
            created_by=entry.created_by,
        )
        after = replace(current, entry=replace(entry, thread_id=thread.id))
        change = updated(current, after, at=world.now(), event="threaded")
        world.communications.commit(change, None, RelatedWrites(threads=(thread,)))
        return thread.id

    return retry_on_conflict(attempt)
