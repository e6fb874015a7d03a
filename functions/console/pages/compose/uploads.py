"""Documents for whatever is written: those at hand, and new ones, which the browser sends straight to the content store, or with
the form where it runs no script.
"""

import hashlib
import json
from collections.abc import Sequence

from console.app.multipart_form import MAX_FILES_BYTES, SentFile
from console.app.routing import PageRequest, PageResponse, pages
from console.forms.parsing import validate
from console.forms.values import known_id, number
from letterbook.contracts.directory import DocumentBody
from letterbook.domain.errors import CallerError, FieldError, Invalid
from letterbook.domain.ids import Kind
from letterbook.domain.party import Document, Party
from letterbook.use_cases.directory.documents import announce, upload
from letterbook.use_cases.messages.document_choice import DocumentChoice, choose_documents

_MOST = 50
_BYTES = "application/octet-stream"


def document_choice(visit: PageRequest, party: Party, case_id: str, attached: Sequence[str]) -> DocumentChoice:
    """The documents of the party and the case that may be attached, and those that are. What is no id is left out."""
    return choose_documents(
        visit.world,
        visit.viewer,
        party=party,
        case_id=known_id(Kind.CASE, case_id),
        attached=[one for one in attached if known_id(Kind.DOCUMENT, one)],
        limit=_MOST,
    )


def more_documents(choice: DocumentChoice) -> str:
    """What the form says where not all are offered."""
    return "" if choice.complete else f"These are the newest {len(choice.offered)} documents: upload an older one anew."


def attached(visit: PageRequest, chosen: Sequence[str], party_id: str, case_id: str) -> tuple[str, ...]:
    """The ids of the documents that were `chosen`, and of the files that came with the form: whatever becomes of the form, it shows
    these from now on, since a browser sends a file once. Raises as taking the files does.
    """
    taken = take_files(visit, party_id, case_id)
    return tuple(dict.fromkeys((*(one for one in chosen if one), *(one.id for one in taken))))


def take_files(visit: PageRequest, party_id: str, case_id: str) -> list[Document]:
    """The files that came with a form, each uploaded for its sender; sent again, the same ones.

    Raises Forbidden, and Invalid at `attachments` for what is no document, and then those before it are there.
    """
    if sum(len(one.content) for one in visit.files) > MAX_FILES_BYTES:
        raise _wrong("too_large", "Files of a form have 4 MB in all.")
    return [_take(visit, file, f"document/{place}", party_id, case_id) for place, file in enumerate(visit.files)]


def _take(visit: PageRequest, file: SentFile, route: str, party_id: str, case_id: str) -> Document:
    given = {"name": file.name, "bytes": len(file.content), "party_id": party_id or None, "case_id": case_id or None}
    # Another file is another document, however often its form was looked at before.
    known = hashlib.sha256(file.content + b"\0" + file.name.encode(errors="replace")).hexdigest()
    try:
        try:
            body = validate(DocumentBody, {**given, "media_type": file.media_type.lower()})
        except Invalid:
            # What nobody knows is kept as bytes.
            body = validate(DocumentBody, {**given, "media_type": _BYTES})
        draft = body.document(visit.viewer, visit.world.now())
        return upload(visit.world, visit.viewer, draft, file.content, visit.key(f"{route}/{known}", known))
    except Invalid as error:
        raise _wrong(error.code, f"{file.name}: {next(iter(error.faults)).message}") from error


def _wrong(code: str, words: str) -> Invalid:
    return Invalid(words, FieldError("attachments", code, words))


@pages.post("/compose/document")
def begin_upload(visit: PageRequest) -> PageResponse:
    """For our script: where the file is to be PUT, or what is wrong with it."""
    given = {
        "name": visit.field("name"),
        "media_type": visit.field("media_type") or _BYTES,
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
