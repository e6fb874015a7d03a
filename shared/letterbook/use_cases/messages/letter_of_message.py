"""The letter that a message is, where it goes on paper and somebody wrote it: a document that is sent as it is has none."""

from datetime import datetime

from letterbook.domain.communication import SYSTEM, Actor
from letterbook.domain.letter import Letter
from letterbook.ports import World
from letterbook.use_cases.letters.build_letter import build_letter
from letterbook.use_cases.messages.prepare import Prepared
from letterbook.use_cases.support.signatures import signature_of


def letter_of(world: World, prepared: Prepared, author: Actor, now: datetime, code: str = "") -> Letter | None:
    """Dated on the day that it goes, in the firm's zone. What is attached goes with it; `code` tells which letter came back."""
    about, party = prepared.about, prepared.about.party
    if not prepared.message.channel.spec.is_letter or not prepared.rendered.text or party is None:
        return None
    goes_at = prepared.ruling.decision.scheduled_for or now
    return build_letter(
        prepared.organisation,
        party,
        prepared.rendered,
        language=prepared.template.language if prepared.template else prepared.language,
        day=goes_at.astimezone(prepared.organisation.zone).date(),
        name=prepared.postal_address.name if prepared.postal_address else None,
        address=prepared.recipients[0].address if prepared.recipients else None,
        contact_name=about.contact.name if about.contact else "",
        case_reference=about.case.reference if about.case else "",
        signature=None if author == SYSTEM else signature_of(world, author),
        enclosures=[document.name for document in about.documents],
        copies=prepared.message.copies,
        code=code,
    )
