"""Every page is found, although no module is imported before somebody goes there."""

import re
from importlib import import_module
from pathlib import Path

from console.app.lazy_pages import SECTIONS
from console.app.routing import Router, page, pages

FOLDER = Path(import_module("console").__path__[0])


def test_every_module_with_pages_stands_in_the_section_of_each_of_them() -> None:
    for file in FOLDER.glob("*.py"):
        if re.search(r"^@pages\.", file.read_text(), re.MULTILINE):
            import_module(f"console.{file.stem}")
    for route in pages.routes:
        first = route.pattern.pattern.split("/")[1]
        assert route.page.__module__.removeprefix("console.") in SECTIONS[first], route.pattern.pattern


def test_a_section_names_only_modules_that_have_pages_there() -> None:
    for section, modules in SECTIONS.items():
        for module in modules:
            import_module(f"console.{module}")
            mine = [one for one in pages.routes if one.page.__module__ == f"console.{module}"]
            assert any(one.pattern.pattern.split("/")[1] == section for one in mine), (section, module)


def test_an_address_that_is_named_is_no_key_whatever_was_imported_first() -> None:
    made = Router()
    made.get("/templates/{key}")(lambda _: page("template.html"))
    made.get("/templates/new")(lambda _: page("template_edit.html"))
    found = made.find("GET", "/templates/new")
    assert found is not None
    assert found[1] == {}
