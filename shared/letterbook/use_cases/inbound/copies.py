"""One mail may come several times: by two of its addresses, two servers, two rules. It is one entry, of all whom it came for.

Copies are known by their Message-ID and all that they say, since anybody can write a Message-ID that they have seen. Two that come
at the same moment are told apart by a key in the transaction of the entry; a later one by the entry itself.
"""

from dataclasses import replace

from letterbook.domain.capture import without_captures
from letterbook.domain.communication import Communication, Recipient, RecipientRole
from letterbook.domain.inbound_email import InboundEmail, strip_reply_token
from letterbook.domain.recipients import folded
from letterbook.domain.transitions import Change, updated
from letterbook.ports import IdempotencyKey, World
from letterbook.use_cases.inbound.answers import MAIL
from letterbook.use_cases.support.update import update_communication

# More than any letter has; an entry has to fit into one item.
MAX_RECIPIENTS = 250


def key_of(mail: InboundEmail) -> IdempotencyKey | None:
    """What only one entry can have; None for a mail without an id, which is known by its bytes alone."""
    if not mail.message_id:
        return None
    return IdempotencyKey(user=MAIL, route="inbound", key=mail.fingerprint, digest=mail.fingerprint)


def find_copy(world: World, mail: InboundEmail) -> Communication | None:
    """The entry of the same mail, if it came before."""
    key = key_of(mail)
    if key is None:
        return None
    record = world.idempotency.get(key, Communication)
    if record and isinstance(record.result, Communication):
        return record.result
    communication_id = world.communications.find_by_provider_reference(MAIL, mail.message_id)
    found = world.communications.get(communication_id) if communication_id else None
    return found if found and not found.deleted and found.fingerprint == mail.fingerprint else None


def join(world: World, copy: Communication, mail: InboundEmail) -> Communication:
    """The entry with whom this copy came for. Joined again it stays as it is."""

    def joined(current: Communication) -> Change | None:
        recipients = all_recipients(current.entry.recipients, recipients_of(mail))
        fresh = recipients[len(current.entry.recipients) :]
        if not fresh:
            return None
        after = replace(current, entry=replace(current.entry, recipients=recipients))
        note = f"for {', '.join(one.address for one in fresh[:10])}"
        return updated(current, after, at=world.now(), event="came again", note=note)

    change = update_communication(world, copy.id, joined)
    return change.after if change else world.communications.get(copy.id) or copy


def recipients_of(mail: InboundEmail) -> tuple[Recipient, ...]:
    """As the mail says, and whom else it was handed over for, without the secret in the addresses that we gave out."""
    named = ((RecipientRole.TO, mail.to), (RecipientRole.CC, mail.cc), (RecipientRole.BCC, mail.handed_over_for))
    return all_recipients(
        tuple(
            Recipient(address=strip_reply_token(address), role=role)
            for role, addresses in named
            for address in without_captures(addresses)
        )
    )


def all_recipients(*several: tuple[Recipient, ...]) -> tuple[Recipient, ...]:
    """Each once, where they are named first."""
    found: dict[str, Recipient] = {}
    for one in (each for recipients in several for each in recipients):
        found.setdefault(folded(one.address), one)
    return tuple(found.values())[:MAX_RECIPIENTS]
