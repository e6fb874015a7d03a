"""Reading parties, cases, documents, grants and users."""

from typing import Any

from letterbook.contracts import operations as ops
from letterbook.contracts.directory import (
    CaseView,
    ContactView,
    DocumentView,
    GrantView,
    PartyView,
    PreferencesView,
    QuarantineView,
)
from letterbook.contracts.fields import View
from letterbook.contracts.library import UserView
from letterbook.contracts.operation import ListView, NoBody
from letterbook.contracts.queries import CasesQuery, DocumentsQuery, GrantsQuery, ListQuery, NoQuery, PartiesQuery
from letterbook.http.api import Answer, Call
from letterbook.ports import Page
from letterbook.use_cases import cases, documents, grants, parties, suppressions
from letterbook.use_cases.access import visible_case, visible_party
from query.api import api


def _page(call: Call[Any, Any], view: type[View], page: Page[Any]) -> Answer:
    items = [view.model_validate(item) for item in page.items]
    return Answer(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.answers(ops.LIST_PARTIES)
def list_parties(call: Call[NoBody, PartiesQuery]) -> Answer:
    query = call.query
    page = parties.list_parties(call.world, call.viewer, query.q, query.kind, limit=query.limit, after=call.after)
    return _page(call, PartyView, page)


@api.answers(ops.READ_PARTY)
def read_party(call: Call[NoBody, NoQuery], party_id: str) -> Answer:
    party = visible_party(call.world, call.viewer, party_id)
    return Answer(body=PartyView.model_validate(party), version=party.version)


@api.answers(ops.LIST_CONTACTS)
def list_contacts(call: Call[NoBody, ListQuery], party_id: str) -> Answer:
    page = parties.list_contacts(call.world, call.viewer, party_id, limit=call.query.limit, after=call.after)
    return _page(call, ContactView, page)


@api.answers(ops.READ_CONTACT)
def read_contact(call: Call[NoBody, NoQuery], party_id: str, contact_id: str) -> Answer:
    contact = parties.read_contact(call.world, call.viewer, party_id, contact_id)
    return Answer(body=ContactView.model_validate(contact), version=contact.version)


@api.answers(ops.READ_PREFERENCES)
def read_preferences(call: Call[NoBody, NoQuery], party_id: str) -> Answer:
    preferences = parties.read_preferences(call.world, call.viewer, party_id)
    return Answer(body=PreferencesView.model_validate(preferences), version=preferences.version)


@api.answers(ops.LIST_CASES)
def list_cases(call: Call[NoBody, CasesQuery]) -> Answer:
    query = call.query
    page = cases.list_cases(call.world, call.viewer, query.party_id, limit=query.limit, after=call.after)
    return _page(call, CaseView, page)


@api.answers(ops.READ_CASE)
def read_case(call: Call[NoBody, NoQuery], case_id: str) -> Answer:
    case = visible_case(call.world, call.viewer, case_id)
    return Answer(body=CaseView.model_validate(case), version=case.version)


@api.answers(ops.LIST_DOCUMENTS)
def list_documents(call: Call[NoBody, DocumentsQuery]) -> Answer:
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


@api.answers(ops.DOWNLOAD_DOCUMENT)
def download_document(call: Call[NoBody, NoQuery], document_id: str) -> Answer:
    return Answer(status=302, location=documents.download_link(call.world, call.viewer, document_id))


@api.answers(ops.LIST_GRANTS)
def list_grants(call: Call[NoBody, GrantsQuery]) -> Answer:
    query = call.query
    page = grants.list_grants(call.world, call.viewer, query.user, limit=query.limit, after=call.after)
    return _page(call, GrantView, page)


@api.answers(ops.LIST_QUARANTINE)
def list_quarantine(call: Call[NoBody, ListQuery]) -> Answer:
    page = suppressions.list_suppressions(call.world, call.viewer, limit=call.query.limit, after=call.after)
    return _page(call, QuarantineView, page)


@api.answers(ops.LIST_USERS)
def list_users(call: Call[NoBody, ListQuery]) -> Answer:
    page = grants.list_users(call.world, call.viewer, limit=call.query.limit, after=call.after)
    return _page(call, UserView, page)
