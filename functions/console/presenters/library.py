"""What the library would do to the firm's templates, and what it did."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.presenters.labels import humanize_code
from letterbook.domain.library import ShippedItem, ShippedKind, ShippedState

_TITLES = {
    ShippedState.NEW: "New: to be installed",
    ShippedState.OUTDATED: "A newer text is there: to be updated",
    ShippedState.OWN: "Your own: left as they are",
}


@dataclass(frozen=True, slots=True)
class LibraryWords:
    """`groups` are a title with names, each with the path of its page where it has one. No `button` where nothing is to be done."""

    summary: str
    groups: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    button: str


def library_words(items: Sequence[ShippedItem], path: str) -> LibraryWords:
    by_state = {state: [one for one in items if one.state is state] for state in ShippedState}
    several = len({one.language for one in items if one.language}) > 1
    groups = [
        (title, [(_name(one, several=several), _page(one, path)) for one in by_state[state]])
        for state, title in _TITLES.items()
        if by_state[state]
    ]
    current = len(by_state[ShippedState.CURRENT])
    summary = f"{current} of {len(items)} are there as they come with Letterbook."
    return LibraryWords(summary, groups, _button(len(by_state[ShippedState.NEW]), len(by_state[ShippedState.OUTDATED])))


def told_of(items: Sequence[ShippedItem]) -> str:
    """What was done, in a sentence."""
    installed = sum(one.written and one.version == 1 for one in items)
    updated = sum(one.written and one.version != 1 for one in items)
    done = _joined(f"{installed} installed" if installed else "", f"{updated} updated" if updated else "")
    return f"{done}." if done else "Nothing was to be done: all of it is there."


def _button(new: int, outdated: int) -> str:
    return _joined(f"Install {new}" if new else "", f"update {outdated}" if outdated else "").capitalize()


def _joined(*words: str) -> str:
    return " and ".join(filter(None, words))


def _name(one: ShippedItem, *, several: bool) -> str:
    name = humanize_code(one.key)
    if one.kind is ShippedKind.CORRESPONDENCE_TYPE:
        return f"{name}, a type of correspondence"
    return f"{name} ({one.language})" if several else name


def _page(one: ShippedItem, path: str) -> str:
    there = one.kind is ShippedKind.TEMPLATE and one.version
    return f"{path}/{one.key}?language={one.language}" if there else ""
