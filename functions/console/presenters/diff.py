"""What was changed between two versions, line by line: taken away, added, left as it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from letterbook.domain.templates import Template

_NEAR = 2
# A thousand lines on either side.
_MOST_COMPARED = 1_000_000


@dataclass(frozen=True, slots=True)
class DiffLine:
    """`kind` is `same`, `gone`, `new`, or `between` for lines that are left out because nothing happened near them."""

    kind: str
    text: str


def differences(before: str, after: str) -> list[DiffLine]:
    """All of both texts, with what is far from every change left out."""
    old, new = before.splitlines(), after.splitlines()
    if len(old) * len(new) > _MOST_COMPARED:
        # Every line is compared with every other that reads the same: of texts this long, each is shown whole.
        return (
            [] if old == new else [*(DiffLine("gone", line) for line in old), *(DiffLine("new", line) for line in new)]
        )
    found: list[DiffLine] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [DiffLine("same", line) for line in old[a:b]]
        else:
            found += [DiffLine("gone", line) for line in old[a:b]]
            found += [DiffLine("new", line) for line in new[c:d]]
    return _shorten(found)


def _shorten(changes: Sequence[DiffLine]) -> list[DiffLine]:
    if all(one.kind == "same" for one in changes):
        return []
    places = [place for place, one in enumerate(changes) if one.kind != "same"]
    near = {place + step for place in places for step in range(-_NEAR, _NEAR + 1)}
    shown: list[DiffLine] = []
    for place, one in enumerate(changes):
        if place in near:
            shown.append(one)
        elif not shown or shown[-1].kind != "between":
            shown.append(DiffLine("between", "…"))
    return shown


def other_changes(before: Template, after: Template) -> list[str]:
    """What else is not as it was, in words."""
    told = []
    if before.category != after.category:
        told.append(f"Category: {before.category}, now {after.category}.")
    if before.channels != after.channels:
        told.append(f"For: {', '.join(before.channels)}, now {', '.join(after.channels)}.")
    names, names_before = ({one.name for one in version.variables} for version in (after, before))
    if gone := sorted(names_before - names):
        told.append(f"Variables taken away: {', '.join(gone)}.")
    if new := sorted(names - names_before):
        told.append(f"Variables added: {', '.join(new)}.")
    changed = sorted(one.name for one in after.variables if one.name in names_before and one not in before.variables)
    if changed:
        told.append(f"Variables changed: {', '.join(changed)}.")
    return told
