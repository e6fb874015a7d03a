"""AWS clients of the local cloud, as its root."""

from typing import Any

import boto3

from local.environment import REGION, LocalEnvironment


def client(place: LocalEnvironment, service: str) -> Any:
    """A boto3 client that talks to MiniStack, whatever the environment says."""
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=place.aws_url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - MiniStack's own root
    )
