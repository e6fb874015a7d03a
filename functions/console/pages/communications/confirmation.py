"""The page that asks before something is done to a communication, and says what it will do."""

import secrets
from typing import Any

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page
from console.presenters.labels import heading, subject_or_preview
from console.presenters.log_rows import pace
from console.presenters.policy_trace import decision_banner, trace_words
from letterbook.domain.communication import Entry, RecipientRole
from letterbook.domain.errors import CallerError
from letterbook.use_cases.messages.prepare import Prepared


def confirmation(
    visit: PageRequest,
    entry: Entry,
    *,
    verb: str,
    question: str,
    text: str = "",
    button: str = "",
    keep: str = "Back",
    rehearsed: Prepared | None = None,
    error: CallerError | None = None,
    fields: list[dict[str, Any]] | None = None,
    before: list[str] | None = None,
    other: str = "",
    status: int | None = None,
    said: dict[str, Any] | None = None,
) -> PageResponse:
    asked = fields or []
    to = [one.address for one in rehearsed.recipients if one.role is RecipientRole.TO] if rehearsed else []
    ruled = rehearsed.ruling if rehearsed else None
    shown = decision_banner(ruled.decision, ruled.refusal, entry.channel, to, visit.clock) if ruled else None
    own = {one["of"] for one in asked}
    return page(
        "communications/confirm.html",
        status=status or (422 if error else 200),
        title=question,
        path=f"{COMMUNICATIONS}/{entry.id}",
        verb=verb,
        heading=heading(entry),
        subject=subject_or_preview(entry),
        text=text,
        button=button if shown is None or shown.goes else "",
        keep=keep,
        other=other,
        said=said,
        strip=shown,
        trace=trace_words(ruled.trace, visit.clock) if ruled else None,
        rendered=rehearsed.rendered if rehearsed else None,
        moved=bool(before and to and before != to),
        before=before or [],
        fields=asked,
        errors=_errors(error, own, {one["of"]: one["id"] for one in asked}),
        once=secrets.token_urlsafe(16),
        # Sending again asks anew when it is pressed: its question must not become another under somebody's hand.
        renews=verb != "resend",
        pace=pace(entry, visit.clock),
    )


def form_field(
    name: str, label: str, value: str, error: CallerError | None, *, kind: str = "text", hint: str = "", of: str = ""
) -> dict[str, Any]:
    """`of` is what the library calls the field, where the form's name is another."""
    wrong = [one.message for one in (error.faults if error else ()) if one.field.split(".")[0] == (of or name)]
    return {
        "id": f"f-{name}", "name": name, "label": label, "value": value, "kind": kind, "hint": hint,
        "of": of or name, "wrong": wrong[0] if wrong else "",
    }  # fmt: skip


def _errors(error: CallerError | None, own: set[str], ids: dict[str, str]) -> list[tuple[str, str]]:
    """What is wrong, each with the field to go to, where the page has it."""
    if error is None:
        return []
    if not error.faults:
        return [(error.detail, "")]
    places = [(one.message, one.field.split(".")[0]) for one in error.faults]
    return [(message, ids[place] if place in own else "") for message, place in dict.fromkeys(places)]
