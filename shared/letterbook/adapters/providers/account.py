"""What a provider is called with: our credentials there, and where it reaches us.

Each has one secret, a JSON object under its own name, which `make provider` writes. Two versions of it are good at a time while
they are exchanged: what is posted may be signed by either, until a week after the newer one came.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from letterbook.adapters import aws
from letterbook.domain.errors import Permanent, Transient, Unavailable
from letterbook.domain.failures import FailureCode
from letterbook.environment import Settings

T = TypeVar("T")

_CURRENT, _PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"
# So long what was read of a secret is believed; a provider that refuses it has it read at once.
_BELIEVED_SECONDS = 300.0
# Whoever posts with wrong signatures must not make us read secrets as often.
LEAST_SECONDS = 10.0
_BOTH_GOOD = timedelta(days=7)
_MISSING = frozenset({"ResourceNotFoundException", "InvalidRequestException"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialField:
    """One value of a provider's secret. `pattern` is what all of it looks like; `hint` says to a person where it is found.

    `hidden` is not shown while it is typed. A field with a `default` may be left out.
    """

    name: str
    label: str
    pattern: str
    hint: str = ""
    hidden: bool = False
    default: str | None = None


@dataclass(frozen=True, slots=True)
class _Version:
    """What a secret holds, and since when."""

    values: Mapping[str, str]
    since: datetime


class CredentialsRefused(Permanent):
    """The provider does not know us (401): it did nothing, and newer credentials may be there."""

    def __init__(self, provider_code: str) -> None:
        super().__init__(provider_code, FailureCode.CONFIG)


class Account:
    """Ours with one provider. `fields` are what its secret holds."""

    def __init__(self, name: str, fields: Sequence[CredentialField], settings: Settings) -> None:
        self.name = name
        self.settings = settings
        self._defaults = {one.name: one.default for one in fields if one.default is not None}
        self._known: dict[str, tuple[float, _Version | None]] = {}

    @property
    def webhook_url(self) -> str:
        """Our public address of this provider's webhook."""
        return f"{webhook_url(self.settings)}/{self.name}"

    def credentials(self, *, fresh: bool = False) -> Mapping[str, str]:
        """As they are now, or were up to five minutes ago. Raises Transient: without them nobody is called."""
        try:
            found = self._version(_CURRENT, at_most=0.0 if fresh else _BELIEVED_SECONDS)
        except Unavailable as failed:
            raise Transient("credentials unavailable") from failed
        if found is None:
            raise Permanent("no credentials", FailureCode.CONFIG)
        return found.values

    def call(self, ask: Callable[[Mapping[str, str]], T]) -> T:
        """What `ask` answers with our credentials; where they are refused, once more with newer ones, if there are."""
        known = self.credentials()
        try:
            return ask(known)
        except CredentialsRefused:
            newer = self.credentials(fresh=True)
            if newer == known:
                raise
            return ask(newer)

    def prove(self, proves: Callable[[Mapping[str, str]], bool]) -> bool:
        """Whether one of the credentials that are good now proves something. Raises Unavailable where none can be read."""
        return any(proves(values) for values in self._good())

    def _good(self) -> Iterator[Mapping[str, str]]:
        """The present ones, those before them, and the present ones as they are now, each looked at only where it is needed."""
        present = self._version(_CURRENT, at_most=_BELIEVED_SECONDS)
        if present:
            yield present.values
            if datetime.now(UTC) - present.since < _BOTH_GOOD and (
                before := self._version(_PREVIOUS, _BELIEVED_SECONDS)
            ):
                yield before.values
        newer = self._version(_CURRENT, at_most=LEAST_SECONDS)
        if newer and newer != present:
            yield newer.values

    def _version(self, stage: str, at_most: float) -> _Version | None:
        """None where there is none. Raises Unavailable."""
        known = self._known.get(stage)
        if known and time.monotonic() - known[0] < at_most:
            return known[1]
        found = self._read(stage)
        if stage == _CURRENT and known and known[1] != found:
            # What was the present one is the one before it by now.
            self._known.pop(_PREVIOUS, None)
        self._known[stage] = (time.monotonic(), found)
        return found

    def _read(self, stage: str) -> _Version | None:
        try:
            answer = aws.secrets().get_secret_value(SecretId=self._secret, VersionStage=stage)
            held: dict[str, str] = json.loads(answer["SecretString"])
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise Unavailable("The credentials cannot be read at the moment.") from error
        except (BotoCoreError, ValueError) as error:
            raise Unavailable("The credentials cannot be read at the moment.") from error
        return _Version({**self._defaults, **held}, answer["CreatedDate"])

    @property
    def _secret(self) -> str:
        return f"{self.settings.provider_secrets}{self.name}"


class Secrets:
    """Which providers have a secret: who only asks that need not read one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: dict[str, tuple[float, bool]] = {}

    def has(self, name: str) -> bool:
        """As it was up to a minute ago. Raises Unavailable."""
        known = self._known.get(name)
        if known and time.monotonic() - known[0] < 60:
            return known[1]
        found = self._look(name)
        self._known[name] = (time.monotonic(), found)
        return found

    def _look(self, name: str) -> bool:
        try:
            answer = aws.secrets().describe_secret(SecretId=f"{self._settings.provider_secrets}{name}")
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return False
            raise Unavailable("Whether a provider is set up cannot be told at the moment.") from error
        except BotoCoreError as error:
            raise Unavailable("Whether a provider is set up cannot be told at the moment.") from error
        return "DeletedDate" not in answer and any(_CURRENT in one for one in answer["VersionIdsToStages"].values())


def webhook_url(settings: Settings) -> str:
    """Where providers reach us: as the stack was told, else the address that Lambda gave the function."""
    told = settings.webhook_url
    if told:
        return told.rstrip("/")
    return _address_of(settings.webhook_function)


def _address_of(function: str) -> str:
    if function not in _addresses:
        _addresses[function] = aws.functions().get_function_url_config(FunctionName=function)["FunctionUrl"].rstrip("/")
    return _addresses[function]


_addresses: dict[str, str] = {}
