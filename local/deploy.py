"""Builds and deploys template.yaml to the local cloud with the real SAM CLI, and does what MiniStack leaves undone."""

import fcntl
import hashlib
import json
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from botocore.exceptions import ClientError

from local.aws import client
from local.environment import ROOT, STACK, LocalEnvironment, SetupError
from local.template import read

_BUCKET = "letterbook-artifacts"
_DEPLOYED = f"/{STACK}/deployed"
_SAM = Path(sys.executable).with_name("sam")


def build(place: LocalEnvironment) -> Path:
    """The built template: built once for all local clouds of this checkout, however many start at the same moment.

    MiniStack runs functions with its own Python: ours is compiled for that, which has the rest installed.
    """
    folder = ROOT / ".aws-sam" / "local"
    template, noted, made_of = folder / "build" / "template.yaml", folder / "made-of", _digest_of_code()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (template.exists() and noted.exists() and noted.read_text() == made_of):
            noted.unlink(missing_ok=True)
            run_sam(
                place,
                ["build", "--build-dir", str(template.parent), "--cache-dir", str(folder / "cache"), "--cached"],
                {"LETTERBOOK_LOCAL": "1", "LETTERBOOK_INSTALLED": "1", "PYTHON": sys.executable},
            )
            noted.write_text(made_of)
    return template


def deploy(place: LocalEnvironment) -> dict[str, str]:
    """Creates or updates the stack in place, where anything of it changed, and answers its outputs."""
    made_of, parameters = _digest(place), client(place, "ssm")
    try:
        # Kept beside the stack: whatever a crash forgot of one, it forgot of the other.
        if parameters.get_parameter(Name=_DEPLOYED)["Parameter"]["Value"] == made_of:
            return place.outputs()
        parameters.delete_parameter(Name=_DEPLOYED)
    except parameters.exceptions.ParameterNotFound:
        pass
    outputs = deploy_stack(place)
    parameters.put_parameter(Name=_DEPLOYED, Type="String", Value=made_of)
    return outputs


def deploy_stack(place: LocalEnvironment) -> dict[str, str]:
    """Whether anything changed or not."""
    template = build(place)
    storage = client(place, "s3")
    try:
        storage.head_bucket(Bucket=_BUCKET)
    except ClientError:
        storage.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    config = ["--config-file", str(ROOT / "samconfig.toml"), "--config-env", "local"]
    run_sam(place, ["deploy", "--template-file", str(template), *config, *_parameters(place)], {})
    stack = client(place, "cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    place.keep(place.outputs_file, json.dumps(outputs, indent=2))
    _expire(place)
    return outputs


def _digest(place: LocalEnvironment) -> str:
    """Of all that is deployed, and how."""
    return hashlib.sha256(json.dumps([_digest_of_code(), *_parameters(place)]).encode()).hexdigest()


def _digest_of_code() -> str:
    """Of all that is built, and for which Python."""
    digest = hashlib.sha256(sys.version.encode())
    folders = ("functions", "layers", "shared")
    files = [
        ROOT / "template.yaml",
        ROOT / "samconfig.toml",
        *(one for name in folders for one in (ROOT / name).rglob("*")),
    ]
    for file in sorted(files):
        if file.is_file() and "__pycache__" not in file.parts:
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            digest.update(f"{file.relative_to(ROOT)} {content}\n".encode())
    return digest.hexdigest()


def _parameters(place: LocalEnvironment) -> list[str]:
    """Those of samconfig.toml, and where the console and the webhooks are: that depends on the ports."""
    settled = tomllib.loads((ROOT / "samconfig.toml").read_text())["local"]["deploy"]["parameters"]
    return [
        "--parameter-overrides",
        *settled["parameter_overrides"].split(),
        f"ConsoleOrigins={','.join(place.console_origins)}",
        f"WebhookUrl={place.webhook_url}",
    ]


def _expire(place: LocalEnvironment) -> None:
    """MiniStack does not apply a template's TTL."""
    tables = client(place, "dynamodb")
    resources = client(place, "cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
    names = {
        one["LogicalResourceId"]: one["PhysicalResourceId"]
        for page in resources
        for one in page["StackResourceSummaries"]
    }
    for logical, attribute in _expiring():
        wanted = {"Enabled": True, "AttributeName": attribute}
        described = tables.describe_time_to_live(TableName=names[logical])["TimeToLiveDescription"]
        if described["TimeToLiveStatus"] not in ("ENABLED", "ENABLING"):
            tables.update_time_to_live(TableName=names[logical], TimeToLiveSpecification=wanted)


def _expiring() -> list[tuple[str, str]]:
    """The tables of the template whose items expire, with the attribute that says when."""
    return [
        (name, resource["Properties"]["TimeToLiveSpecification"]["AttributeName"])
        for name, resource in read()["Resources"].items()
        if "TimeToLiveSpecification" in resource.get("Properties", {})
    ]


def run_sam(place: LocalEnvironment, arguments: Sequence[str], more: dict[str, str]) -> None:
    """With `more` in its environment. Raises SetupError, which says where all is that it told."""
    environment = {**place.environment(), **more}
    done = subprocess.run(
        [str(_SAM), *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    log = place.logs / "sam.log"
    log.write_text(done.stdout + done.stderr)
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise SetupError(f"`sam {arguments[0]}` failed; all of it is in {log}:\n{tail}")
