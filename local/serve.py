"""The process that runs our side of the local cloud: the two gateways, the SES simulator, the carrier."""

import logging
import threading

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from local.carrier import Carrier
from local.gateway import api_host, proxy, webhook_host
from local.place import Place
from local.ses import simulator


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """No request is logged: what people search for is in its query."""


def serve(place: Place) -> None:
    logging.basicConfig(level=logging.WARNING)
    apps: dict[int, Flask] = {
        place.api_port: proxy(place, lambda: api_host(place)),
        place.webhook_port: proxy(place, lambda: webhook_host(place)),
        place.ses_port: simulator(place),
    }
    for port, app in apps.items():
        server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Handler)
        threading.Thread(target=server.serve_forever, name=f"port-{port}").start()
    Carrier(place).run()
