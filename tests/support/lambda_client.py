"""Calls the functions as Lambda and API Gateway do."""

import importlib
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlencode

from tests.support.fakes.accounts import known
from tests.support.sam_template import ROOT


@dataclass(frozen=True)
class Context:
    function_name: str
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = "arn:aws:lambda:eu-west-2:123456789012:function:letterbook"
    aws_request_id: str = "5d0f3a51-1111-2222-3333-444455556666"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


def invoke(function: str, event: Any) -> Any:
    """What the function of that folder answers to an event."""
    return importlib.import_module(f"{function}.handler").handler(event, Context(function))


def sample(path: str) -> Any:
    return json.loads(_text(path))


@cache
def _text(path: str) -> str:
    return (ROOT / "events" / path).read_text()


def batch(*bodies: Any, receives: int = 1) -> Any:
    """An SQS event with a record for each body, in order, ids `0`, `1`, ..."""
    [record] = sample("dispatch/email-queue.json")["Records"]
    return {
        "Records": [
            {
                **record,
                "messageId": str(place),
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {**record["attributes"], "ApproximateReceiveCount": str(receives)},
            }
            for place, body in enumerate(bodies)
        ]
    }


def envelope(event: str) -> dict[str, Any]:
    """A notification of SNS, as a queue holds it."""
    return {
        "Type": "Notification",
        "TopicArn": "arn:aws:sns:eu-west-2:123456789012:t",
        "Message": event,
        "MessageId": "m",
    }


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def places(self) -> list[tuple[str, str]]:
        """Where a problem says the request is wrong, with which codes."""
        return [(one["field"], one["code"]) for one in self.json["errors"]]


@dataclass(frozen=True)
class Caller:
    """Somebody with a token."""

    user: str = "user-1"
    role: str = "admin"
    claims: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **query: Any) -> Answer:
        return self.ask("GET", path, query=query)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.ask("POST", path, body, headers=headers)

    def put(self, path: str, body: Any, **headers: str) -> Answer:
        return self.ask("PUT", path, body, headers=headers)

    def patch(self, path: str, body: Any, **headers: str) -> Answer:
        return self.ask("PATCH", path, body, headers=headers)

    def delete(self, path: str, body: Any = None) -> Answer:
        return self.ask("DELETE", path, body)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: dict[str, Any] | str | None = None,
        headers: dict[str, str] | None = None,
        raw: str | None = None,
        base64_: bool = False,
    ) -> Answer:
        """Underscores in the names of headers stand for hyphens."""
        event = sample("query/me.json")
        event["rawPath"] = event["requestContext"]["http"]["path"] = path
        event["requestContext"]["http"]["method"] = method
        event["rawQueryString"] = query if isinstance(query, str) else urlencode(query or {}, doseq=True)
        event["headers"] |= {name.replace("_", "-").lower(): value for name, value in (headers or {}).items()}
        own = {"sub": self.user, "cognito:username": self.user}
        known(self.user, "Jane Marsh", self.role)
        event["requestContext"]["authorizer"]["jwt"]["claims"] |= own | self.claims
        event["isBase64Encoded"] = base64_
        if raw is not None or body is not None:
            event["body"] = raw if raw is not None else json.dumps(body)
        answered = invoke("query" if method == "GET" else "command", event)
        return Answer(answered["statusCode"], answered.get("headers") or {}, answered.get("body") or "")
