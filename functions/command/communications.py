"""Composing, logging, amending, sending, cancelling."""

from typing import Any

from command.api import api
from letterbook.contracts import operations as ops
from letterbook.contracts.bulk import BulkBody, BulkView
from letterbook.contracts.communications import AmendBody, CommunicationBody
from letterbook.contracts.declare_delivered import DeliverBody
from letterbook.contracts.entries import EntryDetailView, detail_view
from letterbook.contracts.operation import NoBody
from letterbook.contracts.preview import preview_view
from letterbook.contracts.queries import NoQuery
from letterbook.contracts.refile import RefileBody
from letterbook.contracts.resend import ResendBody
from letterbook.contracts.seen_to import SeenToBody
from letterbook.domain.bulk import BulkAction
from letterbook.domain.communication import Communication
from letterbook.domain.message import RecordRequest
from letterbook.domain.status import StatusGroup
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.messages.amend import amend as amend_communication
from letterbook.use_cases.messages.bulk import order_bulk
from letterbook.use_cases.messages.cancel import cancel as cancel_communication
from letterbook.use_cases.messages.compose import compose as compose_message, send_draft as send_communication
from letterbook.use_cases.messages.declare_delivered import declare_delivered as declare_communication_delivered
from letterbook.use_cases.messages.delete import delete as delete_communication
from letterbook.use_cases.messages.ignore import ignore as ignore_communication
from letterbook.use_cases.messages.letter_proof import preview_with_proof
from letterbook.use_cases.messages.log_communication import log_communication
from letterbook.use_cases.messages.refile import refile as refile_communication
from letterbook.use_cases.messages.resend import resend as resend_communication
from letterbook.use_cases.messages.see_to import see_to as see_to_communication, take_back as take_back_seen_to
from letterbook.use_cases.reading.read import redacted_for


@api.route(ops.COMPOSE)
def compose(call: ApiRequest[CommunicationBody, NoQuery]) -> ApiResponse:
    request = call.body.to_request()
    if isinstance(request, RecordRequest):
        communication, replayed = log_communication(call.world, call.viewer, request, call.key)
    else:
        communication, replayed = compose_message(call.world, call.viewer, request, call.key)
    return created(call, communication, replayed)


def created(call: ApiRequest[Any, Any], communication: Communication, replayed: bool) -> ApiResponse:
    """What answers whoever made an entry."""
    return ApiResponse(
        status=202 if communication.entry.group is StatusGroup.IN_PROGRESS else 201,
        body=_view(call, communication),
        location=f"/v1/communications/{communication.id}",
        version=communication.entry.version,
        replayed=replayed,
    )


@api.route(ops.PREVIEW)
def preview(call: ApiRequest[CommunicationBody, NoQuery]) -> ApiResponse:
    prepared, proof = preview_with_proof(call.world, call.viewer, call.body.message())
    view = preview_view(
        channel=prepared.message.channel,
        rendered=prepared.rendered,
        ruling=prepared.ruling,
        sms=prepared.sms,
        sms_text=prepared.sms_text,
        gaps=prepared.faults,
        einvoice=prepared.brought.facts if prepared.brought else None,
        recipients=prepared.recipients,
        documents=prepared.about.documents,
        proof=proof,
        post=prepared.post,
        postal_address=prepared.postal_address,
    )
    return ApiResponse(body=view)


@api.route(ops.SEND)
def send_draft(call: ApiRequest[NoBody, NoQuery], communication_id: str) -> ApiResponse:
    communication = send_communication(call.world, call.viewer, communication_id)
    status = 202 if communication.entry.group is StatusGroup.IN_PROGRESS else 200
    return ApiResponse(status=status, body=_view(call, communication), version=communication.entry.version)


@api.route(ops.RESEND)
def resend(call: ApiRequest[ResendBody, NoQuery], communication_id: str) -> ApiResponse:
    communication, replayed = resend_communication(
        call.world, call.viewer, communication_id, call.body.to, call.key, again=call.body.again
    )
    return ApiResponse(
        status=202,
        body=_view(call, communication),
        location=f"/v1/communications/{communication.id}",
        version=communication.entry.version,
        replayed=replayed,
    )


@api.route(ops.RESEND_MANY)
def resend_many(call: ApiRequest[BulkBody, NoQuery]) -> ApiResponse:
    return _many(call, BulkAction.RESEND)


@api.route(ops.SEND_MANY)
def send_drafts(call: ApiRequest[BulkBody, NoQuery]) -> ApiResponse:
    return _many(call, BulkAction.SEND)


def _many(call: ApiRequest[BulkBody, NoQuery], verb: BulkAction) -> ApiResponse:
    checked, replayed = order_bulk(call.world, call.viewer, verb, call.body.to_request(), call.key)
    return ApiResponse(status=202, body=BulkView.model_validate(checked), replayed=replayed)


@api.route(ops.DELIVER)
def declare_delivered(call: ApiRequest[DeliverBody, NoQuery], communication_id: str) -> ApiResponse:
    body = call.body
    communication = declare_communication_delivered(
        call.world,
        call.viewer,
        communication_id,
        reason=body.reason,
        details=body.details,
        delivered_at=body.delivered_at,
    )
    return ApiResponse(body=_view(call, communication), version=communication.entry.version)


@api.route(ops.REFILE)
def refile(call: ApiRequest[RefileBody, NoQuery], communication_id: str) -> ApiResponse:
    body = call.body
    communication = refile_communication(
        call.world,
        call.viewer,
        communication_id,
        party_id=body.party_id,
        case_id=body.case_id,
        thread_id=body.thread_id,
        reason=body.reason,
    )
    return ApiResponse(body=_view(call, communication), version=communication.entry.version)


@api.route(ops.CANCEL)
def cancel(call: ApiRequest[NoBody, NoQuery], communication_id: str) -> ApiResponse:
    communication = cancel_communication(call.world, call.viewer, communication_id)
    return ApiResponse(body=_view(call, communication), version=communication.entry.version)


@api.route(ops.AMEND)
def amend(call: ApiRequest[AmendBody, NoQuery], communication_id: str) -> ApiResponse:
    communication = amend_communication(call.world, call.viewer, communication_id, call.version, call.body.amended)
    return ApiResponse(body=_view(call, communication), version=communication.entry.version)


@api.route(ops.REMOVE)
def delete(call: ApiRequest[NoBody, NoQuery], communication_id: str) -> ApiResponse:
    delete_communication(call.world, call.viewer, communication_id)
    return ApiResponse(status=204)


@api.route(ops.SEE_TO)
def see_to(call: ApiRequest[SeenToBody, NoQuery], communication_id: str) -> ApiResponse:
    communication = see_to_communication(call.world, call.viewer, communication_id, call.body.note)
    return ApiResponse(body=_view(call, communication), version=communication.entry.version)


@api.route(ops.TAKE_BACK)
def take_back(call: ApiRequest[NoBody, NoQuery], communication_id: str) -> ApiResponse:
    communication = take_back_seen_to(call.world, call.viewer, communication_id)
    return ApiResponse(body=_view(call, communication), version=communication.entry.version)


@api.route(ops.IGNORE)
def ignore(call: ApiRequest[NoBody, NoQuery], communication_id: str) -> ApiResponse:
    communication = ignore_communication(call.world, call.viewer, communication_id, ignored=True)
    return ApiResponse(body=_view(call, communication), version=communication.entry.version)


@api.route(ops.UNIGNORE)
def unignore(call: ApiRequest[NoBody, NoQuery], communication_id: str) -> ApiResponse:
    communication = ignore_communication(call.world, call.viewer, communication_id, ignored=False)
    return ApiResponse(body=_view(call, communication), version=communication.entry.version)


def _view(call: ApiRequest[Any, NoQuery], communication: Communication) -> EntryDetailView:
    return detail_view(redacted_for(call.world, call.viewer, communication), call.showing)
