"""Takes in an email: finds whom it is from and what it answers, keeps all of it, and tells somebody that it is there.

The same mail may be handed over any number of times, by a process that died half-way too: its id is made of the mail itself, so
whatever was done already is done again in its own place, and it enters the log once.
"""

import logging
from dataclasses import replace

from letterbook.domain.authorship import Author, asked_elsewhere, author_of
from letterbook.domain.communication import Communication
from letterbook.domain.ids import Kind, id_from
from letterbook.domain.inbound_email import InboundEmail
from letterbook.domain.mail_reports import MailReport
from letterbook.domain.receipts import Signal
from letterbook.domain.recipients import same_address
from letterbook.ports import World
from letterbook.use_cases.inbound.answers import (
    Answer,
    find_answered,
    find_by_token,
    find_correspondent,
    is_known,
)
from letterbook.use_cases.inbound.capture import log_captured
from letterbook.use_cases.inbound.copies import find_copy, join
from letterbook.use_cases.inbound.mail_arrival import arrival_of, enter_once
from letterbook.use_cases.inbound.mail_reports import find_reported, record_report, says_failure

logger = logging.getLogger(__name__)


def receive_email(world: World, key: str) -> Communication | None:
    """The entry that the mail became; None for mail that is not there, is our own, or that nobody wants.

    What is not taken in stays where it came in, until that place forgets it.
    """
    mail = world.inbound_mailbox.fetch(key)
    if mail is None:
        logger.warning("mail is gone", extra={"key": key})
        return None
    communication_id = id_from(Kind.COMMUNICATION, mail.at, mail.raw)
    known = world.communications.get(communication_id)
    if known:
        return known
    copy = find_copy(world, mail)
    if copy:
        return join(world, copy, mail)
    by_token = find_by_token(world, mail)
    target = world.capture_addresses.target(mail.addressed)
    captured = log_captured(world, target, mail) if target else None
    if isinstance(captured, Communication):
        return captured
    author = captured or _author(world, mail, by_token)
    if author is None:
        logger.warning("mail left aside", extra={"key": key, "why": "our own"})
        return None
    attributed = _as_written_by(author, mail)
    answer = find_answered(world, attributed, by_token)
    if answer.to is None and _is_spam_of_stranger(world, attributed):
        logger.warning("mail left aside", extra={"key": key, "why": "spam of a stranger"})
        return None
    if attributed.report:
        attributed, answer = _take_report(world, attributed, attributed.report, answer, communication_id)
    correspondent = find_correspondent(world, attributed, author, answer)
    communication = enter_once(world, arrival_of(world, communication_id, attributed), correspondent, answer, mail)
    logger.info("received", extra={"communication_id": communication.id, "answer": answer.to is not None})
    return communication


def _author(world: World, mail: InboundEmail, by_token: Communication | None) -> Author | None:
    ours = [one.address for one in world.settings.current().senders]

    def is_ours(address: str) -> bool:
        return any(same_address(address, one) for one in ours)

    return author_of(
        mail,
        is_ours=is_ours,
        is_known=lambda address: is_ours(address) or is_known(world, address),
        by_token=by_token is not None,
    )


def _as_written_by(author: Author, mail: InboundEmail) -> InboundEmail:
    asked = [one.address for one in mail.reply_to]
    signals = (
        mail.signals
        | ({Signal.FORGED} if author.forged else set())
        | ({Signal.REPLY_ELSEWHERE} if asked_elsewhere(author.address or mail.sender, asked) else set())
    )
    return replace(mail, sender=author.address or mail.sender, sender_name=author.name, signals=signals)


def _is_spam_of_stranger(world: World, mail: InboundEmail) -> bool:
    """A report that looks like spam is somebody's to do all the same: it may be of ours."""
    unwanted = Signal.SPAM in mail.signals and mail.report is None
    return unwanted and bool(mail.sender) and not is_known(world, mail.sender)


def _take_report(
    world: World, mail: InboundEmail, report: MailReport, answer: Answer, report_id: str
) -> tuple[InboundEmail, Answer]:
    """What it tells is recorded first: whoever dies afterwards takes the report in again, and records nothing twice."""
    reported = find_reported(world, mail, report, answer)
    if reported:
        record_report(world, mail, report, reported, report_id)
        return mail, Answer(to=world.communications.get(reported.id) or reported)
    if not says_failure(report):
        return mail, answer
    return replace(mail, signals=mail.signals | {Signal.REPORT_UNMATCHED}), answer
