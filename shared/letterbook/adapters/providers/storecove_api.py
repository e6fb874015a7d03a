"""How Storecove is called, what it calls the schemes of addresses, and what its errors mean.

Sources: Storecove API v2 (document submissions, discovery), OpenPEPPOL code lists (participant identifier schemes).
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from letterbook.adapters.providers.event_values import words
from letterbook.adapters.providers.vendor_http import VendorAnswer
from letterbook.domain.errors import Permanent, ProviderError
from letterbook.domain.failures import FailureCode, FailureText

_F = FailureCode

# What it calls an ICD (ISO 6523) of Peppol. What does not stand here has no name at Storecove that is known.
SCHEMES: Mapping[str, str] = {
    "0002": "FR:SIRENE",
    "0007": "SE:ORGNR",
    "0009": "FR:SIRET",
    "0037": "FI:OVT",
    "0088": "GLN",
    "0106": "NL:KVK",
    "0184": "DK:DIGST",
    "0190": "NL:OINO",
    "0192": "NO:ORG",
    "0195": "SG:UEN",
    "0204": "DE:LWID",
    "0208": "BE:EN",
    "0210": "IT:CF",
    "0211": "IT:IVA",
    "9920": "ES:VAT",
    "9925": "BE:VAT",
    "9930": "DE:VAT",
    "9944": "NL:VAT",
    "9957": "FR:VAT",
}

UNPROCESSABLE, NOT_REGISTERED, UNKNOWN_SCHEME = "422", "NOK", "unknown scheme"
NO_LEGAL_ENTITY, TOO_LARGE, NO_INVOICE = "no legal entity", "413", "no e-invoice"
_OURS, _OTHERWISE = "Tell your administrator: it is our account with Storecove.", "Use another channel."
CORRECT = "Correct the invoice, then send it again."
_ERRORS: Mapping[str, tuple[FailureCode, str, str]] = {
    "400": (_F.CONTENT, "Storecove cannot read what we sent.", CORRECT),
    "401": (_F.CONFIG, "Storecove does not accept our API key.", _OURS),
    "403": (_F.CONFIG, "Our Storecove account may not send for this legal entity.", _OURS),
    "404": (_F.CONFIG, "Storecove does not know what we asked for.", _OURS),
    TOO_LARGE: (_F.TOO_LARGE, "The invoice is larger than Storecove takes.", "Send smaller or fewer attachments."),
    UNPROCESSABLE: (_F.CONTENT, "The network refused the invoice, and did not say why.", CORRECT),
    "429": (_F.PROVIDER_OUTAGE, "We sent faster than Storecove takes.", "Wait: it is tried again by itself."),
    NOT_REGISTERED: (_F.NO_ROUTE, "The network knows nobody at this address who takes such invoices.", _OTHERWISE),
    UNKNOWN_SCHEME: (_F.NO_ROUTE, "Storecove does not carry to addresses of this scheme.", _OTHERWISE),
    NO_LEGAL_ENTITY: (_F.CONFIG, "The settings name no legal entity that sends, or none that Storecove knows.", _OURS),
    NO_INVOICE: (_F.CONTENT, "There is no e-invoice in it that Storecove takes.", CORRECT),
}
ERROR_TEXTS = {code: FailureText(reason, advice) for code, (_, reason, advice) in _ERRORS.items()}
# What is wrong is told field by field. Of many the first say enough.
_MOST_FAULTS, _LONGEST = 5, 300


def address_of(held: Mapping[str, str], *parts: str) -> str:
    path = "/".join(quote(one, safe="") for one in parts)
    return f"{held['base_url'].rstrip('/')}/{path}"


def headers_of(held: Mapping[str, str]) -> dict[str, str]:
    return {
        "authorization": f"Bearer {held['api_key']}",
        "accept": "application/json",
        "content-type": "application/json",
    }


def refused(code: str) -> Permanent:
    return Permanent(code, _ERRORS[code][0])


def error_of(answer: VendorAnswer) -> ProviderError | None:
    """None where the status says all there is. A 422 is the network's word on the document, with the rule that it breaks."""
    if answer.status != int(UNPROCESSABLE):
        code = str(answer.status)
        return refused(code) if code in ("400", "403", "404", TOO_LARGE) else None
    faults = _faults(answer)
    if faults and all(source.lower().replace("_", "").startswith("legalentity") for source, _ in faults):
        return Permanent(NO_LEGAL_ENTITY, _F.CONFIG)
    return Permanent(UNPROCESSABLE, _ERRORS[UNPROCESSABLE][0], text=_text(faults))


def _faults(answer: VendorAnswer) -> list[tuple[str, str]]:
    """Source and details of each; none where it says something else."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return []
    listed = told if isinstance(told, list) else []
    found = [(said(one.get("source")), said(one.get("details"))) for one in listed if isinstance(one, dict)]
    return [one for one in found if one[1]]


def _text(faults: list[tuple[str, str]]) -> FailureText | None:
    if not faults:
        return None
    told = [f"{details.rstrip('.')} ({source})" if source else details for source, details in faults[:_MOST_FAULTS]]
    return FailureText(sentence(f"The network refused the invoice: {'; '.join(told)}"), CORRECT)


def said(value: object) -> str:
    """What somebody wrote, on one line: the beginning of a text, or of the texts that stand in it."""
    return " ".join(words("; ".join(_texts(value, 3)), _LONGEST).split())


def _texts(value: Any, levels: int) -> list[str]:
    if isinstance(value, str):
        return [value[:_LONGEST]] if value.strip() else []
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return [one for part in inner[:_MOST_FAULTS] for one in _texts(part, levels - 1)] if levels else []


def sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
