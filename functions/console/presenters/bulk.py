"""What will become of many, said before it is done: those that go, and those that do not, with why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.presenters.labels import format_count, subject_or_preview
from console.presenters.log_rows import Badge, badge
from letterbook.domain.addresses import address_for
from letterbook.domain.bulk import BulkRefusal, BulkResult
from letterbook.domain.communication import Entry, RecipientRole
from letterbook.domain.party import Party
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
class Summary:
    title: str
    lines: Sequence[BulkLine]
    more: str
    goes: int
    asked: int


def summary(verb: str, checked: BulkResult, entries: Mapping[str, Entry], parties: Mapping[str, Party]) -> Summary:
    said = VERBS[verb]
    goes, asked = len(checked.accepted), len(checked.accepted) + len(checked.refused)
    lines = [
        *(_accepted_line(entries[one], verb, parties) for one in checked.accepted if one in entries),
        *(_refused_line(one, entries.get(one.id)) for one in checked.refused),
    ]
    number = f"{goes}" if goes == asked else f"{goes} of {asked}"
    title = f"{said.question} {number}?" if goes else f"None of the {asked} can be {said.past}"
    if not goes and asked == 1:
        title = f"It cannot be {said.past}"
    more = len(lines) - _MOST_SHOWN
    shown = [*lines[: _MOST_SHOWN // 2], *lines[-_MOST_SHOWN // 2 :]] if more > 0 else lines
    return Summary(title, shown, f"{more} more between these" if more > 0 else "", goes, asked)


def result_title(verb: str, number: int, *, done: bool) -> str:
    """`3 messages are being sent again`, and once they are: `3 messages were sent again`."""
    verbs = ("was", "were") if done else ("is being", "are being")
    return f"{format_count(number, 'message')} {verbs[number != 1]} {VERBS[verb].past}"


def _accepted_line(entry: Entry, verb: str, parties: Mapping[str, Party]) -> BulkLine:
    why = _address(entry, parties.get(entry.party.id)) if verb in ("resend", "send") else badge(entry).word
    return BulkLine(
        entry.id,
        "i-check",
        subject_or_preview(entry),
        f"{entry.channel.spec.label} to {isolated(entry.party.name)}",
        why,
        goes=True,
    )


def _refused_line(refused: BulkRefusal, entry: Entry | None) -> BulkLine:
    subject = subject_or_preview(entry) if entry else "One that is not there"
    return BulkLine(
        refused.id if entry else "", "s-cancelled", subject, entry.party.name if entry else "",
        refused.detail.rstrip("."), goes=False, status=badge(entry) if entry else None,
    )  # fmt: skip


def _address(entry: Entry, party: Party | None) -> str:
    """Where it went, and whether the party is to be reached elsewhere by now."""
    used = entry.addresses(RecipientRole.TO)
    before = ", ".join(" / ".join(one.splitlines()) for one in used)
    if party is None or entry.contact or not entry.channel.spec.is_correspondence:
        return before
    present = address_for(entry.channel.spec.address, party)
    if not present or not before:
        return before or present or ""
    if len(used) == 1 and used[0].casefold() == present.casefold():
        return f"{before}, as before"
    return f"{before} before; the address on record is {present}"
