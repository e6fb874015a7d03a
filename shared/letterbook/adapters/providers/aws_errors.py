"""What it means when a call of an AWS provider fails.

Certainly not processed: no connection was made, or the service answered that it is throttling. Certainly refused: a 4xx that the
provider names. Everything else may have been processed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)

from letterbook.adapters.providers.vendor_http import NO_ANSWER, NO_CONNECTION, retry_after
from letterbook.domain.errors import Ambiguous, Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode

_THROTTLING = {"Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "SlowDown"}


@contextmanager
def translated(errors: Mapping[str, tuple[type[ProviderError], FailureCode]]) -> Iterator[None]:
    """Turns botocore's exceptions into ours; `errors` are the provider's own codes, `code/reason` where it gives a reason."""
    try:
        yield
    except ClientError as error:
        raise _classed(error, errors) from error
    except (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError) as error:
        raise Transient(NO_CONNECTION) from error
    except ParamValidationError as error:
        raise Permanent("ParamValidationError", FailureCode.UNKNOWN) from error
    except Exception as error:
        # Also an answer that cannot be read, or lacks what it is about: botocore fails in many ways of its own there.
        raise Ambiguous(NO_ANSWER) from error


def _classed(error: ClientError, errors: Mapping[str, tuple[type[ProviderError], FailureCode]]) -> ProviderError:
    status = int(error.response["ResponseMetadata"]["HTTPStatusCode"])
    code = str(error.response.get("Error", {}).get("Code") or status)
    wait = retry_after(error.response["ResponseMetadata"].get("HTTPHeaders", {}))
    reasoned = f"{code}/{error.response.get('Reason', '')}"
    code = reasoned if reasoned in errors else code
    if code in errors:
        kind, reason = errors[code]
        return kind(code, reason, after=wait) if issubclass(kind, Throttled) else kind(code, reason)
    if status == 429 or code in _THROTTLING:
        return Throttled(code, after=wait)
    if status in (401, 403):
        return Permanent(code, FailureCode.CONFIG)
    if 400 <= status < 500 and status != 408:
        return Permanent(code, FailureCode.UNKNOWN)
    return Ambiguous(code)
