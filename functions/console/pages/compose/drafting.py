"""A draft between two: kept by itself while somebody writes, and shown with what somebody else made of it meanwhile."""

from dataclasses import replace
from typing import Any

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page
from console.forms.meanwhile import Merge, began_with, merge
from console.forms.parsing import version_of
from console.pages.compose.form import ComposeForm, of_message
from console.presenters.compose import LABELS
from letterbook.domain.communication import Communication
from letterbook.domain.errors import CallerError, PreconditionFailed
from letterbook.ports import IdempotencyKey
from letterbook.use_cases.messages.amend import amend
from letterbook.use_cases.messages.keep_draft import keep_draft, rewritten
from letterbook.use_cases.reading.read import read_content

_BEHIND = "Somebody else changed this draft meanwhile: keep it to see what they wrote."
_UNREADY = "Not a draft yet: kept on this device."
# What the two may have written differently; the rest says whom and what it is about, and stays.
_WRITTEN = (
    "channel", "contact_id", "case_id", "to", "cc", "bcc", "sender", "template", "variables", "subject", "body", "copies",
    "network", "receiver_scheme", "receiver_id",
    "attachments", "category", "send_at", "urgent", "urgent_reason", "audit_reason", "audit_details", "restricted",
)  # fmt: skip
_CALLED = LABELS | {
    "channel": "Send by", "bcc": "Blind copy to", "sender": "From", "variables": "Values", "attachments": "Attached",
    "network": "Network", "receiver_scheme": "Receiver's scheme", "receiver_id": "Receiver's number",
    "urgent": "Urgent", "post": "Goes as", "audit_reason": "Reason", "audit_details": "Details",
}  # fmt: skip


def draft_key(visit: PageRequest) -> IdempotencyKey | None:
    """One draft for a form, whatever stands in it by then."""
    return visit.key("compose/draft", "")


def autosave(visit: PageRequest, wish: ComposeForm, draft: Communication | None = None) -> PageResponse:
    """What was written so far, as a draft. What cannot be one yet stays where it is written."""
    zone = visit.organisation.zone
    try:
        message = wish.message(zone, send=False)
        if draft is None:
            kept = keep_draft(visit.world, visit.viewer, message, draft_key(visit))
        else:
            kept = amend(visit.world, visit.viewer, draft.id, version_of(visit), rewritten(message))
    except CallerError as error:
        words = _BEHIND if isinstance(error, PreconditionFailed) else _UNREADY
        return page("compose/draft_kept.html", status=error.status, title="Draft", draft=None, words=words)
    return page(
        "compose/draft_kept.html",
        title="Draft",
        draft=kept.entry,
        action=f"{COMMUNICATIONS}/{kept.id}/edit",
        began=began_with(written(of_message(message, zone))),
        saved=visit.clock.time(visit.world.now()),
    )


def merged_form(
    visit: PageRequest, error: CallerError | None, wish: ComposeForm, draft: Communication
) -> tuple[ComposeForm, Merge]:
    """The form with what somebody else made of the draft meanwhile, and what that is."""
    message, zone = read_content(visit.world, visit.viewer, draft).message, visit.organisation.zone
    present = of_message(message, zone) if message else wish
    merged = merge(visit, error, written(wish), written(present), _CALLED, _words)
    values: dict[str, Any] = {**merged.values, "variables": dict(merged.values["variables"])}
    theirs = values.pop("address") != written(wish)["address"]
    values |= {
        "post": dict(values["post"]),
        "address": of_message(message, zone).address if theirs and message else wish.address,
    }
    return replace(wish, **values), merged


def written(form: ComposeForm) -> dict[str, Any]:
    values = {name: getattr(form, name) for name in _WRITTEN}
    return values | {
        "variables": sorted(form.variables.items()),
        "post": sorted((name, value) for name, value in form.post.items() if value),
        "address": _address_words(form.address.asked),
    }


def _address_words(asked: str | dict[str, str] | None) -> str:
    return ", ".join(asked.values()) if isinstance(asked, dict) else asked or ""


def _words(name: str, value: Any) -> str:
    if name in ("contact_id", "case_id"):
        return "another one" if value else ""
    if name == "attachments":
        return f"{len(value)} of them" if value else ""
    if name == "variables":
        return "\n".join(f"{key}: {given}" for key, given in value)
    if name == "post":
        return ", ".join(given for _, given in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
