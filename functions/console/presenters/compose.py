"""What the compose page says: what is missing, what would become of it, when each channel would go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.presenters.dates import Clock
from console.presenters.labels import capital, humanize_code, language_label
from console.presenters.policy_trace import decision_banner
from letterbook.domain.channels import AddressKind, Carrier, Channel
from letterbook.domain.decision import Action, Decision
from letterbook.domain.errors import FieldError, MissingVariable
from letterbook.domain.organisation import Organisation
from letterbook.domain.policy import PolicyResult
from letterbook.domain.record_variables import BY_NAME
from letterbook.domain.sms import SmsSize, SmsText
from letterbook.domain.status import StatusGroup

LABELS = {
    "to": "To", "cc": "Copy to", "bcc": "Blind copy to", "from": "From", "subject": "Subject", "body": "Text",
    "template": "Template", "send_at": "Send at", "urgent_reason": "Why it is urgent", "address": "Address",
    "copies": "Copies to", "post": "Goes as", "document_id": "The invoice", "network": "Network", "receiver": "Receiver",
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
# What a rule that stops a message is called, where there is room for two words.
_AGAINST = {
    "may_send": "not yours to send", "contact_hold": "on hold", "opt_out": "opted out", "quarantine": "address set aside",
    "complete_address": "address incomplete",
    "quiet_hours": "never: closed",
}  # fmt: skip


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


# What stands on the page under another name.
_PLACES = {
    "from": "sender", "audit": "audit_reason", "attachments": "attached", "document_id": "attached", "receiver": "receiver_id",
}  # fmt: skip


def place_of(field: str) -> str:
    """The id of the form's field that a fault means."""
    if field.startswith(VARIABLES):
        return f"v-{field.removeprefix(VARIABLES)}"
    first = field.split(".")[0]
    if first in ("address", "post"):
        return f"f-{field.replace('.', '-')}"
    return _PLACES.get(first, first)


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
    ruling: PolicyResult,
    faults: Sequence[FieldError],
    channel: Channel,
    wanted: Channel,
    to: Sequence[str],
    clock: Clock,
) -> SendVerdict:
    """`channel` is the one it would go by, `wanted` the one it was written for: they differ where it falls back.

    What is missing is told only where something would be sent once it is there.
    """
    to = [", ".join(one.splitlines()) for one in to]
    unready = troubles(faults)
    if unready and not ruling.stops:
        return SendVerdict(
            StatusGroup.MANUAL,
            "i-warn",
            "Not ready:",
            "",
            _once_ready(ruling, channel, to, clock, several=len(unready) > 1),
            unready,
            _SEND_BY_HAND if wanted.spec.carrier is Carrier.PERSON else f"Send {wanted.spec.noun}",
        )
    decision, by_hand = ruling.decision, channel.spec.carrier is Carrier.PERSON
    if decision.action is Action.FALLBACK and not by_hand:
        whom = f" to {', '.join(to)}" if to else ""
        lead = f"Goes {channel.spec.by} instead"
        why = clock.in_words(decision.reason)
        return SendVerdict(StatusGroup.IN_PROGRESS, f"c-{channel}", lead, f"{whom}.", why, send="Send all the same")
    said = decision_banner(decision, ruling.refusal, channel, to, clock)
    goes = said.goes and decision.action is not Action.SKIP
    verb = "Schedule" if decision.action is Action.SCHEDULE else "Send"
    hand = decision.action in (Action.MANUAL, Action.FALLBACK) or by_hand
    button = (_SEND_BY_HAND if hand else f"{verb} {channel.spec.noun}") if goes else ""
    lead, text = said.lead, said.text
    if decision.action is Action.SKIP:
        lead, text = "Will be skipped:", " nothing would be sent."
    return SendVerdict(said.group, said.icon, lead, text, said.why, send=button)


def _once_ready(ruling: PolicyResult, channel: Channel, to: Sequence[str], clock: Clock, *, several: bool) -> str:
    once = "Once they are there" if several else "Once that is there"
    later = next((one.reason for one in ruling.trace if one.outcome == Action.SCHEDULE), "")
    whom = f" to {', '.join(to)}" if to else ""
    if later:
        return clock.in_words(f"{once}, it waits for its time: {later[:1].lower()}{later[1:]}")
    if channel.spec.carrier is Carrier.PERSON:
        return f"{once}, it becomes a to-do: somebody delivers it by hand."
    return f"{once}, it goes now {channel.spec.by}{whom}. Nothing else stands against it."


def channel_availability(
    rulings: Mapping[Channel, PolicyResult], organisation: Organisation, clock: Clock
) -> dict[Channel, str]:
    """What the policy says of each channel, in the few words that there is room for."""
    return {
        channel: channel_words(channel, ruling.decision, organisation, clock) for channel, ruling in rulings.items()
    }


def channel_words(channel: Channel, decision: Decision, organisation: Organisation, clock: Clock) -> str:
    """`goes now`, `Monday 09:00`, `opted out`."""
    spec = channel.spec
    match decision.action:
        case Action.SKIP | Action.REFUSE:
            if decision.rule == "reachable":
                return f"no {'mobile' if spec.address is AddressKind.MOBILE else 'address'} known"
            return _AGAINST.get(decision.rule, "would be skipped")
        case Action.FALLBACK:
            return "goes another way"
        case Action.MANUAL:
            return "makes a to-do"
    if spec.is_correspondence and organisation.sender(channel) is None:
        return "no sender"
    return clock.ahead(decision.scheduled_for).text if decision.scheduled_for else "goes now"


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
