"""The line between the functions and everything they call, with somebody on it who cuts it, or kills whoever calls.

Functions reach AWS and the provider through it (AWS_ENDPOINT_URL), and it knows of each request which function sends it and from
which process. So a process dies at exactly the step that is meant: before the request arrives, or after it had its effect and
before the process knows of it.
"""

import http.client
import os
import re
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import psutil

_UPSTREAM_SECONDS = 120
_IDS = re.compile(rb"com_[0-9A-Z]{26}")
_TABLES = re.compile(rb'"[\w-]+?-(\w+?)Table[\w-]*"')
# A row of a history is kept as JSON within the request's own.
_EVENTS = re.compile(rb'\\?"event\\?": ?\\?"([^"\\]+)')
_READS = re.compile(r"(dynamodb|secretsmanager|cognito) (Get|BatchGet|Query|TransactGet|List)|s3 (GET|HEAD)")
_HOP = frozenset({"connection", "keep-alive", "transfer-encoding"})
PROVIDER = "ses POST outbound-emails"


class Deed(Enum):
    DIE_BEFORE = auto()
    DIE_AFTER = auto()
    CUT_BEFORE = auto()
    CUT_AFTER = auto()
    # The provider takes it twice, or answers that it took it and did not. Both are lies that only a test of this test tells.
    TWICE = auto()
    SWALLOW = auto()


@dataclass(frozen=True)
class Refusal:
    """An answer in place of the other side's."""

    status: int
    code: str


@dataclass(frozen=True)
class Delay:
    seconds: float


Blow = Deed | Refusal | Delay


@dataclass(frozen=True)
class Request:
    """`function` is who calls, by its name in the template's list; `call` is what, such as "dynamodb PutItem history (claimed)"."""

    function: str
    pid: int | None
    call: str
    body: bytes
    path: str

    @property
    def ids(self) -> frozenset[str]:
        """The communications that it is about."""
        return frozenset(one.decode() for one in _IDS.findall(self.path.encode() + b" " + self.body))

    @property
    def writes(self) -> bool:
        return _READS.match(self.call) is None


@dataclass
class Fault:
    """What somebody on the line does next, `times` over."""

    blow: Blow
    matches: Callable[[Request], bool]
    times: int = 1
    struck: int = 0

    @property
    def met(self) -> bool:
        """Whether everything that was to be broken was broken."""
        return self.struck == self.times

    def meets(self, request: Request) -> Blow | None:
        if self.met or not self.matches(request):
            return None
        self.struck += 1
        return self.blow


@dataclass
class Series:
    """One request after the other: each meets the next of `blows`, or goes through where that is None."""

    blows: Sequence[Blow | None]
    matches: Callable[[Request], bool]
    place: int = 0

    @property
    def struck(self) -> int:
        return sum(1 for blow in self.blows[: self.place] if blow)

    @property
    def met(self) -> bool:
        return self.place == len(self.blows)

    def meets(self, request: Request) -> Blow | None:
        if self.met or not self.matches(request):
            return None
        self.place += 1
        return self.blows[self.place - 1]


@dataclass
class EachStep:
    """Once at every step that a function takes, whichever these are: before it, and where it changes something also after it."""

    function: str
    before: Blow
    after: Blow
    matches: Callable[[Request], bool] = lambda _: True
    _done: set[tuple[str, bool]] = field(default_factory=set)

    @property
    def struck(self) -> int:
        return len(self._done)

    @property
    def met(self) -> bool:
        return bool(self._done)

    @property
    def steps(self) -> list[str]:
        return sorted({call for call, _ in self._done})

    def meets(self, request: Request) -> Blow | None:
        if request.function != self.function or not self.matches(request):
            return None
        for after, blow in ((False, self.before), (True, self.after)):
            step = (request.call, after)
            if step not in self._done and (request.writes or not after):
                self._done.add(step)
                return blow
        return None


Breaks = Fault | Series | EachStep


class Line:
    """Hands on what comes at one port to another, but for its faults. `struck` is given the entries that they were about."""

    def __init__(self, port: int, upstream: str, struck: set[str]) -> None:
        self._faults: list[Breaks] = []
        self._lock = threading.Lock()
        self._struck = struck
        self._server = _Server(port, upstream, self)
        threading.Thread(target=self._server.serve_forever, name=f"line-{port}", daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def arm(self, *faults: Breaks) -> None:
        with self._lock:
            self._faults.extend(faults)

    def disarm(self, *faults: Breaks) -> None:
        with self._lock:
            self._faults = [one for one in self._faults if one not in faults]

    def meet(self, request: Request) -> Blow | None:
        with self._lock:
            for fault in self._faults:
                blow = fault.meets(request)
                if blow:
                    self._struck |= request.ids
                    return blow
        return None


class _Handler(BaseHTTPRequestHandler):
    """One line from a function, for as long as it is held."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: "_Server"

    def setup(self) -> None:
        super().setup()
        # Small answers would wait for the acknowledgement of those before.
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._function, self._pid = caller(self.client_address[1])

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""

    def take(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        call = call_of(self.command, self.path, self.headers, body)
        blow = self.server.line.meet(Request(self._function, self._pid, call, body, self.path))
        if blow in (Deed.DIE_BEFORE, Deed.CUT_BEFORE):
            self._break_off(blow)
        elif blow is Deed.SWALLOW:
            self._answer(_Answer(200, (), b'{"MessageId": "swallowed"}'))
        elif isinstance(blow, Refusal):
            self._answer(_Answer(blow.status, (("x-amzn-ErrorType", blow.code),), b"{}"))
        else:
            self._hand_on(body, blow)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = take  # noqa: N815 - as http.server wants them

    def _hand_on(self, body: bytes, blow: Blow | None) -> None:
        if isinstance(blow, Delay):
            time.sleep(blow.seconds)
        if blow is Deed.TWICE:
            self._ask(body)
        answer = self._ask(body)
        if answer is None or blow in (Deed.DIE_AFTER, Deed.CUT_AFTER):
            self._break_off(blow)
        else:
            self._answer(answer)

    def _ask(self, body: bytes) -> "_Answer | None":
        """None where the other side is not there, or goes away."""
        there = urlsplit(self.server.upstream)
        # A line for each request: one that was kept may be closed in this very moment, and nobody meant to cut it.
        onward = http.client.HTTPConnection(there.hostname or "", there.port, timeout=_UPSTREAM_SECONDS)
        try:
            # Headers are signed: they go on as they came.
            onward.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in ("connection", "expect"):
                    onward.putheader(name, value)
            onward.endheaders(body)
            answer = onward.getresponse()
            # An answer to HEAD tells a length that it does not have.
            dropped = _HOP if self.command == "HEAD" else _HOP | {"content-length"}
            headers = tuple((name, value) for name, value in answer.getheaders() if name.lower() not in dropped)
            return _Answer(answer.status, headers, answer.read())
        except (http.client.HTTPException, OSError):
            return None
        finally:
            onward.close()

    def _answer(self, answer: "_Answer") -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status not in (204, 304) and self.command != "HEAD":
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()

    def _break_off(self, blow: Blow | None) -> None:
        """As a line breaks: with a reset, and without a word. Its caller is dead by then, where that is meant."""
        if blow in (Deed.DIE_BEFORE, Deed.DIE_AFTER) and self._pid:
            os.kill(self._pid, signal.SIGKILL)
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, upstream: str, line: Line) -> None:
        self.upstream, self.line = upstream, line
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, *_: Any) -> None:
        """Who calls may be dead, or have hung up."""


def caller(port: int) -> tuple[str, int | None]:
    """Which function, by its own name, and which process is at the other end of a line; ("", None) for nobody who is one."""
    for connection in psutil.net_connections("tcp4"):
        if connection.laddr and connection.laddr.port == port and connection.pid:
            try:
                name = psutil.Process(connection.pid).environ().get("AWS_LAMBDA_FUNCTION_NAME", "")
            except psutil.Error:
                break
            return (name.rpartition("-")[2], connection.pid) if name else ("", None)
    return "", None


def call_of(method: str, path: str, headers: Any, body: bytes) -> str:
    """What is called, in words that name the step: the tables of a write and the event that it records, the place of an object."""
    target = str(headers.get("X-Amz-Target", ""))
    service = re.search(r"/([a-z0-9-]+)/aws4_request", str(headers.get("Authorization", "")))
    name = service.group(1) if service else "http"
    if target:
        call = target.rpartition(".")[2]
        tables = sorted({one.decode().lower() for one in _TABLES.findall(body)}) if name == "dynamodb" else []
        events = sorted({one.decode() for one in _EVENTS.findall(body)})
        queue = re.search(rb"-(\w+?)Queue", body) if name == "sqs" else None
        more = [*tables, *([queue.group(1).decode().lower()] if queue else []), *(f"({one})" for one in events)]
        return " ".join([name, call, *more])
    parts = [one for one in urlsplit(path).path.split("/") if one]
    where = next((one for one in parts if one in ("content", "documents", "staging", "mail", "outbound-emails")), "")
    return f"{name} {method} {where or (parts[0] if parts else '')}".strip()
