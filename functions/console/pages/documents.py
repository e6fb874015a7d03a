"""Files: put in with a party or a case, downloaded, or looked at where they can be."""

import json
import secrets

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.outcome import outcome
from console.forms.parsing import form_faults
from console.forms.values import link_of
from console.pages.compose.uploads import take_files
from console.presenters.labels import format_count
from letterbook.domain.access import Permission
from letterbook.domain.errors import CallerError, FieldError, Invalid, NotFound
from letterbook.domain.ids import Kind, is_id
from letterbook.use_cases.directory.documents import download_link
from letterbook.use_cases.messages.keep_document import keep_document
from letterbook.use_cases.support.access import visible_case, visible_party

_PATH = "/documents"


@pages.get(f"{_PATH}/{{document_id}}")
def download(visit: PageRequest, document_id: str) -> PageResponse:
    """Straight from the content store, by an address that is good for minutes; with `look=1` to be looked at, where it can be."""
    inline = visit.parameter("look") == "1"
    return redirect(download_link(visit.world, visit.viewer, document_id, inline=inline))


@pages.get(f"{_PATH}/new")
def new(visit: PageRequest) -> PageResponse:
    """From a link: `case_id`, or `party_id`."""
    visit.viewer.require(Permission.RECORDS)
    link = link_of(visit)
    return _form(visit, link.party_id or "", link.case_id or "")


@pages.post(_PATH)
def put(visit: PageRequest) -> PageResponse:
    """Files that came with the form of a party or a case."""
    visit.viewer.require(Permission.RECORDS)
    party_id, case_id = visit.field("party_id"), visit.field("case_id")
    if not (is_id(Kind.PARTY, party_id) or is_id(Kind.CASE, case_id)):
        raise _of_nobody()

    def save() -> PageResponse:
        if not visit.files:
            raise Invalid("No file was chosen.", FieldError("attachments", "required", "No file was chosen."))
        taken = take_files(visit, party_id, case_id)
        for one in taken:
            keep_document(visit.world, visit.viewer, one.id)
        return redirect(_owner(party_id, case_id), f"{format_count(len(taken), 'document')} put in.")

    return outcome(save, lambda error: _form(visit, party_id, case_id, error))


@pages.post(f"{_PATH}/{{document_id}}/keep")
def keep(visit: PageRequest, document_id: str) -> PageResponse:
    """For our script, which has put the file in."""
    try:
        kept = keep_document(visit.world, visit.viewer, document_id)
    except CallerError as error:
        return _json({"error": error.detail}, error.status)
    return _json({"id": kept.id}, 201)


def _form(visit: PageRequest, party_id: str, case_id: str, error: CallerError | None = None) -> PageResponse:
    """Raises NotFound for a party or case that is not there, or not seen."""
    case = visible_case(visit.world, visit.viewer, case_id) if is_id(Kind.CASE, case_id) else None
    party = visible_party(visit.world, visit.viewer, party_id) if not case and is_id(Kind.PARTY, party_id) else None
    if not (case or party):
        raise _of_nobody()
    return page(
        "documents/form.html",
        status=error.status if error else 200,
        uploads=True,
        title="Put in documents",
        owner_name=case.reference if case else party.name if party else "",
        owner={"case_id": case.id} if case else {"party_id": party.id} if party else {},
        back=_owner(party_id, case.id if case else ""),
        once=secrets.token_urlsafe(16),
        faults=form_faults(error, {"attachments": "Documents"}),
    )


def _of_nobody() -> NotFound:
    return NotFound("Documents are put in with a party or a case: begin on its page.")


def _owner(party_id: str, case_id: str) -> str:
    return f"/cases/{case_id}/documents" if case_id else f"/parties/{party_id}/documents"


def _json(body: dict[str, str], status: int) -> PageResponse:
    return PageResponse(status=status, body=json.dumps(body), media_type="application/json")
