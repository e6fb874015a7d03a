"""Plain URLs for what AWS tells apart by its Host header: the API with the console, and the webhooks."""

from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy

import requests
from flask import Flask, Response, request

from local.aws import client
from local.environment import REGION, STACK, LocalEnvironment

# Headers of one hop, not of the message (RFC 9110, section 7.6.1), and what the next hop works out itself.
_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length"}
_HOP_BACK = _HOP | {"server", "date"}
_SECONDS = 90


def proxy(place: LocalEnvironment, host: Callable[[], str]) -> Flask:
    """Hands every request on under the host name that `host` gives."""
    app = Flask(__name__, static_folder=None)
    session = requests.Session()
    session.trust_env = False
    # What the browser takes is for it to say.
    session.headers.clear()
    # Whose cookies those are, only the browser knows: kept here, they would sign everybody in as whoever came last.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    # Before any route is looked for: no pattern matches every path, one with a line break in it for instance.
    @app.before_request
    def forward() -> Response:
        answer = session.request(
            request.method,
            place.aws_url + request.environ["REQUEST_URI"],
            headers=_handed_on(host()),
            data=request.get_data(),
            allow_redirects=False,
            timeout=_SECONDS,
            stream=True,
        )
        headers = [(name, value) for name, value in answer.raw.headers.items() if name.lower() not in _HOP_BACK]
        # As it came: compressed, where it was.
        return Response(answer.raw.read(decode_content=False), answer.status_code, headers)

    return app


def _handed_on(host: str) -> dict[str, str]:
    """The request's headers, with our own name in them exchanged for the upstream's: what is same-origin stays so."""
    headers = {name: value for name, value in request.headers if name.lower() not in _HOP}
    own, upstream = request.host_url.rstrip("/"), f"http://{host}"
    for name in ("Origin", "Referer"):
        value = headers.get(name, "")
        if value == own or value.startswith(f"{own}/"):
            headers[name] = upstream + value[len(own) :]
    # A frame of a page, which is of no origin, loads its style: reading needs none in AWS either.
    if request.method == "GET" and headers.get("Origin") == "null":
        del headers["Origin"]
    return {**headers, "Host": host}


def api_host(place: LocalEnvironment) -> str:
    return f"{place.outputs()['ApiId']}.execute-api.localhost:{place.aws_port}"


def webhook_host(place: LocalEnvironment) -> str:
    answer = client(place, "lambda").get_function_url_config(FunctionName=f"{STACK}-webhook")
    url: str = answer["FunctionUrl"]
    return url.split("//")[1].split(".")[0] + f".lambda-url.{REGION}.localhost"
