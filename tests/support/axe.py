"""Accessibility as axe-core sees it (WCAG 2.2 AA). The script comes within the package axe-playwright-python."""

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

_RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Whatever is looked at by dark colours is looked at by light ones too, and nothing else of it differs.
_OF_COLOURS = {"type": "rule", "values": ["color-contrast"]}
_IS_DARK = "matchMedia('(prefers-color-scheme: dark)').matches"


@cache
def _script() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text()


def violations(page: Page) -> list[str]:
    """What is wrong with the page as it stands now, a line for each place."""
    # Evaluated, not put into the page: its policy would not let it.
    page.evaluate(_script())
    rules = _OF_COLOURS if page.evaluate(_IS_DARK) else _RULES
    # What passes is not written down, place for place: nobody reads that.
    found: Any = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules)
    return [f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]
