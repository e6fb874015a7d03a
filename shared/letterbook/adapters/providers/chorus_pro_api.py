"""How Chorus Pro is called through PISTE, the gateway of the French state, and what its answers mean.

Sources: PISTE, "OAuth 2.0 client credentials"; AIFE, "API Factures" and "API Transverses" (`codeRetour`, `libelle`).
An application of ours gets a token from PISTE; a technical account of ours at Chorus Pro stands in a header of its own.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from letterbook.adapters.providers.access_tokens import AccessTokens
from letterbook.adapters.providers.account import Account
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
# A flow of many invoices tells many errors.
_MOST_BYTES = 2 * 1024 * 1024

_OURS = "Tell your administrator: it is our account with PISTE or Chorus Pro."
_RETRY = "Wait: it is tried again by itself."
ERROR_TEXTS: Mapping[str, FailureText] = {
    REFUSED: FailureText("Chorus Pro refused the deposit.", "Correct the invoice, then send it again."),
    UNAVAILABLE: FailureText("Chorus Pro takes nothing at the moment.", _RETRY),
    "400": FailureText("PISTE does not know our application.", _OURS),
    _NO_LOGIN: FailureText("Our technical account at Chorus Pro is not named.", _OURS),
    "401": FailureText("Chorus Pro does not accept our technical account: its password may have expired.", _OURS),
    "403": FailureText("Our application has not subscribed to this interface of Chorus Pro.", _OURS),
    "413": FailureText("The file is larger than Chorus Pro takes.", "Send a smaller file."),
    "429": FailureText("We sent faster than PISTE takes.", _RETRY),
}


def _where(held: Mapping[str, str]) -> str:
    """PISTE gives tokens at one host and takes calls at another."""
    return f"{held['base_url'].rstrip('/').replace('api.piste.gouv.fr', 'oauth.piste.gouv.fr')}/api/oauth/token"


def _who(held: Mapping[str, str]) -> dict[str, str]:
    return {"client_id": held["client_id"], "client_secret": held["client_secret"], "scope": "openid"}


_TOKENS = AccessTokens(_where, _who)


def session(account: Account, ask: Callable[["Caller"], T], login: str) -> T:
    """What `ask` answers with our credentials. `login` is our technical account, where it is not the one in the secret."""
    return _TOKENS.call(account, lambda held, token: ask(Caller(held, token, login)))


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
