"""What would become of a message, and why, as the strip above its button says it."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.presenters.dates import Clock
from console.presenters.labels import format_count, humanize_code
from letterbook.domain.channels import Channel
from letterbook.domain.decision import PASSED, Action, Decision, RuleResult
from letterbook.domain.errors import CallerError
from letterbook.domain.status import StatusGroup

# A file may have fifty: a strip has room for a few.
_MOST_FAULTS = 5


@dataclass(frozen=True, slots=True)
class DecisionBanner:
    """`lead` is the part that counts, `text` the rest of the sentence, `why` below it. Only one that `goes` has a button."""

    group: str
    icon: str
    lead: str
    text: str
    why: str
    goes: bool


def decision_banner(
    decision: Decision, refusal: CallerError | None, channel: Channel, to: Sequence[str], clock: Clock
) -> DecisionBanner:
    whom = clock.numbers(f"to {', '.join(to)}") if to else ""
    by = channel.spec.by
    why = f"{clock.in_words(decision.reason).rstrip('.')}." if decision.reason else ""
    match decision.action:
        case Action.SEND:
            return DecisionBanner(StatusGroup.SUCCESSFUL, f"c-{channel}", "Goes now", f" {by} {whom}.", why, goes=True)
        case Action.SCHEDULE:
            when = f"Goes {clock.ahead(decision.scheduled_for).text}" if decision.scheduled_for else "Goes later"
            return DecisionBanner(StatusGroup.IN_PROGRESS, "s-scheduled", when, f" {by} {whom}.", why, goes=True)
        case Action.SKIP:
            return DecisionBanner(
                StatusGroup.MANUAL, "i-hold", "Will be skipped:", " it is kept, and not sent.", why, goes=True
            )
        case Action.MANUAL | Action.FALLBACK:
            return DecisionBanner(
                StatusGroup.IN_PROGRESS, "s-manual_pending", "To be delivered by hand", f" {whom}.", why, goes=True
            )
    more = [fault.message for fault in refusal.faults if fault.message not in decision.reason] if refusal else []
    return DecisionBanner(
        StatusGroup.FAILED, "s-rejected", f"Cannot be sent {by}.", "", " ".join([why, *more[:_MOST_FAULTS]]), goes=False
    )


def trace_words(trace: Sequence[RuleResult], clock: Clock) -> tuple[str, list[tuple[str, str, str]]]:
    """How the rules answered in a few words; and each rule with its outcome, where it did not pass, and its reason."""
    passed = sum(one.outcome == PASSED for one in trace)
    told = (
        f"{format_count(len(trace), 'rule')}, all passed"
        if passed == len(trace)
        else f"{passed} of {len(trace)} rules passed"
    )
    return told, [
        (
            humanize_code(one.rule),
            "" if one.outcome == PASSED else humanize_code(one.outcome),
            clock.in_words(one.reason),
        )
        for one in trace
    ]
