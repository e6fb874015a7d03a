"""Addresses that bounced hard: who has them is not written to there until somebody says that they are right after all."""

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.errors import NotFound
from letterbook.domain.history import AuditEvent
from letterbook.domain.recipients import Suppression, folded
from letterbook.ports import Page, World
from letterbook.use_cases.reading.pages import read_until_full
from letterbook.use_cases.support.access import actor_of


def list_suppressions(world: World, viewer: Viewer, *, limit: int, after: str | None) -> Page[Suppression]:
    """By address; those of parties that the viewer sees."""
    viewer.require(Permission.READ)
    return read_until_full(
        lambda on: world.addresses.page(after=on, limit=limit),
        lambda found: [one for one in found if viewer.granted_party(one.party_id)],
        lambda one: folded(one.address),
        limit=limit,
        after=after,
    )


def unsuppress_address(world: World, viewer: Viewer, address: str) -> None:
    """Raises Forbidden, NotFound."""
    viewer.require(Permission.RECORDS)
    found = world.addresses.suppressed([address]).get(address)
    if found is None or not viewer.granted_party(found.party_id):
        raise NotFound("This address is not in quarantine.")
    event = AuditEvent(
        about=found.party_id,
        at=world.now(),
        actor=actor_of(viewer),
        event="address released",
        note=found.code,
        party_id=found.party_id,
    )
    world.addresses.unsuppress(found, event)
