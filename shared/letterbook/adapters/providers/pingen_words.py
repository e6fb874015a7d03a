"""What Pingen's statuses and event codes of a letter mean. Both are open sets: what is not here says nothing, and is kept.

Sources: Pingen API v2 ("Letter status", "Webhooks"), the codes of its web interface.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from letterbook.adapters.providers.pingen_api import CHOOSE_PDF, CORRECT, ERROR_TEXTS, OURS
from letterbook.domain.failures import FailureCode, FailureText
from letterbook.domain.postal_addresses import MOST_ON_REGISTERED
from letterbook.domain.receipts import DeliveryOutcome, Signal

_F, _D = FailureCode, DeliveryOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """`words` say it to people, `advice` what to do about a failure; `fact`, `reason` and `signal` are ours."""

    words: str
    advice: str = ""
    fact: DeliveryOutcome | None = None
    reason: FailureCode | None = None
    signal: Signal | None = None

    @property
    def is_trouble(self) -> bool:
        """Whether the letter goes no further by itself."""
        return self.reason is not None or self.signal is Signal.ACTION_REQUIRED


def _on_its_way(words: str) -> Meaning:
    return Meaning(words=words, fact=_D.ACCEPTED)


def _held_up(words: str) -> Meaning:
    return Meaning(words=words, fact=_D.ACCEPTED, signal=Signal.ACTION_REQUIRED)


def _late(words: str) -> Meaning:
    return Meaning(words=words, fact=_D.ACCEPTED, signal=Signal.DELAYED)


def _refused(words: str, advice: str, reason: FailureCode = _F.CONTENT) -> Meaning:
    return Meaning(words=words, advice=advice, fact=_D.REFUSED, reason=reason)


def _ended(words: str, advice: str, reason: FailureCode) -> Meaning:
    return Meaning(words=words, advice=advice, fact=_D.SOFT_BOUNCE, reason=reason)


_AGAIN = "Send again if it is still wanted."
_PAY = "Add money to the account at Pingen: the letter waits there."
_VERIFY = "Have the account verified at Pingen: the letter waits there."
_CHANGE = "Change the letter, then send again."

SENT = _on_its_way("The letter was handed to the post.")
DELIVERED = Meaning(words="The post confirms that the letter arrived.", fact=_D.DELIVERED)
UNDELIVERABLE = Meaning(
    words="The post could not deliver the letter.",
    advice="Check the postal address, then send again.",
    fact=_D.HARD_BOUNCE,
    reason=_F.RETURNED,
)
_NOT_SENT_BY_PINGEN = _refused("Pingen did not send the letter.", _CHANGE)
_CANCELLED = _ended("The letter was cancelled at Pingen.", _AGAIN, _F.CANCELLED)
_EXPIRED = _ended("The letter waited at Pingen for too long, and was not sent.", _AGAIN, _F.EXPIRED)
_NO_ROUTE = "Choose another way of delivery, then send again."

STATUSES: Mapping[str, Meaning] = {
    **dict.fromkeys(("validating", "fixing", "inspection"), _on_its_way("Pingen checks the letter.")),
    **dict.fromkeys(("valid", "submitted", "accepted"), _on_its_way("Pingen accepted the letter.")),
    **dict.fromkeys(("processing", "printing"), _on_its_way("The letter is being printed.")),
    "transferring": _on_its_way("The letter is on its way to the post."),
    "awaiting_credits": _held_up(_PAY),
    "action_required": _held_up("Look at the letter at Pingen: it waits there until somebody puts it right."),
    "sent": SENT,
    "delivered": DELIVERED,
    "undeliverable": UNDELIVERABLE,
    "invalid": _refused("Pingen cannot print the letter.", CHOOSE_PDF),
    "unprintable": _refused("The letter cannot be printed.", CHOOSE_PDF),
    "rejected": _NOT_SENT_BY_PINGEN,
    "cancelling": Meaning(words="The letter is being cancelled at Pingen."),
    "cancelled": _CANCELLED,
    "expired": _EXPIRED,
}

CODES: Mapping[str, Meaning] = {
    **dict.fromkeys(
        ("created", "submitted", "auto_submitted", "accepted", "initiated_sending", "auto_initiated_sending"),
        _on_its_way("Pingen accepted the letter."),
    ),
    **dict.fromkeys(("processing", "content_passed_inspection"), _on_its_way("Pingen prepares the letter.")),
    **dict.fromkeys(
        ("transferred_to_printcenter", "transferred_to_pool", "queued_for_transfer"),
        _on_its_way("The letter is being printed."),
    ),
    "transferred_to_distributor": SENT,
    "receival_confirmed_by_distributor": _on_its_way("The post has the letter."),
    "track_and_trace": _on_its_way("The post follows the letter."),
    "delivered": DELIVERED,
    "undeliverable": UNDELIVERABLE,
    "rerouted": _late("The post sends the letter on to another address."),
    "content_inspection_error": _late("Pingen looks at the letter again before it is printed."),
    "waiting_for_funds": _held_up(_PAY),
    "waiting_for_legitimacy": _held_up(_VERIFY),
    "waiting_for_funds_expired": _ended("Nobody paid for the letter in time.", OURS, _F.EXPIRED),
    "waiting_for_legitimacy_expired": _ended("Nobody verified our account in time.", OURS, _F.EXPIRED),
    "cancellation_requested": Meaning(words="The letter is being cancelled at Pingen."),
    "cancellation_rejected": Meaning(words="It was too late to cancel the letter."),
    "cancellation_completed": _CANCELLED,
    "file_too_many_pages": _refused("The letter has more pages than Pingen prints.", "Send fewer pages."),
    "file_size_over_limit": _refused("The file is larger than Pingen takes.", "Send fewer or smaller pages."),
    "file_not_a4_portrait": _refused("Not every page of the letter is upright A4.", CHOOSE_PDF),
    "file_not_readable": _refused("Pingen cannot open the file.", CHOOSE_PDF),
    "file_not_found": _refused("The file did not arrive at Pingen.", "Send again."),
    "invalid_pdf_binary_content": _refused("The file is no PDF that can be printed.", CHOOSE_PDF),
    "content_failed_inspection": _refused("Pingen does not print what the letter holds.", _CHANGE),
    "meta_data_failed_requirements": _refused("Pingen cannot use the address of the registered letter.", CORRECT),
    "shipping_country_blocked": _refused("Pingen sends nothing to this country.", _NO_ROUTE, _F.NO_ROUTE),
    "shipping_organization_country_blocked": _refused("Our account sends nothing to this country.", OURS, _F.NO_ROUTE),
    "unable_to_find_delivery_product": _refused("Nothing is carried there in that way.", _NO_ROUTE, _F.NO_ROUTE),
    "rejected_from_printcenter": _refused("The printing house refused the letter.", CHOOSE_PDF),
    "retracted_from_printcenter": Meaning(words="The letter was taken back from the printing house."),
}

# What a registered letter says of its recipient ("meta_data"): by the name of each field, what people call it, and how long it may
# be. Whoever writes to somebody is told so before; here nothing longer goes out.
LONGEST: Mapping[str, tuple[str, int]] = {
    "name": ("name", MOST_ON_REGISTERED["name"]),
    "street": ("street", MOST_ON_REGISTERED["street"]),
    "pobox": ("PO box", MOST_ON_REGISTERED["po_box"]),
    "number": ("house number", MOST_ON_REGISTERED["number"]),
    "zip": ("postcode", MOST_ON_REGISTERED["postal_code"]),
    "city": ("town", MOST_ON_REGISTERED["town"]),
}
_ORDINARY = "Correct the address, or send it as an ordinary letter."

FAILURES: Mapping[str, FailureText] = {
    **ERROR_TEXTS,
    **{
        name: FailureText(one.words, one.advice)
        for known in (STATUSES, CODES)
        for name, one in known.items()
        if one.advice
    },
    "no_pdf": FailureText("There is no PDF to be printed.", CHOOSE_PDF),
    "no_recipient": FailureText("A registered letter needs name, street, postcode, town and country.", _ORDINARY),
    **{
        f"{name}_too_long": FailureText(f"A registered letter takes a {label} of {longest} characters.", _ORDINARY)
        for name, (label, longest) in LONGEST.items()
    },
}
