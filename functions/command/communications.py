"""Composing, logging, amending, sending, cancelling."""

from typing import Any

from command.api import api
from letterbook.contracts import operations as ops
from letterbook.contracts.communications import AmendBody, CommunicationBody
from letterbook.contracts.entries import EntryDetailView, detail_view
from letterbook.contracts.operation import NoBody
from letterbook.contracts.orders import BulkBody, BulkView, DeliverBody, RefileBody, ResendBody
from letterbook.contracts.preview import preview_view
from letterbook.contracts.queries import NoQuery
from letterbook.domain.bulk import BulkAction
from letterbook.domain.communication import Communication
from letterbook.domain.message import RecordRequest
from letterbook.domain.status import StatusGroup
from letterbook.http.api import Answer, Call
from letterbook.use_cases.amend import amend
from letterbook.use_cases.bulk import order_bulk
from letterbook.use_cases.cancel import cancel
from letterbook.use_cases.compose import compose, send_draft
from letterbook.use_cases.declare_delivered import declare_delivered
from letterbook.use_cases.delete import delete
from letterbook.use_cases.ignore import ignore
from letterbook.use_cases.log_communication import log_communication
from letterbook.use_cases.preview import preview
from letterbook.use_cases.read import redacted_for
from letterbook.use_cases.refile import refile
from letterbook.use_cases.resend import resend


@api.answers(ops.COMPOSE)
def create(call: Call[CommunicationBody, NoQuery]) -> Answer:
    asked = call.body.asked()
    if isinstance(asked, RecordRequest):
        communication, replayed = log_communication(call.world, call.viewer, asked, call.key)
    else:
        communication, replayed = compose(call.world, call.viewer, asked, call.key)
    return Answer(
        status=202 if communication.entry.group is StatusGroup.IN_PROGRESS else 201,
        body=_view(call, communication),
        location=f"/v1/communications/{communication.id}",
        version=communication.entry.version,
        replayed=replayed,
    )


@api.answers(ops.PREVIEW)
def show(call: Call[CommunicationBody, NoQuery]) -> Answer:
    prepared = preview(call.world, call.viewer, call.body.message())
    view = preview_view(
        channel=prepared.message.channel,
        rendered=prepared.rendered,
        ruling=prepared.ruling,
        sms=prepared.sms,
        gaps=prepared.gaps,
        recipients=prepared.recipients,
        documents=prepared.about.documents,
    )
    return Answer(body=view)


@api.answers(ops.SEND)
def send(call: Call[NoBody, NoQuery], communication_id: str) -> Answer:
    communication = send_draft(call.world, call.viewer, communication_id)
    status = 202 if communication.entry.group is StatusGroup.IN_PROGRESS else 200
    return Answer(status=status, body=_view(call, communication), version=communication.entry.version)


@api.answers(ops.RESEND)
def send_again(call: Call[ResendBody, NoQuery], communication_id: str) -> Answer:
    communication, replayed = resend(
        call.world, call.viewer, communication_id, call.body.to, call.key, again=call.body.again
    )
    return Answer(
        status=202,
        body=_view(call, communication),
        location=f"/v1/communications/{communication.id}",
        version=communication.entry.version,
        replayed=replayed,
    )


@api.answers(ops.RESEND_MANY)
def send_many_again(call: Call[BulkBody, NoQuery]) -> Answer:
    return _many(call, BulkAction.RESEND)


@api.answers(ops.SEND_MANY)
def send_many(call: Call[BulkBody, NoQuery]) -> Answer:
    return _many(call, BulkAction.SEND)


def _many(call: Call[BulkBody, NoQuery], verb: BulkAction) -> Answer:
    checked, replayed = order_bulk(call.world, call.viewer, verb, call.body.asked(), call.key)
    return Answer(status=202, body=BulkView.model_validate(checked), replayed=replayed)


@api.answers(ops.DELIVER)
def declare(call: Call[DeliverBody, NoQuery], communication_id: str) -> Answer:
    body = call.body
    communication = declare_delivered(
        call.world,
        call.viewer,
        communication_id,
        reason=body.reason,
        details=body.details,
        delivered_at=body.delivered_at,
    )
    return Answer(body=_view(call, communication), version=communication.entry.version)


@api.answers(ops.REFILE)
def file_anew(call: Call[RefileBody, NoQuery], communication_id: str) -> Answer:
    body = call.body
    communication = refile(
        call.world,
        call.viewer,
        communication_id,
        party_id=body.party_id,
        case_id=body.case_id,
        thread_id=body.thread_id,
        reason=body.reason,
    )
    return Answer(body=_view(call, communication), version=communication.entry.version)


@api.answers(ops.CANCEL)
def stop(call: Call[NoBody, NoQuery], communication_id: str) -> Answer:
    communication = cancel(call.world, call.viewer, communication_id)
    return Answer(body=_view(call, communication), version=communication.entry.version)


@api.answers(ops.AMEND)
def change(call: Call[AmendBody, NoQuery], communication_id: str) -> Answer:
    communication = amend(call.world, call.viewer, communication_id, call.version, call.body.amended)
    return Answer(body=_view(call, communication), version=communication.entry.version)


@api.answers(ops.REMOVE)
def take_away(call: Call[NoBody, NoQuery], communication_id: str) -> Answer:
    delete(call.world, call.viewer, communication_id)
    return Answer(status=204)


@api.answers(ops.IGNORE)
def hide(call: Call[NoBody, NoQuery], communication_id: str) -> Answer:
    communication = ignore(call.world, call.viewer, communication_id, ignored=True)
    return Answer(body=_view(call, communication), version=communication.entry.version)


@api.answers(ops.UNIGNORE)
def bring_back(call: Call[NoBody, NoQuery], communication_id: str) -> Answer:
    communication = ignore(call.world, call.viewer, communication_id, ignored=False)
    return Answer(body=_view(call, communication), version=communication.entry.version)


def _view(call: Call[Any, NoQuery], communication: Communication) -> EntryDetailView:
    return detail_view(redacted_for(call.world, call.viewer, communication), call.showing)
