"""Documents for a message: those at hand, and new ones, which the browser sends straight to the vault."""

import json
from collections.abc import Sequence

from pydantic import ValidationError

from console.app.routing import PageRequest, PageResponse, pages
from console.forms.values import known_id, number
from letterbook.contracts.directory import DocumentBody
from letterbook.domain.errors import CallerError, NotFound
from letterbook.domain.ids import Kind
from letterbook.domain.party import Document
from letterbook.http.problems import from_validation_error
from letterbook.use_cases.directory.documents import announce, list_documents, opener
from letterbook.use_cases.messages.attachments import looked_at

_MOST = 50


def at_hand(
    visit: PageRequest, party_id: str, case_id: str, attached: Sequence[str]
) -> tuple[list[Document], list[Document]]:
    """The documents of the party and the case that are not attached, newest first; and those that are, in their order.

    What is attached is looked at, so that the page shows the digest that is asked for when it is sent.
    """
    found: dict[str, Document] = {}
    of_party, of_case = known_id(Kind.PARTY, party_id), known_id(Kind.CASE, case_id)
    for owner in ({"party_id": of_party, "case_id": None}, {"party_id": None, "case_id": of_case}):
        if any(owner.values()):
            try:
                listed = list_documents(visit.world, visit.viewer, **owner, limit=_MOST, after=None)
            except NotFound:
                continue
            found |= {one.id: one for one in listed.items}
    may_open = opener(visit.world, visit.viewer)
    chosen = []
    for document_id in (one for one in attached if known_id(Kind.DOCUMENT, one)):
        document = found.pop(document_id, None) or visit.world.documents.get(document_id)
        if document and may_open(document):
            chosen.append(looked_at(visit.world, document) or document)
    return sorted(found.values(), key=lambda one: one.id, reverse=True), chosen


@pages.post("/compose/document")
def begin_upload(visit: PageRequest) -> PageResponse:
    """For our script: where the file is to be PUT, or what is wrong with it."""
    given = {
        "name": visit.field("name"),
        "media_type": visit.field("media_type") or "application/octet-stream",
        "bytes": number(visit.field("bytes")),
        "party_id": visit.field("party_id") or None,
        "case_id": visit.field("case_id") or None,
    }
    try:
        body = DocumentBody.model_validate(given)
        document, upload_url, _ = announce(
            visit.world, visit.viewer, body.document(visit.viewer, visit.world.now()), visit.key("document", body.name)
        )
    except ValidationError as wrong:
        return _refused(from_validation_error(wrong))
    except CallerError as error:
        return _refused(error)
    return _told({"id": document.id, "upload_url": upload_url}, 201)


def _refused(error: CallerError) -> PageResponse:
    fault = next(iter(error.faults), None)
    if fault and fault.field == "bytes":
        return _told({"error": "A file has between 1 byte and 18 MB."}, error.status)
    return _told({"error": fault.message if fault else error.detail}, error.status)


def _told(body: dict[str, str], status: int) -> PageResponse:
    return PageResponse(status=status, body=json.dumps(body), media_type="application/json")
