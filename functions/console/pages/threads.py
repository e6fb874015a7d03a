"""Threads: what belongs together, in the order in which it was said; started, renamed, put away, taken out again."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.meanwhile import takes
from console.forms.outcome import outcome
from console.forms.parsing import digest, form_faults, form_values, once, parse, version_of, without_empty
from console.forms.values import link_of
from console.lists.pagination import pager
from console.pages.shared_tabs import THREAD_ICONS
from console.presenters.labels import direction_label
from console.presenters.log_rows import log_row
from console.presenters.passages import shown_passages
from console.presenters.reachability import threads_word
from letterbook.contracts.threads import ThreadBody, ThreadPatch
from letterbook.domain.access import Permission
from letterbook.domain.channels import ThreadKind
from letterbook.domain.communication import Direction, Entry
from letterbook.domain.errors import CallerError
from letterbook.domain.filters import Filters
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.templates import Rendered
from letterbook.domain.threads import Thread, ThreadStatus
from letterbook.domain.visible import isolated
from letterbook.use_cases.directory.related_records import parties_on_case, party_and_case_of
from letterbook.use_cases.directory.threads import amend_thread, read_thread, start_thread
from letterbook.use_cases.reading.list_communications import list_communications
from letterbook.use_cases.reading.texts import read_texts
from letterbook.use_cases.support.access import actor_of, visible_case, visible_party

PATH = "/threads"
_ONE = f"{PATH}/{{thread_id}}"
# So many messages stand on a page, each of so many characters, and all of them together.
_PAGE, _MOST_SHOWN, _ROOM = 20, 20_000, 150_000
_LABELS = {"subject": "Subject", "party_id": "With", "kind": "Kind"}
_KINDS = {
    ThreadKind.GENERAL: "General",
    ThreadKind.EMAIL: "Email",
    ThreadKind.SMS: "SMS",
    ThreadKind.CHAT: "Chat",
    ThreadKind.MEETING: "Meeting",
}


@pages.get(f"{PATH}/new")
def new(visit: PageRequest) -> PageResponse:
    visit.viewer.require(Permission.RECORDS)
    values = link_of(visit).given("party_id", "case_id")
    return _form(visit, {**values, "subject": "", "kind": "general"})


@pages.post(PATH, form=True)
def start(visit: PageRequest) -> PageResponse:
    visit.viewer.require(Permission.RECORDS)
    values = form_values(visit, "party_id", "case_id", "subject", "kind")
    if takes(visit):
        return _form(visit, values)

    def save() -> PageResponse:
        draft = parse(ThreadBody, without_empty(values)).thread(actor_of(visit.viewer), visit.world.now())
        thread, _ = start_thread(visit.world, visit.viewer, draft, visit.key("threads", digest(values)))
        return redirect(f"{PATH}/{thread.id}", "The thread was started.")

    return outcome(save, lambda error: _form(visit, values, error))


@pages.get(_ONE)
def show(visit: PageRequest, thread_id: str) -> PageResponse:
    return _page(visit, read_thread(visit.world, visit.viewer, thread_id))


@pages.post(f"{_ONE}/rename")
def rename(visit: PageRequest, thread_id: str) -> PageResponse:

    def save() -> PageResponse:
        wanted = parse(ThreadPatch, {"subject": visit.field("subject")})
        amend_thread(visit.world, visit.viewer, thread_id, version_of(visit), subject=wanted.subject, status=None)
        return redirect(f"{PATH}/{thread_id}", "The thread has a new name.")

    return outcome(save, lambda error: _page(visit, read_thread(visit.world, visit.viewer, thread_id), error))


@pages.post(f"{_ONE}/archive")
def archive(visit: PageRequest, thread_id: str) -> PageResponse:
    return _set_status(visit, thread_id, ThreadStatus.ARCHIVED, "Put away. It comes back when something happens in it.")


@pages.post(f"{_ONE}/activate")
def activate(visit: PageRequest, thread_id: str) -> PageResponse:
    return _set_status(visit, thread_id, ThreadStatus.ACTIVE, "Active again.")


def _set_status(visit: PageRequest, thread_id: str, status: ThreadStatus, said: str) -> PageResponse:
    amend_thread(visit.world, visit.viewer, thread_id, None, subject=None, status=status)
    return redirect(f"{PATH}/{thread_id}", said)


def _page(visit: PageRequest, thread: Thread, error: CallerError | None = None) -> PageResponse:
    party, case = party_and_case_of(visit.world, visit.viewer, thread)
    turning = pager(visit, f"{PATH}/{thread.id}")
    listed = list_communications(
        visit.world, visit.viewer, Filters(threads=(thread.id,), show_ignored=True), limit=_PAGE, after=turning.after
    )
    texts = read_texts(visit.world, visit.viewer, listed.items)
    return page(
        "threads/detail.html",
        status=error.status if error else 200,
        title=thread.subject,
        thread=thread,
        icon_of=THREAD_ICONS[thread.kind],
        kind=_KINDS[thread.kind],
        count=threads_word(max(thread.messages, len(listed.items))),
        archived=thread.status is ThreadStatus.ARCHIVED,
        party=party,
        case=case,
        started=visit.clock.relative(thread.created_at),
        messages=_messages(visit, listed.items, texts),
        answer=_answer(thread, listed.items if not turning.cursor else ()),
        path=f"{PATH}/{thread.id}",
        renamed=visit.field("subject") if error else thread.subject,
        faults=form_faults(error, _LABELS),
        newer=turning.newer,
        older=turning.older(listed.after),
    )


def _answer(thread: Thread, newest_first: Any) -> str:
    """Where the newest message that came in is answered; else where one more is written."""
    said = [one for one in newest_first if one.channel.spec.is_correspondence]
    came_in = [one for one in said if one.direction is Direction.INBOUND]
    for one in (came_in or said)[:1]:
        return f"/compose?in_reply_to={one.id}"
    case = f"&case_id={thread.case_id}" if thread.case_id else ""
    return f"/compose?party_id={thread.party_id}{case}&thread_id={thread.id}"


def _messages(visit: PageRequest, newest_first: Sequence[Entry], texts: Mapping[str, Rendered]) -> list[Any]:
    """In the order in which they were said, each with its whole text while there is room: the newest first of all."""
    room = _ROOM
    found = []
    for entry in newest_first:
        passages, goes_on = shown_passages(texts[entry.id].text if entry.id in texts else "", min(room, _MOST_SHOWN))
        room -= sum(len(line) for one in passages for lines in one.paragraphs for line in lines)
        found.append(_message(entry, visit) | {"passages": passages, "goes_on": goes_on})
    return found[::-1]


def _message(entry: Entry, visit: PageRequest) -> dict[str, Any]:
    told = log_row(entry, visit.clock)
    inbound = entry.direction is Direction.INBOUND
    who = (
        entry.party.name
        if inbound
        else f"{entry.created_by.name} {direction_label(entry)} {isolated(entry.party.name)}"
    )
    remark = "" if told.remark.bare else told.remark.text
    return {
        "row": told,
        "when": visit.clock.moment(entry.occurred_at),
        "who": who,
        "preview": entry.preview,
        "files": entry.attachments,
        "remark": remark,
    }


def _form(visit: PageRequest, values: Mapping[str, str], error: CallerError | None = None) -> PageResponse:
    case_id, party_id = values["case_id"], values["party_id"]
    case = visible_case(visit.world, visit.viewer, case_id) if is_id(Kind.CASE, case_id) else None
    if case:
        people = list(parties_on_case(visit.world, visit.viewer, case).values())
    elif is_id(Kind.PARTY, party_id):
        people = [visible_party(visit.world, visit.viewer, party_id)]
    else:
        people = []
    back = f"/cases/{case.id}/threads" if case else f"/parties/{party_id}/threads" if people else "/communications"
    return page(
        "threads/form.html",
        status=error.status if error else 200,
        title="New thread",
        typed=values,
        people=[(one.id, one.name) for one in people],
        case=case,
        kinds=[(kind.value, words) for kind, words in _KINDS.items()],
        faults=form_faults(error, _LABELS),
        once=once(visit),
        to=PATH,
        back=back,
    )
