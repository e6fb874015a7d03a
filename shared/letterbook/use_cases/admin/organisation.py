"""The firm as it stands now: its settings in force, and what its providers are called."""

from collections.abc import Mapping

from letterbook.domain.organisation import Organisation
from letterbook.ports import World

# Who tells of our messages and carries none: a report of a mail server, or of a reader's program, that came in.
_REPORTERS = {"mail": "a report by mail"}


def organisation_in_force(world: World) -> Organisation:
    """The settings, at most a minute old. Nobody is asked who they are: the sign-in page names the firm, too."""
    return world.settings.current()


def provider_labels(world: World) -> Mapping[str, str]:
    """What people call each provider, and whoever else tells of messages, by its name. Nothing of it is anybody's secret."""
    return {**world.providers.labels, **_REPORTERS}
