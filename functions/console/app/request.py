"""One request of a browser, as API Gateway hands it over."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs

from console.app.multipart_form import MAX_FORM_BYTES, MEDIA_TYPE as MULTIPART, MultipartForm, SentFile, read_multipart
from letterbook.domain.errors import Malformed, TooLarge, Unsupported

# More than any form of ours holds: with script, files go to the content store and not through here.
_MAX_BODY_CHARACTERS = 3 * 1024 * 1024
_MAX_FIELDS = 3_000
_FORM = "application/x-www-form-urlencoded"
_PORT = re.compile(r":\d*$", re.ASCII)
FRAGMENT_HEADER = "letterbook-fragment"
SUBMIT_HEADER = "letterbook-submit"


@dataclass(frozen=True)
class Request:
    """`headers` by their names in lower case."""

    method: str
    path: str
    query_text: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    body: str
    encoded: bool
    # The client's address as the gateway saw it; what headers say of it anybody can write.
    address: str = ""

    @classmethod
    def of(cls, event: dict[str, Any]) -> "Request":
        headers = {name.lower(): str(value) for name, value in (event.get("headers") or {}).items()}
        lines = event.get("cookies") or [headers.get("cookie", "")]
        http = event.get("requestContext", {}).get("http", {})
        return cls(
            method=str(http.get("method", "GET")).upper(),
            path=event.get("rawPath") or "/",
            query_text=event.get("rawQueryString") or "",
            headers=headers,
            cookies=_cookies("; ".join(lines)),
            body=event.get("body") or "",
            encoded=bool(event.get("isBase64Encoded")),
            address=str(http.get("sourceIp") or ""),
        )

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD")

    @property
    def fragment(self) -> bool:
        """Whether our script asks for it, to put it into a page that is there."""
        return self.headers.get(FRAGMENT_HEADER) == "1"

    @property
    def by_script(self) -> bool:
        """Whether our script sends a form, and goes itself where the answer leads to: what cannot be sent stays on its page."""
        return self.headers.get(SUBMIT_HEADER) == "1"

    @property
    def secure(self) -> bool:
        """Only a host on the browser's own machine is spoken to without TLS."""
        name = _PORT.sub("", self.headers.get("host", "").lower())
        return not (name in ("localhost", "127.0.0.1") or name.endswith(".localhost"))

    @property
    def origin(self) -> str:
        """Our own, as the browser names it."""
        return f"{'https' if self.secure else 'http'}://{self.headers.get('host', '').lower()}"

    @cached_property
    def query(self) -> dict[str, list[str]]:
        """Raises Malformed."""
        return _fields(self.query_text)

    @property
    def form(self) -> dict[str, list[str]]:
        """Raises Malformed, TooLarge, Unsupported."""
        return self._sent.fields

    @property
    def files(self) -> tuple[SentFile, ...]:
        """Raises Malformed, TooLarge, Unsupported."""
        return self._sent.files

    @cached_property
    def _sent(self) -> MultipartForm:
        if not self.body:
            return MultipartForm()
        kind = self.headers.get("content-type", "")
        media_type = kind.partition(";")[0].strip().lower()
        if media_type not in (_FORM, MULTIPART):
            raise Unsupported("This form cannot be read.")
        if media_type == MULTIPART:
            if len(self.body) > MAX_FORM_BYTES * 4 // 3 + 4:
                raise TooLarge("Files of a form have 4 MB in all.")
            return read_multipart(self._decoded(), kind)
        if len(self.body) > _MAX_BODY_CHARACTERS:
            raise TooLarge("This is too large.")
        try:
            text = self._decoded().decode() if self.encoded else self.body
        except ValueError as error:
            raise Malformed("This form cannot be read.") from error
        return MultipartForm(_fields(text))

    def _decoded(self) -> bytes:
        try:
            return base64.b64decode(self.body) if self.encoded else self.body.encode()
        except ValueError as error:
            raise Malformed("This form cannot be read.") from error


def _fields(text: str) -> dict[str, list[str]]:
    try:
        # What is not written in UTF-8 is no text, and what was cut in the middle of a sign could not be kept.
        text.encode()
        return parse_qs(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
    except ValueError as error:
        raise Malformed("The address or the form cannot be read.") from error


def _cookies(line: str) -> dict[str, str]:
    """By their names. Others' cookies come too, written as they like: only ours are looked at, and those need no unquoting."""
    pairs = (one.partition("=") for one in line.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}
