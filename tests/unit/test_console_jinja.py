"""The Jinja templates of the console: each can be read, each that is named is there, and each that is there is named."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2.meta import find_referenced_templates
from jinja2.nodes import FromImport, Name

from console.app.jinja import environment

_CONSOLE = Path("functions/console")
_TEMPLATES = sorted(environment().list_templates())


@pytest.mark.parametrize("name", _TEMPLATES)
def test_every_template_can_be_read(name: str) -> None:
    environment().get_template(name)


def test_what_is_named_is_there_and_what_is_there_is_named() -> None:
    assert {*_named_by_pages(), *_named_by_templates()} == set(_TEMPLATES)


@pytest.mark.parametrize("name", _TEMPLATES)
def test_every_part_that_a_template_takes_is_used_in_it(name: str) -> None:
    tree = environment().parse((_CONSOLE / "templates" / name).read_text())
    taken = [one[1] if isinstance(one, tuple) else one for node in tree.find_all(FromImport) for one in node.names]
    used = {node.name for node in tree.find_all(Name)}
    assert [one for one in taken if one not in used] == []


def _named_by_pages() -> Iterator[str]:
    for file in _CONSOLE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".html"):
                yield node.value


def _named_by_templates() -> Iterator[str]:
    for file in (_CONSOLE / "templates").rglob("*.html"):
        yield from filter(None, find_referenced_templates(environment().parse(file.read_text())))
