"""Reads one communication with its content and history."""

from collections.abc import Sequence
from dataclasses import dataclass

from letterbook.domain.access import Right, Viewer
from letterbook.domain.communication import Communication
from letterbook.domain.errors import NotFound
from letterbook.domain.history import HistoryRow
from letterbook.domain.templates import Rendered
from letterbook.ports import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A communication as its own page shows it: `attempts` are all entries of the same resend chain."""

    communication: Communication
    content: Rendered
    history: Sequence[HistoryRow]
    attempts: Sequence[Communication]


def must_see(viewer: Viewer, communication: Communication) -> None:
    """Raises NotFound, the same as for what does not exist."""
    viewer.require(Right.READ)
    if communication.deleted or not viewer.sees(communication.entry.owned):
        raise NotFound("There is no such communication.")


def visible(world: World, viewer: Viewer, communication_id: str) -> Communication:
    """The communication, if there is one and the viewer may see it. Raises Forbidden or NotFound."""
    communication = world.log.get(communication_id)
    if communication is None or communication.deleted:
        raise NotFound("There is no such communication.")
    must_see(viewer, communication)
    return communication


def read(world: World, viewer: Viewer, communication_id: str) -> Opened:
    communication = visible(world, viewer, communication_id)
    return Opened(
        communication=communication,
        content=world.vault.content(communication.content).rendered,
        history=world.log.history(communication_id),
        attempts=(communication,),
    )
