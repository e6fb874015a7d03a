"""What will become of many, said before it is done: those that go, and those that do not, with why."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.presenters.compose import channel_words
from console.presenters.dates import Clock
from console.presenters.labels import capital, format_count, humanize_code, subject_or_preview
from console.presenters.log_rows import Badge, badge
from letterbook.domain.bulk import BulkCheck, BulkPlan, BulkRefusal
from letterbook.domain.communication import Entry, RecipientRole
from letterbook.domain.decision import Action
from letterbook.domain.organisation import Organisation
from letterbook.domain.status import Status
from letterbook.domain.visible import isolated

_MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Verbal:
    """How a verb is said. `note` is what must be known before it is done."""

    button: str
    question: str
    past: str
    note: str


VERBS: dict[str, Verbal] = {
    "resend": Verbal(
        "Resend", "Resend", "sent again", "Each goes to the present address of its party, as a new entry with the present template."
    ),
    "send": Verbal("Send", "Send", "sent", "What was sent cannot be called back."),
    "ignore": Verbal("Ignore", "Ignore", "ignored", "They stand under Failed no more. Nothing else changes, and it can be undone."),
    "unignore": Verbal("Bring back", "Bring back", "brought back", "They stand among the others again."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BulkLine:
    """One of those asked for. `goes` tells whether it is done; `why` is where it goes, or why not."""

    id: str
    icon: str
    subject: str
    who: str
    why: str
    goes: bool
    status: Badge | None = None


@dataclass(frozen=True, slots=True)
class BulkGroup:
    """Those of which the same becomes: `words` say what, `more` how many are not shown."""

    words: str
    count: int
    lines: Sequence[BulkLine]
    goes: bool
    more: str


@dataclass(frozen=True, slots=True)
class Summary:
    title: str
    groups: Sequence[BulkGroup]
    goes: int
    asked: int


# What a reason is called for several at once; in particular it stands on the line of each.
_WHY_NOT = {
    "opt_out": "opted out",
    "contact_hold": "must not be contacted",
    "skip_rule": "skipped by a rule",
    "quarantine": "address set aside",
    "reachable": "no address known",
    "variables": "something is missing",
    "size": "too large",
    "quiet_hours": "never open",
    "may_send": "not yours to send",
    "already_sent_again": "sent again already",
    "not_resendable": "not to be sent again",
    "too_old": "too long ago",
    "not_a_draft": "no draft",
    "not_found": "not there",
}


def summary(verb: str, checked: BulkCheck, organisation: Organisation, clock: Clock) -> Summary:
    said, result = VERBS[verb], checked.result
    goes, asked = len(result.accepted), len(result.accepted) + len(result.refused)
    number = f"{goes}" if goes == asked else f"{goes} of {asked}"
    title = f"{said.question} {number}?" if goes else f"None of the {asked} can be {said.past}"
    if not goes and asked == 1:
        title = f"It cannot be {said.past}"
    found: dict[tuple[str, bool], list[BulkLine]] = {}
    for one in result.accepted:
        if entry := checked.entries.get(one):
            plan = checked.plans.get(one)
            how = _how(plan, organisation, clock) if plan else ""
            found.setdefault((how, True), []).append(_accepted_line(entry, plan))
    for refused in result.refused:
        entry = checked.entries.get(refused.id)
        found.setdefault((_why_not(refused, entry), False), []).append(_refused_line(refused, entry, clock))
    most = max(1, _MOST_SHOWN // max(1, len(found)))
    groups = [
        BulkGroup(words, len(lines), lines[:most], goes, f"{len(lines) - most} more" if len(lines) > most else "")
        for (words, goes), lines in found.items()
    ]
    return Summary(title, groups, goes, asked)


def result_title(verb: str, number: int, *, done: bool) -> str:
    """`3 messages are being sent again`, and once they are: `3 messages were sent again`."""
    verbs = ("was", "were") if done else ("is being", "are being")
    return f"{format_count(number, 'message')} {verbs[number != 1]} {VERBS[verb].past}"


def _how(plan: BulkPlan, organisation: Organisation, clock: Clock) -> str:
    """`Goes now`, `Goes Monday 09:00`, `Makes a to-do`: as the tile of its channel says it."""
    decision = plan.decision
    if decision.action is Action.FALLBACK:
        return f"Goes {plan.channel.spec.by} instead"
    words = channel_words(plan.channel, decision, organisation, clock)
    return f"Goes {words}" if decision.scheduled_for else capital(words)


def _why_not(refused: BulkRefusal, entry: Entry | None) -> str:
    words = _WHY_NOT.get(refused.code) or humanize_code(refused.code).lower()
    of = f" of {entry.channel.spec.all_of_it}" if entry and refused.code == "opt_out" else ""
    return f"Does not: {words}{of}"


def _accepted_line(entry: Entry, plan: BulkPlan | None) -> BulkLine:
    channel = plan.channel if plan else entry.channel
    return BulkLine(
        entry.id,
        "i-check",
        subject_or_preview(entry),
        f"{channel.spec.label} to {isolated(entry.party.name)}",
        _where(entry, plan.to) if plan else badge(entry).word,
        goes=True,
    )


def _refused_line(refused: BulkRefusal, entry: Entry | None, clock: Clock) -> BulkLine:
    subject = subject_or_preview(entry) if entry else "One that is not there"
    return BulkLine(
        refused.id if entry else "", "s-cancelled", subject, entry.party.name if entry else "",
        clock.in_words(refused.detail.rstrip(".")), goes=False, status=badge(entry) if entry else None,
    )  # fmt: skip


def _where(entry: Entry, to: Sequence[str]) -> str:
    """Where it goes, and whether it went elsewhere before."""
    used = entry.addresses(RecipientRole.TO)
    now, before = (", ".join(" / ".join(one.splitlines()) for one in each) for each in (to, used))
    if entry.status is Status.DRAFT or not before:
        return now
    return f"{now}, as before" if now.casefold() == before.casefold() else f"{now}; before it went to {before}"
