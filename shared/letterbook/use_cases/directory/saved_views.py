"""Saved views: a user's own names for filters; and the columns that a user wants to see."""

from collections.abc import Sequence

from letterbook.domain.access import Permission, SavedView, Viewer
from letterbook.domain.errors import Conflict, NotFound
from letterbook.domain.list_columns import DEFAULT_COLUMNS, ListColumn, in_order
from letterbook.ports import IdempotencyKey, World
from letterbook.use_cases.support.idempotency import idempotently

_MOST = 50


def list_views(world: World, viewer: Viewer) -> Sequence[SavedView]:
    """One's own, by name."""
    viewer.require(Permission.READ)
    return world.saved_views.of_user(viewer.id)


def save_view(world: World, viewer: Viewer, view: SavedView, key: IdempotencyKey | None) -> tuple[SavedView, bool]:
    """In the place of one of the same name. Raises Conflict beyond fifty."""
    viewer.require(Permission.READ)

    def make() -> SavedView:
        others = [one for one in world.saved_views.of_user(viewer.id) if one.name != view.name]
        if len(others) >= _MOST:
            raise Conflict(f"There are {_MOST} views already: remove one first.", code="too_many_views")
        world.saved_views.save(view, key)
        return view

    return idempotently(world, key, SavedView, make, lambda made: _own(world, viewer, made.name))


def remove_view(world: World, viewer: Viewer, name: str) -> None:
    """Raises NotFound."""
    viewer.require(Permission.READ)
    world.saved_views.remove(_own(world, viewer, name))


def list_look(world: World, viewer: Viewer) -> tuple[Sequence[SavedView], tuple[ListColumn, ...]]:
    """One's own views, and columns, in one request."""
    viewer.require(Permission.READ)
    views, chosen = world.saved_views.look_of(viewer.id)
    return views, DEFAULT_COLUMNS if chosen is None else in_order(chosen)


def columns_of(world: World, viewer: Viewer) -> tuple[ListColumn, ...]:
    """In the order in which they stand."""
    viewer.require(Permission.READ)
    chosen = world.saved_views.columns(viewer.id)
    return DEFAULT_COLUMNS if chosen is None else in_order(chosen)


def choose_columns(world: World, viewer: Viewer, columns: tuple[ListColumn, ...]) -> None:
    """From now on, wherever they sign in."""
    viewer.require(Permission.READ)
    world.saved_views.save_columns(viewer.id, in_order(columns))


def _own(world: World, viewer: Viewer, name: str) -> SavedView:
    view = next((one for one in world.saved_views.of_user(viewer.id) if one.name == name), None)
    if view is None:
        raise NotFound("There is no such view.")
    return view
