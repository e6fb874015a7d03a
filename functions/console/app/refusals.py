"""What is refused leads back to what it is about: a refused action shows its thing as it is by now, and says why at its head."""

from collections.abc import Iterator
from dataclasses import replace

from console.app.routing import PageRequest, PageResponse, PageRoute, Refusal, Router, page
from console.app.security import local
from letterbook.contracts.operation import PATH_PATTERNS
from letterbook.domain.errors import BEYOND_READING, CallerError, ConcurrentUpdate

# What has gone wrong, for people; what it means is the error's own sentence.
_TITLES = {
    400: "This cannot be read",
    403: "Not open to you",
    404: "There is nothing here",
    405: "This is not done here",
    409: "That is not possible any more",
    412: "Somebody was faster",
    413: "This is too large",
    422: "This cannot be shown",
}
_START = ("/", "To the start")
# Where the things of a section are listed, by the first part of a path.
_LISTS = {
    "bulk": ("/communications", "To the log"),
    "cases": ("/cases", "To the cases"),
    "communications": ("/communications", "To the log"),
    "compose": ("/communications", "To the log"),
    "correspondence": ("/parties", "To the parties"),
    "documents": ("/parties", "To the parties"),
    "download": ("/communications", "To the log"),
    "log": ("/communications", "To the log"),
    "parties": ("/parties", "To the parties"),
    "people": ("/people", "To the people"),
    "quarantine": ("/work", "To what is to do"),
    "settings": ("/settings", "To the settings"),
    "templates": ("/templates", "To the templates"),
    "threads": ("/communications", "To the log"),
    "todos": ("/todos", "To what is to do"),
}
_NOW = "See how it stands now"
# Parts of a path that say which thing it is; others are our own words for what is done.
_NAMES = frozenset(PATH_PATTERNS)
_UNEXPECTED = 500


def error_title(status: int) -> str:
    return _TITLES.get(status, "Something went wrong")


def refusal(
    pages: Router, visit: PageRequest, status: int, words: str, *, writes: bool = False, before: str = ""
) -> PageResponse:
    """The page of the thing that was to be changed, else a page that leads there. `before` is the page that was left."""
    title = error_title(status)
    ways: list[tuple[str, str]] = []
    for path, route, parts in _things(pages, visit.path if writes else _above(visit.path)):
        shown = _shown(visit, path, route, parts) if not visit.fragment and status < _UNEXPECTED else None
        if shown and shown.template:
            told = Refusal(title=title, words=words, href=path, to=_NOW)
            return replace(shown, status=status, refusal=told)
        if shown or visit.fragment or status >= _UNEXPECTED:
            ways.append((path, _NOW))
    found = [*ways, *_ways_back(visit, before)]
    return page("base/error.html", status=status, title=title, words=words, ways=found)


def refusal_alone(pages: Router, path: str, status: int, words: str) -> PageResponse:
    """For who is not known, or where the frame itself may be what fails: nothing is read for it."""
    things = [(one, _NOW) for one, _, _ in _things(pages, _above(path))][:1]
    found = dict([*things, *_list_of(path), _START]).items()
    return page("base/error_standalone.html", status=status, title=error_title(status), words=words, ways=found)


def _shown(visit: PageRequest, path: str, route: PageRoute, parts: dict[str, str]) -> PageResponse | None:
    """The page of a thing as it is now; None for what the viewer may not see, or is not there."""
    try:
        return route.page(replace(visit, path=path, query={}, query_text="", form={}), **parts)
    except (CallerError, ConcurrentUpdate, *BEYOND_READING):
        return None


def _things(pages: Router, path: str) -> Iterator[tuple[str, PageRoute, dict[str, str]]]:
    """What has a page of its own on the way up, the nearest first: `/threads/{thread_id}` of `/threads/{thread_id}/rename`."""
    while path:
        found = pages.find("GET", path)
        if found and found[0].names_a_thing and found[1].keys() <= _NAMES:
            yield path, *found
        path = _above(path)


def _above(path: str) -> str:
    return path.rpartition("/")[0]


def _ways_back(visit: PageRequest, before: str) -> list[tuple[str, str]]:
    given = local(visit.field("back") or before, "")
    back = [(given, "Back")] if given not in ("", "/", visit.path) else []
    return list({href: (href, to) for href, to in (*back, *_list_of(visit.path), _START)}.values())


def _list_of(path: str) -> list[tuple[str, str]]:
    first = path.split("/")[1] if "/" in path else ""
    return [_LISTS[first]] if first in _LISTS else []
