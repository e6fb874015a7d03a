"""Makes a correspondence again: the present template, the same content, the same number. What was sent stays what it was."""

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.correspondence import Correspondence
from letterbook.domain.errors import NotFound
from letterbook.ports import IdempotencyKey, World
from letterbook.use_cases.correspondence.create import letter_order
from letterbook.use_cases.correspondence.letter import write_letter
from letterbook.use_cases.correspondence.order_letter import order_letter
from letterbook.use_cases.reading.correspondence import read_correspondence, type_of
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.correspondence import deed, update_correspondence
from letterbook.use_cases.support.idempotency import idempotently
from letterbook.use_cases.support.optimistic_lock import next_version


def recreate_correspondence(
    world: World,
    viewer: Viewer,
    account: str,
    number: str,
    *,
    key: IdempotencyKey | None = None,
    version: int | None = None,
) -> tuple[Correspondence, bool]:
    """Its next version is being made; and whether the key had ordered that before.

    Of two at once, the later takes the place of what is being made for the earlier. Raises Forbidden, NotFound,
    PreconditionFailed where it is not the `version` any more, Conflict `void`, Invalid where its letter lacks something now.
    """
    viewer.require(Permission.SEND)
    known = read_correspondence(world, viewer, account, number)

    def ordered(current: Correspondence) -> Correspondence:
        current.must_not_be_void()
        next_version(current.version, version)
        party = world.parties.get(current.party.id)
        if party is None:
            raise NotFound("There is no such party.")
        now = world.now()
        letter = write_letter(world, viewer, current, type_of(world, current), party, now)
        after = current.ordered(letter_order(world, viewer, current, letter, now))
        world.correspondence.save(after, deed(world, after, "PDF ordered again", actor_of(viewer)), key)
        return after

    def make() -> Correspondence:
        return update_correspondence(world, known.account, known.ordinal, ordered)

    made, replayed = idempotently(
        world, key, Correspondence, make, lambda _: read_correspondence(world, viewer, account, number)
    )
    if replayed:
        return read_correspondence(world, viewer, account, number), True
    order_letter(world, made)
    return made, False
