"""The console reads and writes through use cases, which ask who may see what: it takes nothing out of a port itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

_CONSOLE = Path("functions/console")
# The time is told everybody alike. The key signs cursors, which are written by `letterbook.http` and belong to no use case.
_ALLOWED = {"now", "cursor_key"}


def _ports_used(source: str) -> Iterator[str]:
    """What is taken from anything that is called `world`, by line."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Name(id="world") | ast.Attribute(attr="world"), attr=port) if (
                port not in _ALLOWED
            ):
                yield f"{node.lineno}: {port}"
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute(attr="world")) if name != "world":
                yield f"{node.lineno}: the world under another name, {name}"


@pytest.mark.parametrize("file", sorted(_CONSOLE.rglob("*.py")), ids=str)
def test_the_console_takes_nothing_out_of_a_port(file: Path) -> None:
    assert list(_ports_used(file.read_text())) == []


@pytest.mark.parametrize(
    "source",
    ["visit.world.users.all()", "world.threads.get(id_)", "parties = visit.world.directory", "ports = visit.world"],
)
def test_what_goes_around_the_use_cases_is_found(source: str) -> None:
    assert list(_ports_used(source))
