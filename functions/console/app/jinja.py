"""Templates to HTML. Everything is escaped; a name that nobody gave is an error."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from console.app.assets import address
from console.presenters.columns import columns
from console.presenters.labels import channel_label, format_size, language_label
from letterbook.domain.visible import unturned


def _finalize(value: Any) -> Any:
    """Whatever is printed, wherever it comes from, turns nothing that stands behind it. What is HTML already was printed before."""
    return unturned(value) if type(value) is str else value


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=_finalize,
    )
    made.globals |= {"static": address, "sprite": address("sprite.svg"), "usual_columns": columns()}
    made.filters |= {"channel": channel_label, "size": format_size, "language": language_label}
    return made


def render(template: str, **context: Any) -> str:
    return environment().get_template(template).render(**context)
