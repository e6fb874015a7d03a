"""Reading parties, cases, documents, grants and users."""

from typing import Any

from letterbook.contracts import operations as ops
from letterbook.contracts.directory import (
    ContactView,
    DocumentView,
    GrantView,
    PartyView,
    PreferencesView,
    QuarantineView,
    case_view,
)
from letterbook.contracts.fields import View
from letterbook.contracts.operation import ListView, NoBody
from letterbook.contracts.queries import CasesQuery, DocumentsQuery, GrantsQuery, ListQuery, NoQuery, PartiesQuery
from letterbook.contracts.users import UserView
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.ports import Page
from letterbook.use_cases.directory import cases, documents, grants, parties, suppressions
from letterbook.use_cases.support.access import visible_case, visible_party
from query.api import api


def _page(call: ApiRequest[Any, Any], view: type[View], page: Page[Any]) -> ApiResponse:
    items = [view.model_validate(item) for item in page.items]
    return ApiResponse(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.route(ops.LIST_PARTIES)
def list_parties(call: ApiRequest[NoBody, PartiesQuery]) -> ApiResponse:
    query = call.query
    page = parties.list_parties(call.world, call.viewer, query.q, query.kind, limit=query.limit, after=call.after)
    return _page(call, PartyView, page)


@api.route(ops.READ_PARTY)
def read_party(call: ApiRequest[NoBody, NoQuery], party_id: str) -> ApiResponse:
    party = visible_party(call.world, call.viewer, party_id)
    return ApiResponse(body=PartyView.model_validate(party), version=party.version)


@api.route(ops.LIST_CONTACTS)
def list_contacts(call: ApiRequest[NoBody, ListQuery], party_id: str) -> ApiResponse:
    page = parties.list_contacts(call.world, call.viewer, party_id, limit=call.query.limit, after=call.after)
    return _page(call, ContactView, page)


@api.route(ops.READ_CONTACT)
def read_contact(call: ApiRequest[NoBody, NoQuery], party_id: str, contact_id: str) -> ApiResponse:
    contact = parties.read_contact(call.world, call.viewer, party_id, contact_id)
    return ApiResponse(body=ContactView.model_validate(contact), version=contact.version)


@api.route(ops.READ_PREFERENCES)
def read_preferences(call: ApiRequest[NoBody, NoQuery], party_id: str) -> ApiResponse:
    preferences = parties.read_preferences(call.world, call.viewer, party_id)
    return ApiResponse(body=PreferencesView.model_validate(preferences), version=preferences.version)


@api.route(ops.LIST_CASES)
def list_cases(call: ApiRequest[NoBody, CasesQuery]) -> ApiResponse:
    query = call.query
    page = cases.list_cases(call.world, call.viewer, query.party_id, limit=query.limit, after=call.after, words=query.q)
    items = [case_view(one, call.world.capture_addresses.of_case(one.id)) for one in page.items]
    return ApiResponse(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.route(ops.READ_CASE)
def read_case(call: ApiRequest[NoBody, NoQuery], case_id: str) -> ApiResponse:
    case = visible_case(call.world, call.viewer, case_id)
    return ApiResponse(body=case_view(case, call.world.capture_addresses.of_case(case.id)), version=case.version)


@api.route(ops.LIST_DOCUMENTS)
def list_documents(call: ApiRequest[NoBody, DocumentsQuery]) -> ApiResponse:
    query = call.query
    page = documents.list_documents(
        call.world,
        call.viewer,
        party_id=query.party_id,
        case_id=query.case_id,
        limit=query.limit,
        after=call.after,
    )
    return _page(call, DocumentView, page)


@api.route(ops.DOWNLOAD_DOCUMENT)
def download_document(call: ApiRequest[NoBody, NoQuery], document_id: str) -> ApiResponse:
    return ApiResponse(status=302, location=documents.download_link(call.world, call.viewer, document_id))


@api.route(ops.LIST_GRANTS)
def list_grants(call: ApiRequest[NoBody, GrantsQuery]) -> ApiResponse:
    query = call.query
    page = grants.list_grants(call.world, call.viewer, query.user, limit=query.limit, after=call.after)
    return _page(call, GrantView, page)


@api.route(ops.LIST_QUARANTINE)
def list_quarantine(call: ApiRequest[NoBody, ListQuery]) -> ApiResponse:
    page = suppressions.list_suppressions(call.world, call.viewer, limit=call.query.limit, after=call.after)
    return _page(call, QuarantineView, page)


@api.route(ops.LIST_USERS)
def list_users(call: ApiRequest[NoBody, ListQuery]) -> ApiResponse:
    page = grants.list_users(call.world, call.viewer, limit=call.query.limit, after=call.after)
    return _page(call, UserView, page)
