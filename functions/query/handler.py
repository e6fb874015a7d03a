"""Answers every GET of the API. Its role can read, and nothing else."""

from typing import Any

from letterbook.observability import get_logger
from query import (  # noqa: F401 - their routes
    activity,
    communications,
    correspondence,
    directory,
    exports,
    me,
    openapi,
    providers,
    saved_views,
    settings,
    statistics,
    subjects,
    templates,
    threads,
    todos,
)
from query.api import api

log = get_logger()


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api(event, context)
