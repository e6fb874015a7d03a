"""The addresses that the firm's own people log their mail by. There are none where no domain takes mail in."""

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.party import Case
from letterbook.ports import World


def own_capture_address(world: World, viewer: Viewer) -> str | None:
    return world.capture_addresses.of_user(viewer.id)


def capture_address_to_use(world: World, viewer: Viewer, case: Case) -> str | None:
    """None for who may log nothing."""
    return world.capture_addresses.of_case(case.id) if viewer.may(Permission.RECORDS) else None
