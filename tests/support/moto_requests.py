"""Asks moto for less work at each request, for the same answers: what it finds out anew each time is remembered.

Most of the time of a test is spent between boto3 and moto, several hundred times.
"""

import re
from functools import cache, lru_cache
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.signers import RequestSigner
from botocore.useragent import UserAgentString
from moto import backend_index
from moto.backends import get_backend
from moto.cognitoidp import models as cognitoidp
from moto.core import responses
from moto.core.base_backend import BackendDict
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.request import normalize_request
from moto.core.utils import method_names_from_class
from werkzeug.exceptions import HTTPException

from tests.support import moto_dynamodb
from tests.support.moto_state import KEYS


def quicken(patch: pytest.MonkeyPatch) -> None:
    """Until the patch is undone."""
    answer = BotocoreStubber.__call__

    def one_at_a_time(*asked: Any, **named: Any) -> Any:
        with moto_dynamodb.TURN:
            return answer(*asked, **named)

    patch.setattr(BotocoreStubber, "__call__", one_at_a_time)
    patch.setattr(BotocoreStubber, "process_request", _process)
    patch.setattr(RequestSigner, "handler", _sign)
    patch.setattr(UserAgentString, "to_string", lambda _: "letterbook")
    patch.setattr(responses, "method_names_from_class", cache(method_names_from_class))
    patch.setattr(cognitoidp, "jwk", KEYS)
    moto_dynamodb.quicken(patch)


@lru_cache(4096)
def _answering(url: str) -> Any:
    """What answers at an address: moto would try every pattern of every service. None, if only moto itself can tell."""
    every: Any = backend_index.backend_url_patterns
    for service, pattern in every:
        if pattern.match(url):
            backends = get_backend(service)
            if not isinstance(backends, BackendDict):
                return None
            regions = backends[DEFAULT_ACCOUNT_ID]
            backend = regions["us-east-1" if "us-east-1" in regions else "aws"]
            return next((answer for one, answer in backend.urls.items() if re.match(one, url)), None)
    return None


_process_as_ever = BotocoreStubber.process_request


def _process(stubber: BotocoreStubber, request: AWSPreparedRequest) -> Any:
    answer = _answering(request.url.partition("?")[0])
    if answer is None:
        return _process_as_ever(stubber, request)
    asked = normalize_request(request)
    try:
        return answer(asked, asked.raw_url, asked.headers)
    except HTTPException as problem:
        return problem.code, problem.get_headers(), problem.get_body()


_sign_as_ever = RequestSigner.handler


def _sign(signer: RequestSigner, request: AWSRequest, **more: Any) -> None:
    """Says who asks, and for which region, which is all of a signature that moto reads; S3 also says so how a body is sent."""
    if signer.signing_name == "s3":
        _sign_as_ever(signer, request=request, **more)
        return
    scope = f"20260101/{signer.region_name}/{signer.signing_name}"
    request.headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential=testing/{scope}/aws4_request, SignedHeaders=host"
