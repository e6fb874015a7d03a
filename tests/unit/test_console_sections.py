"""Every page is found, although no section is imported before somebody goes there."""

import os
import subprocess
import sys
from importlib import import_module
from pkgutil import walk_packages

import pytest

import console.pages
from console.app.routing import Router, page, pages

for _module in walk_packages(console.pages.__path__, "console.pages."):
    import_module(_module.name)
_ROUTES = {f"{one.method} {one.pattern.pattern}" for one in pages.routes}
_FIRST_PARTS = sorted({one.pattern.pattern.split("/")[1] for one in pages.routes})
_ALONE = """
import sys
from console.app.routing import pages
pages.find("GET", sys.argv[1])
print("\\n".join(f"{one.method} {one.pattern.pattern}" for one in pages.routes))
"""


def _found_first(path: str) -> set[str]:
    """The routes that a process knows which was asked for one path."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    made = subprocess.run(
        [sys.executable, "-c", _ALONE, path], capture_output=True, text=True, check=True, env=environment
    )
    return set(made.stdout.splitlines())


@pytest.mark.parametrize("first", _FIRST_PARTS)
def test_who_goes_to_a_section_first_finds_all_its_pages(first: str) -> None:
    assert {one for one in _ROUTES if one.split("/")[1] == first} <= _found_first(f"/{first}")


@pytest.mark.parametrize("path", ["/", "/work", "/parties", "/cases", "/templates"])
def test_who_goes_to_a_section_does_not_wait_for_the_others(path: str) -> None:
    found = _found_first(path)
    assert len(found) < len(_ROUTES) / 3
    assert not any(one.startswith(("GET /compose", "GET /log", "GET /settings")) for one in found)


@pytest.mark.parametrize(
    "path", ["/no-such", "/console", "/communications.list", "/..", "/__init__", "//", "/shared_tabs"]
)
def test_what_is_no_section_has_no_pages(path: str) -> None:
    assert pages.find("GET", path) is None


def test_an_address_that_is_named_is_no_key_whatever_was_imported_first() -> None:
    made = Router()
    made.get("/templates/{key}")(lambda _: page("message_templates/detail.html"))
    made.get("/templates/new")(lambda _: page("message_templates/editor.html"))
    found = made.find("GET", "/templates/new")
    assert found is not None
    assert found[1] == {}
