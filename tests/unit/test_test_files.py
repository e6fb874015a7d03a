"""How tests are written: what they share stands in tests/support, and they reach into nothing that is private."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sam_template import ROOT

FILES = sorted((ROOT / "tests").rglob("*.py"))
OURS = {"letterbook", "local", "tests", *(one.name for one in (ROOT / "functions").iterdir() if one.is_dir())}


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(module, name) of every import; the name is empty where the module itself is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((one.name, "") for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", one.name) for one in node.names)


def replaced(tree: ast.AST) -> Iterator[str]:
    """The last part of every name that is replaced while a test runs, by `setattr` or by what tests.support.failing has."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("setattr", "fails_once", "overtaken"):
                words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                yield from (one.rpartition(".")[2] for one in words[:1])


def wrong(source: str) -> list[str]:
    """What a file of tests does that none may do."""
    tree = ast.parse(source)
    told = []
    for module, name in imported(tree):
        parts = [*module.split("."), name]
        if parts[0] in OURS:
            told += [f"imports {one}" for one in parts if one.startswith("test_") or one == "conftest"]
            told += [f"imports {one}" for one in parts if one.startswith("_") and not one.startswith("__")]
    return told + [f"replaces {one}" for one in replaced(tree) if one.startswith("_") and not one.startswith("__")]


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.relative_to(ROOT).as_posix())
def test_no_test_uses_another_or_what_is_private(file: Path) -> None:
    assert wrong(file.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "from tests.contract.test_wiring import functions",
        "from tests.contract import test_wiring",
        "import tests.browser.conftest",
        "from letterbook.adapters.aws import _client",
        "patch.setattr('letterbook.use_cases.reading.search._TOGETHER', 5)",
        "monkeypatch.setattr(search, '_TOGETHER', 5)",
        "fails_once(monkeypatch, fallback, '_close_fallback', Died())",
    ],
)
def test_whoever_does_is_told(source: str) -> None:
    assert len(wrong(source)) == 1
