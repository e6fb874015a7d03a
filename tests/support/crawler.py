"""Walks through the console as somebody does who follows every link, and collects the forms that they find."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

from tests.support.console_client import ConsoleClient

_ID = re.compile(r"[a-z]{3}_[0-9A-Z]{26}|[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
_NOT_TYPED = frozenset({"submit", "button", "reset", "image", "file"})
# What ends the visit, and what is a file.
_LEFT_OUT = ("/sign-out", "/static/", "/documents/")


@dataclass
class Form:
    """A form as it stands on the page `found_on`. `buttons` are (name, value, where it sends to)."""

    found_on: str
    method: str
    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def sends(self) -> Iterator[tuple[str, dict[str, list[str]]]]:
        """Where it goes and what, by each of its buttons."""
        for name, value, action in self.buttons or [("", "", "")]:
            yield action or self.action, {**self.values, **({name: [value]} if name else {})}


class _Page(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._open: Form | None = None
        self._select: str | None = None
        self._chosen_before = 0
        self._named_by_text = False
        self._area: str | None = None
        self._rest: list[tuple[str, str, dict[str, str]]] = []
        self._belongs: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(urljoin(self._address, given["href"]))
        elif tag == "form" and given.get("method") != "dialog":
            action = urljoin(self._address, given.get("action") or self._address)
            self._open = Form(self._address, given.get("method", "get").upper(), action)
            self.forms.append(self._open)
            if "id" in given:
                self._by_id[given["id"]] = self._open
        elif tag in ("input", "select", "textarea", "button"):
            self._control(tag, given)
        elif tag == "option" and self._select and self._belongs:
            # Of several choices under one name each has its own.
            before = self._belongs.values[self._select][: self._chosen_before]
            chosen = self._belongs.values[self._select][self._chosen_before :]
            if not chosen or "selected" in given:
                self._belongs.values[self._select] = [*before, given.get("value", "")]
                self._named_by_text = "value" not in given
            else:
                self._named_by_text = False

    def _control(self, tag: str, given: dict[str, str]) -> None:
        if "form" in given and given["form"] not in self._by_id:
            self._rest.append((tag, given["form"], given))
            return
        form = self._by_id[given["form"]] if "form" in given else self._open
        if form is not None:
            self._put(form, tag, given)

    def _put(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "button" or kind == "submit":
            action = urljoin(self._address, given["formaction"]) if "formaction" in given else ""
            form.buttons.append((name, given.get("value", ""), action))
        elif not name or kind in _NOT_TYPED:
            return
        elif tag == "select":
            self._chosen_before = len(form.values.setdefault(name, []))
            self._select, self._belongs = name, form
        elif tag == "textarea":
            form.values.setdefault(name, [""])
            self._area, self._belongs = name, form
        elif kind in ("checkbox", "radio"):
            ticked = form.values.setdefault(name, [])
            if "checked" in given:
                ticked.append(given.get("value", "on"))
        else:
            form.values.setdefault(name, []).append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._select and self._belongs and self._named_by_text:
            self._belongs.values[self._select][-1] = data
            self._named_by_text = False
        if self._area and self._belongs:
            before = self._belongs.values[self._area][0]
            self._belongs.values[self._area] = [before + (data.removeprefix("\n") if not before else data)]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def close(self) -> None:
        """What stands before its form belongs to it all the same."""
        super().close()
        for tag, owner, given in self._rest:
            if owner in self._by_id:
                self._put(self._by_id[owner], tag, given)


def page(address: str, html: str) -> tuple[list[str], list[Form]]:
    """Where a page leads, and its forms."""
    read = _Page(address)
    read.feed(html)
    read.close()
    return read.links, read.forms


def settings_form(html: str) -> dict[str, list[str]]:
    """What a browser would send of the settings as they are shown."""
    [form] = [one for one in page("/settings", html)[1] if one.method == "POST" and one.action == "/settings"]
    return form.values


def shape(address: str) -> str:
    """A path without whom it is about."""
    return _ID.sub("0", urlsplit(address).path)


def crawl(browser: ConsoleClient, entrances: Iterable[str]) -> Iterator[tuple[str, set[str], list[Form]]]:
    """Every address that a link leads to, where its path, or a name behind its question mark, is met for the first time.

    With those names, and its forms that have a field which no form sent there had before; `values` hold all their fields.
    """
    waiting = list(entrances)
    names: dict[str, set[str]] = {}
    fields: dict[tuple[str, str], set[str]] = {}
    while waiting:
        address = waiting.pop(0).partition("#")[0]
        if urlsplit(address).netloc or address.startswith(_LEFT_OUT):
            continue
        asked = {name for name, _ in parse_qsl(urlsplit(address).query, keep_blank_values=True)}
        new = asked - names.get(shape(address), set())
        if shape(address) in names and not new:
            continue
        names.setdefault(shape(address), set()).update(asked)
        answer = browser.get(address)
        assert answer.status < 500, address
        if answer.status == 303:
            waiting.append(answer.headers["Location"])
        links, found = page(address, answer.text)
        waiting += links
        forms = []
        for form in found:
            met = fields.setdefault((form.method, shape(form.action)), set())
            fresh = {_ID.sub("0", name) for name in form.values} - met
            if (fresh or not form.values) and form.action != "/sign-out":
                met.update(fresh)
                forms.append(form)
        yield address, new, forms
