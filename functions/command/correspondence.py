"""Beginning, sending, delivering, recreating, voiding correspondence; putting its types."""

from typing import Any
from urllib.parse import quote

from command.api import api
from letterbook.contracts import operations as ops
from letterbook.contracts.correspondence import (
    CorrespondenceBody,
    CorrespondenceTypeBody,
    CorrespondenceTypeView,
    DeliverCorrespondenceBody,
    EmailCorrespondenceBody,
    PostCorrespondenceBody,
    VoidBody,
    detail_view,
)
from letterbook.contracts.operation import NoBody
from letterbook.contracts.queries import NoQuery
from letterbook.domain.correspondence import Correspondence
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.correspondence import create, deliver, recreate, send, types, void
from letterbook.use_cases.reading.correspondence import CorrespondenceDetail, detail_of
from letterbook.use_cases.support.access import actor_of


@api.route(ops.CREATE_CORRESPONDENCE)
def create_correspondence(call: ApiRequest[CorrespondenceBody, NoQuery]) -> ApiResponse:
    made, replayed = create.create_correspondence(call.world, call.viewer, call.body.draft(), call.key)
    return _answer(call, made, status=201, replayed=replayed)


@api.route(ops.EMAIL_CORRESPONDENCE)
def email_correspondence(call: ApiRequest[EmailCorrespondenceBody, NoQuery], account: str, number: str) -> ApiResponse:
    body = call.body
    asked = send.EmailRequest(
        to=tuple(body.to),
        cc=tuple(body.cc),
        bcc=tuple(body.bcc),
        documents=tuple(body.documents),
        template=body.template_use(),
        audit=body.audit.model_dump() if body.audit else None,
    )
    sent, replayed = send.email_correspondence(
        call.world, call.viewer, account, number, asked, key=call.key, version=call.version
    )
    return _detailed(sent, status=202, replayed=replayed)


@api.route(ops.POST_CORRESPONDENCE)
def post_correspondence(call: ApiRequest[PostCorrespondenceBody, NoQuery], account: str, number: str) -> ApiResponse:
    body = call.body
    asked = send.PostRequest(**body.asked)
    sent, replayed = send.post_correspondence(
        call.world, call.viewer, account, number, asked, key=call.key, version=call.version
    )
    return _detailed(sent, status=202, replayed=replayed)


@api.route(ops.RECREATE_CORRESPONDENCE)
def recreate_correspondence(call: ApiRequest[NoBody, NoQuery], account: str, number: str) -> ApiResponse:
    made, replayed = recreate.recreate_correspondence(
        call.world, call.viewer, account, number, key=call.key, version=call.version
    )
    return _answer(call, made, status=202, replayed=replayed)


@api.route(ops.DELIVER_CORRESPONDENCE)
def deliver_correspondence(
    call: ApiRequest[DeliverCorrespondenceBody, NoQuery], account: str, number: str
) -> ApiResponse:
    said = {"reason": call.body.reason, "details": call.body.details}
    done = deliver.deliver_correspondence(call.world, call.viewer, account, number, **said, version=call.version)
    return _answer(call, done)


@api.route(ops.VOID_CORRESPONDENCE)
def void_correspondence(call: ApiRequest[VoidBody, NoQuery], account: str, number: str) -> ApiResponse:
    done = void.void_correspondence(
        call.world, call.viewer, account, number, reason=call.body.reason, version=call.version
    )
    return _answer(call, done)


@api.route(ops.PUT_CORRESPONDENCE_TYPE)
def put_correspondence_type(call: ApiRequest[CorrespondenceTypeBody, NoQuery], key: str) -> ApiResponse:
    draft = call.body.type_(key, actor_of(call.viewer), call.world.now())
    made = types.put_type(call.world, call.viewer, draft, call.version)
    view = CorrespondenceTypeView.model_validate(made)
    return ApiResponse(status=201 if made.version == 1 else 200, body=view, version=made.version)


def _answer(
    call: ApiRequest[Any, Any], one: Correspondence, *, status: int = 200, replayed: bool = False
) -> ApiResponse:
    return _detailed(detail_of(call.world, one), status=status, replayed=replayed)


def _detailed(detail: CorrespondenceDetail, *, status: int, replayed: bool) -> ApiResponse:
    one = detail.correspondence
    account, number = (quote(part, safe="") for part in one.number.rsplit("/", 1))
    return ApiResponse(
        status=status,
        body=detail_view(one, list(detail.communications), list(detail.without_document)),
        location=f"/v1/correspondence/{account}/{number}",
        version=one.version,
        replayed=replayed,
    )
