"""What the compose page says: what is missing, what would become of it, when each channel would go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from console.presenters.dates import Clock
from console.presenters.labels import capital, humanize_code, language_label
from console.presenters.policy_trace import decision_banner
from letterbook.domain.addresses import address_for
from letterbook.domain.channels import AddressKind, Carrier, Channel
from letterbook.domain.decision import Action
from letterbook.domain.errors import FieldError, MissingVariable
from letterbook.domain.organisation import Organisation
from letterbook.domain.party import Contact, Party, Preferences
from letterbook.domain.policy import ContactInput, PolicyResult, recheck_contact
from letterbook.domain.record_variables import BY_NAME
from letterbook.domain.sms import SmsSize, SmsText
from letterbook.domain.status import StatusGroup

LABELS = {
    "to": "To", "cc": "Copy to", "bcc": "Blind copy to", "from": "From", "subject": "Subject", "body": "Text",
    "template": "Template", "send_at": "Send at", "urgent_reason": "Why it is urgent", "address": "Address",
    "override_hold": "Why in spite of the hold", "attachments": "Attached", "contact_id": "Contact", "case_id": "Case",
    "audit": "Reason for the record", "category": "Category", "restricted": "Restricted", "regarding": "About",
    "occurred_at": "When", "meeting_date": "Date", "followup_date": "Follow up on", "followup_notes": "What to follow up",
}  # fmt: skip
# Said where a letter is written (docs/templates.md).
FORMATTED = "**bold**, _emphasis_, lists, # headings, > quotations and [words](https://…) are formatted; all else stays as typed"
VARIABLES = "template.variables."
_MISSING = frozenset({"required", "missing_variable"})
_MOST_SIGNS = 10
_SEND_BY_HAND = "Make the to-do"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that stands against it: the words, the field they lead to, and its name where it only lacks something."""

    words: str
    place: str
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class SendVerdict:
    """The strip. `send` is the button's word, empty where there is nothing that it could do; `order` is what it asks for."""

    group: str
    icon: str
    lead: str
    text: str
    why: str
    troubles: tuple[Trouble, ...] = ()
    send: str = ""
    order: str = "send"


def place_of(field: str) -> str:
    """The id of the form's field that a fault means."""
    if field.startswith(VARIABLES):
        return f"v-{field.removeprefix(VARIABLES)}"
    first = field.split(".")[0]
    return {"from": "sender", "audit": "audit_reason", "attachments": "attached"}.get(first, first)


def troubles(faults: Sequence[FieldError], labels: Mapping[str, str] | None = None) -> tuple[Trouble, ...]:
    """`labels` are those of a form that calls its fields otherwise; in its order."""
    own = labels or {}
    order = [place_of(one) for one in own]
    found = dict.fromkeys(_trouble(one, own.get(one.field.split(".")[0])) for one in faults)
    return tuple(sorted(found, key=lambda one: order.index(one.place) if one.place in order else len(order)))


def _trouble(fault: FieldError, called: str | None = None) -> Trouble:
    label = called or _label(fault)
    if fault.code in _MISSING:
        return Trouble(f"{label} is missing.", place_of(fault.field), label)
    return Trouble(fault.message, place_of(fault.field))


def _label(fault: FieldError) -> str:
    if isinstance(fault, MissingVariable) and fault.variable:
        return humanize_code(fault.variable)
    if fault.field.startswith(VARIABLES):
        return humanize_code(fault.field.removeprefix(VARIABLES))
    first = fault.field.split(".")[0]
    return LABELS.get(first) or humanize_code(first)


def send_verdict(
    ruling: PolicyResult | None,
    faults: Sequence[FieldError],
    channel: Channel,
    wanted: Channel,
    to: Sequence[str],
    clock: Clock,
) -> SendVerdict:
    """`channel` is the one it would go by, `wanted` the one it was written for: they differ where it falls back."""
    to = [", ".join(one.splitlines()) for one in to]
    unready = troubles(faults)
    refused = ruling is not None and ruling.decision.action is Action.REFUSE and ruling.decision.rule != "variables"
    if ruling is None or (unready and not refused):
        why = _once_ready(ruling, channel, to, several=len(unready) > 1) if ruling else ""
        return SendVerdict(
            StatusGroup.MANUAL,
            "i-warn",
            "Not ready:",
            "",
            why,
            unready,
            _SEND_BY_HAND if wanted.spec.carrier is Carrier.PERSON else f"Send {wanted.spec.noun}",
        )
    decision, by_hand = ruling.decision, channel.spec.carrier is Carrier.PERSON
    if decision.action is Action.FALLBACK and not by_hand:
        whom = f" to {', '.join(to)}" if to else ""
        lead = f"Goes {channel.spec.by} instead"
        return SendVerdict(
            StatusGroup.IN_PROGRESS, f"c-{channel}", lead, f"{whom}.", decision.reason, send="Send all the same"
        )
    said = decision_banner(decision, ruling.refusal, channel, to, clock)
    goes = said.goes and decision.action is not Action.SKIP
    verb = "Schedule" if decision.action is Action.SCHEDULE else "Send"
    hand = decision.action in (Action.MANUAL, Action.FALLBACK) or by_hand
    button = (_SEND_BY_HAND if hand else f"{verb} {channel.spec.noun}") if goes else ""
    lead, text = said.lead, said.text
    if decision.action is Action.SKIP:
        lead, text = "Will be skipped:", " nothing would be sent."
    return SendVerdict(said.group, said.icon, lead, text, said.why, send=button)


def _once_ready(ruling: PolicyResult, channel: Channel, to: Sequence[str], *, several: bool) -> str:
    once = "Once they are there" if several else "Once that is there"
    later = next((one.reason for one in ruling.trace if one.outcome == Action.SCHEDULE), "")
    whom = f" to {', '.join(to)}" if to else ""
    if later:
        return f"{once}, it waits for its time: {later[:1].lower()}{later[1:]}"
    if channel.spec.carrier is Carrier.PERSON:
        return f"{once}, it becomes a to-do: somebody delivers it by hand."
    return f"{once}, it goes now {channel.spec.by}{whom}. Nothing else stands against it."


def channel_availability(
    channels: Sequence[Channel],
    organisation: Organisation,
    party: Party,
    contact: Contact | None,
    preferences: Preferences,
    category: str | None,
    wanted_at: datetime | None,
    clock: Clock,
) -> dict[Channel, str]:
    """When each channel would go, in the few words that there is room for."""
    return {
        one: _availability(
            ContactInput(
                organisation=organisation, channel=one, party=party, preferences=preferences, category=category,
                now=clock.now,
            ),
            contact, wanted_at, clock,
        )
        for one in channels
    }  # fmt: skip


def _availability(contacting: ContactInput, contact: Contact | None, wanted_at: datetime | None, clock: Clock) -> str:
    against = recheck_contact(contacting)
    if against:
        return {"contact_hold": "on hold", "opt_out": "opted out"}.get(against.rule, "would be skipped")
    spec = contacting.channel.spec
    if spec.carrier is Carrier.PERSON:
        return "makes a to-do"
    if spec.address and not address_for(spec.address, contact, contacting.party):
        return f"no {'mobile' if spec.address is AddressKind.MOBILE else 'address'} known"
    at = max(wanted_at or clock.now, clock.now)
    calendar = contacting.organisation.calendar(contacting.channel)
    try:
        opening = calendar.next_opening(at) if calendar else at
    except ValueError:
        return "never: closed"
    return "goes now" if opening <= clock.now else clock.told(opening)


def sms_words(size: SmsSize, text: SmsText | None) -> str:
    """How much it is, why so much, and what of it is not as it was typed."""
    counted = "segment" if size.segments == 1 else "segments, each charged"
    said = [f"{size.characters} characters, {size.segments} {counted}"]
    if text and text.beyond:
        shown = " ".join(text.beyond[:_MOST_SIGNS]) + (" …" if len(text.beyond) > _MOST_SIGNS else "")
        said.append(f"It holds signs beyond the usual alphabet, so a segment holds less: {shown}")
    return ". ".join([*said, *(capital(one) for one in text.changes)] if text else said) + "."


def source_of(name: str, *, known: bool) -> str:
    """From where a value of a template was filled in."""
    if not known:
        return ""
    return BY_NAME[name].origin


def template_word(key: str, version: int, language: str) -> str:
    return f"{humanize_code(key)} (version {version}, {language_label(language)})"
