"""Structured logs: JSON with the same fields everywhere, and never an address, a subject or a body.

Code logs through the standard library; what belongs to an event goes into `extra`, by the names in FIELDS and no others.
"""

from aws_lambda_powertools import Logger

FIELDS = frozenset(
    {"communication_id", "provider", "provider_code", "class", "event", "outcome", "status", "code", "done", "channel"}
)


def logger() -> Logger:
    """The logger of this process; every module's own logger hands to it."""
    return Logger(service="letterbook", log_uncaught_exceptions=True)
