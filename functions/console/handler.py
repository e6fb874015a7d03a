"""The console: everything that is not the API."""

from typing import Any

from console.app.application import Application
from console.app.routing import pages
from letterbook.bootstrap import world
from letterbook.observability import get_logger

_log = get_logger()
_site = Application(world, pages)


@_log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    return _site(event)
