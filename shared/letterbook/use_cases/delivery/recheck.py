"""Asks once more, before a message goes, whether its party may still be written to."""

import logging
from dataclasses import replace
from datetime import datetime

from letterbook.domain.communication import Communication
from letterbook.domain.decision import Decision, RuleResult
from letterbook.domain.policy import recheck_contact
from letterbook.domain.policy_rules import ContactInput
from letterbook.domain.receipts import Signal
from letterbook.domain.status import Status
from letterbook.domain.transitions import Change, transitioned
from letterbook.ports import MessageContext, World
from letterbook.use_cases.support.bystanders import bystanders

logger = logging.getLogger(__name__)


def why_barred(world: World, communication: Communication, context: MessageContext) -> Decision | None:
    """Between acceptance and now, hours or days, whoever has an address may have opted out or been put on hold."""
    entry = communication.entry
    if context.party is None:
        return None
    return recheck_contact(
        ContactInput(
            organisation=world.settings.current(),
            channel=entry.channel,
            party=context.party,
            preferences=context.preferences,
            category=entry.category,
            now=world.now(),
            override_hold=communication.override_hold,
            bystanders=bystanders(world, context.party.id, context.addresses),
            answers_keyword=Signal.KEYWORD in entry.signals,
        )
    )


def skipped(current: Communication, barred: Decision, now: datetime, of: Status) -> Change | None:
    """None where it does not stand there any more."""
    if current.entry.status is not of:
        return None
    logger.info("skipped", extra={"communication_id": current.id, "rule": barred.rule})
    entry = replace(current.entry, decision=barred)
    trace = (*current.trace, RuleResult(rule=barred.rule, outcome=barred.action, reason=barred.reason))
    after = replace(current, entry=entry, trace=trace, awaits=(), work=current.work.finished)
    return transitioned(current, Status.SKIPPED, at=now, event="skipped", note=barred.reason, after=after)
