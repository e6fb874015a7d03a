"""Changes a communication that others may be changing too: read, decide, write where it still stands, or again."""

from collections.abc import Callable
from typing import overload

from letterbook.domain.communication import Communication
from letterbook.domain.errors import Moved, NotFound
from letterbook.domain.moves import Change
from letterbook.ports import World
from letterbook.use_cases.beside import beside, pause

_ROUNDS = 8


@overload
def change(world: World, communication_id: str, decide: Callable[[Communication], Change]) -> Change: ...
@overload
def change(world: World, communication_id: str, decide: Callable[[Communication], Change | None]) -> Change | None: ...
def change(world: World, communication_id: str, decide: Callable[[Communication], Change | None]) -> Change | None:
    """The change that was made. `decide` may answer None to leave the communication alone, and may be asked several times.

    Raises NotFound, Moved when others keep writing, and what `decide` or the log raise.
    """
    for attempt in range(_ROUNDS):
        communication = world.log.get(communication_id)
        if communication is None:
            raise NotFound("There is no such communication.")
        wanted = decide(communication)
        if wanted is None:
            return None
        try:
            world.log.commit(wanted, None, beside(world, wanted))
        except Moved:
            pause(attempt)
            continue
        return wanted
    raise Moved(communication_id)
