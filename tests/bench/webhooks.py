"""The own CPU of the door for what providers post: from Lambda's event to the answer, without the queue behind it.

Each is a post that its vendor signed, as the contract suite has it, after a hundred to warm up.
"""

import base64
import contextlib
import json
import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from tests.bench.table import Row

_BUDGET_MILLISECONDS = 5.0
_WARM, _TIMES = 100, 1_000
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-west-2",
    "PROVIDER_SECRETS": "letterbook/providers/",
    "WEBHOOK_URL": "https://hooks.letterbook.example",
    "LOG_LEVEL": "WARNING",
}


@dataclass(frozen=True)
class _Context:
    function_name: str = "letterbook-webhook"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-west-2:123456789012:function:letterbook-webhook"
    aws_request_id: str = "5d0f3a51-1111-2222-3333-444455556666"


class _Kept:
    """Queues and bucket that take whatever comes, at once."""

    def enqueue_provider_events(self, *_: Any) -> None: ...
    def enqueue_inbound_texts(self, *_: Any) -> None: ...
    def put(self, _: bytes) -> None: ...


def rows() -> list[Row]:
    os.environ.update(_ENVIRONMENT)
    from tests.support.provider_contract import contracts

    measured = [
        (f"webhook: {one.name}{'/' + post.path if post.path else ''}", one.name, post)
        for one in contracts()
        for post in one.posts
        if post.events or post.messages or post.mail
    ]
    return [_row(what, name, post) for what, name, post in measured]


def _row(what: str, name: str, post: Any) -> Row:
    with _arranged(post):
        took = sorted(_took(name, post))
    p50, p95 = statistics.median(took), took[int(len(took) * 0.95)]
    return Row(
        what,
        f"p50 {p50:.2f} ms, p95 {p95:.2f} ms",
        budget=f"p95 <= {_BUDGET_MILLISECONDS:.0f} ms",
        within=p95 <= _BUDGET_MILLISECONDS,
    )


@contextlib.contextmanager
def _arranged(post: Any) -> Iterator[None]:
    """It is the moment of the post, its secret was read, what it fetches is there, and the queue takes no time."""
    from letterbook import bootstrap, environment
    from letterbook.adapters import aws
    from letterbook.adapters.providers import RegisteredProviders, vendor_http
    from letterbook.adapters.providers.vendor_http import VendorAnswer

    class Secrets:
        def get_secret_value(self, **_: Any) -> dict[str, Any]:
            return {"SecretString": json.dumps(post.credentials), "CreatedDate": datetime(2020, 1, 1, tzinfo=UTC)}

    class World:
        queues = inbound_mailbox = _Kept()
        provider_activity = _Kept()

        def __init__(self) -> None:
            self.providers = RegisteredProviders(environment.settings())

    def fetched(_: str, url: str, **__: Any) -> VendorAnswer:
        return VendorAnswer(status=200, headers={}, body=post.fetches[url].encode())

    at = datetime.fromisoformat(post.at).timestamp()
    with contextlib.ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, post.environment))
        environment.settings.cache_clear()
        bootstrap.world.cache_clear()
        for target, attribute, value in (
            (time, "time", lambda: at),
            (aws, "secrets", Secrets),
            (vendor_http, "call", fetched),
            (bootstrap, "CloudWorld", lambda _: World()),
        ):
            stack.enter_context(patch.object(target, attribute, value))
        yield
    bootstrap.world.cache_clear()


def _took(name: str, post: Any) -> Iterator[float]:
    """Milliseconds, of each after the first hundred."""
    from webhook.handler import handler

    event = {
        "rawPath": f"/{name}/{post.path}".rstrip("/"),
        "rawQueryString": post.query,
        "headers": post.headers,
        "requestContext": {"http": {"method": "POST"}},
        "body": base64.b64encode(post.body.encode()).decode(),
        "isBase64Encoded": True,
    }
    for n in range(_WARM + _TIMES):
        begun = time.process_time()
        answer = handler(event, _Context())
        spent = (time.process_time() - begun) * 1000
        if answer["statusCode"] != 200:
            raise AssertionError(f"{name} answered {answer}")
        if n >= _WARM:
            yield spent
