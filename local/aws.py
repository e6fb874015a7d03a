"""AWS clients of the local cloud, as its root."""

from functools import lru_cache
from threading import Lock
from typing import Any

import boto3

from local.environment import REGION, LocalEnvironment

# boto3 makes one client at a time; what it made may be used by several threads.
_ONE_AT_A_TIME = Lock()


def client(place: LocalEnvironment, service: str) -> Any:
    """A boto3 client that talks to MiniStack, whatever the environment says."""
    with _ONE_AT_A_TIME:
        return _client(place.aws_url, service)


@lru_cache
def _client(url: str, service: str) -> Any:
    """Made once: that is more work than any request."""
    make: Any = boto3.client
    return make(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - MiniStack's own root
    )
