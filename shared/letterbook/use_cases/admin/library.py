"""What comes with Letterbook, brought to the firm's templates and types of correspondence; what the firm changed stays."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.actors import SYSTEM
from letterbook.domain.correspondence import CorrespondenceType
from letterbook.domain.library import (
    Shipped,
    ShippedItem,
    ShippedState,
    kind_of,
    language_of,
    place_of,
    speaks,
    state_of,
)
from letterbook.domain.templates import Template
from letterbook.ports import World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.support.access import actor_of

# Whoever runs Letterbook, who needs no account for it (`make templates`).
OPERATOR = Viewer(
    id=SYSTEM.id, name=SYSTEM.name, role=SYSTEM.role, rights=frozenset({Permission.READ, Permission.TEMPLATES})
)


def review_library(world: World, viewer: Viewer) -> Sequence[ShippedItem]:
    """Says of everything in the firm's languages how it stands; writes nothing. Raises Forbidden."""
    viewer.require(Permission.READ)
    held: list[Shipped] = [*world.templates.all(), *world.correspondence_types.all()]
    kept = {place_of(one): one for one in held}
    return [_item(world, one, kept.get(place_of(one))) for one in _wanted(world)]


def install_library(world: World, viewer: Viewer) -> Sequence[ShippedItem]:
    """Writes a version of what is new, and of what is as an earlier release had it; answers where everything stands then.

    One by one, so that a call that broke off is simply made again. Raises Forbidden.
    """
    viewer.require(Permission.TEMPLATES)
    return [retry_on_conflict(partial(_install, world, viewer, one)) for one in _wanted(world)]


def _install(world: World, viewer: Viewer, shipped: Shipped) -> ShippedItem:
    """Looks before each try: whoever saved a version meanwhile may have written their own. Raises ConcurrentUpdate."""
    latest = _latest(world, shipped)
    before = _item(world, shipped, latest)
    if not before.state.is_due:
        return before
    version = latest.version + 1 if latest else 1
    written = replace(shipped, version=version, created_at=world.now(), created_by=actor_of(viewer))
    if isinstance(written, Template):
        world.templates.save(written)
    else:
        # Whether it is offered was the firm's to say.
        offered = not isinstance(latest, CorrespondenceType) or latest.enabled
        world.correspondence_types.save(replace(written, enabled=offered))
    return replace(before, state=ShippedState.CURRENT, version=version, written=True)


def _item(world: World, shipped: Shipped, latest: Shipped | None) -> ShippedItem:
    return ShippedItem(
        kind=kind_of(shipped),
        key=shipped.key,
        language=language_of(shipped),
        category=shipped.category,
        state=state_of(shipped, latest, world.shipped_library.digests(place_of(shipped))),
        version=latest.version if latest else None,
    )


def _wanted(world: World) -> Sequence[Shipped]:
    """In the firm's languages. Types come last: they name templates."""
    languages = world.settings.latest().languages
    return [one for one in world.shipped_library.items if speaks(languages, one)]


def _latest(world: World, shipped: Shipped) -> Shipped | None:
    if isinstance(shipped, Template):
        return world.templates.get(shipped.key, shipped.language, None)
    return world.correspondence_types.get(shipped.key, None)
