"""Requests to our own stores, carried by libcurl; botocore signs them, tries again and reads the answers, as ever.

Its own HTTP, in Python, is two fifths of what a request costs our processor (docs/decisions/0044). Whoever hears of its event
`before-send` may answer in its place: so it documents. What is not ours to carry is left to it: other services, a body that is a
file.
"""

from collections import deque
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

import pycurl
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)
from botocore.httpsession import get_cert_path
from urllib3 import HTTPHeaderDict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.session import Session

# What of our stores a message passes through. Not a provider: what may have been taken is for botocore's own errors to say.
_CARRIED = ("dynamodb", "sqs", "s3.PutObject", "s3.GetObject")
_UNREACHED = (pycurl.E_COULDNT_CONNECT, pycurl.E_COULDNT_RESOLVE_HOST, pycurl.E_COULDNT_RESOLVE_PROXY)
_UNSAFE = (pycurl.E_SSL_CONNECT_ERROR, pycurl.E_PEER_FAILED_VERIFICATION, pycurl.E_SSL_CACERT_BADFILE)
_BROKEN = (pycurl.E_SEND_ERROR, pycurl.E_RECV_ERROR, pycurl.E_GOT_NOTHING, pycurl.E_PARTIAL_FILE)


class _Body(BytesIO):
    """What came, whole, as botocore reads it: a document of ours is read whole anyway."""

    def stream(self, *_: object, **__: object) -> "Iterator[bytes]":
        yield self.read()


class Transport:
    """Keeps connections, each of which carries one request at a time; threads that ask at once have one each."""

    def __init__(self, *, connect_seconds: int, read_seconds: int, certificates: str | None) -> None:
        self._connect_seconds, self._read_seconds = connect_seconds, read_seconds
        self._certificates = certificates or str(get_cert_path(True))
        self._idle: deque[pycurl.Curl] = deque()

    def __call__(self, **event: Any) -> Any:
        return self.send(event["request"])

    def send(self, request: AWSPreparedRequest) -> AWSResponse | None:
        """Raises botocore's own errors, of which its retries know what they mean."""
        content = request.body.getvalue() if isinstance(request.body, BytesIO) else request.body
        if not isinstance(content, bytes | str | None):
            return None
        try:
            handle = self._idle.pop()
        except IndexError:
            handle = pycurl.Curl()
        headers, body = HTTPHeaderDict(), _Body()
        self._prepare(handle, request, headers, body)
        if request.method != "GET":
            handle.setopt(pycurl.CUSTOMREQUEST, request.method)
            handle.setopt(pycurl.POSTFIELDS, content or b"")
        try:
            handle.perform()
        except pycurl.error as failed:
            # Of a connection that stood already no other time tells.
            connected = handle.getinfo(pycurl.PRETRANSFER_TIME) > 0
            handle.close()
            raise _meaning(request.url, failed, connected=connected) from failed
        status = handle.getinfo(pycurl.RESPONSE_CODE)
        # Its options are forgotten, and its connections kept.
        handle.reset()
        self._idle.append(handle)
        body.seek(0)
        return AWSResponse(request.url, status, cast("Any", headers), body)

    def _prepare(
        self, handle: pycurl.Curl, request: AWSPreparedRequest, headers: HTTPHeaderDict, body: BytesIO
    ) -> None:
        handle.setopt(pycurl.URL, request.url)
        # What is signed is what is sent: the path as it stands, no header more than curl must have.
        handle.setopt(pycurl.PATH_AS_IS, 1)
        handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        handle.setopt(pycurl.NOSIGNAL, 1)
        handle.setopt(pycurl.CAINFO, self._certificates)
        handle.setopt(pycurl.CONNECTTIMEOUT, self._connect_seconds)
        # Nothing came for so long, however long the whole takes; found out some five seconds later, of which curl takes the mean.
        handle.setopt(pycurl.LOW_SPEED_LIMIT, 1)
        handle.setopt(pycurl.LOW_SPEED_TIME, self._read_seconds)
        handle.setopt(pycurl.HTTPHEADER, _written(request))
        handle.setopt(pycurl.HEADERFUNCTION, _reading(headers))
        handle.setopt(pycurl.WRITEFUNCTION, body.write)


def carry(session: "Session", *, connect_seconds: int, read_seconds: int) -> None:
    """All clients that the session makes from now on."""
    transport = Transport(
        connect_seconds=connect_seconds,
        read_seconds=read_seconds,
        certificates=session.get_config_variable("ca_bundle"),
    )
    for what in _CARRIED:
        session.register(f"before-send.{what}", transport)


def _written(request: AWSPreparedRequest) -> list[bytes]:
    given = {name.lower() for name in request.headers}
    # curl would add these by itself; a name without a value says not to.
    own = [b"%s:" % name for name in (b"Accept", b"Content-Type", b"Expect") if name.decode().lower() not in given]
    return own + [b"%s: %s" % (_bytes(name), _bytes(value)) for name, value in request.headers.items()]


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _reading(headers: HTTPHeaderDict) -> Any:
    def read(line: bytes) -> None:
        if line.startswith(b"HTTP/"):
            # Of several answers, such as "100 Continue" and what follows it, the last is meant.
            headers.clear()
            return
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            headers.add(name, value.strip())

    return read


def _meaning(url: str, failed: pycurl.error, *, connected: bool) -> BotoCoreError:
    code = failed.args[0]
    if code == pycurl.E_OPERATION_TIMEDOUT:
        kind = ReadTimeoutError if connected else ConnectTimeoutError
        return kind(endpoint_url=url, error=failed)
    if code in _UNREACHED:
        return EndpointConnectionError(endpoint_url=url, error=failed)
    if code in _UNSAFE:
        return SSLError(endpoint_url=url, error=failed)
    if code in _BROKEN:
        return ConnectionClosedError(endpoint_url=url, error=failed)
    return HTTPClientError(error=failed)
