"""Access tokens: what some vendors want to see in place of our credentials (RFC 6749, 4.4).

A token is kept in memory until shortly before it expires. One that is refused earlier is renewed once, by credentials that are
read again.
"""

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlencode

from letterbook.adapters.providers.account import Account, CredentialsRefused
from letterbook.adapters.providers.vendor_http import VendorAnswer, call, only_asked
from letterbook.domain.errors import Permanent, ProviderError, Transient
from letterbook.domain.failures import FailureCode

T = TypeVar("T")

# It must still be good when the last of the calls that begin with it arrives.
_MARGIN_SECONDS, _LONGEST_SECONDS = 120, 86_400
# RFC 6750, 2.1, and no longer than a header may be.
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,8000}", re.ASCII)


class AccessTokens:
    """Those of one vendor. `address` is where they are given, `form` what is asked there, both by what its secret holds."""

    def __init__(
        self, address: Callable[[Mapping[str, str]], str], form: Callable[[Mapping[str, str]], Mapping[str, str]]
    ) -> None:
        self._address = address
        self._form = form
        self._kept: dict[str, tuple[float, str]] = {}

    def call(self, account: Account, ask: Callable[[Mapping[str, str], str], T]) -> T:
        """What `ask` answers with our credentials and a token; once more with new ones where the token is refused.

        Raises whatever `ask` does; Transient where no token can be had: nothing was asked then.
        """
        held = account.credentials()
        try:
            return ask(held, self._token(held))
        except CredentialsRefused:
            newer = account.credentials(fresh=True)
            was_a_token = self._kept.pop(self._key(held), None) is not None
            if newer == held and not was_a_token:
                raise
            return ask(newer, self._token(newer))

    def _token(self, held: Mapping[str, str]) -> str:
        known = self._kept.get(self._key(held))
        if known and time.monotonic() < known[0]:
            return known[1]
        token, seconds = self._given(held)
        self._kept[self._key(held)] = (time.monotonic() + seconds - _MARGIN_SECONDS, token)
        return token

    def _given(self, held: Mapping[str, str]) -> tuple[str, int]:
        """A new one, and for how many seconds it is good."""
        body = urlencode({"grant_type": "client_credentials", **self._form(held)}).encode()
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        with only_asked():
            told = call("POST", self._address(held), headers=headers, body=body, error_of=_error_of).json()
        token = told.get("access_token") if isinstance(told, dict) else None
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise Transient("no token in the answer")
        return token, _seconds(told.get("expires_in"))

    def _key(self, held: Mapping[str, str]) -> str:
        """Other credentials, or another place, are another token's."""
        said = json.dumps([self._address(held), *sorted(self._form(held).items())])
        return hashlib.sha256(said.encode()).hexdigest()


def _seconds(told: object) -> int:
    """Some vendors write it as a text."""
    text = str(told) if type(told) in (int, str) else ""
    return min(int(text), _LONGEST_SECONDS) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _error_of(answer: VendorAnswer) -> ProviderError | None:
    """RFC 6749, 5.2: a client that is not known is told so by a 400 as well. Whatever else is refused is our set-up, too."""
    if answer.status in (400, 401, 403):
        return CredentialsRefused(str(answer.status))
    refused = 400 <= answer.status < 500 and answer.status not in (408, 429)
    return Permanent(str(answer.status), FailureCode.CONFIG) if refused else None
