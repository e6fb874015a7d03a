"""Accessibility as axe-core sees it (WCAG 2.2 AA). The script comes within the package axe-playwright-python."""

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _script() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text()


def violations(page: Page) -> list[str]:
    """What is wrong with the page as it stands now, a line for each place."""
    # Evaluated, not put into the page: its policy would not let it.
    page.evaluate(_script())
    found: Any = page.evaluate("tags => axe.run(document, {runOnly: tags})", _RULES)
    return [f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]
