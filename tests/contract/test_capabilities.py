"""docs/capabilities.md says what works; a test shows each thing that it says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent.parent
CAPABILITIES = TESTS.parent / "docs" / "capabilities.md"


def covered() -> Iterator[str]:
    """The numbers that tests name, by `@pytest.mark.covers`."""
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.covers":
                yield from (ast.literal_eval(item) for item in node.args)


def listed(*, working: bool) -> set[str]:
    rows = re.findall(r"^\| ([A-M]\d+) \| .* \| (.*) *\|$", CAPABILITIES.read_text(), re.M)
    return {number for number, works in rows if not working or works.strip() != "*to come*"}


def test_what_tests_cover_is_said_to_work_and_what_works_is_covered() -> None:
    assert set(covered()) == listed(working=True)


def test_numbers_are_listed_once_and_in_order() -> None:
    numbers = re.findall(r"^\| ([A-M])(\d+) \|", CAPABILITIES.read_text(), re.M)
    assert numbers == sorted(set(numbers), key=lambda one: (one[0], int(one[1])))
