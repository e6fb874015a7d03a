"""How Chorus Pro is called through PISTE, the gateway of the French state, and what its answers mean.

Sources: PISTE, "OAuth 2.0 client credentials"; AIFE, "API Factures" and "API Transverses" (`codeRetour`, `libelle`).
An application of ours gets a token from PISTE; a technical account of ours at Chorus Pro stands in a header of its own.
"""

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from letterbook.adapters.providers.account import Account, CredentialsRefused
from letterbook.adapters.providers.event_values import word, words
from letterbook.adapters.providers.vendor_http import VendorAnswer, call, retry_after
from letterbook.domain.errors import Ambiguous, Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode, FailureText

T = TypeVar("T")

DEPOSIT = "factures/v1/deposer/flux"
FLOW = "transverses/v1/consulterCRDetaille"
INVOICES = "factures/v1/rechercher/fournisseur"

REFUSED, UNAVAILABLE, _BAD_CLIENT, _NO_LOGIN = (
    "deposit refused",
    "unavailable",
    "invalid_client",
    "no technical account",
)
# It took nothing, in its own words, of a success as of a failure.
_AWAY = re.compile(r"indisponib|unavailable|maintenance|surcharge", re.IGNORECASE)
# So long before a token ends it is not used any more: a call and the clocks of two machines take less.
_MARGIN_SECONDS, _LEAST_SECONDS, _MOST_SECONDS = 60.0, 30.0, 3600.0
_TOKEN = re.compile(r"[!-~]{1,8192}", re.ASCII)
# A flow of many invoices tells many errors.
_MOST_BYTES = 2 * 1024 * 1024

_OURS = "Tell your administrator: it is our account with PISTE or Chorus Pro."
_RETRY = "Wait: it is tried again by itself."
ERROR_TEXTS: Mapping[str, FailureText] = {
    REFUSED: FailureText("Chorus Pro refused the deposit.", "Correct the invoice, then send it again."),
    UNAVAILABLE: FailureText("Chorus Pro takes nothing at the moment.", _RETRY),
    _BAD_CLIENT: FailureText("PISTE does not know our application.", _OURS),
    _NO_LOGIN: FailureText("Our technical account at Chorus Pro is not named.", _OURS),
    "401": FailureText("Chorus Pro does not accept our technical account: its password may have expired.", _OURS),
    "403": FailureText("Our application has not subscribed to this interface of Chorus Pro.", _OURS),
    "413": FailureText("The file is larger than Chorus Pro takes.", "Send a smaller file."),
    "429": FailureText("We sent faster than PISTE takes.", _RETRY),
}


@dataclass(frozen=True, slots=True)
class _Token:
    """`of` is what it was given for: other credentials need another."""

    value: str
    of: tuple[str, ...]
    until: float


class Session:
    """Calls with our credentials and a token: one for all calls of an account, until shortly before it ends."""

    def __init__(self) -> None:
        self._tokens: WeakKeyDictionary[Account, _Token] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def call(self, account: Account, ask: Callable[["Caller"], T], login: str = "") -> T:
        """What `ask` answers. Where it is refused, once more with a new token and the secret as it is now: either may have ended.

        `login` is our technical account, where the secret does not say it.
        """
        held = account.credentials()
        kept = self._kept(account, held)
        try:
            return ask(Caller(held, kept or self._renewed(account, held), login))
        except CredentialsRefused:
            newer = account.credentials(fresh=True)
            if newer == held and kept is None:
                raise
            return ask(Caller(newer, self._renewed(account, newer), login))

    def _kept(self, account: Account, held: Mapping[str, str]) -> str | None:
        with self._lock:
            token = self._tokens.get(account)
        good = token and token.of == _owner(held) and time.monotonic() < token.until
        return token.value if token and good else None

    def _renewed(self, account: Account, held: Mapping[str, str]) -> str:
        value, seconds = _new_token(held)
        until = time.monotonic() + max(seconds - _MARGIN_SECONDS, min(seconds / 2, _LEAST_SECONDS))
        with self._lock:
            self._tokens[account] = _Token(value, _owner(held), until)
        return value


def _owner(held: Mapping[str, str]) -> tuple[str, ...]:
    return held["base_url"], held["client_id"], held["client_secret"]


def _new_token(held: Mapping[str, str]) -> tuple[str, float]:
    """A token and for how many seconds it is good. Raises Transient, CredentialsRefused, Permanent: nothing was deposited yet."""
    form = {
        "grant_type": "client_credentials",
        "client_id": held["client_id"],
        "client_secret": held["client_secret"],
        "scope": "openid",
    }
    # PISTE gives tokens at one host and takes calls at another.
    url = held["base_url"].rstrip("/").replace("api.piste.gouv.fr", "oauth.piste.gouv.fr")
    try:
        told = call(
            "POST",
            f"{url}/api/oauth/token",
            headers={"content-type": "application/x-www-form-urlencoded", "accept": "application/json"},
            body=urlencode(form).encode(),
            error_of=_token_error,
        ).json()
    except Ambiguous as failed:
        raise Transient(failed.provider_code) from failed
    value = told.get("access_token") if isinstance(told, dict) else None
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise Transient("no token in the answer")
    return value, _seconds(told.get("expires_in"))


def _seconds(told: object) -> float:
    """An hour, where it does not say ("expires_in": 3600)."""
    try:
        return min(max(float(told), 1.0), _MOST_SECONDS) if isinstance(told, (int, float, str)) else _MOST_SECONDS
    except (ValueError, OverflowError):
        return _MOST_SECONDS


def _token_error(answer: VendorAnswer) -> ProviderError | None:
    """RFC 6749, 5.2: what is wrong with our application comes as a 400."""
    if answer.status in (400, 401):
        return CredentialsRefused(_BAD_CLIENT)
    return None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks Chorus Pro, once."""

    held: Mapping[str, str]
    token: str
    login: str

    def post(self, what: str, values: Mapping[str, object]) -> dict[str, Any]:
        """Its answer, whatever `codeRetour` says. Raises Transient, Throttled, Permanent, CredentialsRefused, Ambiguous."""
        login = self.login or self.held.get("technical_account", "")
        if not login:
            raise Permanent(_NO_LOGIN, FailureCode.CONFIG)
        who = base64.b64encode(f"{login}:{self.held['technical_password']}".encode()).decode()
        answer = call(
            "POST",
            f"{self.held['base_url'].rstrip('/')}/cpro/{what}",
            headers={
                "authorization": f"Bearer {self.token}",
                "cpro-account": who,
                "content-type": "application/json;charset=utf-8",
                "accept": "application/json",
            },
            body=json.dumps(values).encode(),
            error_of=_error_of,
            at_most=_MOST_BYTES,
        )
        told = answer.json()
        if not isinstance(told, dict) or return_code(told) is None:
            raise Ambiguous("unreadable answer")
        return told


def return_code(told: Mapping[str, Any]) -> int | None:
    """0 where it did what was asked, also within a success of HTTP; None where the answer is none of its own."""
    code = told.get("codeRetour")
    if isinstance(code, str) and code.isascii() and code.isdigit():
        return int(code[:9])
    return code if type(code) is int else None


def saying(told: Mapping[str, Any]) -> str:
    """What it says of that, on one line."""
    return " ".join(words(told.get("libelle"), 300).split())


def refusal(told: Mapping[str, Any]) -> ProviderError:
    """What a deposit failed of that it answered itself: nothing was taken."""
    said = saying(told)
    if _AWAY.search(said):
        return Transient(UNAVAILABLE)
    reason = f"Chorus Pro refused the deposit: {said or 'it did not say why'} ({return_code(told)})."
    return Permanent(REFUSED, FailureCode.CONTENT, text=FailureText(reason, ERROR_TEXTS[REFUSED].advice))


def _error_of(answer: VendorAnswer) -> ProviderError | None:
    """None where it does not say why: the status then has to. Only in its own words did a 5xx take nothing."""
    wait = retry_after(answer.headers)
    if answer.status == 429:
        return Throttled("429", after=wait)
    if answer.status < 400 or answer.status in (401, 403, 408, 413):
        return None
    told = _told(answer)
    if return_code(told) is None and not word(told.get("libelle"), 300):
        return None
    if answer.status >= 500:
        return Transient(UNAVAILABLE, after=wait) if _AWAY.search(saying(told)) else None
    return refusal(told)


def _told(answer: VendorAnswer) -> Mapping[str, Any]:
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
