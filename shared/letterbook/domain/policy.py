"""The order in which every outgoing message is asked about the rules (policy_rules.py), and the decision they make.

A rule that skips or refuses ends the asking; one that schedules does not, because a later rule may still refuse.

Whether and when somebody may be written to at all is asked before what is said: of who opted out nobody is asked for a missing
variable, and what a channel says before there is any text is what it says of the whole message.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Generic, TypeVar

from letterbook.domain.decision import PASSED, Action, Decision, RuleResult
from letterbook.domain.errors import CallerError
from letterbook.domain.policy_rules import (
    ContactInput,
    PolicyInput,
    ReachInput,
    Verdict,
    by_hand,
    complete_address,
    contact_hold,
    document,
    may_send,
    opt_out,
    preferred_channel,
    quarantine,
    quiet_hours,
    reachable,
    send_at,
    sent_before,
    size,
    skip_rule,
    variables,
)

AskedT = TypeVar("AskedT", bound=ContactInput, contravariant=True)


@dataclass(frozen=True, slots=True)
class Rule(Generic[AskedT]):
    """A rule with what it means to pass it, in words for people."""

    check: Callable[[AskedT], Verdict | None]
    passed: str

    @property
    def name(self) -> str:
        return self.check.__name__


BEFORE_CONTENT: tuple[Rule[ReachInput], ...] = (
    Rule(may_send, "The sender has the right."),
    Rule(contact_hold, "Nothing holds contact back."),
    Rule(opt_out, "They have not opted out."),
    Rule(skip_rule, "No rule skips this category for them."),
    Rule(reachable, "There is an address for the channel."),
    Rule(complete_address, "The address has what its country needs."),
    Rule(quarantine, "The address is not known to bounce."),
    Rule(preferred_channel, "They prefer no other channel."),
    Rule(by_hand, "The channel sends it."),
    Rule(send_at, "It was asked for now."),
    Rule(quiet_hours, "The hour is right for the channel."),
)
OF_CONTENT: tuple[Rule[PolicyInput], ...] = (
    Rule(size, "It is small enough."),
    Rule(variables, "Every variable has a value."),
)
OF_FILES: tuple[Rule[PolicyInput], ...] = (
    Rule(document, "Its file keeps the rules of its network."),
    Rule(sent_before, "No other went under its number."),
)
RULES: tuple[Rule[PolicyInput], ...] = (*BEFORE_CONTENT, *OF_CONTENT)
ABOUT_CONTENT = frozenset({*(rule.name for rule in OF_CONTENT), document.__name__})

# The later rules are asked all the same: one of them may still refuse.
_PROCEEDS = frozenset({Action.SCHEDULE, Action.MANUAL})

# What may have changed since a message was accepted: asked again before it goes.
RECHECKED_AT_DISPATCH: tuple[Callable[[ContactInput], Verdict | None], ...] = (contact_hold, opt_out, skip_rule)


def recheck_contact(contacting: ContactInput) -> Decision | None:
    """Why an accepted message shall not go after all; None where nothing stands against it."""
    for ask in RECHECKED_AT_DISPATCH:
        verdict = ask(contacting)
        if verdict and verdict.action is not Action.SEND:
            version = contacting.organisation.version
            return Decision(action=Action.SKIP, rule=ask.__name__, reason=verdict.reason, settings_version=version)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyResult:
    """The decision, one row for every rule that was asked, and the error that a refusal is."""

    decision: Decision
    trace: tuple[RuleResult, ...]
    refusal: CallerError | None = None

    @property
    def stops(self) -> bool:
        """Whether nothing is sent, whatever the message says."""
        stopped = self.decision.action in (Action.SKIP, Action.REFUSE)
        return stopped and self.decision.rule not in ABOUT_CONTENT

    @property
    def goes(self) -> bool:
        """Whether anything is sent, now or later, this way or another."""
        return self.decision.action not in (Action.SKIP, Action.REFUSE)


def refusal_of(verdict: Verdict | None) -> CallerError | None:
    """The error that a verdict is to the caller, where it is one."""
    if verdict is None or verdict.action is not Action.REFUSE:
        return None
    return verdict.error(verdict.reason, *verdict.faults, code=verdict.code)


def decide(policy_input: PolicyInput) -> PolicyResult:
    """Asks the rules in order. Never raises: a refusal is a decision too."""
    return _ask((*RULES, *OF_FILES) if policy_input.brings_file else RULES, policy_input)


def decide_reach(reach_input: ReachInput) -> PolicyResult:
    """What `decide` answers as long as nothing is wrong with the content."""
    return _ask(BEFORE_CONTENT, reach_input)


def _ask(rules: Sequence[Rule[AskedT]], asked: AskedT) -> PolicyResult:
    trace: list[RuleResult] = []
    version = asked.organisation.version
    scheduled: Decision | None = None
    for rule in rules:
        verdict = rule.check(asked)
        if verdict is None:
            trace.append(RuleResult(rule=rule.name, outcome=PASSED, reason=rule.passed))
            continue
        if verdict.action is Action.SEND:
            trace.append(RuleResult(rule=rule.name, outcome=PASSED, reason=verdict.reason))
            continue
        trace.append(RuleResult(rule=rule.name, outcome=verdict.action, reason=verdict.reason))
        when = verdict.scheduled_for.astimezone(UTC) if verdict.scheduled_for else None
        decision = Decision(
            action=verdict.action, rule=rule.name, reason=verdict.reason, scheduled_for=when, settings_version=version
        )
        if verdict.action not in _PROCEEDS:
            return PolicyResult(decision=decision, trace=tuple(trace), refusal=refusal_of(verdict))
        if scheduled is None or scheduled.action is not Action.MANUAL:
            scheduled = decision
    return PolicyResult(decision=scheduled or Decision(settings_version=version), trace=tuple(trace))
