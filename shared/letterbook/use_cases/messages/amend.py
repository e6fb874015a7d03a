"""Amends a draft, or what somebody logged by hand. What was sent or received is never changed."""

from collections.abc import Callable
from dataclasses import replace

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Communication
from letterbook.domain.errors import ConcurrentUpdate, FieldError, Forbidden, immutable
from letterbook.domain.history import previous_values
from letterbook.domain.message import MessageRequest, RecordRequest
from letterbook.domain.transitions import Change, updated
from letterbook.ports import World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.messages.compose import recompose_draft
from letterbook.use_cases.messages.log_communication import relog
from letterbook.use_cases.reading.read import get_visible, require_amendable, require_visible
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.optimistic_lock import version_conflict
from letterbook.use_cases.support.update import update_communication

# Whom it is about and what it is stays: another party or channel is another entry.
Amendment = Callable[[MessageRequest | RecordRequest], MessageRequest | RecordRequest]


def amend(
    world: World, viewer: Viewer, communication_id: str, version: int | None, amendment: Amendment
) -> Communication:
    """Raises Forbidden, NotFound, PreconditionFailed, Conflict `immutable`, and what composing or logging raise.

    Who names no version amends whatever there is: their amendment is made again to what somebody else wrote.
    """
    viewer.require(Permission.RECORDS)

    def attempt() -> Communication:
        before = get_visible(world, viewer, communication_id)
        if version is not None and version != before.entry.version:
            raise version_conflict()
        return _amended(world, viewer, before, amendment)

    return retry_on_conflict(attempt)


def _amended(world: World, viewer: Viewer, before: Communication, amendment: Amendment) -> Communication:
    """Raises ConcurrentUpdate where it was amended meanwhile; what else happened to it meanwhile stays."""
    asked = world.content_store.content(before.content).request
    require_amendable(before.entry)
    if asked is None:
        raise immutable()
    wanted = amendment(asked)
    if asked.restricted and not wanted.restricted and not viewer.may(Permission.READ_RESTRICTED):
        told = f"To open a restricted entry to others needs the right {Permission.READ_RESTRICTED}."
        raise Forbidden(told, FieldError("restricted", "forbidden", told))
    if isinstance(wanted, MessageRequest):
        after, was = recompose_draft(world, viewer, before, wanted), {}
    else:
        after, was = relog(world, viewer, before, asked, wanted), previous_values(asked, wanted)

    def amended(current: Communication) -> Change:
        require_visible(viewer, current)
        if current.entry.version != before.entry.version:
            raise ConcurrentUpdate(before.id)
        kept = replace(after.entry, response_minutes=current.entry.response_minutes)
        fresh = replace(after, entry=kept, chain=current.chain)
        return updated(current, fresh, at=world.now(), event="amended", actor=actor_of(viewer), was=was)

    return update_communication(world, before.id, amended).after
