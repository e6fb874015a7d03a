"""What the pages of templates share."""

from collections.abc import Sequence
from typing import Any

from console.app.routing import PageRequest
from console.presenters.letter import inline_html
from letterbook.domain.channels import Channel
from letterbook.domain.errors import Invalid, TooLarge
from letterbook.domain.templates import Rendered, Template
from letterbook.use_cases.admin.templates import render_example

PATH = "/templates"


def example(visit: PageRequest, template: Template) -> dict[str, Any]:
    """How it reads with its own examples; a version of old that does not any more says why."""
    try:
        rendered = render_example(visit.world, template)
    except (Invalid, TooLarge) as error:
        return as_letter(template.channels, None) | {"unreadable": " ".join(one.message for one in error.faults)}
    return as_letter(template.channels, rendered)


def as_letter(channels: Sequence[str], rendered: Rendered | None) -> dict[str, Any]:
    """As its recipient would see it: formatted, where a channel that it is for is."""
    formatted = rendered and any(Channel(one).spec.html for one in channels)
    return {
        "rendered": rendered,
        "unreadable": "",
        "html": inline_html(rendered.html) if rendered and formatted else "",
    }


def channels_of(channels: Sequence[str]) -> list[tuple[str, str]]:
    """With their icons' names."""
    return [(one, Channel(one).spec.label) for one in channels]
