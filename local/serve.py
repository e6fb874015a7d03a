"""The process that runs our side of the local cloud: the vendors' simulators, the carrier."""

import logging
import threading
from urllib.parse import urlsplit

from flask import abort, request
from werkzeug.serving import WSGIRequestHandler, make_server

from local.environment import LocalEnvironment
from local.ses_simulator import simulator
from local.simulators import applications
from local.sms_simulator import Carrier


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """No request is logged: what people search for is in its query."""


def _no_pages() -> None:
    """Programs send no Origin: what a page somewhere makes a browser send is no mail that came in."""
    name = urlsplit(f"//{request.host}").hostname
    if request.headers.get("Origin") or name not in ("127.0.0.1", "localhost"):
        abort(403)


def serve(place: LocalEnvironment) -> None:
    logging.basicConfig(level=logging.WARNING)
    apps = {place.ses_port: simulator(place), **applications(place)}
    for port, app in apps.items():
        app.before_request(_no_pages)
        server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Handler)
        threading.Thread(target=server.serve_forever, name=f"port-{port}").start()
    Carrier(place).run()
