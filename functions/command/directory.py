"""Changing parties, contacts, preferences, cases, documents and grants."""

from command.api import api
from letterbook.contracts import operations as ops
from letterbook.contracts.directory import (
    AddressBody,
    CaseBody,
    CasePatch,
    ContactBody,
    ContactPatch,
    ContactView,
    DocumentBody,
    DocumentView,
    GrantBody,
    GrantView,
    PartyBody,
    PartyPatch,
    PartyView,
    PreferencesBody,
    PreferencesView,
    UploadView,
    case_view,
)
from letterbook.contracts.merge import MergeBody, MergedView
from letterbook.contracts.operation import NoBody
from letterbook.contracts.queries import NoQuery
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.directory import cases, documents, grants, parties
from letterbook.use_cases.directory.merge_parties import merge_parties
from letterbook.use_cases.directory.suppressions import unsuppress_address as release
from letterbook.use_cases.messages.keep_document import keep_document


@api.route(ops.CREATE_PARTY)
def create_party(call: ApiRequest[PartyBody, NoQuery]) -> ApiResponse:
    draft = call.body.party(call.world.now())
    party, replayed = parties.create_party(call.world, call.viewer, draft, call.key)
    return ApiResponse(
        status=201,
        body=PartyView.model_validate(party),
        location=f"/v1/parties/{party.id}",
        version=party.version,
        replayed=replayed,
    )


@api.route(ops.AMEND_PARTY)
def amend_party(call: ApiRequest[PartyPatch, NoQuery], party_id: str) -> ApiResponse:
    party = parties.amend_party(call.world, call.viewer, party_id, call.version, call.body.amended)
    return ApiResponse(body=PartyView.model_validate(party), version=party.version)


@api.route(ops.MERGE_PARTIES)
def merge(call: ApiRequest[MergeBody, NoQuery], party_id: str) -> ApiResponse:
    body = call.body
    made = merge_parties(call.world, call.viewer, party_id, body.into, body.reason, keep_grants=body.keep_grants)
    view = MergedView(**PartyView.model_validate(made.party).model_dump(), moving=made.moving)
    return ApiResponse(body=view)


@api.route(ops.CREATE_CONTACT)
def create_contact(call: ApiRequest[ContactBody, NoQuery], party_id: str) -> ApiResponse:
    draft = call.body.contact(party_id, call.world.now())
    contact, replayed = parties.create_contact(call.world, call.viewer, draft, call.key)
    return ApiResponse(
        status=201,
        body=ContactView.model_validate(contact),
        location=f"/v1/parties/{party_id}/contacts/{contact.id}",
        version=contact.version,
        replayed=replayed,
    )


@api.route(ops.AMEND_CONTACT)
def amend_contact(call: ApiRequest[ContactPatch, NoQuery], party_id: str, contact_id: str) -> ApiResponse:
    contact = parties.amend_contact(call.world, call.viewer, party_id, contact_id, call.version, call.body.amended)
    return ApiResponse(body=ContactView.model_validate(contact), version=contact.version)


@api.route(ops.REMOVE_CONTACT)
def remove_contact(call: ApiRequest[NoBody, NoQuery], party_id: str, contact_id: str) -> ApiResponse:
    parties.remove_contact(call.world, call.viewer, party_id, contact_id)
    return ApiResponse(status=204)


@api.route(ops.SET_PREFERENCES)
def set_preferences(call: ApiRequest[PreferencesBody, NoQuery], party_id: str) -> ApiResponse:
    version = call.body.version if call.version is None else call.version
    now = call.world.now()
    preferences = parties.set_preferences(
        call.world, call.viewer, party_id, version, lambda before: call.body.applied(before, now)
    )
    return ApiResponse(body=PreferencesView.model_validate(preferences), version=preferences.version)


@api.route(ops.CREATE_CASE)
def create_case(call: ApiRequest[CaseBody, NoQuery]) -> ApiResponse:
    case, replayed = cases.create_case(call.world, call.viewer, call.body.case(call.world.now()), call.key)
    return ApiResponse(
        status=201,
        body=case_view(case, call.world.capture_addresses.of_case(case.id)),
        location=f"/v1/cases/{case.id}",
        version=case.version,
        replayed=replayed,
    )


@api.route(ops.AMEND_CASE)
def amend_case(call: ApiRequest[CasePatch, NoQuery], case_id: str) -> ApiResponse:
    case = cases.amend_case(call.world, call.viewer, case_id, call.version, call.body.amended)
    return ApiResponse(body=case_view(case, call.world.capture_addresses.of_case(case.id)), version=case.version)


@api.route(ops.ANNOUNCE_DOCUMENT)
def announce_document(call: ApiRequest[DocumentBody, NoQuery]) -> ApiResponse:
    draft = call.body.document(call.viewer, call.world.now())
    document, upload_url, replayed = documents.announce(call.world, call.viewer, draft, call.key)
    view = UploadView(**DocumentView.model_validate(document).model_dump(), upload_url=upload_url)
    return ApiResponse(status=201, body=view, location=f"/v1/documents/{document.id}", replayed=replayed)


@api.route(ops.KEEP_DOCUMENT)
def keep(call: ApiRequest[NoBody, NoQuery], document_id: str) -> ApiResponse:
    kept = keep_document(call.world, call.viewer, document_id)
    return ApiResponse(body=DocumentView.model_validate(kept), version=kept.version)


@api.route(ops.PUT_GRANT)
def put_grant(call: ApiRequest[GrantBody, NoQuery]) -> ApiResponse:
    return ApiResponse(body=GrantView.model_validate(grants.put_grant(call.world, call.viewer, call.body.grant())))


@api.route(ops.REMOVE_GRANT)
def remove_grant(call: ApiRequest[GrantBody, NoQuery]) -> ApiResponse:
    grants.remove_grant(call.world, call.viewer, call.body.grant())
    return ApiResponse(status=204)


@api.route(ops.RELEASE_ADDRESS)
def release_address(call: ApiRequest[AddressBody, NoQuery]) -> ApiResponse:
    release(call.world, call.viewer, call.body.address)
    return ApiResponse(status=204)
