"""Amends a draft, or what somebody logged by hand. What was sent or received is never changed."""

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from letterbook.domain.access import Right, Viewer
from letterbook.domain.communication import Communication
from letterbook.domain.errors import Conflict
from letterbook.domain.message import Concern, Message, Record
from letterbook.domain.moves import Change, noted
from letterbook.domain.status import Status
from letterbook.ports import World
from letterbook.use_cases.change import change
from letterbook.use_cases.compose import actor_of, draft_again
from letterbook.use_cases.log import logged_again
from letterbook.use_cases.read import visible
from letterbook.use_cases.versions import outdated

# Whom it is about and what it is stays: another party or channel is another entry.
Amendment = Callable[[Message | Record], Message | Record]


def amend(
    world: World, viewer: Viewer, communication_id: str, version: int | None, amendment: Amendment
) -> Communication:
    """Raises Forbidden, NotFound, Outdated, Conflict `immutable`, and what composing or logging raise."""
    viewer.require(Right.RECORDS)
    before = visible(world, viewer, communication_id)
    if version is not None and version != before.entry.version:
        raise outdated()
    asked = world.vault.content(before.content).request
    if asked is None or (before.entry.status is not Status.DRAFT and not before.entry.channel.by_hand):
        raise Conflict("What was sent or received stays as it is.", code="immutable")
    wanted = amendment(asked)
    if isinstance(wanted, Message):
        after, was = draft_again(world, viewer, before, wanted), {}
    else:
        after, was = logged_again(world, viewer, before, asked, wanted), _was(asked, wanted)

    def amended(standing: Communication) -> Change:
        if standing.entry.version != before.entry.version:
            raise outdated()
        return noted(standing, after, at=world.now(), event="amended", actor=actor_of(viewer), was=was)

    return change(world, communication_id, amended).after


def _was(before: Concern, after: Concern) -> dict[str, str]:
    """What an earlier version said, of the fields that this one says otherwise."""
    return {
        one.name: json.dumps(_plain(getattr(before, one.name)), default=str)
        for one in fields(before)
        if getattr(before, one.name) != getattr(after, one.name)
    }


def _plain(value: Any) -> Any:
    slots = getattr(type(value), "__dataclass_fields__", None)
    return {name: getattr(value, name) for name in slots} if slots else value
