"""Turning the pages of a list: onwards by a sealed cursor, back by those of the pages before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from console.app.routing import PageRequest
from letterbook.http.cursors import decode, encode

PAGE = 50
_MOST_BACK = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """`params` are the filters that stay while one turns."""

    path: str
    params: Mapping[str, Sequence[str]]
    key: bytes
    cursor: str
    back: tuple[str, ...]

    @property
    def scope(self) -> str:
        return f"console{self.path}\0{urlencode(sorted(self.params.items()), doseq=True)}"

    @property
    def after(self) -> str | None:
        """Raises Invalid for a cursor of another list."""
        return decode(self.key, self.scope, self.cursor) if self.cursor else None

    def older(self, after: str | None) -> str | None:
        if after is None:
            return None
        before = [one for one in (*self.back, self.cursor) if one][-_MOST_BACK:]
        return self._address(encode(self.key, self.scope, after), before)

    @property
    def newer(self) -> str | None:
        if not self.cursor:
            return None
        *before, last = self.back or ("",)
        return self._address(last, before)

    @property
    def first(self) -> str:
        """The list from its first page on."""
        return self._address("", ())

    def _address(self, cursor: str, before: Sequence[str]) -> str:
        turned = {name: value for name, value in {"cursor": cursor, "back": ".".join(before)}.items() if value}
        query = urlencode({**self.params, **turned}, doseq=True)
        return f"{self.path}?{query}" if query else self.path


def pager(visit: PageRequest, path: str, params: Mapping[str, Sequence[str]] | None = None) -> Pager:
    back = visit.asked("back")
    return Pager(
        path=path,
        params=params or {},
        key=visit.world.cursor_key,
        cursor=visit.asked("cursor"),
        back=tuple(back.split(".")) if back else (),
    )
