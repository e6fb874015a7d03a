"""One communication: a page of its own, and the drawer beside the log."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.lists.filters import list_filters
from console.presenters.dates import Clock
from console.presenters.einvoice import invoice_page
from console.presenters.entry_facts import facts
from console.presenters.headline import headline
from console.presenters.history import history_lines
from console.presenters.labels import heading, subject_or_preview
from console.presenters.log_rows import badge, pace, told_words, until
from console.presenters.passages import is_laid_out, sheet_height
from console.presenters.policy_trace import trace_words
from letterbook.contracts.answers import fitting
from letterbook.contracts.queries import CommunicationsQuery
from letterbook.domain.communication import Direction, Entry
from letterbook.domain.errors import NotFound
from letterbook.domain.party import INLINE_MEDIA_TYPES
from letterbook.domain.search_terms import MOST_WORDS
from letterbook.domain.status import StatusGroup
from letterbook.domain.threads import Thread
from letterbook.use_cases.admin.organisation import provider_labels
from letterbook.use_cases.directory.threads import read_thread
from letterbook.use_cases.directory.todos import todo_done_by
from letterbook.use_cases.messages.cancel import may_be_stopped
from letterbook.use_cases.messages.resend import why_not_resendable
from letterbook.use_cases.reading.list_communications import list_communications
from letterbook.use_cases.reading.read import CommunicationDetail, read

# What a page shows of a text; a letter of a hundred pages has fewer characters.
_MOST_SHOWN = 300_000
# What stands as text, too, folded below its frame.
_MOST_BESIDE = 20_000
_REMOTE_PICTURE = re.compile(r'<img [^<>]*src="https?:', re.IGNORECASE)
_WALK_PAGES, _WALK_PAGE = 5, 200


@pages.get(f"{COMMUNICATIONS}/{{communication_id}}")
def show(visit: PageRequest, communication_id: str) -> PageResponse:
    """The filters of the list that it was opened from stand in its address: previous and next keep to them."""
    opened = read(visit.world, visit.viewer, communication_id)
    entry, clock = opened.communication.entry, visit.clock
    providers = provider_labels(visit.world)
    refused = why_not_resendable(visit.world, entry)
    undo_until = opened.communication.undo_until
    stoppable = may_be_stopped(visit.world, opened.communication)
    said = headline(entry, visit.viewer, clock, objection=refused, undo_until=undo_until, stoppable=stoppable)
    within = f"?{_within(visit)}" if _within(visit) else ""
    rules, trace = trace_words(opened.communication.trace, visit.clock)
    done = todo_done_by(visit.world, visit.viewer, opened.communication)
    return page(
        "communications/detail.html",
        title=f"{said.title}{f' {said.when.text}' if said.when else ''}: {subject_or_preview(entry)}",
        entry=entry,
        heading=heading(entry),
        said=said,
        undo_until=f"{undo_until:%Y-%m-%dT%H:%M:%SZ}" if undo_until else "",
        subject=subject_or_preview(entry),
        facts=facts(opened.communication, clock, providers, _thread(visit, entry)),
        done=done,
        when=clock.relative(entry.occurred_at),
        attempts=_attempts(visit, opened),
        seen={one.id for one in opened.attempts},
        changes=entry.changes,
        content=_content(visit, opened),
        invoice=invoice_page(opened.einvoice, clock) if opened.einvoice else None,
        history=history_lines(opened.history, entry, clock, providers),
        intact=opened.intact,
        search_cut=f"Only the first {MOST_WORDS:,} of its different words are found by a search."
        if opened.search_cut
        else "",
        rules=rules,
        trace=trace,
        why=_why(entry),
        pace=_pace(entry, opened.attempts, clock),
        told_words=told_words(entry),
        until=until(entry),
        shown=INLINE_MEDIA_TYPES,
        told=any(row.digest for row in opened.history),
        path=f"{COMMUNICATIONS}/{entry.id}",
        within=within,
        back=f"{COMMUNICATIONS}{within}",
    )


@pages.get(f"{COMMUNICATIONS}/{{communication_id}}/older")
def older(visit: PageRequest, communication_id: str) -> PageResponse:
    """The next entry of the same list. Looked for only when somebody goes there."""
    asked = list_filters(visit, CommunicationsQuery, COMMUNICATIONS)
    listed = list_communications(
        visit.world, visit.viewer, asked.query.filters(), limit=1, after=communication_id, present=False
    )
    return _go(
        asked.text, listed.items[0].id if listed.items else None, communication_id, "That is the oldest of them."
    )


@pages.get(f"{COMMUNICATIONS}/{{communication_id}}/newer")
def newer(visit: PageRequest, communication_id: str) -> PageResponse:
    """The one before it: found by walking down from the newest, which is where lists are read."""
    asked = list_filters(visit, CommunicationsQuery, COMMUNICATIONS)
    nearest: str | None = None
    after: str | None = None
    for _ in range(_WALK_PAGES):
        listed = list_communications(
            visit.world, visit.viewer, asked.query.filters(), limit=_WALK_PAGE, after=after, present=False
        )
        above = [one.id for one in listed.items if one.id > communication_id]
        nearest = above[-1] if above else nearest
        after = listed.after
        if after is None or len(above) < len(listed.items) or after <= communication_id:
            break
    return _go(asked.text, nearest, communication_id, "That is the newest of them.")


def _go(filters: str, to: str | None, otherwise: str, notice: str) -> PageResponse:
    behind = f"?{filters}" if filters else ""
    return redirect(f"{COMMUNICATIONS}/{to or otherwise}{behind}", "" if to else notice)


def _within(visit: PageRequest) -> str:
    """The filters of the list in the address, without what is this page's own; none at all where they are none."""
    own = {name: values for name, values in visit.query.items() if name not in ("as", "images")}
    return urlencode(own, doseq=True)


def _thread(visit: PageRequest, entry: Entry) -> Thread | None:
    try:
        return read_thread(visit.world, visit.viewer, entry.thread_id) if entry.thread_id else None
    except NotFound:
        return None


def _pace(entry: Entry, attempts: Sequence[Entry], clock: Clock) -> str:
    """What failed is put right as soon as a later attempt arrives."""
    later = any(one.id > entry.id and pace(one, clock) == "soon" for one in attempts)
    return "soon" if later and entry.group is StatusGroup.FAILED else pace(entry, clock)


def _content(visit: PageRequest, opened: CommunicationDetail) -> dict[str, Any]:
    """On paper as text, or in a frame of its own as HTML: what came in as such, and what says more by its layout."""
    inbound = opened.communication.entry.direction is Direction.INBOUND
    text, html, truncated = fitting(opened.content.text[:_MOST_SHOWN], opened.content.html)
    laid_out = inbound or (html is not None and is_laid_out(html))
    wanted = visit.parameter("as", "html" if laid_out else "text")
    framed = bool(html) and wanted == "html"
    return {
        "text": text,
        "truncated": truncated or len(opened.content.text) > len(text),
        "has_html": bool(html),
        "framed": framed,
        "beside": framed and bool(text.strip()) and len(text) <= _MOST_BESIDE,
        "height": sheet_height(text, pictures=(html or "").count("<img ")),
        "images": visit.parameter("images") == "1",
        "remote": inbound and html is not None and bool(_REMOTE_PICTURE.search(html)),
    }


def _attempts(visit: PageRequest, opened: CommunicationDetail) -> list[dict[str, Any]]:
    """Newest first; nothing where there is only this one."""
    if len(opened.attempts) < 2 and opened.communication.entry.attempt == 1:
        return []
    return [
        {
            "id": one.id,
            "number": one.attempt,
            "this": one.id == opened.communication.id,
            "when": visit.clock.moment(one.occurred_at),
            "to": ", ".join(recipient.address for recipient in one.recipients[:3]),
            "status": badge(one),
            "why": one.failure.words.reason.rstrip(".") if one.failure else "",
        }
        for one in reversed(opened.attempts)
    ]


def _why(entry: Entry) -> str:
    if entry.status == "skipped":
        return "Why was it not sent?"
    if entry.status == "scheduled":
        return "Why does it go then?"
    return "Why was it sent?" if entry.sent_at else "Why?"
