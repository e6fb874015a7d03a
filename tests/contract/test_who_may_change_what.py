"""Every operation that writes, asked by somebody of each sight: who changes what they see, and who only sees it.

A new operation stands in the table before it is served. The table is docs/decisions/0015-who-may-change-what.md, in full.
"""

from collections.abc import Callable
from typing import Any

import pytest

from letterbook.contracts.operations import OPERATIONS
from tests.support.api_client import TEMPLATE, email
from tests.support.aws import WorldForTests
from tests.support.changing import (
    ADMINS,
    AS_CASE,
    AS_ENTRY,
    AS_PARTY,
    DONE,
    EVERYBODY,
    LEADS,
    MANY,
    NAMES_ENTRY,
    NAMES_PARTY,
    NOTHING,
    OF_PARTY,
    ROLES,
    SHOWS,
    TAKES_ENTRY,
    WRITERS,
    Outcomes,
    Things,
    everything,
)
from tests.support.lambda_client import Answer, Caller

Request = tuple[str, Any]


def to(path: str, body: Any = None) -> Request:
    return path, body


def entry(of: Any, verb: str = "") -> str:
    return f"/v1/communications/{of['id']}{verb}"


def party(things: Things, tail: str = "") -> str:
    return f"/v1/parties/{things.party['id']}{tail}"


_FILE = {"name": "a.txt", "media_type": "text/plain", "bytes": 1}
TYPE = {"name": "Notice", "template": "notice", "fields": {"properties": {}}}
_VIEW = {"name": "Mine", "query": "group=failed"}

TABLE: dict[str, tuple[Outcomes, Callable[[Things], Request]]] = {
    "compose": (NAMES_ENTRY, lambda t: to("/v1/communications", email(t.party, case_id=t.case["id"], send_now=False))),
    "preview": (SHOWS, lambda t: to("/v1/communications/preview", email(t.party, case_id=t.case["id"]))),
    "amendCommunication": (AS_ENTRY, lambda t: to(entry(t.draft), {"subject": "Another"})),
    "removeCommunication": (AS_ENTRY, lambda t: to(entry(t.note))),
    "resendMany": (MANY, lambda t: to("/v1/communications/resend", {"ids": [t.failed["id"]]})),
    "sendMany": (MANY, lambda t: to("/v1/communications/send", {"ids": [t.draft["id"]]})),
    "resend": (AS_ENTRY, lambda t: to(entry(t.failed, "/resend"), {})),
    "deliver": (AS_ENTRY, lambda t: to(entry(t.by_hand, "/deliver"), {"reason": "Handed over"})),
    "ignore": (LEADS, lambda t: to(entry(t.failed, "/ignore"))),
    "unignore": (LEADS, lambda t: to(entry(t.ignored, "/unignore"))),
    "seeTo": (AS_ENTRY, lambda t: to(entry(t.failed, "/seen-to"), {"note": "Telephoned her"})),
    "takeBack": (AS_ENTRY, lambda t: to(entry(t.seen_to, "/seen-to"))),
    "sendDraft": (AS_ENTRY, lambda t: to(entry(t.draft, "/send"))),
    "cancel": (AS_ENTRY, lambda t: to(entry(t.scheduled, "/cancel"))),
    # Taken out of the case, and left with its party.
    "refile": (AS_PARTY, lambda t: to(entry(t.came_in, "/refile"), {"party_id": t.party["id"], "reason": "Not of it"})),
    "startThread": (NAMES_ENTRY, lambda t: to("/v1/threads", {"subject": "Her rent", **t.named})),
    "amendThread": (AS_ENTRY, lambda t: to(f"/v1/threads/{t.thread['id']}", {"status": "archived"})),
    "putSubject": (NAMES_PARTY, lambda t: to(t.subject, {"party_id": t.party["id"], "label": "Another"})),
    "orderExport": (TAKES_ENTRY, lambda t: to("/v1/exports", {"format": "zip", "ids": [t.draft["id"]]})),
    "makeTodo": (NAMES_ENTRY, lambda t: to("/v1/todos", {"title": "Write", "communication_id": t.draft["id"]})),
    "amendTodo": (AS_ENTRY, lambda t: to(f"/v1/todos/{t.todo['id']}", {"status": "done"})),
    "saveView": (EVERYBODY, lambda _: to("/v1/views", _VIEW)),
    "removeView": (EVERYBODY, lambda t: to("/v1/views", {"name": t.view})),
    "createParty": (WRITERS, lambda _: to("/v1/parties", {"kind": "client", "name": "Ann Other"})),
    "amendParty": (AS_PARTY, lambda t: to(party(t), {"email": "elsewhere@mailbox.example"})),
    # Whoever was granted one of the two alone does not see the other.
    "mergeParties": (
        {**AS_PARTY, "own": 422},
        lambda t: to(party(t, "/merge"), {"into": t.double["id"], "reason": "Entered twice"}),
    ),
    "createContact": (AS_PARTY, lambda t: to(party(t, "/contacts"), {"name": "Ann Other"})),
    "amendContact": (AS_PARTY, lambda t: to(party(t, f"/contacts/{t.contact['id']}"), {"name": "Ann Other"})),
    "removeContact": (AS_PARTY, lambda t: to(party(t, f"/contacts/{t.contact['id']}"))),
    "setPreferences": (AS_PARTY, lambda t: to(party(t, "/preferences"), {"hold": {"kind": "dispute"}})),
    "createCase": (NAMES_PARTY, lambda t: to("/v1/cases", {"reference": "DC-2", "party_ids": [t.party["id"]]})),
    "amendCase": (AS_CASE, lambda t: to(f"/v1/cases/{t.case['id']}", {"status": "closed"})),
    "announceDocument": (NAMES_ENTRY, lambda t: to("/v1/documents", {**_FILE, **t.named})),
    "keepDocument": (AS_ENTRY, lambda t: to(f"/v1/documents/{t.document}/keep")),
    "putGrant": (LEADS, lambda t: to("/v1/grants", {"user": t.grantee, "party_id": t.party["id"]})),
    "removeGrant": (LEADS, lambda t: to("/v1/grants", {"user": "own", "party_id": t.party["id"]})),
    # Addresses that stand aside are listed, and found, by who was granted their party.
    "releaseAddress": ({**AS_PARTY, "through": 404}, lambda t: to("/v1/quarantine", {"address": t.aside})),
    # What they are themselves everybody who writes says: test_job_titles_api.py.
    "setJobTitle": (ADMINS, lambda t: to(f"/v1/users/{t.grantee}/job-title", {"job_title": "Solicitor"})),
    "createCorrespondence": ({**NAMES_PARTY, "through": 422}, lambda t: to("/v1/correspondence", t.notice)),
    "emailCorrespondence": (OF_PARTY, lambda t: to(f"{t.correspondence}/email", {})),
    "postCorrespondence": (OF_PARTY, lambda t: to(f"{t.correspondence}/post", {})),
    "recreateCorrespondence": (OF_PARTY, lambda t: to(f"{t.correspondence}/recreate")),
    "deliverCorrespondence": (OF_PARTY, lambda t: to(f"{t.correspondence}/deliver", {"reason": "Handed over"})),
    "voidCorrespondence": (OF_PARTY, lambda t: to(f"{t.correspondence}/void", {"reason": "Wrong type"})),
    "putCorrespondenceType": (LEADS, lambda t: to("/v1/correspondence-types/x", TYPE) if t.account else to("")),
    "putTemplate": (LEADS, lambda _: to("/v1/templates/x", TEMPLATE)),
    "installLibrary": (LEADS, lambda _: to("/v1/library")),
    "testProvider": (ADMINS, lambda _: to("/v1/providers/ses/test", {"to": "somebody@mailbox.example"})),
    "putSettings": (ADMINS, lambda _: to("/v1/settings", {"name": "Another firm"})),
}  # fmt: skip
WRITING = {one.name: one for one in OPERATIONS if one.method != "GET"}


@pytest.fixture
def things(world: WorldForTests, request: pytest.FixtureRequest) -> Things:
    """With a pool of people where one of them is granted something."""
    name = request.node.callspec.params["name"]
    return Things(world, request.getfixturevalue("people")["agent"] if name in ("putGrant", "setJobTitle") else "")


def test_every_operation_that_writes_says_who_changes_what_by_it() -> None:
    assert set(TABLE) == set(WRITING)


def asked(things: Things, name: str, who: str) -> Answer:
    path, body = TABLE[name][1](things)
    return Caller(user=who, role=ROLES[who]).ask(WRITING[name].method, path, body)


def those(name: str, *outcomes: str | int) -> list[str]:
    return [who for who, outcome in TABLE[name][0].items() if outcome in outcomes]


@pytest.mark.covers("M2")
@pytest.mark.parametrize("name", [name for name in TABLE if those(name, 403, 404, 422, NOTHING)])
def test_who_may_not_change_it_is_refused_and_nothing_changes(things: Things, name: str) -> None:
    things.let_see()
    TABLE[name][1](things)
    before = everything()
    answers = {who: asked(things, name, who) for who in those(name, 403, 404, 422, NOTHING)}
    wanted = {who: TABLE[name][0][who] for who in answers}
    assert {who: NOTHING if one.status < 300 else one.status for who, one in answers.items()} == wanted
    assert {one.json["code"] for one in answers.values() if one.status == 403} <= {"forbidden"}
    assert everything() == before


@pytest.mark.covers("M2")
@pytest.mark.parametrize("name", [name for name in TABLE if those(name, DONE)])
def test_who_may_change_it_changes_it(things: Things, name: str) -> None:
    """Each of them on a thing of its own."""
    for who in those(name, DONE):
        fresh = Things(things.world, things.grantee)
        fresh.let_see()
        answer = asked(fresh, name, who)
        assert answer.status < 300, (who, answer.text)
        if name in ("resendMany", "sendMany"):
            assert answer.json["accepted"], who


def test_who_only_reads_is_refused_before_the_request_is_looked_at(world: WorldForTests) -> None:
    kinds = {"communication": "com", "party": "pty", "contact": "con", "case": "cas", "thread": "thr", "todo": "tdo"}
    kinds |= {"document": "doc"}
    parts = {f"{one}_id": f"{prefix}_01JD4QK8V3M2N7R5T9W1X3Y5Z7" for one, prefix in kinds.items()}
    parts |= {"account": "1", "number": "C001"}
    parts |= {"subject_type": "invoice", "subject_id": "1", "key": "x", "provider": "ses", "user": "x"}
    auditor = Caller(user="aud", role="auditor")
    wanted = {one.name: 400 if one.personal else 403 for one in WRITING.values()}
    answers = {one.name: auditor.ask(one.method, one.path.format(**parts), raw="{no JSON") for one in WRITING.values()}
    assert {name: answer.status for name, answer in answers.items()} == wanted
