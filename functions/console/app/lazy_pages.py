"""The sections of the console: the first part of a path names a package or a module in `pages`, which holds its pages.

Each is imported when somebody first goes there: a function that starts must not wait for pages that nobody asked for (make bench).
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

# Sections that are called otherwise in their addresses.
_NAMES = {
    "": "home",
    "log": "records",
    "people": "users",
    "quarantine": "suppressions",
    "templates": "message_templates",
}


@cache
def sections() -> frozenset[str]:
    """By the names of their packages. What somebody writes into an address is looked up here before anything is imported."""
    return frozenset(one.name for one in iter_modules([str(Path(__file__).parents[1] / "pages")]))


def import_section(path: str) -> None:
    """Does nothing for a path that leads nowhere."""
    first = path.split("/")[1]
    name = _NAMES.get(first, first)
    if name in sections():
        import_module(f"console.pages.{name}")
