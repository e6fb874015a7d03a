"""Answers everything of the API that changes something: every verb but GET. And an order that is no request: `make templates`."""

from dataclasses import asdict
from typing import Any

from command import (  # noqa: F401 - their routes
    communications,
    correspondence,
    directory,
    exports,
    providers,
    saved_views,
    settings,
    subjects,
    templates,
    threads,
    todos,
    users,
)
from command.api import api
from letterbook.bootstrap import world
from letterbook.observability import get_logger
from letterbook.use_cases.admin.library import OPERATOR, install_library

log = get_logger()


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    # API Gateway gives a request nothing of its sender's at this height, so whoever orders this may invoke the function itself.
    if event.get("order") == "install library":
        return {"items": [asdict(one) for one in install_library(world(), OPERATOR)]}
    return api(event, context)
