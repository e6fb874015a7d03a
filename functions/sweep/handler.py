"""Called each minute: sets going again whatever stands still."""

from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from letterbook.bootstrap import world
from letterbook.logs import logger
from letterbook.use_cases.sweep import sweep

log = logger()
metrics = Metrics(namespace="Letterbook", service="sweep")


@log.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(_: dict[str, Any], __: Any) -> dict[str, int]:
    done = sweep(world())
    for what in ("stuck", "unconfirmed", "failed"):
        metrics.add_metric(what.capitalize(), MetricUnit.Count, done[what])
    log.info("swept", extra={"done": dict(done)})
    return dict(done)
