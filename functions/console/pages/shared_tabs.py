"""What the pages of a party and of a case have in common: threads, documents, activity, who was granted it."""

import secrets
from typing import Any

from console.app.routing import PageRequest
from console.lists.pagination import PAGE, WHOLE, pager
from console.presenters.activity import activity_lines
from console.presenters.reachability import threads_word
from letterbook.domain.access import Permission
from letterbook.domain.channels import ThreadKind
from letterbook.domain.party import INLINE_MEDIA_TYPES, Document
from letterbook.domain.threads import Thread, ThreadStatus
from letterbook.ports import ActivityScope
from letterbook.use_cases.admin.organisation import provider_labels
from letterbook.use_cases.directory.documents import list_documents, uploaded
from letterbook.use_cases.directory.grants import list_grants, list_users
from letterbook.use_cases.directory.names import names_of
from letterbook.use_cases.directory.threads import list_threads
from letterbook.use_cases.reading.activity import activity, entries_of

THREAD_ICONS = {
    ThreadKind.GENERAL: "c-note",
    ThreadKind.EMAIL: "c-email",
    ThreadKind.SMS: "c-sms",
    ThreadKind.CHAT: "c-note",
    ThreadKind.MEETING: "c-meeting",
}
_TYPES = {
    "application/pdf": "PDF",
    "text/plain": "Text",
    "text/csv": "Table",
    "application/zip": "Archive",
    "message/rfc822": "Email",
}


def granted(visit: PageRequest, target: str) -> list[dict[str, Any]] | None:
    """Who was granted it, by name where users may be read; None for who may not know."""
    viewer = visit.viewer
    if not (viewer.may(Permission.GRANTS) or viewer.may(Permission.READ_AUDIT)):
        return None
    grants = list_grants(visit.world, viewer, None, limit=WHOLE, after=None).items
    here = [one for one in grants if one.target == target]
    named = here and (viewer.may(Permission.USERS) or viewer.may(Permission.READ_AUDIT))
    users = list_users(visit.world, viewer, limit=WHOLE, after=None).items if named else ()
    names = {one.id: one.name for one in users}
    return [{"name": names.get(one.user, "Somebody who has left"), "restricted": one.restricted} for one in here]


def threads(
    visit: PageRequest, path: str, *, party_id: str | None = None, case_id: str | None = None
) -> dict[str, Any]:
    archived = visit.parameter("of") == "archived"
    status = ThreadStatus.ARCHIVED if archived else ThreadStatus.ACTIVE
    turning = pager(visit, path, {"of": ["archived"]} if archived else {})
    page = list_threads(
        visit.world, visit.viewer, party_id=party_id, case_id=case_id, status=status, limit=PAGE, after=turning.after
    )
    pills = [
        {"words": words, "href": f"{path}{query}", "current": archived is of, "count": "", "red": False}
        for words, query, of in (("Active", "", False), ("Archived", "?of=archived", True))
    ]
    return {
        "threads": [_thread(one, visit) for one in page.items],
        "archived": archived,
        "thread_pills": pills,
        "newer": turning.newer,
        "older": turning.older(page.after),
    }


def documents(
    visit: PageRequest, path: str, *, party_id: str | None = None, case_id: str | None = None
) -> dict[str, Any]:
    turning = pager(visit, path)
    page = list_documents(
        visit.world, visit.viewer, party_id=party_id, case_id=case_id, limit=PAGE, after=turning.after
    )
    return {
        "puts": _puts(visit, party_id, case_id),
        "documents": [_document(one, visit) for one in uploaded(visit.world, page.items)],
        "newer": turning.newer,
        "older": turning.older(page.after),
    }


def _puts(visit: PageRequest, party_id: str | None, case_id: str | None) -> dict[str, Any] | None:
    """What the form in which documents are put in says; None for who may put in none."""
    viewer = visit.viewer
    if not viewer.may(Permission.RECORDS) or not (case_id or viewer.granted_party(party_id or "")):
        return None
    owner = {"case_id": case_id} if case_id else {"party_id": party_id}
    return {"owner": owner, "once": secrets.token_urlsafe(16)}


def activity_of(visit: PageRequest, path: str, scope: ActivityScope) -> dict[str, Any]:
    turning = pager(visit, path)
    page = activity(visit.world, visit.viewer, scope, limit=PAGE, after=turning.after)
    entries = entries_of(visit.world, visit.viewer, page.items)
    names = names_of(visit.world, visit.viewer, page.items)
    return {
        "deeds": activity_lines(page.items, entries, visit.clock, provider_labels(visit.world), names),
        "newer": turning.newer,
        "older": turning.older(page.after),
    }


def _thread(thread: Thread, visit: PageRequest) -> dict[str, Any]:
    return {
        "id": thread.id,
        "subject": thread.subject,
        "icon": THREAD_ICONS[thread.kind],
        "kind": thread.kind.value.capitalize(),
        "told": f"{threads_word(thread.messages)}{f': {thread.preview}' if thread.preview else ''}",
        "when": visit.clock.relative(thread.last_activity_at),
        "by": thread.created_by.name,
    }


def _document(document: Document, visit: PageRequest) -> dict[str, Any]:
    image = document.media_type.startswith("image/")
    kind = _TYPES.get(document.media_type) or ("Picture" if image else document.media_type.rpartition("/")[2])
    return {
        "id": document.id,
        "name": document.name,
        "shown": document.media_type in INLINE_MEDIA_TYPES,
        "kind": kind,
        "bytes": document.bytes,
        "when": visit.clock.relative(document.created_at),
        "communication_id": document.communication_id,
        "kept": document.is_stored,
    }
