"""Clients of AWS: made when first used, all from one session, because making them is most of a cold start."""

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from botocore.config import Config
from pynamodb.connection import Connection

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

_CONNECT_SECONDS, _READ_SECONDS = 2, 10
# As many threads as ask at once, so that none opens a connection for one request: the sweep's.
_MOST_AT_ONCE = 16
# A provider is given one chance per claim: a retry that we do not know of could send twice.
PROVIDER = Config(connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 1})
_OURS = Config(
    connect_timeout=_CONNECT_SECONDS,
    read_timeout=_READ_SECONDS,
    retries={"mode": "standard", "total_max_attempts": 4},
    max_pool_connections=_MOST_AT_ONCE,
)
# Without the virtual style, signed URLs name the global endpoint, which redirects and so breaks the signature.
_STORAGE = _OURS.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))


@cache
def dynamodb() -> Connection:
    """The one connection that all tables share. Its retries are of conditional writes and reads, so harmless."""
    return Connection(
        connect_timeout_seconds=_CONNECT_SECONDS,
        read_timeout_seconds=_READ_SECONDS,
        max_pool_connections=_MOST_AT_ONCE,
        retry_configuration={"mode": "standard", "total_max_attempts": 4},
    )


@cache
def client(service: str, config: Config) -> Any:
    """One for each service and way of asking."""
    return dynamodb().session.create_client(service, config=config)


def s3() -> "S3Client":
    return cast("S3Client", client("s3", _STORAGE))


def sqs() -> "SQSClient":
    return cast("SQSClient", client("sqs", _OURS))


def scheduler() -> "EventBridgeSchedulerClient":
    return cast("EventBridgeSchedulerClient", client("scheduler", _OURS))


def functions() -> "LambdaClient":
    return cast("LambdaClient", client("lambda", _OURS))


def cognito() -> "CognitoIdentityProviderClient":
    return cast("CognitoIdentityProviderClient", client("cognito-idp", _OURS))


def secrets() -> "SecretsManagerClient":
    return cast("SecretsManagerClient", client("secretsmanager", _OURS))


def secret(arn: str) -> bytes:
    """What a secret holds."""
    return secrets().get_secret_value(SecretId=arn)["SecretString"].encode()


def ses() -> "SESV2Client":
    return cast("SESV2Client", client("sesv2", PROVIDER))


def sns() -> "SNSClient":
    return cast("SNSClient", client("sns", PROVIDER))
