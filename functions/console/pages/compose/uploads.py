"""Documents for a message: those at hand, and new ones, which the browser sends straight to the content store."""

import json
from collections.abc import Sequence

from console.app.routing import PageRequest, PageResponse, pages
from console.forms.parsing import validate
from console.forms.values import known_id, number
from letterbook.contracts.directory import DocumentBody
from letterbook.domain.errors import CallerError
from letterbook.domain.ids import Kind
from letterbook.use_cases.directory.documents import announce
from letterbook.use_cases.messages.document_choice import DocumentChoice, choose_documents

_MOST = 50


def document_choice(visit: PageRequest, party_id: str, case_id: str, attached: Sequence[str]) -> DocumentChoice:
    """The documents of the party and the case that may be attached, and those that are. What is no id is left out."""
    return choose_documents(
        visit.world,
        visit.viewer,
        party_id=known_id(Kind.PARTY, party_id),
        case_id=known_id(Kind.CASE, case_id),
        attached=[one for one in attached if known_id(Kind.DOCUMENT, one)],
        limit=_MOST,
    )


def more_documents(choice: DocumentChoice) -> str:
    """What the form says where not all are offered."""
    return "" if choice.complete else f"These are the newest {len(choice.offered)} documents: upload an older one anew."


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
        body = validate(DocumentBody, given)
        document, upload_url, _ = announce(
            visit.world, visit.viewer, body.document(visit.viewer, visit.world.now()), visit.key("document", body.name)
        )
    except CallerError as error:
        return _refusal(error)
    return _json({"id": document.id, "upload_url": upload_url}, 201)


def _refusal(error: CallerError) -> PageResponse:
    fault = next(iter(error.faults), None)
    if fault and fault.field == "bytes":
        return _json({"error": "A file has between 1 byte and 18 MB."}, error.status)
    return _json({"error": fault.message if fault else error.detail}, error.status)


def _json(body: dict[str, str], status: int) -> PageResponse:
    return PageResponse(status=status, body=json.dumps(body), media_type="application/json")
