"""Structured logs: JSON with the same fields everywhere, and never an address, a subject or a body.

Code logs through the standard library, and what belongs to a line goes into `extra`. The words of an exception may hold anything,
so of an exception only its kind and where it came from are written.
"""

from logging import LogRecord
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter


class _Discreet(LambdaPowertoolsFormatter):
    def format(self, record: LogRecord) -> str:
        # AWS's own code for an error is a word of its documentation, and what an operator looks for.
        answer = getattr(record.exc_info[1], "response", None) if record.exc_info else None
        if isinstance(answer, dict):
            record.aws_error = answer.get("Error", {}).get("Code")
        return super().format(record)

    def serialize(self, log: Any) -> str:
        discreet = {name: value for name, value in log.items() if name != "exception"}
        if trace := discreet.get("stack_trace"):
            discreet["stack_trace"] = {name: value for name, value in trace.items() if name != "value"}
        return super().serialize(discreet)


def get_logger() -> Logger:
    """The logger of this process; every module's own logger hands to it."""
    return Logger(service="letterbook", logger_formatter=_Discreet())
