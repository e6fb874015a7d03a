"""The HTTP API, each operation declared once: the functions answer these, and the OpenAPI document is made of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, SerializeAsAny

from letterbook.contracts import queries
from letterbook.contracts.communications import ComposeBody
from letterbook.contracts.directory import (
    CaseBody,
    CasePatch,
    CaseView,
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
)
from letterbook.contracts.entries import CommunicationView, EntryDetailView, EntryView
from letterbook.contracts.fields import Body, View
from letterbook.contracts.library import (
    MeView,
    SettingsBody,
    SettingsView,
    TemplateBody,
    TemplateView,
    UserView,
)
from letterbook.contracts.preview import PreviewView
from letterbook.contracts.queries import NoQuery, Query
from letterbook.domain.ids import Kind, pattern_of

B = TypeVar("B", bound=Body)
Q = TypeVar("Q", bound=Query)
Item = TypeVar("Item", bound=View)

# What a part of a path looks like, by its name; whatever looks otherwise is not found.
PATH_PATTERNS: Mapping[str, str] = {
    "communication_id": pattern_of(Kind.COMMUNICATION),
    "party_id": pattern_of(Kind.PARTY),
    "contact_id": pattern_of(Kind.CONTACT),
    "case_id": pattern_of(Kind.CASE),
    "document_id": pattern_of(Kind.DOCUMENT),
    "key": "[a-z0-9][a-z0-9_-]{0,59}",
}


class NoBody(Body):
    """The request has none, or it does not matter."""


class ListView(View, Generic[Item]):
    """One page. `next_cursor` asks for the next one with the same filters; null at the end."""

    items: list[SerializeAsAny[Item]]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[B, Q]):
    """`answers` are the bodies of the good answers by status; None for an answer without one.

    `creates` takes an Idempotency-Key, `amends` an If-Match.
    """

    name: str
    method: str
    path: str
    summary: str
    body: type[B]
    query: type[Q]
    answers: Mapping[int, type[BaseModel] | None]
    creates: bool = False
    amends: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(re.findall(r"{(\w+)}", self.path))


def _get(name: str, path: str, summary: str, query: type[Q], *, view: type[BaseModel]) -> Operation[NoBody, Q]:
    return Operation(name=name, method="GET", path=path, summary=summary, body=NoBody, query=query, answers={200: view})


def _post(
    name: str, path: str, summary: str, body: type[B], *, view: type[BaseModel], status: int = 201
) -> Operation[B, NoQuery]:
    return Operation(
        name=name,
        method="POST",
        path=path,
        summary=summary,
        body=body,
        query=NoQuery,
        answers={status: view},
        creates=status == 201,
    )


def _amend(
    name: str, method: str, path: str, summary: str, body: type[B], *, view: type[BaseModel]
) -> Operation[B, NoQuery]:
    return Operation(
        name=name,
        method=method,
        path=path,
        summary=summary,
        body=body,
        query=NoQuery,
        answers={200: view},
        amends=True,
    )


COMPOSE = Operation(
    name="compose",
    method="POST",
    path="/v1/communications",
    summary="Compose a message: 202 when it goes to be sent, 201 for a draft or one that a rule skips",
    body=ComposeBody,
    query=NoQuery,
    answers={202: EntryDetailView, 201: EntryDetailView},
    creates=True,
)
PREVIEW = _post(
    "preview",
    "/v1/communications/preview",
    "Show what composing would do, and do nothing",
    ComposeBody,
    view=PreviewView,
    status=200,
)
LIST_COMMUNICATIONS = _get(
    "listCommunications",
    "/v1/communications",
    "Entries, newest first. A page may be short of its limit, even empty, and still have a next_cursor",
    queries.CommunicationsQuery,
    view=ListView[EntryView],
)
READ_COMMUNICATION = _get(
    "readCommunication",
    "/v1/communications/{communication_id}",
    "An entry with its content and its history",
    NoQuery,
    view=CommunicationView,
)
SEND = Operation(
    name="sendDraft",
    method="POST",
    path="/v1/communications/{communication_id}/send",
    summary="Send a draft: 202 when it goes to be sent, 200 when a rule skips it",
    body=NoBody,
    query=NoQuery,
    answers={202: EntryDetailView, 200: EntryDetailView},
)
CANCEL = _post(
    "cancel",
    "/v1/communications/{communication_id}/cancel",
    "Cancel what has not begun to be sent",
    NoBody,
    view=EntryDetailView,
    status=200,
)

CREATE_PARTY = _post("createParty", "/v1/parties", "Enter a party", PartyBody, view=PartyView)
LIST_PARTIES = _get(
    "listParties",
    "/v1/parties",
    "Parties, newest first; `q` finds by the beginnings of words of the name, by account number, or by address",
    queries.PartiesQuery,
    view=ListView[PartyView],
)
READ_PARTY = _get("readParty", "/v1/parties/{party_id}", "A party", NoQuery, view=PartyView)
AMEND_PARTY = _amend("amendParty", "PATCH", "/v1/parties/{party_id}", "Amend a party", PartyPatch, view=PartyView)

CREATE_CONTACT = _post(
    "createContact", "/v1/parties/{party_id}/contacts", "Enter a contact of a party", ContactBody, view=ContactView
)
LIST_CONTACTS = _get(
    "listContacts",
    "/v1/parties/{party_id}/contacts",
    "The contacts of a party, newest first",
    queries.ListQuery,
    view=ListView[ContactView],
)
READ_CONTACT = _get(
    "readContact", "/v1/parties/{party_id}/contacts/{contact_id}", "A contact", NoQuery, view=ContactView
)
AMEND_CONTACT = _amend(
    "amendContact",
    "PATCH",
    "/v1/parties/{party_id}/contacts/{contact_id}",
    "Amend a contact",
    ContactPatch,
    view=ContactView,
)
REMOVE_CONTACT = Operation(
    name="removeContact",
    method="DELETE",
    path="/v1/parties/{party_id}/contacts/{contact_id}",
    summary="Remove a contact; what was sent to them stays",
    body=NoBody,
    query=NoQuery,
    answers={204: None},
)

READ_PREFERENCES = _get(
    "readPreferences",
    "/v1/parties/{party_id}/preferences",
    "How a party wants to be contacted, and how not",
    NoQuery,
    view=PreferencesView,
)
SET_PREFERENCES = _amend(
    "setPreferences",
    "PUT",
    "/v1/parties/{party_id}/preferences",
    "Replace a party's preferences",
    PreferencesBody,
    view=PreferencesView,
)

CREATE_CASE = _post("createCase", "/v1/cases", "Open a case", CaseBody, view=CaseView)
LIST_CASES = _get("listCases", "/v1/cases", "Cases, newest first", queries.CasesQuery, view=ListView[CaseView])
READ_CASE = _get("readCase", "/v1/cases/{case_id}", "A case", NoQuery, view=CaseView)
AMEND_CASE = _amend("amendCase", "PATCH", "/v1/cases/{case_id}", "Amend a case", CasePatch, view=CaseView)

ANNOUNCE_DOCUMENT = _post(
    "announceDocument",
    "/v1/documents",
    "Announce a file and get the URL to upload it to",
    DocumentBody,
    view=UploadView,
)
LIST_DOCUMENTS = _get(
    "listDocuments",
    "/v1/documents",
    "The documents of a party or a case, newest first",
    queries.DocumentsQuery,
    view=ListView[DocumentView],
)
DOWNLOAD_DOCUMENT = Operation(
    name="downloadDocument",
    method="GET",
    path="/v1/documents/{document_id}",
    summary="Redirect to a URL that gives the file for five minutes",
    body=NoBody,
    query=NoQuery,
    answers={302: None},
)

LIST_GRANTS = _get(
    "listGrants", "/v1/grants", "Who sees what; one user's, or all", queries.GrantsQuery, view=ListView[GrantView]
)
PUT_GRANT = Operation(
    name="putGrant",
    method="PUT",
    path="/v1/grants",
    summary="Let a user see a party or a case",
    body=GrantBody,
    query=NoQuery,
    answers={200: GrantView},
)
REMOVE_GRANT = Operation(
    name="removeGrant",
    method="DELETE",
    path="/v1/grants",
    summary="Take a grant away",
    body=GrantBody,
    query=NoQuery,
    answers={204: None},
)
LIST_USERS = _get("listUsers", "/v1/users", "All users, by name", queries.ListQuery, view=ListView[UserView])

LIST_TEMPLATES = _get(
    "listTemplates",
    "/v1/templates",
    "The latest version of every template, newest first",
    queries.TemplatesQuery,
    view=ListView[TemplateView],
)
READ_TEMPLATE = _get(
    "readTemplate", "/v1/templates/{key}", "A version of a template", queries.TemplateQuery, view=TemplateView
)
PUT_TEMPLATE = Operation(
    name="putTemplate",
    method="PUT",
    path="/v1/templates/{key}",
    summary="Save a new version of a template",
    body=TemplateBody,
    query=NoQuery,
    answers={200: TemplateView, 201: TemplateView},
)
READ_SETTINGS = _get("readSettings", "/v1/settings", "The firm's settings", NoQuery, view=SettingsView)
PUT_SETTINGS = _amend(
    "putSettings",
    "PUT",
    "/v1/settings",
    "Change the firm's settings; in force everywhere within a minute",
    SettingsBody,
    view=SettingsView,
)

READ_ME = _get("readMe", "/v1/me", "Who I am, and what I may do", NoQuery, view=MeView)
READ_OPENAPI = Operation(
    name="readOpenapi",
    method="GET",
    path="/v1/openapi.json",
    summary="This document",
    body=NoBody,
    query=NoQuery,
    answers={200: None},
)

OPERATIONS: tuple[Operation[Body, Query], ...] = tuple(
    value for value in tuple(globals().values()) if isinstance(value, Operation)
)
