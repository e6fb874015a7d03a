"""Where providers post what they have to tell: POST /{provider} at the Lambda URL.

Amazon SES and SNS, the providers of today, report by a topic and by their logs (see receipts), so no name is known here yet.
A provider that posts brings its own verification, and its events go to the receipts queue.
"""

from typing import Any

from letterbook.domain.errors import CallerError, MethodNotAllowed, NotFound, TooLarge
from letterbook.http.problems import MEDIA_TYPE, problem
from letterbook.observability import get_logger

log = get_logger()

_MAX_BODY_BYTES = 1024 * 1024


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    refused = problem(_refusal(event))
    return {
        "statusCode": refused.status,
        "headers": {"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store"},
        "body": refused.model_dump_json(),
    }


def _refusal(event: dict[str, Any]) -> CallerError:
    if event["requestContext"]["http"]["method"] != "POST":
        return MethodNotAllowed("Webhooks are posted.")
    if len(event.get("body") or "") > _MAX_BODY_BYTES:
        return TooLarge("A webhook has at most 1 MiB.")
    return NotFound("No provider of this name posts here.")
