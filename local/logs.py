"""Follows the logs of all functions."""

import json
import time

from local.aws import client
from local.environment import STACK, LocalEnvironment

_EVERY_SECONDS = 1.0


def follow(place: LocalEnvironment) -> None:
    """Prints what was logged in the last ten minutes, and then what comes, until interrupted."""
    place.endpoints()
    logs = client(place, "logs")
    since = int((time.time() - 600) * 1000)
    seen: set[tuple[int, str, str]] = set()
    while True:
        groups = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{STACK}-")["logGroups"]
        events = [
            (event["timestamp"], event["logStreamName"], group["logGroupName"].rpartition("-")[2], event["message"])
            for group in groups
            for event in logs.filter_log_events(logGroupName=group["logGroupName"], startTime=since)["events"]
        ]
        for at, stream, function, message in sorted(events):
            if (at, stream, message) not in seen:
                seen.add((at, stream, message))
                print(
                    f"{time.strftime('%H:%M:%S', time.localtime(at / 1000))} {function:<9} {_short(message)}",
                    flush=True,
                )
        time.sleep(_EVERY_SECONDS)


def _short(message: str) -> str:
    """The line without what is the same on every one."""
    try:
        record = json.loads(message)
    except ValueError:
        return message.rstrip()
    if not isinstance(record, dict):
        return message.rstrip()
    usual = {"timestamp", "service", "function_name", "function_arn", "function_memory_size", "function_request_id"}
    rest = {
        key: value
        for key, value in record.items()
        if key not in usual | {"level", "message", "xray_trace_id", "cold_start", "location"}
    }
    return f"{record.get('level', '')} {record.get('message', '')} {json.dumps(rest) if rest else ''}".strip()
