"""Who has which address, kept together with whom it is an address of."""

from collections.abc import Callable, Iterable

from letterbook.domain.access import Viewer
from letterbook.domain.addresses import Holder, Holders, addressed_fields
from letterbook.domain.errors import ConcurrentUpdate, FieldError, HoldersChanged, IdempotencyKeyConflict, Invalid
from letterbook.domain.party import Contact, Party
from letterbook.domain.recipients import folded
from letterbook.ports import IdempotencyKey, World
from letterbook.retry import tries
from letterbook.use_cases.support.access import sees_party


def with_holders(
    world: World,
    viewer: Viewer,
    before: Party | Contact | None,
    after: Party | Contact | None,
    save: Callable[[Iterable[Holders]], None],
    key: IdempotencyKey | None = None,
) -> None:
    """Saves a party or a contact together with who has its addresses; `after` is None for one that is removed.

    Raises Invalid `address_in_use` for an address that is new to it and that another party has whom the viewer does not see: whose
    it is, nobody is told. Whoever gets the same address at the same moment is asked again on top of the other.
    """
    for _ in tries():
        try:
            save(_holders(world, viewer, before, after))
        except HoldersChanged:
            continue
        except Invalid:
            # By the same request, sent twice at once, which was faster: it is answered what that one made.
            if key and world.idempotency.get(key, type(after)):
                raise IdempotencyKeyConflict from None
            raise
        else:
            return
    raise ConcurrentUpdate


def _holders(
    world: World, viewer: Viewer, before: Party | Contact | None, after: Party | Contact | None
) -> list[Holders]:
    """Those that change, as they are to be, and those that were never written down."""
    was = {folded(address) for _, address in addressed_fields(before)}
    now = {folded(address) for _, address in addressed_fields(after)}
    owner = after or before
    if owner is None or not was | now:
        return []
    contact_id = owner.id if isinstance(owner, Contact) else None
    holder = Holder(
        party_id=owner.party_id if isinstance(owner, Contact) else owner.id, contact_id=contact_id, since=world.now()
    )
    known = {one: found.holders for one, found in world.addresses.known(sorted(was | now)).items()}
    faults = [
        FieldError(
            field, "address_in_use", "Another party has this already: only who sees that one too may enter it here."
        )
        for field, address in addressed_fields(after)
        if folded(address) not in was
        and not all(sees_party(world, viewer, one) for one in known[folded(address)].others_than(holder.party_id))
    ]
    if faults:
        raise Invalid("An address is in use.", *faults)
    kept = ((one, one.kept(holder, has=address in now)) for address, one in known.items())
    return [after_ for before_, after_ in kept if after_ != before_ or before_.version == 0]
