"""The rules that an outgoing message is asked about, and what they look at.

Each rule is a small function of the proposal: it answers None to let the message pass, or a verdict with the reason in plain words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from letterbook.domain import sms
from letterbook.domain.access import Permission, Viewer
from letterbook.domain.channels import Carrier, Channel
from letterbook.domain.decision import Action
from letterbook.domain.errors import CallerError, Conflict, FieldError, Forbidden, Invalid, TooLarge
from letterbook.domain.organisation import Organisation
from letterbook.domain.party import HoldKind, OptOut, OptOutSource, Party, Preferences
from letterbook.domain.sms import SmsSize
from letterbook.domain.text import MAX_LINES, MAX_TEXT_BYTES
from letterbook.domain.visible import isolated

MAX_ATTACHMENTS_BYTES = 18 * 1024 * 1024
# RFC 5322, 2.1.1: no line is longer, and a subject is one.
MAX_SUBJECT_CHARACTERS = 998

_HOLDS = {
    HoldKind.SOLICITOR: "is represented by a solicitor",
    HoldKind.BREATHING_SPACE: "has breathing space",
    HoldKind.VULNERABLE: "is vulnerable and must not be contacted",
    HoldKind.DISPUTE: "disputes the matter",
}
_OPTED_OUT_BY = {
    OptOutSource.MANUAL: "as they told us",
    OptOutSource.COMPLAINT: "by reporting a message as spam",
    OptOutSource.STOP_KEYWORD: "by answering STOP",
    OptOutSource.UNSUBSCRIBE: "by unsubscribing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bystander:
    """Another party that has an address the message goes to, as far as its wishes go. Who it is, nobody is told."""

    address: str
    preferences: Preferences


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactInput:
    """What the rules look at that ask whether a party may be written to at all.

    `bystanders` are asked for a hold and for opting out, which protect a person, whoever's name stands on the message. A reason
    stays with the entry and is read by all who see it: of a bystander it tells the address, which stands there too, and no more.
    """

    organisation: Organisation
    channel: Channel
    party: Party
    preferences: Preferences
    category: str | None
    now: datetime
    override_hold: str | None = None
    bystanders: tuple[Bystander, ...] = ()
    # It answers STOP, START or HELP: one such answer may go to who opted out (47 CFR 64.1200(a)(12)).
    answers_keyword: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachInput(ContactInput):
    """What the rules look at that are asked before content: by whom, to which addresses, when.

    `quarantined` are the addresses that bounced hard, and when, by where they stand: `to.0`. `wanted_at` is when it shall go:
    `send_at`, else now. `address_faults` are why no letter can be posted to its address (domain/postal_addresses.py).
    """

    viewer: Viewer
    to: tuple[str, ...]
    quarantined: Mapping[str, tuple[str, datetime]]
    urgent: bool
    urgent_reason: str | None
    wanted_at: datetime
    address_faults: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyInput(ReachInput):
    """All that a rule may look at. Sizes are in bytes. `gaps` are variables without a value.

    `brings_file`: what it says is a file that a program wrote. `file_faults` are what that cannot be sent for, and `sent_before`
    says that it was sent before, where it can be sent but once.
    """

    subject_characters: int
    text_bytes: int
    lines: int
    attachment_bytes: int
    sms: SmsSize | None
    gaps: tuple[FieldError, ...]
    brings_file: bool = False
    file_faults: tuple[FieldError, ...] = ()
    sent_before: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule wants instead of plain sending; SEND where it lets the message pass for a reason of its own.

    A refusal says with what error, and where the request is wrong.
    """

    action: Action
    reason: str
    faults: tuple[FieldError, ...] = ()
    scheduled_for: datetime | None = None
    error: type[CallerError] = Invalid
    code: str | None = None


def may_send(reach_input: ReachInput) -> Verdict | None:
    if not reach_input.viewer.may(Permission.SEND):
        return Verdict(Action.REFUSE, f"Sending needs the right {Permission.SEND}.", error=Forbidden)
    if reach_input.urgent and not reach_input.viewer.may(Permission.URGENT):
        return Verdict(Action.REFUSE, f"Sending urgently needs the right {Permission.URGENT}.", error=Forbidden)
    if reach_input.override_hold and not reach_input.viewer.may(Permission.OVERRIDE_HOLD):
        return Verdict(Action.REFUSE, f"Overriding a hold needs the right {Permission.OVERRIDE_HOLD}.", error=Forbidden)
    return None


def contact_hold(contact_input: ContactInput) -> Verdict | None:
    today = contact_input.now.astimezone(contact_input.organisation.zone).date()
    own = contact_input.preferences.hold
    others = (
        one for one in contact_input.bystanders if one.preferences.hold and not one.preferences.hold.is_over(today)
    )
    other = next(others, None)
    if own and not own.is_over(today):
        until = f" until {own.until.isoformat()}" if own.until else ""
        words = f"{isolated(contact_input.party.name)} {_HOLDS[own.kind]}{until}"
        reason = f"{words}: {own.reason}" if own.reason else f"{words}."
    elif other:
        reason = f"Somebody who has the address {other.address} must not be contacted."
    else:
        return None
    if contact_input.override_hold:
        return Verdict(Action.SEND, f"{reason} Overridden: {contact_input.override_hold}")
    return Verdict(Action.REFUSE, reason, error=Conflict, code="contact_hold")


def opt_out(contact_input: ContactInput) -> Verdict | None:
    if contact_input.answers_keyword:
        return None
    if own := _opted_out(contact_input, contact_input.preferences):
        day = own.at.astimezone(contact_input.organisation.zone).date().isoformat()
        who, how = isolated(contact_input.party.name), f" on {day}, {_OPTED_OUT_BY[own.source]}"
        return Verdict(Action.SKIP, f"{who} opted out of {_what(contact_input, own)}{how}.")
    for one in contact_input.bystanders:
        if other := _opted_out(contact_input, one.preferences):
            who = f"Somebody who has the address {one.address}"
            return Verdict(Action.SKIP, f"{who} opted out of {_what(contact_input, other)}.")
    return None


def _opted_out(contact_input: ContactInput, preferences: Preferences) -> OptOut | None:
    concerned = (None, contact_input.category)
    return next(
        (one for one in preferences.opt_outs if one.channel == contact_input.channel and one.category in concerned),
        None,
    )


def _what(contact_input: ContactInput, opt_out: OptOut) -> str:
    return contact_input.channel.spec.all_of_it + (f" about {opt_out.category}" if opt_out.category else "")


def skip_rule(contact_input: ContactInput) -> Verdict | None:
    if contact_input.category is None:
        return None
    if contact_input.category in contact_input.preferences.skip:
        return Verdict(
            Action.SKIP, f"{isolated(contact_input.party.name)} is sent nothing about {contact_input.category}."
        )
    for rule in contact_input.organisation.skip_rules:
        if (rule.payment_method, rule.category) == (contact_input.party.payment_method, contact_input.category):
            how = rule.payment_method.replace("_", " ")
            return Verdict(
                Action.SKIP, f"{isolated(contact_input.party.name)} pays by {how}, so no {rule.category} is sent."
            )
    return None


def reachable(reach_input: ReachInput) -> Verdict | None:
    spec = reach_input.channel.spec
    if reach_input.to or spec.carrier is Carrier.PERSON:
        return None
    reason = f"{isolated(reach_input.party.name)} has no {spec.address}."
    return Verdict(Action.REFUSE, reason, (FieldError("to", "missing_contact", reason),))


def complete_address(reach_input: ReachInput) -> Verdict | None:
    """What lacks its postal code comes back weeks later, or never, and is paid for."""
    faults = reach_input.address_faults
    if not faults:
        return None
    return Verdict(Action.REFUSE, " ".join(dict.fromkeys(one.message for one in faults)), faults)


def quarantine(reach_input: ReachInput) -> Verdict | None:
    """An address that bounced hard harms the firm's standing with every provider, and a letter that comes back was paid for."""
    zone = reach_input.organisation.zone
    happened = "was undeliverable" if reach_input.channel.spec.is_letter else "did not exist"
    faults = tuple(
        FieldError(
            field,
            "quarantined_address",
            f"{', '.join(address.splitlines())} {happened} on {at.astimezone(zone):%-d %B %Y}.",
        )
        for field, (address, at) in reach_input.quarantined.items()
    )
    if not faults:
        return None
    reason = f"{faults[0].message} Correct it, or release it if it is right after all."
    return Verdict(Action.REFUSE, reason, faults)


def preferred_channel(reach_input: ReachInput) -> Verdict | None:
    """Whoever writes chose the channel, and was shown what the party prefers; it is the first to fall back to."""
    preferred = reach_input.preferences.preferred
    if preferred in (None, reach_input.channel):
        return None
    return Verdict(
        Action.SEND, f"{isolated(reach_input.party.name)} prefers {preferred}; {reach_input.channel} was chosen."
    )


def by_hand(reach_input: ReachInput) -> Verdict | None:
    if reach_input.channel.spec.carrier is not Carrier.PERSON:
        return None
    return Verdict(Action.MANUAL, "Somebody delivers it by hand.")


def send_at(reach_input: ReachInput) -> Verdict | None:
    if reach_input.wanted_at <= reach_input.now:
        return None
    return Verdict(Action.SCHEDULE, "It was asked for at that time.", scheduled_for=reach_input.wanted_at)


def quiet_hours(reach_input: ReachInput) -> Verdict | None:
    calendar = reach_input.organisation.calendar(reach_input.channel)
    if calendar is None or reach_input.urgent:
        return None
    try:
        opening = calendar.next_opening(reach_input.wanted_at)
    except ValueError:
        reason = "By the settings the firm is closed for the next two months: nothing can go by this channel."
        return Verdict(Action.REFUSE, reason, error=Conflict, code="never_open")
    if opening == reach_input.wanted_at:
        return None
    local = opening.astimezone(reach_input.organisation.zone)
    hours, what = calendar.hours, f"A{reach_input.channel.spec.one[1:]}"
    return Verdict(
        Action.SCHEDULE,
        f"{what} goes only from {hours.start:%H:%M} to {hours.end:%H:%M} on working days: next on {local:%A %-d %B at %H:%M}.",
        scheduled_for=opening,
    )


def size(policy_input: PolicyInput) -> Verdict | None:
    if policy_input.subject_characters > MAX_SUBJECT_CHARACTERS:
        reason = f"A subject has at most {MAX_SUBJECT_CHARACTERS} characters, with its variables filled in."
        return Verdict(Action.REFUSE, reason, (FieldError("subject", "too_long", reason),))
    if policy_input.lines > MAX_LINES:
        return _too_large("body", f"A text has at most {MAX_LINES} lines.")
    if policy_input.text_bytes > MAX_TEXT_BYTES:
        return _too_large("body", "A text holds at most 1 MB.")
    if policy_input.attachment_bytes > MAX_ATTACHMENTS_BYTES:
        return _too_large("attachments", "Attachments may come to 18 MB together.")
    if policy_input.sms and (policy_input.sms.segments > sms.MAX_SEGMENTS or policy_input.text_bytes > sms.MAX_BYTES):
        reason = (
            f"This makes {policy_input.sms.segments} parts and {policy_input.text_bytes} bytes;"
            f" an SMS may have {sms.MAX_SEGMENTS} parts and {sms.MAX_BYTES} bytes."
        )
        return Verdict(Action.REFUSE, reason, (FieldError("body", "too_many_segments", reason),))
    return None


def _too_large(field: str, reason: str) -> Verdict:
    return Verdict(Action.REFUSE, reason, (FieldError(field, "too_large", reason),), error=TooLarge)


def variables(policy_input: PolicyInput) -> Verdict | None:
    if not policy_input.gaps:
        return None
    return Verdict(Action.REFUSE, " ".join(gap.message for gap in policy_input.gaps), policy_input.gaps)


def document(policy_input: PolicyInput) -> Verdict | None:
    faults = policy_input.file_faults
    if not faults:
        return None
    more = f" And {len(faults) - 1} more." if len(faults) > 1 else ""
    return Verdict(Action.REFUSE, f"{faults[0].message[:500]}{more}", faults)


def sent_before(policy_input: PolicyInput) -> Verdict | None:
    told = policy_input.sent_before
    if not told:
        return None
    faults = (FieldError("document_id", "sent_before", told),)
    return Verdict(Action.REFUSE, told, faults, error=Conflict, code="sent_before")
