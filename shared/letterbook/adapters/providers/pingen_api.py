"""How Pingen is called, what its errors mean, and how a letter of ours is found there.

Sources: Pingen API v2 ("Authentication", "Errors", "Letters", "Idempotency"), its own clients for PHP, Python and n8n.
"""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from letterbook.adapters.providers.access_tokens import AccessTokens
from letterbook.adapters.providers.account import CredentialsRefused
from letterbook.adapters.providers.event_values import part, word, words
from letterbook.adapters.providers.vendor_http import VendorAnswer, call, retry_after
from letterbook.domain.errors import Ambiguous, Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode, FailureText

_F = FailureCode
_JSON_API = "application/vnd.api+json"

# What any id of its looks like.
ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)

OURS = "Tell your administrator: it is our account with Pingen."
CORRECT, CHOOSE_PDF = "Correct the address, then send again.", "Choose another PDF, then send again."
_WAIT, _CHANGE = "Wait: it is tried again by itself.", "Change the letter, then send again."
_SETTLE = "Wait: Pingen is asked what became of it."

# Errors of a call: status, and what they point at or say; our word, its class, our reason, plain words.
_ERRORS: tuple[tuple[int, str, str, type[ProviderError], FailureCode, str, str], ...] = (
    (400, "", "bad_request", Permanent, _F.CONTENT, "Pingen cannot read the letter.", _CHANGE),
    (402, "", "payment_required", Permanent, _F.CONFIG, "Our account with Pingen has no money left.", OURS),
    (403, "", "forbidden", Permanent, _F.CONFIG, "Our account with Pingen may not send letters.", OURS),
    (404, "", "not_found", Permanent, _F.CONFIG, "Pingen does not know our organisation, or the letter.", OURS),
    (409, "", "conflict", Ambiguous, _F.UNKNOWN, "Pingen is busy with the same letter.", _SETTLE),
    (413, "", "file_too_large", Permanent, _F.TOO_LARGE, "Pingen takes no file of this size.", "Send fewer pages."),
    # The same key once more, and the file has another address there: the first one may have been taken.
    (422, "idempoten", "conflict", Ambiguous, _F.UNKNOWN, "Pingen is busy with the same letter.", _SETTLE),
    (
        422,
        r"recipient|/address$",
        "address_refused",
        Permanent,
        _F.INVALID_ADDRESS,
        "Pingen takes the address for none.",
        CORRECT,
    ),
    (422, "/file", "file_refused", Permanent, _F.CONTENT, "Pingen cannot print the file.", CHOOSE_PDF),
    (
        422,
        "delivery_product",
        "product_refused",
        Permanent,
        _F.NO_ROUTE,
        "Nothing is carried to this address in that way.",
        "Choose another way of delivery, then send again.",
    ),
    (422, "", "letter_refused", Permanent, _F.CONTENT, "Pingen does not take the letter as it is.", _CHANGE),
    (429, "", "too_many_requests", Throttled, _F.PROVIDER_OUTAGE, "We sent faster than Pingen takes.", _WAIT),
    (503, "", "service_unavailable", Transient, _F.PROVIDER_OUTAGE, "Pingen takes nothing at the moment.", _WAIT),
)
# It did nothing only where it says so in its own words; another 5xx may mean anything.
_IN_ITS_WORDS = 503

ERROR_TEXTS: Mapping[str, FailureText] = {
    code: FailureText(reason, advice) for _, _, code, _, _, reason, advice in _ERRORS
}


def _identity(held: Mapping[str, str]) -> str:
    """Pingen's host for tokens stands beside that of its API, also of its staging."""
    return f"{held['base_url'].rstrip('/').replace('://api', '://identity', 1)}/auth/access-tokens"


def _client(held: Mapping[str, str]) -> dict[str, str]:
    return {
        "client_id": held["client_id"],
        "client_secret": held["client_secret"],
        "scope": "letter batch webhook organisation_read",
    }


TOKENS = AccessTokens(_identity, _client)


def of_letters(held: Mapping[str, str], what: str = "") -> str:
    """The address of our letters there, or of something of one of them."""
    return f"{held['base_url'].rstrip('/')}/organisations/{quote(held['organisation_id'], safe='')}/deliveries/letters{what}"


def ask_api(
    method: str,
    url: str,
    token: str,
    body: Mapping[str, Any] | None = None,
    *,
    key: str = "",
    at_most: int = 256 * 1024,
) -> Any:
    """What it answers, as JSON; None where it says nothing. `key` is our name for what is asked, so that it is done once.

    Raises Permanent, Transient, Ambiguous.
    """
    headers = {"authorization": f"Bearer {token}", "accept": _JSON_API, "content-type": _JSON_API}
    sent = json.dumps(body).encode() if body is not None else None
    answer = call(
        method,
        url,
        headers={**headers, **({"idempotency-key": key} if key else {})},
        body=sent,
        error_of=_error_of,
        at_most=at_most,
    )
    return answer.json() if answer.body else None


def resource(told: Any) -> Mapping[str, Any]:
    """The one thing that an answer is about (JSON:API, "Primary Data"). Raises Ambiguous where there is none."""
    found = part(told, "data") if isinstance(told, dict) else {}
    if not ID.fullmatch(word(found.get("id"), 64)):
        raise Ambiguous("no id in the answer")
    return found


def _error_of(answer: VendorAnswer) -> ProviderError | None:
    if answer.status == 401:
        return CredentialsRefused("401")
    said = _said(answer)
    if answer.status == _IN_ITS_WORDS and not said:
        return None
    for status, about, code, kind, reason, _, _ in _ERRORS:
        if status == answer.status and re.search(about, said, re.MULTILINE):
            wait: dict[str, timedelta] = {"after": retry_after(answer.headers)} if issubclass(kind, Transient) else {}
            return kind(code, reason, **wait)
    return None


def _said(answer: VendorAnswer) -> str:
    """What its errors point at and say, a line each and in lower case; empty for what is not its own answer."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    errors = told.get("errors") if isinstance(told, dict) else None
    listed = errors if isinstance(errors, list) else [errors]
    lines = [
        words(value, 200)
        for one in listed[:20]
        if isinstance(one, dict)
        for value in (part(one, "source").get("pointer"), one.get("code"), one.get("title"), one.get("detail"))
    ]
    return "\n".join(line for line in lines if line).lower()


# ---- letters of ours

_PAGE, _MOST_PAGES, _MOST_PAGE_BYTES = 100, 5, 2 * 1024 * 1024


def file_name(communication_id: str) -> str:
    """What our file of a letter is called there: by that it is known where nothing else is."""
    return f"{communication_id}.pdf"


def find_letter(held: Mapping[str, str], token: str, communication_id: str) -> Mapping[str, Any] | None:
    """The letter whose file bears our id, the first one if it came twice; None where none of the latest does.

    Raises Permanent, Transient, Ambiguous.
    """
    name = file_name(communication_id)
    found: list[Mapping[str, Any]] = []
    for page in range(1, _MOST_PAGES + 1):
        asked = urlencode(
            {
                "filter[file_original_name]": name,
                "sort": "-created_at",
                "page[number]": page,
                "page[limit]": _PAGE,
            }
        )
        told = ask_api("GET", f"{of_letters(held)}?{asked}", token, at_most=_MOST_PAGE_BYTES)
        listed = told.get("data") if isinstance(told, dict) else None
        if not isinstance(listed, list):
            raise Ambiguous("unreadable answer")
        letters = [one for one in listed if isinstance(one, dict) and ID.fullmatch(word(one.get("id"), 64))]
        found += [one for one in letters if part(one, "attributes").get("file_original_name") == name]
        if len(listed) < _PAGE:
            break
    return found[-1] if found else None
