"""What the pages of templates share."""

from collections.abc import Sequence
from typing import Any

from console.app.routing import PageRequest
from letterbook.domain.channels import Channel
from letterbook.domain.errors import Invalid, TooLarge
from letterbook.domain.templates import Rendered, Template
from letterbook.use_cases.admin.templates import render_example

PATH = "/templates"


def example(visit: PageRequest, template: Template) -> dict[str, Any]:
    """How it reads with its own examples; a version of old that does not any more says why."""
    try:
        rendered: Rendered | None = render_example(visit.world, template)
    except (Invalid, TooLarge) as error:
        return {"rendered": None, "unreadable": " ".join(one.message for one in error.faults)}
    return {"rendered": rendered, "unreadable": ""}


def channels_of(channels: Sequence[str]) -> list[tuple[str, str]]:
    """With their icons' names."""
    return [(one, Channel(one).spec.label) for one in channels]
