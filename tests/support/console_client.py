"""Visits pages of the console as a browser does, without one: cookies, redirects, forms."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.support.aws import WorldForTests
from tests.support.lambda_client import Answer, invoke
from tests.support.steps import standing

HOST = "letterbook.firm.example"
ORIGIN = f"https://{HOST}"
LOG = "/communications"
_BOUNDARY = "----LetterbookFormBoundary"
PASSWORD = "Letterbook-1-Letterbook"

# A template, as the form of a new one sends it.
TEMPLATE_FORM = {
    "key": "dsar-initial",
    "category": "dsar",
    "language": "en",
    "channels": ["email"],
    "subject": "About {{ what }}",
    "body": "We write about {{ what }}.\r\n\r\nYours faithfully",
    "variables.0.name": "what",
    "variables.0.required": "on",
    "variables.0.example": "your data",
    "variables.1.name": "",
    "variables.1.example": "",
    "variables.1.required": "on",
    "do": "save",
}


@dataclass
class ConsoleClient:
    """Somebody before a screen. `user` is let in without a password, by a token that `let_in` makes good."""

    jar: dict[str, str] = field(default_factory=dict)
    host: str = HOST
    set_cookies: list[str] = field(default_factory=list)
    address: str = "192.0.2.50"

    def get(self, address: str, **headers: str) -> Answer:
        return self.ask("GET", address, headers=headers)

    def post(self, address: str, form: dict[str, Any] | None = None, **headers: str) -> Answer:
        return self.ask("POST", address, form or {}, headers={"origin": f"https://{self.host}", **headers})

    def post_files(
        self, address: str, form: dict[str, Any], files: Sequence[tuple[str, str, bytes]], **headers: str
    ) -> Answer:
        """As a browser sends a form with files in it; each is (name, media type, content)."""
        fields = [(name, one) for name, value in form.items() for one in ([value] if isinstance(value, str) else value)]
        heads = [
            *((f'name="{name}"', value.encode()) for name, value in fields),
            *((f'name="file"; filename="{name}"\r\nContent-Type: {kind}', content) for name, kind, content in files),
        ]
        parts = [
            f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + body for head, body in heads
        ]
        body = b"\r\n".join([*parts, f"--{_BOUNDARY}--\r\n".encode()])
        given = {
            "content_type": f"multipart/form-data; boundary={_BOUNDARY}",
            "origin": f"https://{self.host}",
            **headers,
        }
        return self.ask("POST", address, base64.b64encode(body).decode(), headers=given, encoded=True)

    def follow(self, answer: Answer) -> Answer:
        assert answer.status == 303, answer.text
        return self.get(answer.headers["Location"])

    def ask(
        self,
        method: str,
        address: str,
        form: dict[str, Any] | str | None = None,
        *,
        headers: dict[str, str] | None = None,
        encoded: bool = False,
    ) -> Answer:
        """A form of text is sent as it is. Underscores in the names of headers stand for hyphens; one of None is left out."""
        parts = urlsplit(address)
        given = {"host": self.host, "cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items())}
        if form is not None:
            given["content-type"] = "application/x-www-form-urlencoded"
        given |= {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        event = {
            "rawPath": parts.path,
            "rawQueryString": parts.query,
            "headers": given,
            "requestContext": {"http": {"method": method, "sourceIp": self.address}},
            "body": urlencode(form, doseq=True) if isinstance(form, dict) else form,
            "isBase64Encoded": encoded,
        }
        answered = invoke("console", event)
        self.set_cookies = answered.get("cookies", [])
        for line in self.set_cookies:
            self._keep(line)
        return Answer(answered["statusCode"], answered.get("headers") or {}, answered.get("body") or "")

    def _keep(self, line: str) -> None:
        (name, _, value), *rest = (one.strip().partition("=") for one in line.split(";"))
        if any(one[0] == "Max-Age" and one[2] == "0" for one in rest):
            self.jar.pop(name, None)
        else:
            self.jar[name] = value


def words(html: str) -> str:
    """What stands on a page, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def signed_in(browser: ConsoleClient, **more: str) -> Any:
    return browser.post("/sign-in", {"username": "jane", "password": PASSWORD, **more})


def filled(page: str, **changes: Any) -> dict[str, Any]:
    """The fields of the form that stands last on a page, with what somebody writes into it."""
    form = page.rpartition('<form class="card')[2]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    return {**hidden, **changes}


def part_after(answer: Any) -> str:
    return str(urlsplit(answer.headers["Location"]).path)


def only_entry(world: WorldForTests, answer: Answer) -> Any:
    """What the redirect leads to."""
    assert answer.status == 303, words(answer.text)
    return standing(world, answer.headers["Location"].split("/")[2])
