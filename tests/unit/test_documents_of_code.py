"""What docstrings refer to is there: the errors that they say are raised, the ports that adapters stand behind."""

import ast
import builtins
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import letterbook.ports
from tests.support.sam_template import ROOT

FILES = sorted(path for name in ("shared", "functions", "local") for path in (ROOT / name).rglob("*.py"))
# "Raises Forbidden, NotFound, and Invalid for what is not there": the names up to the first other word.
_RAISES = re.compile(r"[Rr]aises ([A-Z]\w+(?:(?:, and |, or |, | and | or )[A-Z]\w+)*)")
_PORT = re.compile(r"[Ss]ee ports\.(\w+)")


@cache
def docstrings() -> tuple[tuple[str, str], ...]:
    return tuple((path.relative_to(ROOT).as_posix(), one) for path in FILES for one in _docstrings_in(path))


def _docstrings_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield " ".join((ast.get_docstring(node) or "").split())


@cache
def classes() -> frozenset[str]:
    """Every class of ours and of Python, and whatever else is imported under a name like one."""
    trees = [ast.parse(path.read_text()) for path in FILES]
    own = {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    imports = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return frozenset(own | vars(builtins).keys() | {alias.name for node in imports for alias in node.names})


def errors_in(docstring: str) -> list[str]:
    return [name for names in _RAISES.findall(docstring) for name in re.split(r",? and |,? or |, ", names)]


def test_the_errors_of_a_docstring_are_read() -> None:
    told = "Raises Forbidden, NotFound, and Invalid for what is not there; raises Outdated or Moved."
    assert errors_in(told) == ["Forbidden", "NotFound", "Invalid", "Outdated", "Moved"]
    assert "Outdated" not in classes()


def test_every_error_that_a_docstring_names_is_there() -> None:
    named = [(path, name) for path, docstring in docstrings() for name in errors_in(docstring)]
    assert len(named) > 100
    assert [(path, name) for path, name in named if name not in classes()] == []


def test_every_port_that_a_docstring_names_is_there() -> None:
    named = [(path, name) for path, docstring in docstrings() for name in _PORT.findall(docstring)]
    assert len(named) > 20
    assert [(path, name) for path, name in named if not isinstance(getattr(letterbook.ports, name, None), type)] == []
