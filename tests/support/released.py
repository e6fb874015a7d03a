"""What the last release makes on AWS (contract/released_resources.json). `make released` writes it when a release is made.

CloudFormation knows a resource by its logical id, and makes it anew when its type or some of its properties change. Either way
what was there is deleted, with all it holds; a table or a bucket that is retained stays behind, and an empty one takes its place.
"""

import json
from typing import Any

from tests.support.sam_template import ROOT, transformed

FILE = ROOT / "tests/contract/released_resources.json"

# What CloudFormation makes anew when one of these changes; left out, it gives a name of its own, so that counts as well.
_FIXED = {
    "AWS::ApiGatewayV2::DomainName": ("DomainName",),
    "AWS::Cognito::UserPool": ("UserPoolName", "UsernameAttributes", "AliasAttributes"),
    "AWS::Cognito::UserPoolGroup": ("GroupName",),
    "AWS::DynamoDB::Table": ("TableName", "KeySchema"),
    "AWS::KMS::Alias": ("AliasName",),
    "AWS::Lambda::Function": ("FunctionName",),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::SES::ConfigurationSet": ("Name",),
    "AWS::SNS::Topic": ("TopicName", "FifoTopic"),
    "AWS::SQS::Queue": ("QueueName", "FifoQueue"),
    "AWS::Scheduler::ScheduleGroup": ("Name",),
    "AWS::SecretsManager::Secret": ("Name",),
}


def resources() -> dict[str, dict[str, Any]]:
    """What of each resource of the template may not change, by logical id. Layers are new in every release."""
    return {
        name: _kept(resource)
        for name, resource in sorted(transformed().items())
        if resource["Type"] != "AWS::Lambda::LayerVersion"
    }


def _kept(resource: dict[str, Any]) -> dict[str, Any]:
    properties = resource.get("Properties", {})
    kept = {"Type": resource["Type"], "Condition": resource.get("Condition")}
    return kept | {name: properties.get(name) for name in _FIXED.get(resource["Type"], ())}


def lost(released: dict[str, dict[str, Any]], now: dict[str, dict[str, Any]]) -> list[str]:
    """What a deployment would delete, in words."""
    return [
        f"{name} ({was['Type']}): "
        + (
            "is gone"
            if name not in now
            else ", ".join(f"{key} was {was[key]}" for key in was if now[name].get(key) != was[key])
        )
        for name, was in released.items()
        if name not in now or any(now[name].get(key) != was[key] for key in was)
    ]


if __name__ == "__main__":
    lines = (f"{json.dumps(name)}: {json.dumps(kept)}" for name, kept in resources().items())
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")
