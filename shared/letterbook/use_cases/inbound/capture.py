"""Logs what one of the firm's own people sent from their mail program, or forwards as an attachment, with a capture address.

What it says is believed only where From is an address of the firm's people, or one that the firm sends from, and its domain vouches
for the mail. It is filed where who sent it may write; what they do not see is as if it were not there.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from letterbook.domain.access import ROLES, Permission, Viewer
from letterbook.domain.authorship import Author, asked_elsewhere, author_of, vouches_for
from letterbook.domain.capture import CaptureTarget, without_captures
from letterbook.domain.communication import SYSTEM, Communication, Direction
from letterbook.domain.ids import Kind, id_from
from letterbook.domain.inbound_email import InboundEmail, InboundFile, Verdicts, strip_reply_token
from letterbook.domain.party import Case
from letterbook.domain.receipts import Signal
from letterbook.domain.recipients import folded, same_address
from letterbook.ports import User, World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.inbound.answers import (
    MAIL,
    Answer,
    Correspondent,
    create_party,
    find_by_message_id,
    find_by_token,
    holders_of,
    is_known,
    may_be_answered,
    nobody,
    took_part,
)
from letterbook.use_cases.inbound.copies import find_copy, join
from letterbook.use_cases.inbound.mail_arrival import LONGEST_NOTE, arrival_of, enter_once
from letterbook.use_cases.support.access import actor_of, sees_case, viewer_of

logger = logging.getLogger(__name__)

_MAILS = frozenset({"message/rfc822", "message/global"})
# The log begins then, as it does for what is logged by hand.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_OF_FIRM = Viewer(id=SYSTEM.id, name=SYSTEM.name, role=SYSTEM.role, rights=ROLES["agent"], sight=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """Who may sign in (`users`), and the addresses that the firm's own people write from; some are of all of them (`shared`)."""

    users: tuple[User, ...]
    shared: frozenset[str]

    def has(self, address: str) -> bool:
        return folded(address) in self.shared or self.owner(address) is not None

    def owner(self, address: str) -> User | None:
        return next((one for one in self.users if one.email and same_address(one.email, address)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """What somebody who may (`viewer`) wants logged, and about which `case`."""

    viewer: Viewer
    firm: Firm
    case: Case | None

    def may_write_to(self, party_id: str) -> bool:
        """Who sees a party only through a case writes to it there and nowhere else."""
        on_case = self.case is not None and party_id in self.case.party_and_creditor_ids
        return on_case or (self.case is None and self.viewer.granted_party(party_id))


def log_captured(world: World, target: CaptureTarget, mail: InboundEmail) -> Communication | Author | None:
    """The entry that it became, which is the first of several mails that were forwarded together.

    The author where it is no colleague's whom it may be believed to be: it is mail like any other, of nobody who says to be one of
    the firm's people. None where it is somebody else's, who has come by the address.
    """
    firm = _firm(world)
    if not firm.has(mail.sender):
        return None
    viewer = _viewer(world, firm, mail)
    believed = _is_believed(mail)
    if not believed or not viewer.may(Permission.RECORDS):
        return Author(name=mail.sender_name, forged=not believed)
    ours = find_by_message_id(world, mail.message_id) if mail.message_id else None
    if ours and ours.entry.direction is Direction.OUTBOUND and ours.entry.provider != MAIL:
        return ours
    capture = Capture(viewer=viewer, firm=firm, case=_case(world, target, viewer))
    forwarded = _forwarded(mail)
    if forwarded:
        first, *_ = [_log_forwarded(world, capture, mail, one) for one in forwarded]
        return first
    return _log_sent(world, capture, mail, id_from(Kind.COMMUNICATION, mail.at, mail.raw))


def _firm(world: World) -> Firm:
    return Firm(
        users=tuple(one for one in world.users.all() if one.enabled),
        shared=frozenset(folded(one.address) for one in world.settings.current().senders),
    )


def _viewer(world: World, firm: Firm, mail: InboundEmail) -> Viewer:
    """Who has the address; of one that all send from, who has the capture address, else nobody in particular."""
    user = firm.owner(mail.sender)
    if user is None:
        to = {folded(one) for one in mail.addressed}
        user = next((one for one in firm.users if folded(world.capture_addresses.of_user(one.id) or "") in to), None)
    return viewer_of(world, user=user.id, name=user.name, groups=frozenset({user.role})) if user else _OF_FIRM


def _is_believed(mail: InboundEmail) -> bool:
    """Nothing stands beside its one From, and that domain stands by it."""
    alone = mail.sender_field == "from" and all(same_address(one, mail.sender) for one in mail.sender_others)
    return alone and Signal.FORGED not in mail.signals and vouches_for(mail.verdicts, mail.sender)


def _case(world: World, target: CaptureTarget, viewer: Viewer) -> Case | None:
    case = world.cases.get(target.case_id) if target.case_id else None
    return case if case and sees_case(viewer, case) else None


# ---- what was sent


def _log_sent(
    world: World, capture: Capture, mail: InboundEmail, communication_id: str, note: str = ""
) -> Communication:
    others = [one for one in _written_to(mail) if not capture.firm.has(one) and one == strip_reply_token(one)]
    answer = _answered(world, capture, mail, others)
    correspondent = _correspondent(world, capture, answer, others)
    arrival = replace(
        arrival_of(world, communication_id, mail),
        direction=Direction.OUTBOUND,
        author=actor_of(capture.viewer),
        case=capture.case,
        note=note,
    )
    entry = enter_once(world, arrival, correspondent, answer, mail)
    logger.info("captured", extra={"communication_id": entry.id, "forwarded": bool(note)})
    return entry


def _written_to(mail: InboundEmail) -> tuple[str, ...]:
    return without_captures(dict.fromkeys((*mail.to, *mail.cc, *mail.handed_over_for)))


# ---- what was forwarded


def _forwarded(mail: InboundEmail) -> list[InboundFile]:
    """The mails in it, where it is written to nobody but us: a letter to others may have a mail beside it."""
    to_others = [one for one in without_captures((*mail.to, *mail.cc)) if not same_address(one, mail.sender)]
    return [] if to_others else [one for one in mail.enclosed if _is_mail(one)]


def _is_mail(file: InboundFile) -> bool:
    """Some programs send any file that they do not know as so many bytes."""
    unnamed = file.media_type == "application/octet-stream" and file.name.lower().endswith(".eml")
    return file.media_type in _MAILS or unnamed


def _log_forwarded(world: World, capture: Capture, outer: InboundEmail, file: InboundFile) -> Communication:
    """What came in, or was sent, by its own word: nobody but who forwards it stands by that."""
    mail = world.inbound_mailbox.read(file.content, outer.at)
    mail = replace(
        mail,
        at=_occurred(mail.dated, outer.at),
        verdicts=Verdicts(),
        report=None,
        signals=mail.signals - {Signal.FORGED, Signal.SPAM},
    )
    communication_id = id_from(Kind.COMMUNICATION, mail.at, mail.raw)
    known = world.communications.get(communication_id)
    if known:
        return known
    copy = find_copy(world, mail) or _same_mail(world, capture, mail)
    if copy:
        return join(world, copy, mail)
    note = f"forwarded by {capture.viewer.name}"
    if capture.firm.has(mail.sender):
        return _log_sent(world, capture, mail, communication_id, note)
    author = author_of(mail, is_ours=capture.firm.has, is_known=lambda one: is_known(world, one), by_token=False)
    written_by = author.address if author else ""
    asked = [one.address for one in mail.reply_to]
    if asked_elsewhere(mail.sender, asked):
        mail = replace(mail, signals=mail.signals | {Signal.REPLY_ELSEWHERE})
    answer = _answered(world, capture, mail, [written_by] if written_by else [])
    named = author.name if author else ""
    correspondent = _correspondent(world, capture, answer, [written_by] if written_by else [], named)
    arrival = arrival_of(world, communication_id, mail)
    said = {"forwarded_with": outer.text.strip()[:LONGEST_NOTE]} if outer.text.strip() else {}
    arrival = replace(
        arrival,
        author=actor_of(capture.viewer),
        case=capture.case,
        note=note,
        metadata={**arrival.metadata, **said},
    )
    entry = enter_once(world, arrival, correspondent, answer, mail)
    logger.info("captured", extra={"communication_id": entry.id, "forwarded": True})
    return entry


def _occurred(dated: datetime | None, came: datetime) -> datetime:
    """Its own Date, where that has happened and the log goes back so far."""
    return dated if dated and _EARLIEST <= dated <= came else came


def _same_mail(world: World, capture: Capture, mail: InboundEmail) -> Communication | None:
    """The entry of the same mail, which a mail program has written another way since."""
    communication_id = (
        world.communications.find_by_provider_reference(MAIL, mail.message_id) if mail.message_id else None
    )
    found = world.communications.get(communication_id) if communication_id else None
    if found is None or found.deleted or not capture.viewer.sees(found.entry.ownership):
        return None
    same = same_address(found.entry.sender, mail.sender) and found.entry.subject == mail.subject
    return found if same else None


# ---- where it belongs


def _answered(world: World, capture: Capture, mail: InboundEmail, others: list[str]) -> Answer:
    """What it follows: what its author sees, and `others` took part in. Where that is restricted and not seen, so is this."""
    by_token = find_by_token(world, mail)
    named = (find_by_message_id(world, one) for one in may_be_answered(mail))
    hidden = False
    for found in (by_token, *named):
        if found is None:
            continue
        if not capture.viewer.sees(found.entry.ownership):
            hidden = hidden or found.entry.restricted
        elif found is by_token or any(took_part(one, found.entry) for one in others):
            in_its_case = capture.case is None or (found.entry.case and found.entry.case.id == capture.case.id)
            return Answer(to=found) if in_its_case else Answer(restricted=found.entry.restricted or hidden)
    return Answer(restricted=hidden)


def _correspondent(
    world: World, capture: Capture, answer: Answer, addresses: Iterable[str], name: str = ""
) -> Correspondent:
    """With whom: who has been answered; else the first of the addresses whose holder its author may write to; else, about a case,
    its client.

    Whom nobody knows becomes a party, as whoever writes for the first time does, where its author sees all parties. What is with
    nobody whom its author may write to waits, with the mail of nobody, for somebody who files it.
    """
    addresses = list(addresses)

    def find() -> Correspondent:
        if answer.to:
            entry = answer.to.entry
            holders = [holders_of(world, one) for one in addresses]
            contact = next((found for one in holders if (found := one.contact_of(entry.party.id))), None)
            return Correspondent(party_id=entry.party.id, contact_id=contact, candidates=entry.candidates)
        unknown = None
        for address in addresses:
            held = holders_of(world, address)
            parties = tuple(one for one in held.parties if capture.may_write_to(one))
            if parties:
                several = parties if len(parties) > 1 and capture.case is None else ()
                return Correspondent(party_id=parties[0], contact_id=held.contact_of(parties[0]), candidates=several)
            unknown = unknown or (held if not held.all else None)
        if capture.case:
            of_case = (*capture.case.party_ids, *capture.case.creditor_ids)
            return Correspondent(party_id=of_case[0]) if of_case else nobody(world)
        if unknown and capture.viewer.sight is None:
            return create_party(world, unknown, name or unknown.address, email=unknown.address)
        return nobody(world)

    return retry_on_conflict(find)
