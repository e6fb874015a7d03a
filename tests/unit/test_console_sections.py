"""Every page is found, although no section is imported before somebody goes there."""

import json
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
# Asked for one path after another, each by a process of its own that knows no section yet: it is forked before any is imported.
_ALONE = """
import json, os, sys
from console.app.routing import pages
for path in sys.argv[1:]:
    child = os.fork()
    if not child:
        pages.find("GET", path)
        print(json.dumps({path: [f"{one.method} {one.pattern.pattern}" for one in pages.routes]}), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""
_FEW = ("/", "/work", "/parties", "/cases", "/templates")


@pytest.fixture(scope="module")
def found_first() -> dict[str, set[str]]:
    """The routes that a process knows which was asked for one path, by that path."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    paths = sorted({*_FEW, *(f"/{one}" for one in _FIRST_PARTS)})
    made = subprocess.run(
        [sys.executable, "-c", _ALONE, *paths], capture_output=True, text=True, check=True, env=environment
    )
    told = [json.loads(line) for line in made.stdout.splitlines()]
    return {path: set(routes) for one in told for path, routes in one.items()}


@pytest.mark.parametrize("first", _FIRST_PARTS)
def test_who_goes_to_a_section_first_finds_all_its_pages(found_first: dict[str, set[str]], first: str) -> None:
    assert {one for one in _ROUTES if one.split("/")[1] == first} <= found_first[f"/{first}"]


@pytest.mark.parametrize("path", _FEW)
def test_who_goes_to_a_section_does_not_wait_for_the_others(found_first: dict[str, set[str]], path: str) -> None:
    found = found_first[path]
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
