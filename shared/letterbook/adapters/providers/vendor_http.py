"""Calling a vendor over HTTP: once, bounded in time and size, and what it means when that fails.

Certainly not processed: no connection was made (also no name found, and no certificate that proves who it is). May have been
processed: whatever goes wrong once the request was on its way, and an answer without the vendor's own word. Where a vendor says
nothing else, 429 is "wait", 400 to 422 are "never", 401 and 403 are our account, 408 and 5xx are "nobody knows".
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    NameResolutionError,
    NewConnectionError,
    SSLError,
)

from letterbook.adapters.providers.account import CredentialsRefused
from letterbook.domain.errors import Ambiguous, Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode

CONNECT_SECONDS, READ_SECONDS = 3.0, 20.0
# An answer is an id and a few words; all that is longer is none of the vendor's.
_MOST_BYTES = 256 * 1024
_CHUNK = 16 * 1024
# As many threads as ask at once.
_CONNECTIONS = 16
_LONGEST_WAIT = timedelta(hours=1)
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
# What people read in the history of an entry; which of many ways it failed in is in the chain of the error.
NO_CONNECTION, NO_ANSWER = "No connection", "No answer"
_NEVER_SENT = (NewConnectionError, NameResolutionError, ConnectTimeoutError, SSLError, LocationParseError)


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorAnswer:
    """`headers` by their names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Raises Ambiguous for what is none: that much it answered, and nobody knows what it did."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Ambiguous("unreadable answer") from error


# The error that a vendor's own words make of an answer that is none of success; None where they say nothing that it knows.
VendorError = Callable[[VendorAnswer], ProviderError | None]


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    error_of: VendorError = lambda _: None,
    at_most: int = _MOST_BYTES,
) -> VendorAnswer:
    """One request, and its answer where that is a 2xx.

    Raises Transient, Throttled, Permanent (401: CredentialsRefused), Ambiguous. `error_of` is asked first what an answer means.
    """
    answer = _answer(method, _checked(url), headers, body, at_most)
    if 200 <= answer.status < 300:
        return answer
    raise error_of(answer) or _error(answer)


@contextmanager
def only_asked() -> Iterator[None]:
    """Around what hands no message over, such as a question: whoever gets no answer does it again. Raises Transient for
    Ambiguous.
    """
    try:
        yield
    except Ambiguous as failed:
        raise Transient(failed.provider_code) from failed


def may_be_reached(url: str, home: str) -> bool:
    """Whether we go to an address that a vendor names: only by TLS, and to nothing of this machine, unless the vendor itself, at
    `home`, stands on it.
    """
    try:
        named, vendor = urlsplit(url), urlsplit(home)
    except ValueError:
        return False
    if named.hostname in _LOOPBACK:
        return vendor.hostname in _LOOPBACK
    return named.scheme == "https" and bool(named.hostname)


def _checked(url: str) -> str:
    """Only TLS leaves this machine. Raises Permanent."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        return url
    raise Permanent("address without TLS", FailureCode.CONFIG)


def _answer(method: str, url: str, headers: Mapping[str, str], body: bytes | None, at_most: int) -> VendorAnswer:
    deadline = time.monotonic() + READ_SECONDS
    try:
        response = _pool().request(
            method,
            url,
            body=body,
            headers=dict(headers),
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            redirect=False,
            retries=False,
            preload_content=False,
        )
    except _NEVER_SENT as error:
        raise Transient(NO_CONNECTION) from error
    except HTTPError as error:
        raise Ambiguous(NO_ANSWER) from error
    try:
        content = _content(response, at_most, deadline)
    except HTTPError as error:
        raise Ambiguous(NO_ANSWER) from error
    finally:
        response.release_conn()
    named = {name.lower(): value for name, value in response.headers.items()}
    return VendorAnswer(status=response.status, headers=named, body=content)


def _content(response: urllib3.BaseHTTPResponse, at_most: int, deadline: float) -> bytes:
    """All of it. Raises Ambiguous for more than `at_most` bytes, or where it takes too long."""
    content = bytearray()
    while chunk := response.read(_CHUNK, decode_content=False):
        content += chunk
        if len(content) > at_most or time.monotonic() > deadline:
            # What is left of it must not stand before the next answer.
            response.close()
            raise Ambiguous("answer too long")
    return bytes(content)


def _error(answer: VendorAnswer) -> ProviderError:
    code = str(answer.status)
    if answer.status == 429:
        return Throttled(code, after=retry_after(answer.headers))
    if answer.status == 401:
        return CredentialsRefused(code)
    if answer.status == 403:
        return Permanent(code, FailureCode.CONFIG)
    if answer.status == 413:
        return Permanent(code, FailureCode.TOO_LARGE)
    if 400 <= answer.status < 500 and answer.status != 408:
        return Permanent(code, FailureCode.UNKNOWN)
    return Ambiguous(code)


def retry_after(headers: Mapping[str, str]) -> timedelta:
    """As long as the vendor asks us to wait, an hour at most; nothing where it does not say (RFC 9110, 10.2.3)."""
    told = headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit():
        wait = timedelta(seconds=min(int(told[:9]), 86_400))
    else:
        try:
            at = parsedate_to_datetime(told)
            wait = at.astimezone(UTC) - datetime.now(UTC)
        except (ValueError, TypeError, OverflowError):
            return timedelta()
    return max(timedelta(), min(wait, _LONGEST_WAIT))


@cache
def _pool() -> urllib3.PoolManager:
    """One for all vendors, as long as the process lives. It knows no proxy, follows nobody, and tries nothing twice."""
    return urllib3.PoolManager(
        maxsize=_CONNECTIONS,
        retries=False,
        cert_reqs="CERT_REQUIRED",
    )
