"""Clients of AWS: made when first used, all from one session, because making them is most of a cold start.

Each request costs a millisecond or two of our own processor, most of it botocore's. What of that is ceremony is left out by its own
settings; what each saves, and what was tried besides, is in docs/decisions/0044.
"""

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from botocore.config import Config
from botocore.handlers import add_expect_header
from botocore.session import Session, get_session
from pynamodb.connection import Connection

from letterbook.adapters import transport

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
# What is stored and what is queued is made of our own types, which mypy has checked. Whoever passes on what a stranger wrote, to a
# provider or to sign in, is checked by botocore too: it says for certain that nothing was asked.
_TYPED = _OURS.merge(Config(parameter_validation=False))
# Without the virtual style, signed URLs name the global endpoint, which redirects and so breaks the signature. A body's SHA-256 is
# part of the signature, and compared with the entry's when it is read: a CRC-32 more would tell nothing.
_STORAGE = _TYPED.merge(
    Config(
        signature_version="s3v4",
        s3={"addressing_style": "virtual"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
)
# botocore makes one client at a time.
_MAKING = Lock()


@cache
def session() -> Session:
    """The one session. What asks says so in the same words each time: botocore would put them together anew, twice a request."""
    made = get_session()
    made.set_default_client_config(Config(user_agent=made.user_agent()))
    # Our documents are not refused for their size: to ask first, before each, is one more wait.
    made.unregister("before-call.s3", cast("Any", add_expect_header))
    transport.carry(made, connect_seconds=_CONNECT_SECONDS, read_seconds=_READ_SECONDS)
    return made


class _Connection(Connection):
    """pynamodb's, of the one session. It would make one for each thread."""

    @property
    def session(self) -> Session:
        return session()


@cache
def dynamodb() -> Connection:
    """The one connection that all tables share. Its retries are of conditional writes and reads, so harmless.

    pynamodb asks for no validation by itself.
    """
    return _Connection(
        connect_timeout_seconds=_CONNECT_SECONDS,
        read_timeout_seconds=_READ_SECONDS,
        max_pool_connections=_MOST_AT_ONCE,
        retry_configuration={"mode": "standard", "total_max_attempts": 4},
    )


@cache
def client(service: str, config: Config) -> Any:
    """One for each service and way of asking."""
    with _MAKING:
        return session().create_client(service, config=config)


def s3() -> "S3Client":
    return cast("S3Client", client("s3", _STORAGE))


def sqs() -> "SQSClient":
    return cast("SQSClient", client("sqs", _TYPED))


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
