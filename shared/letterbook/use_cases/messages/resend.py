"""Says something again: a new entry with present contact data and the present template, linked to the old, which stays as it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.attempts import MOST_ATTEMPTS, Attempts, said_by
from letterbook.domain.communication import Communication, Direction, Entry, RecipientRole
from letterbook.domain.correspondence import NUMBER, parse_number
from letterbook.domain.errors import AlreadySentAgain, Conflict
from letterbook.domain.message import MessageRequest, TooOld
from letterbook.domain.retries import AT_ONCE
from letterbook.domain.status import StatusGroup
from letterbook.ports import IdempotencyKey, World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.messages.accept import AttemptOf, attempts_of
from letterbook.use_cases.messages.compose import compose
from letterbook.use_cases.reading.read import get_visible
from letterbook.use_cases.support.idempotency import replay

# What was not sent is not sent again, what is under way is waited for.
_RESENDABLE = frozenset({StatusGroup.FAILED, StatusGroup.SUCCESSFUL})
_UNDER_WAY = frozenset({StatusGroup.IN_PROGRESS, StatusGroup.MANUAL})


def resend(
    world: World,
    viewer: Viewer,
    communication_id: str,
    to: Sequence[str],
    key: IdempotencyKey | None = None,
    *,
    again: bool = False,
    only_the_last: bool = False,
    undo: timedelta = AT_ONCE,
) -> tuple[Communication, bool]:
    """The new entry, and whether the key had made it before.

    What a later attempt said is said once more only where somebody asks for it `again`; `only_the_last` refuses whatever has a
    later attempt. Whoever is overtaken by another who says the same has seen nothing of that, and is refused too.

    Raises Forbidden, NotFound, Conflict `not_resendable`, AlreadySentAgain, TooOld with a message to begin a new one from, and what
    compose raises.
    """
    viewer.require(Permission.RESEND)
    remembered = world.idempotency.get(key, Communication) if key else None
    if key and remembered:
        return replay(remembered, key, Communication, lambda made: get_visible(world, viewer, made.id)), True
    known: Attempts | None = None

    def attempt() -> tuple[Communication, bool]:
        nonlocal known
        before = get_visible(world, viewer, communication_id)
        attempts = attempts_of(world, before)
        if only_the_last and world.communications.entries(attempts.after(before.id), now=True):
            raise Conflict("It was said again since.", code="not_resendable")
        message = message_to_resend(world, before, to)
        overtaken = known is not None and known.ids != attempts.ids
        must_be_resendable(world, viewer, before, attempts, message, again=again, overtaken=overtaken)
        known = attempts
        return compose(world, viewer, message, key, AttemptOf(of=before, attempts=attempts), undo)

    return retry_on_conflict(attempt)


def why_not_resendable(world: World, entry: Entry) -> tuple[str, str] | None:
    """Why an entry is not sent again, as far as it tells by itself: a code, and words."""
    if entry.direction is not Direction.OUTBOUND or entry.group not in _RESENDABLE:
        return "not_resendable", "Only what failed or was successful is sent again."
    days = world.settings.current().resend_days
    if entry.created_at + timedelta(days=days) < world.now():
        return TooOld.code, f"It is older than {days} days: look at it and send a new one."
    return None


def must_be_resendable(
    world: World,
    viewer: Viewer,
    before: Communication,
    attempts: Attempts,
    message: MessageRequest,
    *,
    again: bool,
    overtaken: bool = False,
) -> None:
    """Raises Conflict, `void` for what carries a void correspondence, AlreadySentAgain, TooOld."""
    _must_carry_nothing_void(world, before)
    refused = why_not_resendable(world, before.entry)
    if refused and refused[0] != TooOld.code:
        raise Conflict(refused[1], code=refused[0])
    entries = world.communications.entries(attempts.ids, now=True)
    later = [entries[one] for one in attempts.after(before.id) if one in entries]
    said = said_by(later)
    if said and not again:
        raise _already(viewer, said)
    if refused:
        raise TooOld(refused[1], message)
    if len(attempts.ids) >= MOST_ATTEMPTS:
        raise Conflict(f"It was tried {MOST_ATTEMPTS} times: write a new one.", code="not_resendable")
    if any(one.group in _UNDER_WAY for one in entries.values()):
        raise Conflict("Another attempt is under way: wait for its end, or cancel it.", code="not_resendable")
    if overtaken and later:
        raise _already(viewer, said or later[-1])


def _already(viewer: Viewer, later: Entry) -> AlreadySentAgain:
    told = f"Attempt {later.attempt} was made since: look at it, or ask for another copy."
    return AlreadySentAgain(told, later.id if viewer.sees(later.ownership) else None)


def _must_carry_nothing_void(world: World, before: Communication) -> None:
    """Raises Conflict `void`. Anybody may write a number among the metadata: it counts where the correspondence knows the entry."""
    number = parse_number(before.metadata.get(NUMBER, ""))
    correspondence = world.correspondence.get(*number) if number else None
    if correspondence and (before.entry.first_attempt or before.id) in correspondence.communications:
        correspondence.must_not_be_void()


def message_to_resend(world: World, before: Communication, to: Sequence[str]) -> MessageRequest:
    """What was asked for, to be asked for now: to the contact's or party's present address unless another was named."""
    entry = before.entry
    asked = world.content_store.content(before.content).message or _from_record(world, before)
    return replace(
        asked,
        to=tuple(to) or asked.to,
        resend_of=before.id,
        thread_id=entry.thread_id,
        send_now=True,
        send_at=None,
        urgent=False,
        urgent_reason=None,
        override_hold=None,
    )


def _from_record(world: World, before: Communication) -> MessageRequest:
    """Of what was logged and not sent by us only the words are known."""
    entry, said = before.entry, world.content_store.content(before.content).rendered
    return MessageRequest(
        channel=entry.channel,
        party_id=entry.party.id,
        contact_id=entry.contact.id if entry.contact else None,
        case_id=entry.case.id if entry.case else None,
        regarding=entry.regarding,
        category=entry.category,
        restricted=entry.restricted,
        subject=said.subject,
        body=said.text,
        to=entry.addresses(RecipientRole.TO),
        attachments=tuple(one.id for one in entry.attachments),
    )
