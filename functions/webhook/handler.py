"""Where providers post what they have to tell: POST /{provider}, or /{provider}/inbound, at the Lambda URL."""

import base64
from typing import Any

from letterbook.bootstrap import world
from letterbook.domain.errors import CallerError, Malformed, MethodNotAllowed, NotFound, TooLarge
from letterbook.http.problems import MEDIA_TYPE, problem
from letterbook.observability import get_logger
from letterbook.ports import WebhookRequest
from letterbook.use_cases.delivery.take_webhook import take_webhook

log = get_logger()

MAX_BODY_BYTES = 1024 * 1024


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    try:
        provider, request = request_of(event)
        media_type, text = take_webhook(world(), provider, request)
    except CallerError as refusal:
        refused = problem(refusal)
        return answer(refused.status, MEDIA_TYPE, refused.model_dump_json())
    return answer(200, media_type, text)


def request_of(event: dict[str, Any]) -> tuple[str, WebhookRequest]:
    """The provider's name, and what was posted. Raises MethodNotAllowed, NotFound, TooLarge, Malformed."""
    if event["requestContext"]["http"]["method"] != "POST":
        raise MethodNotAllowed("Webhooks are posted.")
    provider, _, path = str(event.get("rawPath") or "").removeprefix("/").partition("/")
    if not provider:
        raise NotFound("No provider of this name posts here.")
    body = event.get("body") or ""
    try:
        content = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
    except ValueError:
        raise Malformed("The body cannot be read.") from None
    if len(content) > MAX_BODY_BYTES:
        raise TooLarge("A webhook has at most 1 MiB.")
    headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    query = str(event.get("rawQueryString") or "")
    return provider, WebhookRequest(path=path, query=query, headers=headers, body=content)


def answer(status: int, media_type: str, body: str) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": media_type, "Cache-Control": "no-store"},
        "body": body,
    }
