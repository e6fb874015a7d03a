"""Pingen: prints letters and hands them to the post; it posts what becomes of them, and is asked where it does not.

Sources: Pingen API v2 ("File upload", "Letters", "Webhooks"), its own clients for PHP, Python and n8n. Our id is the key by which
it knows the same letter again, and the name of the file.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from letterbook.adapters.providers.account import Account, CredentialField
from letterbook.adapters.providers.event_values import part, word
from letterbook.adapters.providers.pingen_api import ID, TOKENS, ask_api, file_name, find_letter, of_letters, resource
from letterbook.adapters.providers.pingen_events import SIGNING_KEY, answered, read, take
from letterbook.adapters.providers.pingen_words import FAILURES, LONGEST, STATUSES
from letterbook.adapters.providers.spec import ProviderSpec
from letterbook.adapters.providers.vendor_http import call, may_be_reached, only_asked
from letterbook.domain.channels import Channel
from letterbook.domain.errors import Ambiguous, Permanent, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.party import PDF
from letterbook.domain.post import DeliveryProduct, PostOptions
from letterbook.domain.receipts import Receipt
from letterbook.domain.retries import AskPlan
from letterbook.ports import LookUp, OutboundMessage, OutboundPost

NAME = "pingen"
_F = FailureCode


class Pingen:
    """See ports.Provider."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def send(self, parcel: OutboundMessage) -> str:
        post = parcel.post or OutboundPost(address=None, options=PostOptions())
        pdf = _pdf(parcel)
        attributes = {**_carried(post.options), **_registered(post)}
        return TOKENS.call(self._account, lambda held, token: _deposited(held, token, parcel, pdf, attributes))


def _pdf(parcel: OutboundMessage) -> bytes:
    """Raises Permanent: nobody was called yet."""
    if not parcel.attachments or parcel.attachments[0][0].media_type != PDF:
        raise Permanent("no_pdf", _F.CONTENT)
    return parcel.attachments[0][1]


def _carried(options: PostOptions) -> dict[str, Any]:
    return {
        "delivery_product": options.product.value,
        "print_mode": options.print_mode.value,
        "print_spectrum": options.print_spectrum.value,
    }


def _registered(post: OutboundPost) -> dict[str, Any]:
    """Whom the post asks to sign for it; of other letters the address is read in the window. Raises Permanent."""
    if post.options.product is not DeliveryProduct.REGISTERED:
        return {}
    address = post.address
    if address is None or not all((address.name, address.postal_code, address.town, address.country)):
        raise Permanent("no_recipient", _F.MISSING_CONTACT)
    if not (address.street or address.po_box):
        raise Permanent("no_recipient", _F.MISSING_CONTACT)
    where = {"street": address.street, "number": address.number} if address.street else {"pobox": address.po_box}
    fields = {"name": address.name, **where, "zip": address.postal_code, "city": address.town}
    for name, (_, longest) in LONGEST.items():
        if len(fields.get(name, "")) > longest:
            # The address itself may be good: it is no reason to write to it no more.
            raise Permanent(f"{name}_too_long", _F.CONTENT)
    told = {name: value for name, value in fields.items() if value}
    return {"meta_data": {"recipient": {**told, "country": address.country}}}


def _deposited(
    held: Mapping[str, str], token: str, parcel: OutboundMessage, pdf: bytes, attributes: Mapping[str, Any]
) -> str:
    """Its id there. What may have been taken before is looked for first: keys are good for a day, names for ever."""
    if parcel.tried and (known := _known(held, token, parcel.communication_id)):
        return known
    file = _uploaded(held, token, pdf)
    body = {
        "data": {
            "type": "letters",
            "attributes": {
                "file_original_name": file_name(parcel.communication_id),
                **file,
                "address_position": "left",
                "auto_send": True,
                **attributes,
            },
        }
    }
    letter = resource(ask_api("POST", of_letters(held), token, body, key=parcel.communication_id))
    return str(letter["id"])


def _known(held: Mapping[str, str], token: str, communication_id: str) -> str | None:
    letter = find_letter(held, token, communication_id)
    return str(letter["id"]) if letter else None


def _uploaded(held: Mapping[str, str], token: str, pdf: bytes) -> dict[str, str]:
    """Where the file lies from now on. Raises Transient for whatever goes wrong: no letter was made of it yet."""
    with only_asked():
        told = ask_api("GET", f"{held['base_url'].rstrip('/')}/file-upload", token)
        place = part(resource(told), "attributes")
        url, signature = word(place.get("url"), 4_000), word(place.get("url_signature"), 4_000)
        if not (signature and may_be_reached(url, held["base_url"])):
            raise Transient("no place for the file")
        # It is another's host: our token is none of its business.
        _put(url, pdf)
    return {"file_url": url, "file_url_signature": signature}


def _put(url: str, pdf: bytes) -> None:
    try:
        call("PUT", url, headers={"content-type": PDF}, body=pdf)
    except Permanent as refused:
        if refused.reason is _F.TOO_LARGE:
            raise Permanent("file_too_large", _F.TOO_LARGE) from refused
        # The place was given for a while, and for one file.
        raise Transient("file not taken") from refused


# ---- afterwards

_MOST_EVENT_BYTES = 2 * 1024 * 1024


def ask(account: Account, question: LookUp) -> Sequence[Receipt]:
    """How the letter stands there. Raises Transient, Permanent."""
    with only_asked():
        found = TOKENS.call(account, lambda held, token: _asked(held, token, question))
    try:
        receipt = read(NAME, found) if found else None
    except ValueError:
        return ()
    return (receipt,) if receipt else ()


def _asked(held: Mapping[str, str], token: str, question: LookUp) -> str | None:
    if question.reference and not ID.fullmatch(question.reference):
        return None
    if question.reference:
        letter: Mapping[str, Any] | None = resource(ask_api("GET", of_letters(held, f"/{question.reference}"), token))
    else:
        letter = find_letter(held, token, question.communication_id)
    if letter is None:
        return None
    known = STATUSES.get(word(part(letter, "attributes").get("status")))
    if known is None or not known.is_trouble:
        return answered(letter, ())
    told = ask_api("GET", of_letters(held, f"/{letter['id']}/events"), token, at_most=_MOST_EVENT_BYTES)
    listed = told.get("data") if isinstance(told, dict) else None
    return answered(letter, [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else ())


def cancel(account: Account, reference: str) -> None:
    """Asks for it; whether that was in time is told like anything else. Raises Permanent where it is too late, Transient."""
    if not ID.fullmatch(reference):
        raise Permanent("not_found", _F.CONFIG)
    try:
        TOKENS.call(account, lambda held, token: ask_api("PATCH", of_letters(held, f"/{reference}/cancel"), token))
    except Ambiguous as failed:
        if failed.provider_code == "conflict":
            raise Permanent("cancellation_rejected", _F.UNKNOWN) from failed
        # Asked twice it is cancelled once.
        raise Transient(failed.provider_code) from failed


SPEC = ProviderSpec(
    name=NAME,
    label="Pingen",
    channel=Channel.POST,
    credentials=(
        CredentialField(
            name="client_id",
            label="Client ID",
            pattern=r"[!-~]{8,200}",
            hint="Pingen, Settings, API, OAuth: of an application of the type client credentials.",
        ),
        CredentialField(
            name="client_secret",
            label="Client secret",
            pattern=r"[!-~]{16,400}",
            hint="It is shown once, when the application is made.",
            hidden=True,
        ),
        CredentialField(
            name="organisation_id",
            label="Organisation ID",
            pattern=r"[A-Za-z0-9-]{8,64}",
            hint="Pingen, Settings, Organisation; it also stands in the address of every page there.",
        ),
        CredentialField(
            name=SIGNING_KEY,
            label="Signing key of the webhooks",
            pattern=r"[!-~]{16,32}",
            hint="Make one up, at most 32 characters, and enter the same one with each webhook at Pingen.",
            hidden=True,
        ),
        CredentialField(
            name="base_url",
            label="Address of the API",
            pattern=r"https://api(?:-staging)?\.pingen\.com",
            hint="For tests, which print nothing, https://api-staging.pingen.com.",
            default="https://api.pingen.com",
        ),
    ),
    make=Pingen,
    read=partial(read, NAME),
    failures=FAILURES,
    webhooks={"": take},
    ask=ask,
    asked=AskPlan.DAILY,
    idempotent=True,
    cancel=cancel,
)
