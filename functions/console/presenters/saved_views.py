"""Saved views as tabs above the log: some of them, and the rest in a menu."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from letterbook.domain.access import SavedView

_MOST_TABS = 4


@dataclass(frozen=True, slots=True)
class ViewTab:
    name: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class ViewTabs:
    """`current` tells that the log stands under one of them, which is among the `tabs` then."""

    tabs: Sequence[ViewTab]
    more: Sequence[ViewTab]
    current: bool


def view_tabs(views: Sequence[SavedView], path: str, query: str) -> ViewTabs:
    """`query` is the log's own, as it stands in its address; in whatever order it says the same, it is the view's."""
    here = sorted(parse_qsl(query))
    every = [
        ViewTab(one.name, f"{path}?{one.query}", bool(here) and sorted(parse_qsl(one.query)) == here) for one in views
    ]
    shown = every[:_MOST_TABS]
    behind = [one for one in every[_MOST_TABS:] if one.current]
    if behind and not any(one.current for one in shown):
        shown = [*shown[: _MOST_TABS - 1], behind[0]]
    return ViewTabs(shown, [one for one in every if one not in shown], any(one.current for one in every))
