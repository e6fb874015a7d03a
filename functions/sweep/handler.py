"""Called each minute, once for each share: sets going again whatever stands still."""

from datetime import timedelta
from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from letterbook.bootstrap import world
from letterbook.contracts.queue_messages import SweepOrder
from letterbook.observability import get_logger
from letterbook.use_cases.delivery.sweep import Share, sweep

log = get_logger()
metrics = Metrics(namespace="Letterbook", service="sweep")

# Longer than the slices that were begun take to their end, even where some requests have to be made again.
RESERVE = timedelta(seconds=15)


@log.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    order = SweepOrder.model_validate(event)
    budget = timedelta(milliseconds=context.get_remaining_time_in_millis()) - RESERVE
    done = sweep(world(), share=Share(order.part, order.of), budget=budget)
    for what in ("stuck", "unconfirmed", "failed", "left"):
        metrics.add_metric(what.capitalize(), MetricUnit.Count, done[what])
    log.info("swept", extra={"done": dict(done)})
    return dict(done)
