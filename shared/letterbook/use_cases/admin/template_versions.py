"""A template as it was, version by version, what it uses, and how a draft would read before anybody saves it."""

from collections.abc import Sequence

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.errors import NotFound
from letterbook.domain.templates import Template
from letterbook.ports import World
from letterbook.use_cases.admin.template_examples import ChannelExample, render_examples
from letterbook.use_cases.support.template_variables import variables_of

MOST = 50


def template_versions(world: World, viewer: Viewer, key: str, language: str) -> Sequence[Template]:
    """The newest first, fifty at most. Raises Forbidden, NotFound."""
    viewer.require(Permission.READ)
    versions = world.templates.versions(key, language, limit=MOST)
    if not versions:
        raise NotFound("There is no such template in that language.")
    return versions


def rehearse_template(world: World, viewer: Viewer, draft: Template) -> tuple[ChannelExample, ...]:
    """The draft filled with its own examples, for each of its channels; saves nothing. Raises Forbidden, Invalid, TooLarge."""
    viewer.require(Permission.TEMPLATES)
    return render_examples(world, draft)


def latest_version(world: World, viewer: Viewer, key: str, language: str) -> Template | None:
    """The last version in exactly that language; None where there is none. Raises Forbidden."""
    viewer.require(Permission.READ)
    return world.templates.get(key, language, None)


def variables_used(world: World, viewer: Viewer, template: Template) -> frozenset[str]:
    """What its subject and its body use; nothing for a version of old that cannot be read any more. Raises Forbidden."""
    viewer.require(Permission.READ)
    return variables_of(world, template)
