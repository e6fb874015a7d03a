"""Whom an entry was between, for whom, about what: the facts that its page lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from console.presenters.correspondence import path_of_number
from console.presenters.dates import Clock, TimeLabel, format_duration
from console.presenters.einvoice import NETWORKS, money
from console.presenters.labels import capital, format_count, humanize_code, provider_label
from console.presenters.letter import named
from console.presenters.log_rows import Badge
from console.presenters.post import CONFIRMS_NOTHING, price_words, print_words, product_words
from letterbook.contracts.references import RegardingView
from letterbook.domain.communication import Communication, Direction, Entry, Recipient, RecipientRole
from letterbook.domain.correspondence import NUMBER, parse_number
from letterbook.domain.rows import Money
from letterbook.domain.status import FINAL, STATUSES, group_of
from letterbook.domain.threads import Thread
from letterbook.domain.todos import NOT_DELIVERED

_ROLES = {RecipientRole.TO: "To", RecipientRole.CC: "Copy", RecipientRole.BCC: "Blind copy"}
# What came in as mail: its provider says nothing to anybody, its id does.
_MAIL = "mail"
_PLACES = {"in_person": "In person", "video": "By video", "phone": "By telephone"}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a fact: words, with a link, or quietly, or a status."""

    words: str = ""
    href: str = ""
    quiet: bool = False
    badge: Badge | None = None
    time: TimeLabel | None = None


@dataclass(frozen=True, slots=True)
class FactRow:
    label: str
    parts: tuple[Part, ...]
    between: str = " "


def facts(
    communication: Communication, clock: Clock, providers: Mapping[str, str], thread: Thread | None = None
) -> list[FactRow]:
    entry = communication.entry
    made = [
        *_people(entry, clock),
        *_answers(communication),
        *_whose(entry),
        *_about(entry),
        *_invoice(communication, clock),
        *_carries(communication),
        *_together(thread),
        *_talk(entry, clock),
        *_way(communication, clock, providers),
    ]
    return [fact for fact in made if fact.parts]


def _people(entry: Entry, clock: Clock) -> list[FactRow]:
    party = Part(entry.party.name, href=f"/parties/{entry.party.id}")
    contact = (Part(f"({entry.contact.name})", quiet=True),) if entry.contact else ()
    if entry.direction is Direction.INBOUND:
        sender = (Part(clock.numbers(entry.sender), quiet=True),) if entry.sender else ()
        return [FactRow("From", (party, *contact, *sender)), *_recipients(entry, clock, ())]
    own = (
        [FactRow("From", (Part(entry.created_by.name), Part(clock.numbers(entry.sender), quiet=True)))]
        if entry.sender
        else []
    )
    if entry.channel.spec.is_record_only:
        return [
            FactRow("On" if entry.channel.spec.is_internal else "With", (party, *contact)),
            *_recipients(entry, clock, ()),
        ]
    return [*_recipients(entry, clock, (party, *contact)), *own]


def _answers(communication: Communication) -> list[FactRow]:
    """Where answers shall go, and what of it is not here or nobody has read."""
    unread = communication.metadata.get("left_unread", "")
    missed = communication.metadata.get(NOT_DELIVERED, "")
    left_out = communication.metadata.get("files_left_out", "")
    forwarded = communication.metadata.get("forwarded_with", "")
    inbound = communication.entry.direction is Direction.INBOUND
    by_mail = inbound or communication.entry.provider == _MAIL
    return [
        FactRow("Answers to", (Part(communication.reply_to),) if communication.reply_to and inbound else ()),
        FactRow("Files left out", (Part(left_out),) if left_out and by_mail else ()),
        FactRow("Left unread", (Part(f"{capital(unread)}: see the original"),) if unread and by_mail else ()),
        FactRow("Forwarded with", (Part(forwarded),) if forwarded and inbound else ()),
        FactRow("Not delivered to", (Part(missed),) if missed and inbound else ()),
    ]


def _recipients(entry: Entry, clock: Clock, first: tuple[Part, ...]) -> list[FactRow]:
    found: list[FactRow] = (
        [] if any(one.role is RecipientRole.TO for one in entry.recipients) else [FactRow("To", first)]
    )
    several = len(entry.recipients) > 1
    before: RecipientRole | None = None
    for one in entry.recipients:
        label = _ROLES[one.role] if one.role is not before else ""
        lead = first if one.role is RecipientRole.TO and before is None else ()
        address = clock.numbers(", ".join(one.address.splitlines()))
        found.append(FactRow(label, (*lead, Part(address, quiet=True), *(_heard(one, entry) if several else ()))))
        before = one.role
    return found


def _heard(recipient: Recipient, entry: Entry) -> tuple[Part, ...]:
    if recipient.heard is None:
        return ()
    status = recipient.heard.fact.status
    return (Part(badge=Badge(group_of(status, receipts=entry.receipts), status, STATUSES[status].label)),)


def _whose(entry: Entry) -> list[FactRow]:
    client = (Part(entry.client.name, href=f"/parties/{entry.client.id}"),) if entry.client else ()
    other = client if entry.client and entry.client.id != entry.party.id else ()
    case = (
        (Part(f"case {entry.case.reference}" if other else entry.case.reference, href=f"/cases/{entry.case.id}"),)
        if entry.case
        else ()
    )
    return [FactRow("For" if other else "Case", (*other, *case), ", ")]


def _carries(communication: Communication) -> list[FactRow]:
    """The correspondence that it carries."""
    number = communication.metadata.get(NUMBER, "")
    return [FactRow("Correspondence", (Part(number, href=path_of_number(number)),))] if parse_number(number) else []


def _about(entry: Entry) -> list[FactRow]:
    regarding = RegardingView.of(entry.regarding) if entry.regarding else None
    of = ",".join(dict.fromkeys(one.id for one in (entry.client, entry.party) if one))
    about = (
        Part(regarding.label, href=f"/subjects/{regarding.type}/{quote(regarding.id, safe='')}?of={of}")
        if regarding
        else None
    )
    template = entry.template
    return [
        FactRow("About", (about,) if about else ()),
        FactRow("Category", (Part(humanize_code(entry.category)),) if entry.category else ()),
        FactRow(
            "Template",
            (
                Part(humanize_code(template.key), href=f"/templates/{template.key}"),
                Part(f"version {template.version}", quiet=True),
            )
            if template
            else (),
        ),
        FactRow(
            "Restricted", (Part("Only for those who were granted restricted entries"),) if entry.restricted else ()
        ),
    ]


def _invoice(communication: Communication, clock: Clock) -> list[FactRow]:
    """What is to be paid, and what the network said last of where it is: at the buyer, accepted, under query."""
    facts, word = communication.einvoice, communication.entry.word
    if facts is None:
        return []
    due = f"by {clock.whole_date(facts.due_on)}" if facts.due_on else ""
    said = (Part(word.words), Part(time=clock.full(word.at))) if word else ()
    return [
        FactRow("To be paid", (Part(money(Money(facts.amount, facts.currency))), *((Part(due),) if due else ()))),
        FactRow("Network", (Part(NETWORKS[facts.network]),)),
        FactRow("It says", said),
    ]


def _together(thread: Thread | None) -> list[FactRow]:
    if thread is None:
        return []
    whole = Part(thread.subject, href=f"/threads/{thread.id}")
    return [FactRow("In thread", (whole, Part(format_count(thread.messages, "message"), quiet=True)))]


def _talk(entry: Entry, clock: Clock) -> list[FactRow]:
    found: list[FactRow] = []
    if call := entry.phone:
        numbers = " to ".join(one for one in (call.from_phone, call.to_phone) if one)
        found = [
            FactRow("Numbers", (Part(clock.numbers(numbers)),) if numbers else ()),
            FactRow(
                "Lasted",
                (Part(format_count(call.duration_minutes, "minute")),) if call.duration_minutes is not None else (),
            ),
            FactRow("Outcome", (Part(call.outcome),) if call.outcome else ()),
            FactRow("Follow up", _follow_up(entry, clock)),
        ]
    if meeting := entry.meeting:
        times = " to ".join(f"{one:%H:%M}" for one in (meeting.start_time, meeting.end_time) if one)
        where = ", ".join(one for one in (_PLACES.get(str(meeting.location_type or "")), meeting.location) if one)
        found = [
            FactRow("When", (Part(clock.long_date(meeting.meeting_date)), Part(times, quiet=True))),
            FactRow("Lasted", (Part(format_duration(meeting.minutes)),) if meeting.minutes else ()),
            FactRow("Where", (Part(where),) if where else ()),
            FactRow("Attended", (Part(", ".join(meeting.attendees)),) if meeting.attendees else ()),
            FactRow("Outcome", (Part(meeting.outcome),) if meeting.outcome else ()),
            *(FactRow("To do" if not place else "", (Part(one),)) for place, one in enumerate(meeting.action_items)),
        ]
    if entry.sms:
        alphabet = "GSM alphabet" if entry.sms.encoding == "gsm7" else "Unicode"
        length = f"{entry.sms.characters} characters, {format_count(entry.sms.segments, 'segment')}"
        found.append(FactRow("Length", (Part(length), Part(alphabet, quiet=True))))
    return found


def _happened(entry: Entry) -> tuple[str, datetime | None]:
    """When it was, where no time of sending tells it."""
    if entry.direction is Direction.INBOUND:
        return "Received", entry.occurred_at
    return ("When" if entry.channel.spec.is_record_only else "Written"), None if entry.sent_at else entry.occurred_at


def _follow_up(entry: Entry, clock: Clock) -> tuple[Part, ...]:
    call = entry.phone
    if call is None or not call.requires_followup:
        return ()
    when = clock.long_date(call.followup_date) if call.followup_date else "Yes"
    return (Part(when), Part(call.followup_notes or "", quiet=True))


def _author(entry: Entry) -> tuple[str, tuple[Part, ...]]:
    """Who here sent it, wrote it or put it down, in which role."""
    by = entry.created_by
    if by.role == "system":
        told = (Part("Letterbook, by itself"),) if entry.sent_at and entry.direction is Direction.OUTBOUND else ()
    else:
        told = (Part(f"{by.name} ({by.role})" if by.role not in ("", "none") else by.name),)
    if entry.channel.spec.is_record_only or entry.direction is Direction.INBOUND:
        return "Logged by", told
    return "Sent by" if entry.sent_at else "Written by", told


def _post(communication: Communication) -> list[FactRow]:
    """How a letter goes by post, and what the provider named as its price."""
    options, price = communication.post, communication.entry.price
    if options is None:
        return [FactRow("Price", (Part(price_words(price)),) * bool(price))] if price else []
    # The post may tell of a letter's end all the same: then that is known.
    known = options.product.confirms_delivery or communication.entry.status in FINAL
    confirms = () if known else (Part(CONFIRMS_NOTHING, quiet=True),)
    return [
        FactRow("Goes as", (Part(product_words(options.product)), *confirms)),
        FactRow("Printed", (Part(capital(print_words(options))),)),
        FactRow("Price", (Part(price_words(price)),) if price else ()),
    ]


def _way(communication: Communication, clock: Clock, providers: Mapping[str, str]) -> list[FactRow]:
    entry = communication.entry
    reference = Part(entry.provider_reference or "", quiet=True)
    by = entry.provider and (
        (reference,) * bool(reference.words)
        if entry.provider == _MAIL
        else (Part(provider_label(entry.provider, providers)), reference)
    )
    way = "Came by way of" if entry.direction is Direction.INBOUND else "Sent by way of"
    times = [
        (words, at)
        for words, at in (
            _happened(entry),
            ("Sent", entry.sent_at),
            ("Delivered", entry.delivered_at),
            ("Opened", entry.opened_at),
        )
        if at
    ]
    audit = ": ".join(
        value for value in (communication.audit.get("reason"), communication.audit.get("details")) if value
    )
    return [
        *(FactRow(words, (Part(time=clock.full(at)),)) for words, at in times),
        FactRow("Message ID" if entry.provider == _MAIL else way, by or ()),
        FactRow("Waits for", tuple(Part(one) for one in communication.awaits)),
        *_post(communication),
        FactRow(
            "No font has", (Part(named(communication.missing_characters)),) * bool(communication.missing_characters)
        ),
        FactRow("Evidence", tuple(Part(one.name, href=f"/documents/{one.id}") for one in communication.evidence), ", "),
        FactRow("Urgent because", (Part(communication.urgent_reason),) if communication.urgent_reason else ()),
        FactRow("Hold overridden", (Part(communication.override_hold),) if communication.override_hold else ()),
        FactRow("Reason given", (Part(audit),) if audit else ()),
        FactRow(*_author(entry)),
    ]
