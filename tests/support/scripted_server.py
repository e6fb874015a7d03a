"""A server on this machine that answers, or fails to, as a script says; and remembers what it was asked."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

# What is done with a connection whose request is read.
Act = Callable[[socket.socket], None]

_CHUNK = 64 * 1024


class ScriptedServer:
    """Each request is answered by the next act of `script`; the last one is for all that follow."""

    def __init__(self) -> None:
        self.script: list[Act] = []
        # What is asked beside that, by how its request begins ("POST /token"): each time answered so, and not remembered.
        self.beside: dict[str, Act] = {}
        self.asked: list[bytes] = []
        # Whether what is sent to it is read before it acts.
        self.reads = True
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._held: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._over.set()
        self._listener.close()
        for one in self._held:
            one.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._held.append(connection)
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        try:
            for begins, act in self.beside.items():
                if _begins(connection, begins.encode()):
                    _request(connection)
                    act(connection)
                    return
            self.asked.append(_request(connection) if self.reads else b"")
            act = self.script.pop(0) if len(self.script) > 1 else self.script[0]
            act(connection)
        except OSError:
            return


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    try:
        yield server
    finally:
        server.close()


def unused_url() -> str:
    """Where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def answers(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Act:
    def act(connection: socket.socket) -> None:
        connection.sendall(_head(status, len(body), headers) + body)
        connection.close()

    return act


def trickles(status: int, body: bytes, pause: float) -> Act:
    """A byte at a time, each in time by itself."""

    def act(connection: socket.socket) -> None:
        connection.sendall(_head(status, len(body), None))
        for n in range(len(body)):
            connection.sendall(body[n : n + 1])
            time.sleep(pause)
        connection.close()

    return act


def says_nothing(connection: socket.socket) -> None:
    """Takes what is sent, and leaves the caller waiting."""


def resets(connection: socket.socket) -> None:
    """TCP's own RST, as of a process that died."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def breaks_off(connection: socket.socket) -> None:
    """Half of an answer, and the end."""
    connection.sendall(_head(200, 1_000, None) + b'{"')
    connection.close()


def _head(status: int, length: int, headers: Mapping[str, str] | None) -> bytes:
    named = {
        "Content-Type": "application/json",
        **(headers or {}),
        "Content-Length": str(length),
        "Connection": "close",
    }
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in named.items()), "", ""]
    return "\r\n".join(lines).encode()


def _begins(connection: socket.socket, words: bytes) -> bool:
    """Whether the request does, of which nothing is taken."""
    while told := connection.recv(len(words), socket.MSG_PEEK):
        if not words.startswith(told) or told == words:
            return told == words
    return False


def _request(connection: socket.socket) -> bytes:
    """All of a request: its head, and as much as that says follows."""
    told = b""
    while b"\r\n\r\n" not in told:
        chunk = connection.recv(_CHUNK)
        if not chunk:
            return told
        told += chunk
    head, _, body = told.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    if b"100-continue" in head.lower():
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    while len(body) < length:
        chunk = connection.recv(_CHUNK)
        if not chunk:
            break
        body += chunk
    return head + b"\r\n\r\n" + body
