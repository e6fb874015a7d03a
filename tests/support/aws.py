"""AWS in the test's own process (moto), made of template.yaml; and the world on it, with a clock and providers of the test's."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from typing import Any

import boto3
import pytest
from moto import mock_aws

from letterbook import bootstrap, environment
from letterbook.adapters import aws, transport
from letterbook.bootstrap import CloudWorld
from letterbook.domain.access import ROLES
from letterbook.domain.channels import CARRIED
from letterbook.environment import Settings
from tests.support.builders import organisation
from tests.support.fakes.accounts import ACCOUNTS, UsersForTests
from tests.support.fakes.clock import Clock
from tests.support.fakes.mailbox import MailboxForTests
from tests.support.fakes.providers import FakeProviders
from tests.support.moto_requests import quicken
from tests.support.moto_state import REGION, empty, made_once
from tests.support.sam_template import table_definition

TABLES = {
    "communications": "CommunicationsTable",
    "history": "HistoryTable",
    "threads": "ThreadsTable",
    "overview": "OverviewTable",
    "work": "WorkTable",
    "search": "SearchTable",
    "directory": "DirectoryTable",
    "library": "LibraryTable",
    "idempotency": "IdempotencyTable",
}
QUEUES = (*(channel.value for channel in CARRIED), "receipts", "inbound", "bulk", "lookup", "render", "export")
INBOUND = "in.tolworthy.example"


class WorldForTests(CloudWorld):
    """The real world, on moto, at a time of the test's choosing; what would leave the house goes to fakes."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.clock = Clock()
        self.fakes = FakeProviders()

    def now(self) -> Any:
        return self.clock()

    @property
    def providers(self) -> Any:
        return self.fakes

    @cached_property
    def users(self) -> Any:
        return UsersForTests(self._settings)

    @property
    def inbound_mailbox(self) -> Any:
        return MailboxForTests(self.now)

    def queued(self, queue: str) -> list[Any]:
        """What waits in a queue, taken out of it."""
        url = getattr(self._settings, f"{queue}_queue_url")
        bodies = []
        while messages := aws.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                aws.sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                bodies.append(json.loads(message["Body"]))
        return bodies


@contextmanager
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorldForTests]:
    """Everything the functions need, empty but for the firm's settings."""
    ACCOUNTS.clear()
    empty()
    for name, value in made_once(make_firm, ("dynamodb", "s3", "sqs", "secretsmanager", "scheduler")).items():
        monkeypatch.setenv(name, value)
    environment.settings.cache_clear()
    world = WorldForTests(environment.settings())
    # Functions that are called as Lambda calls them find this world too.
    monkeypatch.setattr(bootstrap, "CloudWorld", lambda _: world)
    bootstrap.world.cache_clear()
    yield world
    bootstrap.world.cache_clear()


@contextmanager
def moto() -> Iterator[None]:
    """One AWS for a whole run, so that clients, whose making is slow, are made once; each test begins with an empty one."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        quicken(patch)
        # It answers in the place of whatever would carry a request.
        patch.setattr(transport, "carry", lambda *_, **__: None)
        for made in (aws.session, aws.dynamodb, aws.client, client):
            made.cache_clear()
        yield


@cache
def client(service: str) -> Any:
    """A boto3 client whose answers are taken as they come. One for the whole run: it takes longer to make than its answers."""
    make: Any = boto3.client
    return make(service)


def make_firm() -> dict[str, str]:
    """Makes all of it, with the settings of a firm in its table; answers the environment of the functions."""
    names = make_resources()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in names.items():
            patch.setenv(name, value)
        environment.settings.cache_clear()
        CloudWorld(environment.settings()).settings.save(organisation(version=1))
    return names


def make_resources() -> dict[str, str]:
    """Tables as the template has them, bucket, queues, secret: the environment of the functions."""
    for name, logical in TABLES.items():
        client("dynamodb").create_table(TableName=name, **table_definition(logical))
    storage = client("s3")
    storage.create_bucket(Bucket="vault", CreateBucketConfiguration={"LocationConstraint": REGION})
    storage.put_bucket_versioning(Bucket="vault", VersioningConfiguration={"Status": "Enabled"})
    queues = {name: client("sqs").create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
    storage.create_bucket(Bucket="inbound", CreateBucketConfiguration={"LocationConstraint": REGION})
    secret = client("secretsmanager").create_secret(Name="cursors", SecretString="s3cret")
    capture = client("secretsmanager").create_secret(Name="captures", SecretString="a third s3cret")
    reply = client("secretsmanager").create_secret(Name="replies", SecretString="another s3cret")
    link = client("secretsmanager").create_secret(Name="links", SecretString="a fourth s3cret")
    client("scheduler").create_schedule_group(Name="schedules")
    return {
        **{f"{name.upper()}_TABLE": name for name in TABLES},
        **{f"{name.upper()}_QUEUE_URL": url for name, url in queues.items()},
        "VAULT_BUCKET": "vault",
        "INBOUND_BUCKET": "inbound",
        "INBOUND_DOMAIN": INBOUND,
        "REPLY_SECRET_ARN": reply["ARN"],
        "CAPTURE_SECRET_ARN": capture["ARN"],
        "LINK_SECRET_ARN": link["ARN"],
        "CONSOLE_URL": "https://post.tolworthy.example",
        "CONFIGURATION_SET": "letterbook",
        "PROVIDER_SECRETS": "letterbook/providers/",
        "WEBHOOK_URL": "https://hooks.letterbook.example",
        "WEBHOOK_TOPICS": f"arn:aws:sns:{REGION}:123456789012:letterbook-events",
        "SCHEDULE_GROUP": "schedules",
        "CLOCK_FUNCTION_ARN": f"arn:aws:lambda:{REGION}:123456789012:function:letterbook-clock",
        "SCHEDULER_ROLE_ARN": "arn:aws:iam::123456789012:role/scheduler",
        "SCHEDULER_DLQ_ARN": f"arn:aws:sqs:{REGION}:123456789012:schedule-dead-letters",
        "CURSOR_SECRET_ARN": secret["ARN"],
        "USER_POOL_ID": "eu-west-2_Example",
        "USER_POOL_CLIENT_ID": "4example23456789client",
        "IDENTITY_SECONDS": "60",
    }


def make_people(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A pool with one user of each role, named by it, as their address is; answers their ids."""
    pool, ids = made_once(make_pool, ("cognito-idp",))
    monkeypatch.setenv("USER_POOL_ID", pool)
    return dict(ids)


def make_pool() -> tuple[str, dict[str, str]]:
    """That pool's id, and theirs."""
    cognito = client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
    ids = {}
    for role in ROLES:
        cognito.create_group(UserPoolId=pool, GroupName=role)
        own = {"name": role.title(), "email": f"{role}@firm.example", "email_verified": "true"}
        named = [{"Name": name, "Value": value} for name, value in own.items()]
        made = cognito.admin_create_user(UserPoolId=pool, Username=role, UserAttributes=named)
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=role, GroupName=role)
        ids[role] = next(one["Value"] for one in made["User"]["Attributes"] if one["Name"] == "sub")
    return pool, ids


def rows(table: str) -> int:
    """How many items a table holds."""
    return int(client("dynamodb").scan(TableName=table, Select="COUNT")["Count"])


class Requests:
    """Counts what DynamoDB is asked."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __enter__(self) -> "Requests":
        aws.dynamodb().client.meta.events.register("before-call.dynamodb", self._count, unique_id="requests")
        return self

    def __exit__(self, *_: object) -> None:
        aws.dynamodb().client.meta.events.unregister("before-call.dynamodb", self._count, unique_id="requests")

    def _count(self, model: Any, **_: Any) -> None:
        self.names.append(model.name)
