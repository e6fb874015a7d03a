"""A store of AWS as far as HTTP goes: it answers whatever it is asked over connections that stay."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, NamedTuple


class Asked(NamedTuple):
    """`line` is the request line."""

    line: str
    headers: dict[str, str]
    body: bytes


class Store(ThreadingHTTPServer):
    """Answers each request with `status` and `content`, which a PUT has none of; keeps what was asked, and counts connections.

    Once `silent` is set it answers nothing more.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.connections = 0
        self.asked: list[Asked] = []
        self.status, self.content = 200, b"{}"
        self.silent = Event()
        self.over = Event()
        Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever gave up waiting is gone."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def __exit__(self, *failed: Any) -> None:
        self.over.set()
        self.shutdown()
        super().__exit__(*failed)


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Store

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(Asked(self.requestline, dict(self.headers), body))
        if self.server.silent.is_set():
            self.close_connection = True
            self.server.over.wait()
            return
        content = b"" if self.command == "PUT" else self.server.content
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("x-amz-version-id", "v1")
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self.do_POST()

    def do_PUT(self) -> None:
        self.do_POST()

    def log_message(self, *_: Any) -> None:
        pass
