"""What waits for its time says at once what would become of it by now: its party may have opted out since, or be on hold.

Nothing is written: it is asked when it is read, so it is true again when the opt-out is withdrawn. Dispatch asks it once more.
"""

from collections.abc import Sequence
from dataclasses import replace

from letterbook.domain.communication import Communication, Entry
from letterbook.domain.decision import Decision, RuleResult
from letterbook.domain.party import Preferences
from letterbook.domain.policy import recheck_contact
from letterbook.domain.policy_rules import ContactInput
from letterbook.domain.status import Status
from letterbook.ports import World
from letterbook.use_cases.support.bystanders import bystanders


def with_present_decisions(world: World, entries: Sequence[Entry]) -> Sequence[Entry]:
    """The entries; those that would be skipped have that decision. Three requests for all of them, and none where nothing waits."""
    waiting = [one for one in entries if one.status is Status.SCHEDULED]
    barred = _barred(world, waiting) if waiting else {}
    # Why a hold was overridden does not stand in lists.
    for one in [each for each, decision in barred.items() if decision.rule == "contact_hold"]:
        communication = world.communications.get(one)
        if communication and communication.override_hold:
            del barred[one]
            barred |= _barred(world, [communication.entry], communication.override_hold)
    return [replace(one, decision=barred[one.id]) if one.id in barred else one for one in entries]


def with_present_decision(world: World, communication: Communication) -> Communication:
    """The same of one, with the rule that stops it at the end of its trace."""
    entry = communication.entry
    if entry.status is not Status.SCHEDULED:
        return communication
    barred = _barred(world, [entry], communication.override_hold).get(entry.id)
    if barred is None:
        return communication
    told = RuleResult(rule=barred.rule, outcome=barred.action, reason=barred.reason)
    return replace(communication, entry=replace(entry, decision=barred), trace=(*communication.trace, told))


def _barred(world: World, entries: Sequence[Entry], override_hold: str | None = None) -> dict[str, Decision]:
    ids = sorted({one.party.id for one in entries})
    parties = {one.id: one for one in world.parties.several(ids)}
    preferences = world.parties.preferences_of(ids)
    every = sorted(
        {each.address for one in entries for each in one.recipients if one.channel.spec.tells_of_dead_addresses}
    )
    known = world.addresses.known(every) if every else {}
    found: dict[str, Decision] = {}
    for one in entries:
        party = parties.get(one.party.id)
        if party is None:
            continue
        own = {each.address: known[each.address] for each in one.recipients if each.address in known}
        asked = ContactInput(
            organisation=world.settings.current(),
            channel=one.channel,
            party=party,
            preferences=preferences.get(party.id, Preferences()),
            category=one.category,
            now=world.now(),
            override_hold=override_hold,
            bystanders=bystanders(world, party.id, own),
        )
        if decision := recheck_contact(asked):
            found[one.id] = decision
    return found
