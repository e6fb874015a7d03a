"""Sessions in Cognito: its challenges, its tokens, and the keys that those are signed with."""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError, ParamValidationError
from botocore.httpsession import URLLib3Session

from letterbook.adapters import aws
from letterbook.ports.sessions import (
    APP_CODE,
    NEW_PASSWORD,
    SMS_CODE,
    AuthenticationFailed,
    Challenge,
    Tokens,
    TooManyAttempts,
    WeakPassword,
)

logger = logging.getLogger(__name__)

# What an answer to each challenge is called.
_ANSWERS = {NEW_PASSWORD: "NEW_PASSWORD", APP_CODE: "SOFTWARE_TOKEN_MFA_CODE", SMS_CODE: "SMS_MFA_CODE"}
_WEAK = {"InvalidPasswordException", "PasswordHistoryPolicyViolationException"}
_OFTEN = {"TooManyRequestsException", "TooManyFailedAttemptsException", "LimitExceededException"}
_REFUSED = {
    "NotAuthorizedException",
    "UserNotFoundException",
    "UserNotConfirmedException",
    "PasswordResetRequiredException",
    "CodeMismatchException",
    "ExpiredCodeException",
    "InvalidParameterException",
    "RefreshTokenReuseException",
}
_MOST_KNOWN = 500
# A key that is not known is asked for again, but not at every stranger's whim.
_KEYS_SECONDS = 60
_LEEWAY_SECONDS = 5
_KEYS_TIMEOUT_SECONDS = 5


class CognitoSessions:
    """See ports.Sessions. Tokens that were found good are known until they are over; so are the pool's keys."""

    def __init__(self, pool: str, client: str) -> None:
        self._pool = pool
        self._client = client
        self._known: dict[bytes, Mapping[str, Any]] = {}
        self._keys: dict[str, Any] = {}
        self._keys_read_at = float("-inf")

    def sign_in(self, username: str, password: str) -> Tokens | Challenge:
        given = {"USERNAME": username, "PASSWORD": password}
        return _outcome(
            username,
            lambda: aws.cognito().initiate_auth(
                ClientId=self._client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=given
            ),
        )

    def respond_to_challenge(self, challenge: Challenge, answer: str) -> Tokens | Challenge:
        if challenge.name not in _ANSWERS:
            raise AuthenticationFailed
        given = {"USERNAME": challenge.username, _ANSWERS[challenge.name]: answer}
        return _outcome(
            challenge.username,
            lambda: aws.cognito().respond_to_auth_challenge(
                ClientId=self._client,
                ChallengeName=challenge.name,  # type: ignore[arg-type] # one of ours, as was just checked
                Session=challenge.session,
                ChallengeResponses=given,
            ),
        )

    def refresh(self, refresh_token: str) -> Tokens:
        outcome = _outcome(
            "",
            lambda: aws.cognito().initiate_auth(
                ClientId=self._client,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": refresh_token},
            ),
        )
        if isinstance(outcome, Challenge):
            raise AuthenticationFailed
        return outcome

    def revoke(self, refresh_token: str) -> None:
        try:
            aws.cognito().revoke_token(Token=refresh_token, ClientId=self._client)
        except ClientError:
            # It is over for the browser in any case, which forgets it.
            logger.warning("token not revoked", exc_info=True)

    def verify(self, id_token: str) -> Mapping[str, Any]:
        digest = hashlib.sha256(id_token.encode()).digest()
        known = self._known.get(digest)
        if known and known["exp"] > time.time():
            return known
        claims = self._checked(id_token)
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[digest] = claims
        return claims

    def _checked(self, id_token: str) -> Mapping[str, Any]:
        # A third of a cold start, and pages that anybody may see need none of it.
        import jwt

        try:
            key = self._key(jwt.get_unverified_header(id_token).get("kid", ""))
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key,
                algorithms=["RS256"],
                audience=self._client,
                issuer=f"https://cognito-idp.{self._pool.partition('_')[0]}.amazonaws.com/{self._pool}",
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub", "token_use"]},
            )
        except jwt.InvalidTokenError as error:
            raise AuthenticationFailed from error
        if claims["token_use"] != "id":  # noqa: S105 - the use, not the token
            raise AuthenticationFailed
        return claims

    def _key(self, name: str) -> Any:
        if name not in self._keys and time.monotonic() - self._keys_read_at > _KEYS_SECONDS:
            from jwt import PyJWKSet

            self._keys = {key.key_id or "": key for key in PyJWKSet.from_dict(published_keys(self._pool)).keys}
            self._keys_read_at = time.monotonic()
        if name not in self._keys:
            raise AuthenticationFailed
        return self._keys[name]


def published_keys(pool: str) -> dict[str, Any]:
    """The keys of a pool, as it publishes them."""
    address = f"{aws.cognito().meta.endpoint_url}/{pool}/.well-known/jwks.json"
    answer = URLLib3Session(timeout=_KEYS_TIMEOUT_SECONDS).send(AWSRequest("GET", address).prepare())
    if answer.status_code != HTTPStatus.OK:
        raise OSError(f"the pool's keys were answered with {answer.status_code}")
    keys: dict[str, Any] = json.loads(answer.content)
    return keys


def _outcome(username: str, ask: Callable[[], Any]) -> Tokens | Challenge:
    try:
        answer = ask()
    except ParamValidationError as error:
        # A form that somebody made up: no session of Cognito's looks like that.
        raise AuthenticationFailed from error
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _WEAK:
            raise WeakPassword from error
        if code in _OFTEN:
            raise TooManyAttempts from error
        if code in _REFUSED:
            raise AuthenticationFailed from error
        raise
    if name := answer.get("ChallengeName"):
        own = answer.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP")
        return Challenge(name=name, session=answer.get("Session", ""), username=own or username)
    result = answer["AuthenticationResult"]
    return Tokens(id_token=result["IdToken"], refresh_token=result.get("RefreshToken"))
