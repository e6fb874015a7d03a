"""The HTTP API, each operation declared once: the functions answer these, and the OpenAPI document is made of them.

One table, however long: whoever looks for an operation looks here.
"""

from letterbook.contracts import queries
from letterbook.contracts.activity import ActivityView
from letterbook.contracts.bulk import BulkBody, BulkView
from letterbook.contracts.communications import AmendBody, CommunicationBody
from letterbook.contracts.correspondence import (
    CorrespondenceBody,
    CorrespondenceDetailView,
    CorrespondenceTypeBody,
    CorrespondenceTypeView,
    CorrespondenceView,
    DeliverCorrespondenceBody,
    EmailCorrespondenceBody,
    PostCorrespondenceBody,
    VoidBody,
)
from letterbook.contracts.declare_delivered import DeliverBody
from letterbook.contracts.directory import (
    AddressBody,
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
    QuarantineView,
    UploadView,
)
from letterbook.contracts.entries import CommunicationView, EntryDetailView, EntryView, VersionView
from letterbook.contracts.exports import ExportBody, ExportView
from letterbook.contracts.fields import Body
from letterbook.contracts.library import ShippedView
from letterbook.contracts.merge import MergeBody, MergedView
from letterbook.contracts.operation import EntriesView, FoundView, ListView, NoBody, Operation, amend, get, post
from letterbook.contracts.overview import OverviewView
from letterbook.contracts.preview import PreviewView
from letterbook.contracts.providers import ProviderTestBody, ProviderView
from letterbook.contracts.queries import NoQuery, Query
from letterbook.contracts.refile import RefileBody
from letterbook.contracts.resend import ResendBody
from letterbook.contracts.saved_views import NameBody, SavedViewBody, SavedViewView
from letterbook.contracts.seen_to import SeenToBody
from letterbook.contracts.settings import SettingsBody, SettingsView
from letterbook.contracts.statistics import ResponseTimesView, StatsView
from letterbook.contracts.subjects import SubjectBody, SubjectView
from letterbook.contracts.templates import TemplateBody, TemplateView
from letterbook.contracts.threads import ThreadBody, ThreadPatch, ThreadView
from letterbook.contracts.todos import TodoBody, TodoPatch, TodoView
from letterbook.contracts.users import JobTitleBody, JobTitleView, MeView, UserView

COMPOSE = Operation(
    name="compose",
    method="POST",
    path="/v1/communications",
    summary="Compose a message: 202 when it goes to be sent, 201 for a draft or one that a rule skips. Or log what happened: 201",
    body=CommunicationBody,
    query=NoQuery,
    answers={202: EntryDetailView, 201: EntryDetailView},
    creates=True,
)
PREVIEW = post(
    "preview",
    "/v1/communications/preview",
    "Show what composing would do, and do nothing",
    CommunicationBody,
    view=PreviewView,
    status=200,
)
LIST_COMMUNICATIONS = get(
    "listCommunications",
    "/v1/communications",
    "Entries, newest first. A page may be short of its limit, even empty, and still have a next_cursor",
    queries.CommunicationsQuery,
    view=EntriesView[EntryView],
)
READ_COMMUNICATION = get(
    "readCommunication",
    "/v1/communications/{communication_id}",
    "An entry with its content and its history",
    NoQuery,
    view=CommunicationView,
)
READ_VERSION = get(
    "readVersion",
    "/v1/communications/{communication_id}/versions/{n}",
    "The content of an entry as it was after the n-th row of its history",
    NoQuery,
    view=VersionView,
)
AMEND = amend(
    "amendCommunication",
    "PATCH",
    "/v1/communications/{communication_id}",
    "Amend a draft, or a call, meeting or note that was logged by hand; earlier versions are kept in its history",
    AmendBody,
    view=EntryDetailView,
)
REMOVE = Operation(
    name="removeCommunication",
    method="DELETE",
    path="/v1/communications/{communication_id}",
    summary="Discard a draft, or take away what was logged by hand",
    body=NoBody,
    query=NoQuery,
    answers={204: None},
)
RESEND_MANY = Operation(
    name="resendMany",
    method="POST",
    path="/v1/communications/resend",
    summary="Say many again: checked at once with a result for each, made through a queue",
    body=BulkBody,
    query=NoQuery,
    answers={202: BulkView},
    creates=True,
)
SEND_MANY = Operation(
    name="sendMany",
    method="POST",
    path="/v1/communications/send",
    summary="Send many drafts: checked at once with a result for each, made through a queue",
    body=BulkBody,
    query=NoQuery,
    answers={202: BulkView},
    creates=True,
)
RESEND = Operation(
    name="resend",
    method="POST",
    path="/v1/communications/{communication_id}/resend",
    summary="Say it again, to the present address, by the present template: a new, linked entry",
    body=ResendBody,
    query=NoQuery,
    answers={202: EntryDetailView},
    creates=True,
)
DELIVER = post(
    "deliver",
    "/v1/communications/{communication_id}/deliver",
    "Declare that somebody delivered it by hand",
    DeliverBody,
    view=EntryDetailView,
    status=200,
)
REFILE = post(
    "refile",
    "/v1/communications/{communication_id}/refile",
    "File what came in where it belongs: under another party, case or thread. Its content and its times stay",
    RefileBody,
    view=EntryDetailView,
    status=200,
)
SEE_TO = post(
    "seeTo",
    "/v1/communications/{communication_id}/seen-to",
    "Say that a failure needs nobody any more, and why",
    SeenToBody,
    view=EntryDetailView,
    status=200,
)
TAKE_BACK = Operation(
    name="takeBack",
    method="DELETE",
    path="/v1/communications/{communication_id}/seen-to",
    summary="Say that it needs somebody again",
    body=NoBody,
    query=NoQuery,
    answers={200: EntryDetailView},
)
IGNORE = post(
    "ignore",
    "/v1/communications/{communication_id}/ignore",
    "Hide a failure that nobody needs to see to",
    NoBody,
    view=EntryDetailView,
    status=200,
)
UNIGNORE = post(
    "unignore",
    "/v1/communications/{communication_id}/unignore",
    "Show it again",
    NoBody,
    view=EntryDetailView,
    status=200,
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
CANCEL = post(
    "cancel",
    "/v1/communications/{communication_id}/cancel",
    "Cancel what has not begun to be sent",
    NoBody,
    view=EntryDetailView,
    status=200,
)

START_THREAD = post("startThread", "/v1/threads", "Start a thread", ThreadBody, view=ThreadView)
LIST_THREADS = get(
    "listThreads", "/v1/threads", "Threads, by their last activity", queries.ThreadsQuery, view=ListView[ThreadView]
)
READ_THREAD = get("readThread", "/v1/threads/{thread_id}", "A thread", NoQuery, view=ThreadView)
AMEND_THREAD = amend(
    "amendThread", "PATCH", "/v1/threads/{thread_id}", "Rename, archive or open a thread", ThreadPatch, view=ThreadView
)

PUT_SUBJECT = Operation(
    name="putSubject",
    method="PUT",
    path="/v1/subjects/{subject_type}/{subject_id}",
    summary="Tell what an invoice, a contract, a payment or anything else is that communications regard",
    body=SubjectBody,
    query=NoQuery,
    answers={200: SubjectView, 201: SubjectView},
    amends=True,
)
FIND_SUBJECTS = get(
    "findSubjects",
    "/v1/subjects",
    "Subjects by the beginnings of words of number, label and type, the first `limit` of them",
    queries.SubjectsQuery,
    view=ListView[SubjectView],
)
READ_SUBJECT = get(
    "readSubject",
    "/v1/subjects/{subject_type}/{subject_id}",
    "A subject; of several parties', where none is named, the one that was told of first",
    queries.SubjectQuery,
    view=SubjectView,
)

ORDER_EXPORT = Operation(
    name="orderExport",
    method="POST",
    path="/v1/exports",
    summary="Order a file of entries with their documents, to take away: made through a queue, kept for a week",
    body=ExportBody,
    query=NoQuery,
    answers={202: ExportView},
    creates=True,
    personal=True,
)
LIST_EXPORTS = get(
    "listExports",
    "/v1/exports",
    "One's own exports, newest first, without their files",
    queries.ListQuery,
    view=ListView[ExportView],
)
READ_EXPORT = get(
    "readExport",
    "/v1/exports/{export_id}",
    "How far one's own export is and, once it is done, a URL that gives the file for five minutes",
    NoQuery,
    view=ExportView,
)

MAKE_TODO = post("makeTodo", "/v1/todos", "Something to do", TodoBody, view=TodoView)
LIST_TODOS = get(
    "listTodos", "/v1/todos", "What is to do, what is due first", queries.TodosQuery, view=ListView[TodoView]
)
READ_TODO = get("readTodo", "/v1/todos/{todo_id}", "A TODO", NoQuery, view=TodoView)
AMEND_TODO = amend("amendTodo", "PATCH", "/v1/todos/{todo_id}", "Done, open again, put off", TodoPatch, view=TodoView)

OVERVIEW = get(
    "overview",
    "/v1/overview",
    "Each thing that entries regard, with the latest entry about it. The filters are asked of that entry",
    queries.OverviewQuery,
    view=FoundView[OverviewView],
)
ACTIVITY = get(
    "activity",
    "/v1/activity",
    "Everything that happened to a case's or a party's communications, by whom, newest first",
    queries.ScopeQuery,
    view=ListView[ActivityView],
)
TIMELINE = get(
    "timeline",
    "/v1/timeline",
    "The major events of a party, contact or case: what was sent, received, agreed, and what failed",
    queries.TimelineQuery,
    view=ListView[EntryView],
)

STATS = get(
    "stats", "/v1/stats", "How many entries there were, by day, channel and group", queries.StatsQuery, view=StatsView
)
RESPONSE_TIMES = get(
    "responseTimes",
    "/v1/parties/{party_id}/response-times",
    "How many minutes passed from what came in from a party to the next thing that was said to it",
    NoQuery,
    view=ResponseTimesView,
)
LIST_VIEWS = get(
    "listViews", "/v1/views", "One's own saved filters, by name", queries.ListQuery, view=ListView[SavedViewView]
)
SAVE_VIEW = Operation(
    name="saveView",
    method="POST",
    path="/v1/views",
    summary="Save filters under a name; in the place of one's own of that name",
    body=SavedViewBody,
    query=NoQuery,
    answers={201: SavedViewView},
    creates=True,
    personal=True,
)
REMOVE_VIEW = Operation(
    name="removeView",
    method="DELETE",
    path="/v1/views",
    summary="Remove one of one's own saved filters",
    body=NameBody,
    query=NoQuery,
    answers={204: None},
    personal=True,
)

CREATE_PARTY = post("createParty", "/v1/parties", "Enter a party", PartyBody, view=PartyView)
LIST_PARTIES = get(
    "listParties",
    "/v1/parties",
    "Parties, newest first; `q`: beginnings of words of name, contacts, account number, telephone numbers, email addresses",
    queries.PartiesQuery,
    view=ListView[PartyView],
)
READ_PARTY = get("readParty", "/v1/parties/{party_id}", "A party", NoQuery, view=PartyView)
AMEND_PARTY = amend("amendParty", "PATCH", "/v1/parties/{party_id}", "Amend a party", PartyPatch, view=PartyView)

MERGE_PARTIES = post(
    "mergeParties",
    "/v1/parties/{party_id}/merge",
    "Make one of two records of one party: all that stands under this one comes to the other, and its id leads there",
    MergeBody,
    view=MergedView,
    status=200,
)

CREATE_CONTACT = post(
    "createContact", "/v1/parties/{party_id}/contacts", "Enter a contact of a party", ContactBody, view=ContactView
)
LIST_CONTACTS = get(
    "listContacts",
    "/v1/parties/{party_id}/contacts",
    "The contacts of a party, newest first",
    queries.ListQuery,
    view=ListView[ContactView],
)
READ_CONTACT = get(
    "readContact", "/v1/parties/{party_id}/contacts/{contact_id}", "A contact", NoQuery, view=ContactView
)
AMEND_CONTACT = amend(
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

READ_PREFERENCES = get(
    "readPreferences",
    "/v1/parties/{party_id}/preferences",
    "How a party wants to be contacted, and how not",
    NoQuery,
    view=PreferencesView,
)
SET_PREFERENCES = amend(
    "setPreferences",
    "PUT",
    "/v1/parties/{party_id}/preferences",
    "Change what is named of a party's preferences; the rest stays",
    PreferencesBody,
    view=PreferencesView,
)

CREATE_CASE = post("createCase", "/v1/cases", "Open a case", CaseBody, view=CaseView)
LIST_CASES = get(
    "listCases",
    "/v1/cases",
    "Cases, newest first; `q`: beginnings of words of reference, title, client",
    queries.CasesQuery,
    view=ListView[CaseView],
)
READ_CASE = get("readCase", "/v1/cases/{case_id}", "A case", NoQuery, view=CaseView)
AMEND_CASE = amend("amendCase", "PATCH", "/v1/cases/{case_id}", "Amend a case", CasePatch, view=CaseView)

ANNOUNCE_DOCUMENT = post(
    "announceDocument",
    "/v1/documents",
    "Announce a file and get the URL to upload it to",
    DocumentBody,
    view=UploadView,
)
KEEP_DOCUMENT = post(
    "keepDocument",
    "/v1/documents/{document_id}/keep",
    "Keep for good what was uploaded to a party or a case: without it, and in no message, it is gone after 30 days",
    NoBody,
    view=DocumentView,
    status=200,
)
LIST_DOCUMENTS = get(
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

LIST_GRANTS = get(
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
LIST_QUARANTINE = get(
    "listQuarantine",
    "/v1/quarantine",
    "Addresses that bounced hard and are not written to, by address",
    queries.ListQuery,
    view=ListView[QuarantineView],
)
RELEASE_ADDRESS = Operation(
    name="releaseAddress",
    method="DELETE",
    path="/v1/quarantine",
    summary="Say that an address is right after all: it may be written to again",
    body=AddressBody,
    query=NoQuery,
    answers={204: None},
)
LIST_USERS = get("listUsers", "/v1/users", "All users, by name", queries.ListQuery, view=ListView[UserView])
SET_JOB_TITLE = Operation(
    name="setJobTitle",
    method="PUT",
    path="/v1/users/{user}/job-title",
    summary="Say what a user is on letters: one's own id, or as who manages the settings anybody's",
    body=JobTitleBody,
    query=NoQuery,
    answers={200: JobTitleView},
)

LIST_TEMPLATES = get(
    "listTemplates",
    "/v1/templates",
    "The latest version of every template, newest first",
    queries.TemplatesQuery,
    view=ListView[TemplateView],
)
READ_TEMPLATE = get(
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
READ_LIBRARY = get(
    "readLibrary",
    "/v1/library",
    "What comes with Letterbook in the firm's languages, and how the firm's own stands to it",
    NoQuery,
    view=ListView[ShippedView],
)
INSTALL_LIBRARY = Operation(
    name="installLibrary",
    method="POST",
    path="/v1/library",
    summary="Install what is new of the library, and update what the firm left as it came; what it changed stays",
    body=NoBody,
    query=NoQuery,
    answers={200: ListView[ShippedView]},
)
LIST_CORRESPONDENCE_TYPES = get(
    "listCorrespondenceTypes",
    "/v1/correspondence-types",
    "The last version of every type of correspondence, by name",
    queries.ListQuery,
    view=ListView[CorrespondenceTypeView],
)
READ_CORRESPONDENCE_TYPE = get(
    "readCorrespondenceType",
    "/v1/correspondence-types/{key}",
    "A version of a type of correspondence, the last one unless asked otherwise",
    queries.VersionQuery,
    view=CorrespondenceTypeView,
)
PUT_CORRESPONDENCE_TYPE = Operation(
    name="putCorrespondenceType",
    method="PUT",
    path="/v1/correspondence-types/{key}",
    summary="Save a new version of a type of correspondence; what was begun by an older one keeps to that",
    body=CorrespondenceTypeBody,
    query=NoQuery,
    answers={200: CorrespondenceTypeView, 201: CorrespondenceTypeView},
    amends=True,
)
CREATE_CORRESPONDENCE = post(
    "createCorrespondence",
    "/v1/correspondence",
    "Begin a formal letter of a type: it gets its number, and its PDF is being made",
    CorrespondenceBody,
    view=CorrespondenceDetailView,
)
LIST_CORRESPONDENCE = get(
    "listCorrespondence",
    "/v1/correspondence",
    "Correspondence, newest first. A page may be short of its limit, even empty, and still have a next_cursor",
    queries.CorrespondenceQuery,
    view=ListView[CorrespondenceView],
)
READ_CORRESPONDENCE = get(
    "readCorrespondence",
    "/v1/correspondence/{account}/{number}",
    "That which bears the number; else that of the party which has the account now",
    NoQuery,
    view=CorrespondenceDetailView,
)
EMAIL_CORRESPONDENCE = Operation(
    name="emailCorrespondence",
    method="POST",
    path="/v1/correspondence/{account}/{number}/email",
    summary="Email it: with an empty body at once, each version of it once",
    body=EmailCorrespondenceBody,
    query=NoQuery,
    answers={202: CorrespondenceDetailView},
    creates=True,
    amends=True,
)
POST_CORRESPONDENCE = Operation(
    name="postCorrespondence",
    method="POST",
    path="/v1/correspondence/{account}/{number}/post",
    summary="Send it as a letter: by post where that can be sent, else by hand",
    body=PostCorrespondenceBody,
    query=NoQuery,
    answers={202: CorrespondenceDetailView},
    creates=True,
    amends=True,
)
RECREATE_CORRESPONDENCE = Operation(
    name="recreateCorrespondence",
    method="POST",
    path="/v1/correspondence/{account}/{number}/recreate",
    summary="Make its PDF again by the present template, with the same content; what was sent stays what it was",
    body=NoBody,
    query=NoQuery,
    answers={202: CorrespondenceDetailView},
    creates=True,
    amends=True,
)
DELIVER_CORRESPONDENCE = amend(
    "deliverCorrespondence",
    "POST",
    "/v1/correspondence/{account}/{number}/deliver",
    "Declare that somebody delivered it; what was to do about the things that it regards is done",
    DeliverCorrespondenceBody,
    view=CorrespondenceDetailView,
)
VOID_CORRESPONDENCE = amend(
    "voidCorrespondence",
    "POST",
    "/v1/correspondence/{account}/{number}/void",
    "Void it: its number is never used again",
    VoidBody,
    view=CorrespondenceDetailView,
)
DOWNLOAD_CORRESPONDENCE = Operation(
    name="downloadCorrespondence",
    method="GET",
    path="/v1/correspondence/{account}/{number}/pdf",
    summary="Redirect to a URL that gives its PDF for five minutes: that version, or the last one",
    body=NoBody,
    query=queries.VersionQuery,
    answers={302: None},
)

LIST_PROVIDERS = get(
    "listProviders",
    "/v1/providers",
    "Who carries messages: set up or not, how it does, what went by it and what was heard",
    NoQuery,
    view=ListView[ProviderView],
)
TEST_PROVIDER = Operation(
    name="testProvider",
    method="POST",
    path="/v1/providers/{provider}/test",
    summary="Send a test message by exactly that provider",
    body=ProviderTestBody,
    query=NoQuery,
    answers={202: EntryDetailView, 201: EntryDetailView},
    creates=True,
)
READ_SETTINGS = get("readSettings", "/v1/settings", "The firm's settings", NoQuery, view=SettingsView)
PUT_SETTINGS = amend(
    "putSettings",
    "PUT",
    "/v1/settings",
    "Change the firm's settings; in force everywhere within a minute",
    SettingsBody,
    view=SettingsView,
)

READ_ME = get("readMe", "/v1/me", "Who I am, and what I may do", NoQuery, view=MeView)
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
