"""The firm's settings."""

from collections.abc import Callable
from dataclasses import replace

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.calendar import public_holidays
from letterbook.domain.channels import Channel
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.organisation import Organisation
from letterbook.ports import World
from letterbook.use_cases.admin.logo import with_logo
from letterbook.use_cases.support.optimistic_lock import update_versioned


def read_settings(world: World, viewer: Viewer) -> Organisation:
    viewer.require(Permission.READ)
    return world.settings.latest()


def update_settings(
    world: World,
    viewer: Viewer,
    version: int | None,
    applied: Callable[[Organisation], Organisation],
    logo_id: str | None = None,
) -> Organisation:
    """Changes the settings; `logo_id` is the document that becomes the logo.

    Raises PreconditionFailed, and Invalid for a country whose holidays, a route whose provider is not known, or what is no logo.
    """
    viewer.require(Permission.SETTINGS)

    def change(before: Organisation) -> Organisation:
        wanted = applied(before)
        try:
            public_holidays(wanted.country, wanted.subdivision)
        except KeyError:
            told = "The public holidays of this country or subdivision are not known."
            raise Invalid("The settings cannot be used.", FieldError("country", "unknown_country", told)) from None
        if faults := _route_faults(world, before, wanted):
            raise Invalid("The settings cannot be used.", *faults)
        if logo_id is not None:
            wanted = with_logo(world, viewer, wanted, logo_id)
        return replace(wanted, updated_at=world.now())

    return update_versioned(version, world.settings.latest, change, lambda after, _: world.settings.save(after))


def _route_faults(world: World, before: Organisation, wanted: Organisation) -> list[FieldError]:
    """What is wrong with routes that change: providers that nobody knows, that carry another channel, that cannot be called yet."""
    return [
        fault
        for channel, names in wanted.routes.items()
        if names != before.routes.get(channel)
        for carriers in [{one.name for one in world.providers.carriers(Channel(channel))}]
        for place, name in enumerate(names)
        if (fault := _fault(world, f"routes.{channel}.{place}", channel, name, name in carriers))
    ]


def _fault(world: World, field: str, channel: str, name: str, carries: bool) -> FieldError | None:
    if not carries:
        return FieldError(field, "unknown_provider", f"No provider of this name carries {channel}.")
    if not world.providers.is_set_up(name):
        label = world.providers.labels[name]
        return FieldError(field, "no_credentials", f"{label} is not set up: it has no credentials yet.")
    return None
