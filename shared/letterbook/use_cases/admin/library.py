"""What comes with Letterbook, brought to the firm's templates and types of correspondence; what the firm changed stays."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.actors import SYSTEM
from letterbook.domain.library import (
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
    kept = {(one.key, one.language): one for one in world.templates.all()}
    return [_item(world, one, kept.get((one.key, one.language))) for one in _wanted(world)]


def install_library(world: World, viewer: Viewer) -> Sequence[ShippedItem]:
    """Writes a version of what is new, and of what is as an earlier release had it; answers where everything stands then.

    One by one, so that a call that broke off is simply made again. Raises Forbidden.
    """
    viewer.require(Permission.TEMPLATES)
    return [retry_on_conflict(partial(_install, world, viewer, one)) for one in _wanted(world)]


def _install(world: World, viewer: Viewer, shipped: Template) -> ShippedItem:
    """Looks before each try: whoever saved a version meanwhile may have written their own. Raises ConcurrentUpdate."""
    latest = _latest(world, shipped)
    before = _item(world, shipped, latest)
    if not before.state.is_due:
        return before
    version = latest.version + 1 if latest else 1
    _save(world, replace(shipped, version=version, created_at=world.now(), created_by=actor_of(viewer)))
    return replace(before, state=ShippedState.CURRENT, version=version, written=True)


def _item(world: World, shipped: Template, latest: Template | None) -> ShippedItem:
    return ShippedItem(
        kind=kind_of(shipped),
        key=shipped.key,
        language=language_of(shipped),
        category=shipped.category,
        state=state_of(shipped, latest, world.shipped_library.digests(place_of(shipped))),
        version=latest.version if latest else None,
    )


def _wanted(world: World) -> Sequence[Template]:
    languages = world.settings.latest().languages
    return [one for one in world.shipped_library.items if isinstance(one, Template) and speaks(languages, one)]


def _latest(world: World, shipped: Template) -> Template | None:
    return world.templates.get(shipped.key, shipped.language, None)


def _save(world: World, written: Template) -> None:
    """Raises ConcurrentUpdate."""
    world.templates.save(written)
