"""Every page is found, although no module is imported before somebody goes there."""

from importlib import import_module
from pkgutil import walk_packages

import console.pages
from console.app.lazy_pages import SECTIONS
from console.app.routing import Router, page, pages


def test_every_module_with_pages_stands_in_the_section_of_each_of_them() -> None:
    for module in walk_packages(console.pages.__path__, "console.pages."):
        import_module(module.name)
    for route in pages.routes:
        first = route.pattern.pattern.split("/")[1]
        assert route.page.__module__.removeprefix("console.pages.") in SECTIONS[first], route.pattern.pattern


def test_a_section_names_only_modules_that_have_pages_there() -> None:
    for section, modules in SECTIONS.items():
        for module in modules:
            import_module(f"console.pages.{module}")
            mine = [one for one in pages.routes if one.page.__module__ == f"console.pages.{module}"]
            assert any(one.pattern.pattern.split("/")[1] == section for one in mine), (section, module)


def test_an_address_that_is_named_is_no_key_whatever_was_imported_first() -> None:
    made = Router()
    made.get("/templates/{key}")(lambda _: page("template.html"))
    made.get("/templates/new")(lambda _: page("template_edit.html"))
    found = made.find("GET", "/templates/new")
    assert found is not None
    assert found[1] == {}
