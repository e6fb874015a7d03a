"""How Twilio is called, and what its codes mean, of a call and of a message that it took.

Sources: Twilio "Requests to the REST API", "Error and warning dictionary", "REST API best practices" (429).
"""

import json
import re
from collections.abc import Mapping

from letterbook.adapters.providers.account import CredentialsRefused
from letterbook.adapters.providers.vendor_http import VendorAnswer, retry_after
from letterbook.domain.errors import Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode, FailureText
from letterbook.domain.receipts import DeliveryOutcome

_F, _D = FailureCode, DeliveryOutcome

# What any id of its looks like.
ID = re.compile(r"[A-Za-z0-9]{2,64}", re.ASCII)

_CORRECT, _OTHER, _WAIT = "Correct the number, then send again.", "Use another channel.", "Send again later."
_OURS = "Tell your administrator: it is our account with Twilio."
_CHANGE = "Change the text, then send again."
_RETRY = "Wait: it is tried again by itself."

# A call that it refuses. What class that is follows from our reason: only what is an outage passes by itself.
_REFUSED: dict[str, tuple[FailureCode, str, str]] = {
    "20003": (_F.CONFIG, "Twilio does not accept our credentials.", _OURS),
    "20404": (_F.CONFIG, "Twilio does not know our account, or the message.", _OURS),
    "20429": (_F.PROVIDER_OUTAGE, "We sent faster than Twilio takes.", _RETRY),
    "20503": (_F.PROVIDER_OUTAGE, "Twilio takes nothing at the moment.", _RETRY),
    "21211": (_F.INVALID_ADDRESS, "Twilio takes the number for none.", _CORRECT),
    "21212": (_F.CONFIG, "Twilio does not accept our sender.", _OURS),
    "21266": (_F.CONFIG, "Sender and recipient are the same number.", _CORRECT),
    "21408": (_F.CONFIG, "Our account may not send to this country.", _OURS),
    "21601": (_F.CONFIG, "Our sender can send no SMS.", _OURS),
    "21602": (_F.CONTENT, "The message has no text.", _CHANGE),
    "21603": (_F.CONFIG, "The message has no sender.", _OURS),
    "21604": (_F.INVALID_ADDRESS, "The message has no recipient.", _CORRECT),
    "21606": (_F.CONFIG, "Our sender is not one of our account's numbers.", _OURS),
    "21608": (_F.CONFIG, "Our account is on trial, and sends to verified numbers alone.", _OURS),
    "21609": (_F.CONFIG, "Twilio does not accept our address for its reports.", _OURS),
    "21610": (_F.OPTED_OUT, "The recipient answered STOP.", "Use another channel, until they answer START."),
    "21611": (_F.PROVIDER_OUTAGE, "Too many messages of our sender are waiting at Twilio.", _RETRY),
    "21612": (_F.CONFIG, "Our sender cannot reach this number.", _OURS),
    "21614": (_F.INVALID_ADDRESS, "The number is not a mobile.", _CORRECT),
    "21617": (_F.TOO_LARGE, "The message has more than 1,600 characters.", "Shorten the text, then send again."),
    "21635": (_F.INVALID_ADDRESS, "The number is a landline.", _CORRECT),
    "21703": (_F.CONFIG, "Our messaging service has no sender.", _OURS),
}
# A message that failed later. It outweighs a delivery only where nothing will ever arrive at that number.
_LATER: dict[str, tuple[DeliveryOutcome, FailureCode, str, str]] = {
    "21610": (_D.REFUSED, *_REFUSED["21610"]),
    "30001": (_D.SOFT_BOUNCE, _F.PROVIDER_OUTAGE, "Too many messages were waiting at Twilio.", _WAIT),
    "30002": (_D.SOFT_BOUNCE, _F.CONFIG, "Our account with Twilio is suspended.", _OURS),
    "30003": (_D.SOFT_BOUNCE, _F.UNREACHABLE, "The phone is off, or has no signal.", _WAIT),
    "30004": (_D.SOFT_BOUNCE, _F.BLOCKED, "The recipient or their network blocks it.", _OTHER),
    "30005": (_D.HARD_BOUNCE, _F.INVALID_ADDRESS, "Nobody has this number.", _CORRECT),
    "30006": (_D.HARD_BOUNCE, _F.INVALID_ADDRESS, "The number is a landline, or its network takes no SMS.", _CORRECT),
    "30007": (_D.SOFT_BOUNCE, _F.CONTENT, "A filter took the text for spam.", _CHANGE),
    "30008": (_D.SOFT_BOUNCE, _F.UNKNOWN, "The network gave no reason.", "Send once more, or use another channel."),
    "30009": (_D.SOFT_BOUNCE, _F.UNKNOWN, "A part of the message was lost.", "Send once more, or use another channel."),
    "30010": (_D.SOFT_BOUNCE, _F.CONFIG, "It would cost more than our account allows.", _OURS),
    "30019": (_D.SOFT_BOUNCE, _F.TOO_LARGE, "It is larger than the network takes.", "Send less, or by email."),
    "30034": (_D.SOFT_BOUNCE, _F.CONFIG, "Our number is not registered in that country.", _OURS),
    "30036": (_D.SOFT_BOUNCE, _F.EXPIRED, "It could not be delivered in time.", _WAIT),
    "canceled": (_D.SOFT_BOUNCE, _F.CANCELLED, "It was cancelled at Twilio.", "Send again if it is still wanted."),
    "failed": (_D.SOFT_BOUNCE, _F.UNKNOWN, "Twilio could not send it, and gave no reason.", _WAIT),
    "undelivered": (_D.SOFT_BOUNCE, _F.UNKNOWN, "It did not arrive, and Twilio gave no reason.", _WAIT),
}

EVENT_ERRORS: Mapping[str, tuple[DeliveryOutcome, FailureCode]] = {
    **{code: (_D.REFUSED, reason) for code, (reason, _, _) in _REFUSED.items()},
    **{code: (fact, reason) for code, (fact, reason, _, _) in _LATER.items()},
}
FAILURES: Mapping[str, FailureText] = {
    **{code: FailureText(reason, advice) for code, (_, reason, advice) in _REFUSED.items()},
    **{code: FailureText(reason, advice) for code, (_, _, reason, advice) in _LATER.items()},
}


def address_of(held: Mapping[str, str], what: str) -> str:
    return f"{held['base_url'].rstrip('/')}/2010-04-01/Accounts/{held['account_sid']}/{what}"


def headers_of(held: Mapping[str, str]) -> dict[str, str]:
    """With an API key where there is one: it can be withdrawn alone."""
    from urllib3.util import make_headers

    key = held.get("api_key_sid")
    user, secret = (key, held["api_key_secret"]) if key else (held["account_sid"], held["auth_token"])
    return {**make_headers(basic_auth=f"{user}:{secret}"), "accept": "application/json"}


def error_of(answer: VendorAnswer) -> ProviderError | None:
    """None where it does not say why: the status then has to. A 5xx is a refusal only where it says itself that it took nothing."""
    code = _code_in(answer)
    if answer.status == 401:
        return CredentialsRefused(code or "401")
    known = _REFUSED.get(code)
    if answer.status == 429 or (known and answer.status < 500 and known[0] is _F.PROVIDER_OUTAGE):
        return Throttled(code or "429", after=retry_after(answer.headers))
    if answer.status == 503 and code == "20503":
        return Transient(code, after=retry_after(answer.headers))
    if known and 400 <= answer.status < 500 and answer.status != 408:
        return Permanent(code, known[0])
    if code and 400 <= answer.status < 500 and answer.status not in (403, 408, 413):
        return Permanent(code, _F.UNKNOWN)
    return None


def _code_in(answer: VendorAnswer) -> str:
    """Empty for what is not its own answer."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    code = told.get("code") if isinstance(told, dict) else None
    return str(code) if type(code) is int and 0 < code < 1_000_000 else ""
