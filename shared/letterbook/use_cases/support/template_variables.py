"""Which variables a template uses."""

from letterbook.domain.templates import Template
from letterbook.domain.text import TextLimit
from letterbook.ports import World


def variables_of(world: World, template: Template) -> frozenset[str]:
    """Nothing for a version of old that cannot be read any more."""
    try:
        return world.renderer.variables_in(template.subject) | world.renderer.variables_in(template.body)
    except (ValueError, TextLimit):
        return frozenset()
