"""Answers everything of the API that changes something: every verb but GET."""

from typing import Any

from command import (  # noqa: F401 - their routes
    communications,
    directory,
    exports,
    providers,
    saved_views,
    settings,
    subjects,
    templates,
    threads,
    todos,
)
from command.api import api
from letterbook.observability import get_logger

log = get_logger()


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api(event, context)
