"""What a mail server or a reader's program reports of a message of ours becomes a fact of it, as a provider's event would.

Anybody can write such a report, so one that is not what it says it is (forged, infected, spam) changes nothing, and each is only
believed of whom the message went to. It is kept as an entry of its own, which the history of the message names.
"""

import hashlib
import json
from datetime import datetime, timedelta

from letterbook.domain.channels import AddressKind
from letterbook.domain.communication import Communication, Direction, Entry, Recipient
from letterbook.domain.ids import Kind, first_id, last_id
from letterbook.domain.inbound_email import InboundEmail
from letterbook.domain.mail_reports import MailReport, ReportedAction, ReportedRecipient, outcome_of
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate, Signal
from letterbook.domain.status import Status
from letterbook.domain.transitions import ACCEPTS_RECEIPTS
from letterbook.ports import Index, World
from letterbook.use_cases.delivery.record_receipt import record_receipt
from letterbook.use_cases.inbound.answers import MAIL, Answer, find_by_message_id

# Servers try for five days before they give up (RFC 5321, 4.5.4.1).
_WITHIN = timedelta(days=6)
_MOST_LOOKED_UP, _MOST_ENTRIES, _MOST_SAID = 10, 100, 200
_OPENED = frozenset({ReportedAction.DISPLAYED})
_ARRIVED = frozenset({ReportedAction.DELIVERED, ReportedAction.DISPLAYED, ReportedAction.DELETED})


def find_reported(world: World, mail: InboundEmail, report: MailReport, answer: Answer) -> Communication | None:
    """The message of ours that a report is about: by our token, else by its Message-ID, else by whom it went to within days."""
    if mail.doubtful or not report.recipients:
        return None
    if answer.to and _is_sent(answer.to.entry):
        return answer.to
    for message_id in (report.message_id, *mail.answers)[:_MOST_LOOKED_UP]:
        found = find_by_message_id(world, message_id) if message_id else None
        if found and _is_sent(found.entry) and any(_may_concern(found.entry, one) for one in report.recipients):
            return found
    entry = _by_recipient(world, mail, report)
    return world.communications.get(entry.id) if entry else None


def record_report(
    world: World, mail: InboundEmail, report: MailReport, reported: Communication, report_id: str
) -> None:
    """May be done any number of times. `report_id` is the entry that the report is, or becomes."""
    told = [
        {
            "recipient": one.address,
            "action": one.action,
            "status": one.status,
            "diagnostic": one.diagnostic,
        }
        for one in report.recipients
    ]
    raw = json.dumps({"report": report_id, "mail": hashlib.sha256(mail.raw).hexdigest(), "recipients": told}, indent=1)
    first = report.recipients[0]
    receipt = Receipt(
        provider=MAIL,
        event=f"reported {first.action}",
        at=mail.at,
        raw=raw,
        digest=hashlib.sha256(raw.encode()).hexdigest(),
        communication_id=reported.id,
        news=tuple(_update(one, reported.entry) for one in report.recipients),
        opened=any(one.action in _OPENED for one in report.recipients),
    )
    record_receipt(world, receipt)


def says_failure(report: MailReport) -> bool:
    """Whether it, as far as it says, tells of something that did not arrive, or not yet."""
    lost = (ReportedAction.FAILED, ReportedAction.DELAYED)
    return not report.recipients or any(one.action in lost for one in report.recipients)


def _update(one: ReportedRecipient, entry: Entry) -> RecipientUpdate:
    ours = next((each.address for each in _named(entry, one)), one.address)
    said = f"{one.status} {one.diagnostic}".strip()[:_MOST_SAID]
    if one.action is ReportedAction.FAILED:
        failure, code = outcome_of(one)
        return RecipientUpdate(recipient=ours, fact=failure, code=code, provider_code=said)
    if one.action is ReportedAction.DELAYED:
        return RecipientUpdate(recipient=ours, signal=Signal.DELAYED, provider_code=said)
    fact = DeliveryOutcome.REPORTED if one.action in _ARRIVED else None
    return RecipientUpdate(recipient=ours, fact=fact, provider_code=said)


def _is_sent(entry: Entry) -> bool:
    """What a provider refused never went out: whoever reports of that is not believed."""
    went = entry.status in ACCEPTS_RECEIPTS and entry.status is not Status.REJECTED
    return entry.direction is Direction.OUTBOUND and entry.channel.spec.address is AddressKind.EMAIL and went


def _may_concern(entry: Entry, one: ReportedRecipient) -> bool:
    """Who it names may be where the only recipient has their mail forwarded."""
    return bool(_named(entry, one) or entry.concerned(one.address))


def _named(entry: Entry, one: ReportedRecipient) -> tuple[Recipient, ...]:
    """The recipients of ours that a report is about."""
    return entry.named(one.address) or entry.named(one.final_address)


def _by_recipient(world: World, mail: InboundEmail, report: MailReport) -> Entry | None:
    """The only message that it can be: of that subject, if the report says one; of several the only one that nothing was heard of.

    All is asked as of when the report came in, so that whoever takes it in again, after a death, finds the same.
    """
    since, until = first_id(Kind.COMMUNICATION, mail.at - _WITHIN), last_id(Kind.COMMUNICATION, mail.at)
    addresses = [one.address for one in report.recipients[:_MOST_LOOKED_UP] if one.address]
    known = world.addresses.known(addresses) if addresses else {}
    parties = {party for one in known.values() for party in one.holders.parties}
    sent = [
        entry
        for party_id in sorted(parties)[:_MOST_LOOKED_UP]
        for entry in world.communications.page(
            Index.PARTY, party_id, above=since, below=until, limit=_MOST_ENTRIES
        ).items
        if _is_sent(entry)
        and entry.sent_at
        and entry.sent_at <= mail.at
        and any(_named(entry, one) for one in report.recipients)
    ]
    same = [one for one in sent if not report.subject or _words(one.subject) == _words(report.subject)]
    for some in (same, [one for one in same if _was_open(one, mail.at)]):
        if len(some) == 1:
            return some[0]
    return None


def _was_open(entry: Entry, at: datetime) -> bool:
    """Whether nothing of its end was known before then. What this very report told is of then."""
    return all(known is None or known >= at for known in (entry.delivered_at, entry.failed_at))


def _words(subject: str) -> list[str]:
    return subject.casefold().split()
