"""How far an order of many is: each is done, refused with its reason, or waits for its turn, and none waits for ever."""

import hashlib
from collections.abc import Mapping

from letterbook.domain.access import Viewer
from letterbook.domain.bulk import GIVEN_UP_AFTER, BulkAction, BulkOutcome, BulkRefusal, BulkResult
from letterbook.domain.communication import Entry
from letterbook.domain.errors import NotFound
from letterbook.domain.status import Status
from letterbook.ports import IdempotencyKey, World
from letterbook.use_cases.messages.later_attempts import later_attempts

_GONE = "It is not there any more, or you may not see it."
GIVEN_UP = "It could not be done. Look at it, and try it again."


def order_outcome(world: World, viewer: Viewer, verb: BulkAction, key: IdempotencyKey) -> BulkOutcome:
    """What became of an order of the viewer's own, as long as its key is remembered. Raises NotFound."""
    remembered = world.idempotency.get(key, BulkResult) if key.user == viewer.id else None
    if remembered is None or not isinstance(remembered.result, BulkResult):
        raise NotFound("There is no such order, or it is longer ago than a day.")
    ordered = remembered.result
    entries = world.communications.entries(ordered.accepted, now=True)
    made = _made(world, viewer, verb, entries)
    left = [one for one in ordered.accepted if one not in made]
    over = ordered.at is not None and ordered.at + GIVEN_UP_AFTER < world.now()
    given_up = {one: BulkRefusal(id=one, code="given_up", detail=GIVEN_UP) for one in left if over}
    gone = {
        one: BulkRefusal(id=one, code=NotFound.code, detail=_GONE)
        for one in left
        if one not in entries or not viewer.sees(entries[one].ownership)
    }
    ended = given_up | _refused(world, key, verb, left) | gone
    return BulkOutcome(
        accepted=len(ordered.accepted),
        made=[made[one] for one in ordered.accepted if one in made],
        refused=[*(ended[one] for one in left if one in ended), *ordered.refused],
        waiting=[one for one in left if one not in ended],
    )


def batch_of(key: IdempotencyKey) -> str:
    """What all parts of an order are called: ordered twice with one key, they are the same and done once."""
    return hashlib.sha256(f"{key.user} {key.route} {key.key}".encode()).hexdigest()[:32]


def refusal_key(user: str, verb: str, batch: str, communication_id: str) -> IdempotencyKey:
    """Under what it is kept why one of an order was refused when its turn came."""
    return IdempotencyKey(user=user, route=f"bulk {verb} refused", key=f"{batch} {communication_id}", digest="")


def _made(world: World, viewer: Viewer, verb: BulkAction, entries: Mapping[str, Entry]) -> Mapping[str, Entry]:
    """By what was asked for: the attempt that says it again, else the draft itself once it is none any more."""
    found = {
        one: entry for one, entry in entries.items() if verb is BulkAction.SEND and entry.status is not Status.DRAFT
    }
    found |= {one: later[0] for one, later in later_attempts(world, entries.values()).items() if later}
    return {one: entry for one, entry in found.items() if viewer.sees(entry.ownership)}


def _refused(world: World, key: IdempotencyKey, verb: BulkAction, left: list[str]) -> dict[str, BulkRefusal]:
    keys = [refusal_key(key.user, verb, batch_of(key), one) for one in left]
    found = (record.result for record in world.idempotency.several(keys, BulkRefusal))
    return {one.id: one for one in found if isinstance(one, BulkRefusal)}
