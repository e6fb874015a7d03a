"""What was made since to say the same again."""

from collections.abc import Iterable, Mapping, Sequence

from letterbook.domain.communication import Entry
from letterbook.ports import World


def later_attempts(world: World, entries: Iterable[Entry]) -> Mapping[str, Sequence[Entry]]:
    """The attempts after each entry that has any, in order and as they are now, by the entry's id. Two requests for all of them."""
    firsts = {one.id: one.first_attempt or one.id for one in entries}
    chains = world.attempts.several(set(firsts.values()))
    after = {one: chains[first].after(one) for one, first in firsts.items() if first in chains}
    later = world.communications.entries({one for ids in after.values() for one in ids}, now=True)
    return {one: [later[each] for each in ids if each in later] for one, ids in after.items()}
