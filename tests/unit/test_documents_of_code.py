"""What docstrings refer to is there: the errors that they say are raised, the ports that adapters stand behind."""

import ast
import builtins
import re
from functools import cache

import letterbook.ports
from tests.support.sam_template import ROOT

FILES = sorted(path for name in ("shared", "functions", "local") for path in (ROOT / name).rglob("*.py"))
# "Raises Forbidden, NotFound, and Invalid for what is not there": the names up to the first other word.
_RAISES = re.compile(r"[Rr]aises ([A-Z]\w+(?:(?:, and |, or |, | and | or )[A-Z]\w+)*)")
_PORT = re.compile(r"[Ss]ee ports\.(\w+)")


@cache
def told() -> tuple[list[tuple[str, str]], frozenset[str]]:
    """Every docstring, with its file; and every class of ours and of Python, and whatever is imported under a name like one."""
    docstrings, names = list[tuple[str, str]](), set(vars(builtins))
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                said = " ".join((ast.get_docstring(node) or "").split())
                docstrings.append((path.relative_to(ROOT).as_posix(), said))
            if isinstance(node, ast.ClassDef):
                names.add(node.name)
            if isinstance(node, ast.ImportFrom):
                names.update(alias.name for alias in node.names)
    return docstrings, frozenset(names)


def docstrings() -> list[tuple[str, str]]:
    return told()[0]


def classes() -> frozenset[str]:
    return told()[1]


def errors_in(docstring: str) -> list[str]:
    return [name for names in _RAISES.findall(docstring) for name in re.split(r",? and |,? or |, ", names)]


def test_the_errors_of_a_docstring_are_read() -> None:
    sentence = "Raises Forbidden, NotFound, and Invalid for what is not there; raises Outdated or Moved."
    assert errors_in(sentence) == ["Forbidden", "NotFound", "Invalid", "Outdated", "Moved"]
    assert "Outdated" not in classes()


def test_every_error_that_a_docstring_names_is_there() -> None:
    named = [(path, name) for path, docstring in docstrings() for name in errors_in(docstring)]
    assert len(named) > 100
    assert [(path, name) for path, name in named if name not in classes()] == []


def test_every_port_that_a_docstring_names_is_there() -> None:
    named = [(path, name) for path, docstring in docstrings() for name in _PORT.findall(docstring)]
    assert len(named) > 20
    assert [(path, name) for path, name in named if not isinstance(getattr(letterbook.ports, name, None), type)] == []
