"""Turning the pages of a list: onwards by a sealed cursor, back by those of the pages before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from console.app.routing import PageRequest
from letterbook.http.cursors import decode, encode
from letterbook.ports import Page

PAGE = 50
# More than a firm has of what is read whole in any case: templates, users, grants, contacts of a party.
WHOLE = 10_000
_MOST_BACK = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """`params` are the filters that stay while one turns. `key` is asked for only where a cursor is read or written."""

    path: str
    params: Mapping[str, Sequence[str]]
    key: Callable[[], bytes]
    cursor: str
    back: tuple[str, ...]

    @property
    def scope(self) -> str:
        return f"console{self.path}\0{urlencode(sorted(self.params.items()), doseq=True)}"

    @property
    def after(self) -> str | None:
        """Raises Invalid for a cursor of another list."""
        return decode(self.key(), self.scope, self.cursor) if self.cursor else None

    def older(self, after: str | None) -> str | None:
        if after is None:
            return None
        before = [one for one in (*self.back, self.cursor) if one][-_MOST_BACK:]
        return self._address(encode(self.key(), self.scope, after), before)

    @property
    def newer(self) -> str | None:
        if not self.cursor:
            return None
        *before, last = self.back or ("",)
        return self._address(last, before)

    @property
    def first(self) -> str:
        """The list from its first page on."""
        return address_of(self.path, self.params)

    def _address(self, cursor: str, before: Sequence[str]) -> str:
        position = {"cursor": [cursor], "back": [".".join(before)]}
        return address_of(self.path, {**self.params, **{name: of for name, of in position.items() if of != [""]}})


def pager(visit: PageRequest, path: str, params: Mapping[str, Sequence[str]] | None = None) -> Pager:
    back = visit.parameter("back")
    return Pager(
        path=path,
        params=params or {},
        key=lambda: visit.world.cursor_key,
        cursor=visit.parameter("cursor"),
        back=tuple(back.split(".")) if back else (),
    )


def first_of(listed: Page[Any], what: str, how: str) -> str:
    """What a list says that shows its beginning alone: `what` there is more of, and `how` to come to the rest."""
    return f"These are the first {len(listed.items)} {what}: {how}." if listed.after is not None else ""


def address_of(path: str, params: Mapping[str, Sequence[str]]) -> str:
    query = urlencode(params, doseq=True)
    return f"{path}?{query}" if query else path
