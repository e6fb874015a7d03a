"""What pages are written with: a PageRequest goes in, a PageResponse comes out.

    @pages.get("/communications/{communication_id}")
    def show(visit: PageRequest, communication_id: str) -> PageResponse:
        return page("communications/detail.html", title="Email to Northmoor Bank", ...)

What the library raises (domain/errors.py) becomes a page with a plain sentence; nobody catches it but to say more.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from console.app.lazy_pages import import_section
from console.app.multipart_form import SentFile
from console.presenters.dates import Clock
from letterbook.contracts.operation import PATH_PATTERNS
from letterbook.domain.access import Viewer
from letterbook.domain.organisation import Organisation
from letterbook.ports import IdempotencyKey, World


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """One page asked for by somebody who is signed in. `fragment`: our script will put it into a page that is there."""

    world: World
    viewer: Viewer
    organisation: Organisation
    path: str
    query: Mapping[str, list[str]]
    query_text: str
    form: Mapping[str, list[str]]
    files: Sequence[SentFile] = ()
    fragment: bool = False

    @property
    def clock(self) -> Clock:
        return Clock(self.world.now(), self.organisation.zone, self.organisation.country)

    def field(self, name: str, otherwise: str = "") -> str:
        """The first value of a field of the form, without the blanks around it."""
        return self.form.get(name, [otherwise])[0].strip()

    def parameter(self, name: str, otherwise: str = "") -> str:
        """The first value of that name in the address."""
        return self.query.get(name, [otherwise])[0]

    @property
    def behind(self) -> str:
        """The query as it stands in the address, with its question mark, to be put behind another path."""
        return f"?{self.query_text}" if self.query_text else ""

    def key(self, route: str, what: str) -> IdempotencyKey | None:
        """So that a form that is sent twice does its work once: forms that make something carry a field `once`."""
        once = self.field("once")
        if not 0 < len(once) <= _MAX_KEY_CHARACTERS:
            return None
        return IdempotencyKey(user=self.viewer.id, route=f"console/{route}", key=once, digest=what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What stands at the head of the page of a thing that was not changed; `href` is that page, and `to` what the link says."""

    title: str
    words: str
    href: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResponse:
    """`template` with `context`, or a `location`, or a `body` as it is. `notice` is said on the page that comes next."""

    status: int = 200
    template: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    location: str | None = None
    notice: str = ""
    body: str = ""
    media_type: str = "text/html; charset=utf-8"
    policy: str | None = None
    uploads: bool = False
    pictures: bool = False
    refusal: Refusal | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def page(
    template: str, *, status: int = 200, uploads: bool = False, pictures: bool = False, **context: Any
) -> PageResponse:
    """A page; `uploads` lets its script send files to the content store, `pictures` shows those that stand in it themselves."""
    return PageResponse(status=status, template=template, context=context, uploads=uploads, pictures=pictures)


def redirect(to: str, notice: str = "") -> PageResponse:
    """Always with GET. `to` is a path of ours, or an address the content store signed."""
    return PageResponse(status=303, location=to, notice=notice)


def file(body: str, media_type: str, name: str) -> PageResponse:
    """Something to keep; its name is our own word."""
    return PageResponse(
        body=body, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


Page = Callable[..., PageResponse]
_MAX_KEY_CHARACTERS = 100
_ANY_PART = r"[^/\x00-\x1f\x7f]{1,200}"


@dataclass(frozen=True, slots=True)
class PageRoute:
    method: str
    pattern: re.Pattern[str]
    page: Page
    personal: bool = False
    form: bool = False

    @property
    def names_a_thing(self) -> bool:
        """Whether its paths end with which thing it is, and not with a word of ours."""
        return self.pattern.pattern.endswith(")")

    def parts(self, path: str) -> dict[str, str] | None:
        """The parts of a path of this route's, as they were before they were escaped; None for another path."""
        match = self.pattern.fullmatch(path)
        try:
            parts = (
                {name: unquote(part, errors="strict") for name, part in match.groupdict().items()} if match else None
            )
        except UnicodeDecodeError:
            return None
        return parts if parts is not None and all(_is_part(name, part) for name, part in parts.items()) else None


class Router:
    """The pages there are. Where several could answer an address, the one that names more of it does."""

    def __init__(self) -> None:
        self.routes: list[PageRoute] = []

    def get(self, path: str) -> Callable[[Page], Page]:
        return self._register("GET", path)

    def post(self, path: str, *, personal: bool = False, form: bool = False) -> Callable[[Page], Page]:
        """`personal` writes nothing but what is the visitor's own: whoever may only read may do that, too.

        `form` is filled in by somebody: with a field `take` it is shown again as it was filled in, and nothing is saved.
        """
        return self._register("POST", path, personal=personal, form=form)

    def find(self, method: str, path: str) -> tuple[PageRoute, dict[str, str]] | None:
        """The route and the parts of the path. A part that is not as its kind is written leads nowhere."""
        import_section(path)
        wanted = "GET" if method == "HEAD" else method
        tried = ((route, route.parts(path)) for route in self.routes if route.method == wanted)
        found = [(route, parts) for route, parts in tried if parts is not None]
        return min(found, key=lambda one: len(one[1]), default=None)

    def methods(self, path: str) -> list[str]:
        return sorted({route.method for route in self.routes if route.parts(path) is not None})

    def _register(
        self, method: str, path: str, *, personal: bool = False, form: bool = False
    ) -> Callable[[Page], Page]:
        def register(made: Page) -> Page:
            self.routes.append(PageRoute(method, _pattern(path), made, personal, form))
            return made

        return register


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"{(\w+)}", path)
    written = [f"(?P<{part}>[^/]+)" if place % 2 else re.escape(part) for place, part in enumerate(parts)]
    return re.compile("".join(written))


def _is_part(name: str, part: str) -> bool:
    return re.fullmatch(PATH_PATTERNS.get(name, _ANY_PART), part, re.ASCII) is not None


pages = Router()
