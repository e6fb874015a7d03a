"""Logging what happened elsewhere: calls, meetings, notes, what came in. Written once, amended with its versions kept."""

import json
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms import about
from console.forms.meanwhile import Words, merge, takes
from console.forms.outcome import outcome
from console.forms.parsing import form_faults, standing_version, validate, version_of
from console.forms.values import link_of
from console.lists.choose_party import choose_party
from console.lists.pagination import WHOLE, first_of
from console.pages.compose.form import as_shown, digests_shown
from console.pages.compose.pages import edit_draft, work_on_draft
from console.pages.compose.uploads import attached, document_choice, more_documents
from console.pages.compose.view import summary
from console.pages.records.form import FORMS, FormDefinition, FormField, body_of, filled_from
from letterbook.contracts.communications import CommunicationBody
from letterbook.domain.access import Permission
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication, Entry
from letterbook.domain.errors import (
    CallerError,
    Conflict,
    Invalid,
    NotFound,
    PartyMerged,
    PreconditionFailed,
    immutable,
)
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.message import MessageRequest, RecordRequest
from letterbook.domain.party import Party
from letterbook.domain.status import Status
from letterbook.use_cases.directory.cases import list_cases
from letterbook.use_cases.directory.parties import list_contacts
from letterbook.use_cases.messages.amend import amend
from letterbook.use_cases.messages.log_communication import log_communication
from letterbook.use_cases.reading.read import get_visible, read_content, require_amendable
from letterbook.use_cases.support.access import visible_party

_MOST_CASES = 200
_FROM_LINK = ("party_id", "case_id", "contact_id", "regarding", "in_reply_to", "thread_id")


@pages.get("/log/{what}")
def begin(visit: PageRequest, what: str) -> PageResponse:
    """From a link: `party_id`, `case_id`, `contact_id`, `regarding`, `in_reply_to`."""
    blank = _blank(what)
    visit.viewer.require(Permission.RECORDS)
    link = link_of(visit)
    if not link.party_id:
        return choose_party(visit, blank.title)
    now = visit.world.now().astimezone(visit.organisation.zone)
    given = link.given(*_FROM_LINK) | {
        "occurred_at": "" if what == "inbound" else f"{now:%Y-%m-%dT%H:%M}",
        "meeting_date": f"{now:%Y-%m-%d}",
    }
    return _form(visit, blank, given)


@pages.post("/log/{what}", form=True)
def keep(visit: PageRequest, what: str) -> PageResponse:
    blank = _blank(what)
    visit.viewer.require(Permission.RECORDS)
    given = _values(visit)
    if not is_id(Kind.PARTY, given.get("party_id", "")):
        return choose_party(visit, blank.title, Invalid("Choose whom it is about."))
    try:
        documents = _documents(visit, given)
    except Invalid as error:
        return _form(visit, blank, given, error=error)
    if takes(visit):
        return _form(visit, blank, given, attachments=documents)

    def save() -> PageResponse:
        about.check(given)
        body = body_of(blank, given, as_shown(documents, digests_shown(visit)), visit.organisation.zone)
        request = validate(CommunicationBody, body).to_request()
        if not isinstance(request, RecordRequest):
            raise Conflict("This is logged, not sent.")
        about.keep_thing(visit, given)
        made, _ = log_communication(
            visit.world, visit.viewer, request, visit.key(f"log/{what}", json.dumps(body, sort_keys=True))
        )
        return redirect(f"{COMMUNICATIONS}/{made.id}", "It is in the log.")

    return outcome(save, lambda error: _form(visit, blank, given, error=error, attachments=documents), (CallerError,))


# ---- what is there


@pages.get(f"{COMMUNICATIONS}/{{communication_id}}/edit")
def edit(visit: PageRequest, communication_id: str) -> PageResponse:
    """A draft on the compose page; what somebody logged by hand in its own form. What was sent or received is neither."""
    visit.viewer.require(Permission.RECORDS)
    communication = _amendable(visit, communication_id)
    if communication.entry.status is Status.DRAFT:
        return edit_draft(visit, communication)
    record = read_content(visit.world, visit.viewer, communication).record
    if record is None:
        raise immutable()
    blank = _blank_of(communication.entry.channel)
    return _form(visit, blank, filled_from(record), entry=communication.entry, attachments=record.attachments)


@pages.post(f"{COMMUNICATIONS}/{{communication_id}}/edit", form=True)
def amended(visit: PageRequest, communication_id: str) -> PageResponse:
    visit.viewer.require(Permission.RECORDS)
    communication = _amendable(visit, communication_id)
    entry = communication.entry
    if entry.status is Status.DRAFT:
        return work_on_draft(visit, communication)
    blank = _blank_of(entry.channel)
    given = _values(visit) | {"party_id": entry.party.id, "occurred_at": ""}
    try:
        documents = _documents(visit, given)
    except Invalid as error:
        return _form(visit, blank, given, entry=entry, error=error)
    if takes(visit):
        saved = _saved(visit, communication)
        return _form(visit, blank, given, entry=entry, attachments=documents, saved=saved)

    def save() -> PageResponse:
        about.check(given)
        body = body_of(blank, given, as_shown(documents, digests_shown(visit)), visit.organisation.zone)
        request = validate(CommunicationBody, body).to_request()

        def over(before: MessageRequest | RecordRequest) -> MessageRequest | RecordRequest:
            """What the form does not show stays."""
            if not isinstance(request, RecordRequest) or not isinstance(before, RecordRequest):
                raise immutable()
            return replace(
                request,
                metadata=before.metadata,
                audit=before.audit,
                category=before.category,
                occurred_at=before.occurred_at,
            )

        about.keep_thing(visit, given)
        amend(visit.world, visit.viewer, entry.id, version_of(visit), over)
        return redirect(f"{COMMUNICATIONS}/{entry.id}", "Changed. What it said before is kept in its history.")

    def again(error: CallerError) -> PageResponse:
        present = _amendable(visit, communication_id) if isinstance(error, PreconditionFailed) else communication
        saved = _saved(visit, present)
        return _form(visit, blank, given, entry=present.entry, error=error, attachments=documents, saved=saved)

    return outcome(save, again, (CallerError,))


def _saved(visit: PageRequest, communication: Communication) -> dict[str, str]:
    """What the entry says by now, as its form would be filled in."""
    record = read_content(visit.world, visit.viewer, communication).record
    if record is None:
        raise immutable()
    return filled_from(record)


# ---- the page


def _form(
    visit: PageRequest,
    blank: FormDefinition,
    given: Mapping[str, str],
    *,
    entry: Entry | None = None,
    error: CallerError | None = None,
    attachments: Sequence[str] | None = None,
    saved: Mapping[str, str] | None = None,
) -> PageResponse:
    """`attachments` are the ids of the documents that are attached; None for those that were sent with the form."""
    named = {one.name: one for one in blank.fields} if entry else {}
    typed = {name: given.get(name, "") for name in named if name != "occurred_at"}
    merged = merge(visit, error, typed, saved or typed, {name: one.label for name, one in named.items()}, _words(named))
    given = {**given, **merged.values}
    party = _party(visit, given["party_id"])
    given = {**given, "party_id": party.id}
    chosen = visit.form.get("attachments", ()) if attachments is None else attachments
    errors = _errors(error, blank)
    cases = list_cases(visit.world, visit.viewer, party.id, limit=_MOST_CASES, after=None)
    documents = document_choice(visit, party, given.get("case_id", ""), chosen)
    case = next((one for one in cases.items if one.id == given.get("case_id")), None)
    return page(
        "records/form.html",
        status=422 if error else 200,
        uploads=True,
        title=f"Change the {blank.noun}" if entry else blank.title,
        blank=blank,
        fields=[one for one in blank.fields if not (entry and one.name == "occurred_at")],
        given=defaultdict(str, given),
        entry=entry,
        version=standing_version(visit, error, entry.version) if entry else "",
        meanwhile=merged.changes,
        began=merged.began,
        action=f"{COMMUNICATIONS}/{entry.id}/edit" if entry else f"/log/{blank.what}",
        party=party,
        contacts=list_contacts(visit.world, visit.viewer, party.id, limit=WHOLE).items,
        cases=cases.items,
        about=about.context(visit, [party.id, case.client_id or "" if case else ""], given),
        more_cases=first_of(cases, "cases", "open another and log from its page"),
        documents=documents.offered,
        more_documents=more_documents(documents),
        attached=documents.attached,
        restricts=visit.viewer.may(Permission.READ_RESTRICTED) or bool(visit.viewer.unrestricted),
        zone=visit.organisation.time_zone,
        once=secrets.token_urlsafe(16),
        errors=errors,
        wrong=defaultdict(str, {place: words for words, place in reversed(errors) if place}),
    )


def _errors(error: CallerError | None, blank: FormDefinition) -> list[tuple[str, str]]:
    if isinstance(error, PreconditionFailed):
        return list(form_faults(error, {}).summary)
    return summary(error, {one.name: one.label for one in blank.fields}) if error else []


def _words(named: Mapping[str, FormField]) -> Words:
    """A value of a list by its words, a tick by yes or no."""

    def words(name: str, value: str) -> str:
        if named[name].kind == "tick":
            return "yes" if value else "no"
        return dict(named[name].options).get(value, value)

    return words


def _values(visit: PageRequest) -> dict[str, str]:
    return {name: values[0].replace("\r\n", "\n").strip() for name, values in visit.form.items()}


def _blank(what: str) -> FormDefinition:
    found = FORMS.get(what)
    if found is None:
        raise NotFound("There is no such form.")
    return found


def _blank_of(channel: Channel) -> FormDefinition:
    found = next((one for one in FORMS.values() if one.channel is channel), None)
    if found is None:
        raise immutable()
    return found


def _amendable(visit: PageRequest, communication_id: str) -> Communication:
    communication = get_visible(visit.world, visit.viewer, communication_id)
    require_amendable(communication.entry)
    return communication


def _party(visit: PageRequest, party_id: str) -> Party:
    """What was begun of a record that was merged since is of the one that remains."""
    try:
        return visible_party(visit.world, visit.viewer, party_id)
    except PartyMerged as merged:
        return visible_party(visit.world, visit.viewer, merged.into)


def _documents(visit: PageRequest, given: Mapping[str, str]) -> tuple[str, ...]:
    """The ids of what is attached, with the files that came with the form. Raises Forbidden, Invalid at `attachments`."""
    return attached(visit, visit.form.get("attachments", ()), given["party_id"], given.get("case_id", ""))
