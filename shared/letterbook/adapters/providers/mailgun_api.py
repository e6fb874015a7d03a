"""How Mailgun is called, and what its errors mean.

Sources: Mailgun API reference ("Authentication", "Errors", "Rate limits").
"""

import json
from collections.abc import Mapping
from urllib.parse import quote

from letterbook.adapters.providers.event_values import words
from letterbook.adapters.providers.vendor_http import VendorAnswer, retry_after
from letterbook.domain.errors import OverQuota, Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode, FailureText

_F = FailureCode

# Errors of a call (Mailgun, "API errors"): status and words of the message; our word, its class, our reason, plain words.
OUR_ACCOUNT, _WAIT = "Tell your administrator: it is our account with Mailgun.", "Wait: it is tried again by itself."
CORRECT, _CHANGE = "Correct the address, then send again.", "Change the text or the attachments, then send again."
_SMALLER, TOO_LARGE = "Send smaller or fewer attachments.", "message too large"
_ERRORS: tuple[tuple[int, str, str, type[ProviderError], FailureCode, str, str], ...] = (
    (
        400,
        "'to' param",
        "invalid recipient",
        Permanent,
        _F.INVALID_ADDRESS,
        "Mailgun takes the address for none.",
        CORRECT,
    ),
    (400, "'from' param", "invalid sender", Permanent, _F.CONFIG, "Mailgun does not know this sender.", OUR_ACCOUNT),
    (400, "sandbox", "sandbox domain", Permanent, _F.CONFIG, "Our domain at Mailgun is only for tests.", OUR_ACCOUNT),
    (400, "", "bad request", Permanent, _F.CONTENT, "Mailgun cannot read the message.", _CHANGE),
    (402, "", "request failed", Permanent, _F.CONFIG, "Our Mailgun account is not paid for.", OUR_ACCOUNT),
    (403, "", "forbidden", Permanent, _F.CONFIG, "Our Mailgun account may not send this.", OUR_ACCOUNT),
    (404, "", "domain not found", Permanent, _F.CONFIG, "Mailgun does not know our domain.", OUR_ACCOUNT),
    (413, "", TOO_LARGE, Permanent, _F.TOO_LARGE, "Mailgun takes no message of more than 25 MB.", _SMALLER),
    (
        429,
        "limit exceeded",
        "limit exceeded",
        OverQuota,
        _F.PROVIDER_OUTAGE,
        "We sent as many as Mailgun allows.",
        _WAIT,
    ),
    (429, "", "too many requests", Throttled, _F.PROVIDER_OUTAGE, "We sent faster than Mailgun takes.", _WAIT),
    (503, "", "service unavailable", Transient, _F.PROVIDER_OUTAGE, "Mailgun takes nothing at the moment.", _WAIT),
)
# It did nothing only where it says so in its own words; another 5xx may mean anything.
_IN_ITS_WORDS = 503

ERROR_TEXTS = {code: FailureText(reason, advice) for _, _, code, _, _, reason, advice in _ERRORS}


def address_of(held: Mapping[str, str], what: str) -> str:
    return f"{held['base_url'].rstrip('/')}/v3/{quote(held['domain'], safe='')}/{what}"


def credentials_of(held: Mapping[str, str]) -> dict[str, str]:
    from urllib3.util import make_headers

    return {**make_headers(basic_auth=f"api:{held['api_key']}"), "accept": "application/json"}


def error_of(answer: VendorAnswer) -> ProviderError | None:
    said = _message_of(answer)
    if answer.status == _IN_ITS_WORDS and not said:
        return None
    for status, part_of_it, code, kind, reason, _, _ in _ERRORS:
        if status == answer.status and part_of_it in said:
            wait = {"after": retry_after(answer.headers)} if issubclass(kind, Transient) else {}
            return kind(code, reason, **wait)
    return None


def _message_of(answer: VendorAnswer) -> str:
    """What Mailgun says of it, in lower case; empty for what is not its own answer."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    return words(told.get("message")).lower() if isinstance(told, dict) else ""
