"""The stacks that samconfig.toml knows, local and in the cloud, for commands that work on any of them."""

import tomllib
from dataclasses import dataclass
from typing import Any

import boto3

from local.aws import client
from local.environment import ROOT, LocalEnvironment


@dataclass(frozen=True)
class Stage:
    name: str
    stack: str
    region: str

    def client(self, service: str) -> Any:
        """With the caller's own credentials; of the local cloud as its root."""
        if self.name == "local":
            return client(LocalEnvironment.here(), service)
        return boto3.client(service, region_name=self.region)  # type: ignore[call-overload]

    def resource(self, logical: str) -> str:
        """The physical name of a resource of the template: a queue's URL, a function's name."""
        found = self.client("cloudformation").describe_stack_resource(StackName=self.stack, LogicalResourceId=logical)
        return str(found["StackResourceDetail"]["PhysicalResourceId"])


def stages() -> dict[str, Stage]:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())
    deployed = {
        name: one["deploy"]["parameters"] for name, one in config.items() if isinstance(one, dict) and "deploy" in one
    }
    return {name: Stage(name, one["stack_name"], one["region"]) for name, one in deployed.items()}
