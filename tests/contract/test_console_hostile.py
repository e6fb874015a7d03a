"""What somebody tries who forges forms, addresses and cookies: as nobody, as an agent who was granted one party, as an auditor."""

import re
from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from letterbook.adapters.sessions import CognitoSessions
from letterbook.domain.access import Grant
from letterbook.domain.party import Case, Contact, Document, Party, PartyKind
from letterbook.domain.recipients import Suppression
from letterbook.domain.status import Status
from letterbook.ports.sessions import AuthenticationFailed
from tests.support.api_client import ADMIN, expect_created
from tests.support.aws import WorldForTests, rows
from tests.support.builders import NOW, deed, ref
from tests.support.console_client import HOST, LOG, ConsoleClient
from tests.support.fakes.sessions import SessionsForTests
from tests.support.steps import a_case, a_contact, a_document, a_party, a_template, a_thread, an_email, entered, send

SECRET = "Zwingli"
BREAK = "\r\nSet-Cookie: tossed=1"


@pytest.fixture
def own(world: WorldForTests) -> Party:
    return a_party(world, name="Otto Own", email="otto@mailbox.example", mobile=None)


@pytest.fixture
def agent(world: WorldForTests, tokens: SessionsForTests, own: Party) -> ConsoleClient:
    """Sees one party."""
    world.grants.save(Grant(user="agent-1", party_id=own.id), deed(own.id))
    return tokens.let_in("agent-1", "agent")


class Hidden:
    """Somebody else's: everything of it holds the word."""

    def __init__(self, world: WorldForTests) -> None:
        self.party: Party = a_party(world, name=f"{SECRET} Hidden", email="zwingli@mailbox.example")
        self.bank: Party = a_party(world, PartyKind.CREDITOR, name=f"{SECRET} Bank", email="zwingli@bank.example")
        self.contact: Contact = a_contact(world, self.party, name=f"{SECRET} Contact", email="zwingli@contact.example")
        self.case: Case = a_case(world, self.party, creditors=(self.bank,), reference="ZW-1", title=f"{SECRET} Case")
        self.document: Document = a_document(world, name=f"{SECRET}.pdf", party_id=self.party.id)
        self.thread = a_thread(world, self.party, subject=f"{SECRET} thread")
        self.sent = send(world, an_email(self.party, subject=f"{SECRET} letter", body=f"{SECRET} body"))
        self.failed = entered(world, 5, status=Status.FAILED, subject=f"{SECRET} failure", party=ref(self.party))
        self.draft = entered(world, 6, status=Status.DRAFT, subject=f"{SECRET} draft", party=ref(self.party))
        self.todo: Any = expect_created(ADMIN.post("/v1/todos", {"title": f"Ring {SECRET}", "party_id": self.party.id}))
        bounced = Suppression(
            address="zwingli@mailbox.example", code="5.1.1", at=NOW, communication_id="com_1", party_id=self.party.id
        )
        world.addresses.suppress(bounced, deed(self.party.id))


@pytest.fixture
def hidden(world: WorldForTests) -> Hidden:
    return Hidden(world)


# ---- what may not be seen


def test_no_page_tells_of_what_may_not_be_seen(agent: ConsoleClient, own: Party, hidden: Hidden) -> None:
    of = hidden
    lists = [
        *(LOG, f"{LOG}?group=failed", f"{LOG}?party_id={of.party.id}", f"{LOG}?case_id={of.case.id}"),
        *(f"{LOG}?thread_id={of.thread.id}", f"{LOG}?contact_id={of.contact.id}", f"{LOG}?created_by=user-1"),
        *(f"{LOG}?q=zwingli", f"{LOG}/overview", f"{LOG}/filter", f"{LOG}/filter?party=zwingli"),
        *(f"{LOG}/filter?party_id={of.party.id}", f"{LOG}/live?id={of.failed.id}&id={of.draft.id}", f"{LOG}/views"),
        *(
            "/work",
            "/work?todos=all",
            "/work/count",
            "/todos?of=all",
            "/parties",
            "/parties?q=zwingli",
            "/cases",
            "/cases?q=zwingli",
        ),
        *("/search?q=zwingli", "/search?q=zw-1"),
        *("/compose", "/compose?words=zwingli", "/log/call?words=zwingli", "/templates", "/threads/new", "/cases/new"),
        *(f"/parties/{own.id}", f"/parties/{own.id}/documents"),
        f"/bulk/resend?id={of.failed.id}",
        f"/bulk/resend?filter=party_id%3D{of.party.id}",
        f"/bulk/send?id={of.draft.id}",
        f"/compose?party_id={own.id}&contact_id={of.contact.id}&case_id={of.case.id}&thread_id={of.thread.id}",
        f"/compose?party_id={own.id}&regarding=case:{of.case.id}&in_reply_to={of.sent.id}",
        f"/log/note?party_id={own.id}&contact_id={of.contact.id}&case_id={of.case.id}&in_reply_to={of.sent.id}",
    ]
    for address in lists:
        shown = agent.get(address)
        assert shown.status in (200, 404, 422), (address, shown.status)
        # What somebody asked for in words stands in the field that they wrote it into.
        assert not re.search(r"Zwingli|ZW-1|zwingli@", shown.text), address


def test_what_may_not_be_seen_is_not_there(agent: ConsoleClient, own: Party, hidden: Hidden) -> None:
    of = hidden
    party, case = f"/parties/{of.party.id}", f"/cases/{of.case.id}"
    tabs = ("", "/communications", "/threads", "/documents", "/activity", "/edit")
    pages = [f"{whose}{tab}" for whose in (party, case) for tab in tabs]
    pages += [
        f"{party}/preferences",
        f"{party}/contacts/new",
        *(f"{party}/contacts/{of.contact.id}{tab}" for tab in ("", "/communications", "/edit")),
    ]
    pages += [f"/threads/{of.thread.id}", f"/threads/new?party_id={of.party.id}", f"/documents/{of.document.id}"]
    pages += [f"/compose?party_id={of.party.id}", f"/compose?case_id={of.case.id}", f"/log/call?party_id={of.party.id}"]
    pages += [f"/parties/{own.id}/contacts/{of.contact.id}", f"/todos/new?party_id={of.party.id}"]
    for one in (of.sent, of.failed, of.draft):
        ends = ("", "/content", "/edit", "/reply", "/correct", "/anew", "/resend", "/send", "/discard", "/cancel")
        pages += [f"{LOG}/{one.id}{end}" for end in (*ends, "/deliver")]
    for address in pages:
        shown = agent.get(address)
        assert shown.status == 404, (address, shown.status)
        assert SECRET not in shown.text, address


def forged(own: Party, of: Hidden) -> Iterator[tuple[str, dict[str, Any]]]:
    """Forms that no page of the agent's holds."""
    letter = {"channel": "email", "subject": "S", "body": "B", "to": "otto@mailbox.example", "do": "send", "once": "1"}
    for more in (
        {"party_id": of.party.id},
        {"party_id": own.id, "case_id": of.case.id},
        {"party_id": own.id, "contact_id": of.contact.id},
        {"party_id": own.id, "attachments": of.document.id},
        {"party_id": own.id, "thread_id": of.thread.id},
        {"party_id": own.id, "in_reply_to": of.sent.id},
    ):
        yield "/compose", {**letter, **more}
        yield "/log/note", {"subject": "S", "body": "B", **more}
    for one in (of.sent, of.failed, of.draft):
        for verb in ("resend", "send", "discard", "cancel", "deliver", "edit"):
            yield f"{LOG}/{one.id}/{verb}", {**letter, "reason": "x", "version": "1", "address": "evil@evil.example"}
    party, case = f"/parties/{of.party.id}", f"/cases/{of.case.id}"
    yield f"{party}/edit", {"name": "Mine", "kind": "client", "version": "1"}
    yield f"{party}/preferences", {"hold.kind": "legal", "hold.reason": "x", "version": "0"}
    yield f"{party}/contacts", {"name": "Mine"}
    yield f"{party}/contacts/{of.contact.id}", {"name": "Mine", "version": "1"}
    yield f"{party}/contacts/{of.contact.id}/remove", {}
    yield f"{party}/release", {"address": "zwingli@mailbox.example"}
    yield "/quarantine/release", {"address": "zwingli@mailbox.example"}
    yield f"{case}/edit", {"reference": "MINE-1", "title": "Mine", "kind": "case", "status": "open", "version": "1"}
    yield f"/threads/{of.thread.id}/rename", {"subject": "Mine", "version": "1"}
    yield f"/threads/{of.thread.id}/archive", {}
    yield "/threads", {"party_id": of.party.id, "subject": "Mine", "kind": "general"}
    yield "/threads", {"party_id": own.id, "case_id": of.case.id, "subject": "Mine", "kind": "general"}
    yield f"/todos/{of.todo['id']}/done", {}
    yield "/todos", {"title": "Mine", "party_id": of.party.id}
    yield "/compose/document", {"name": "x.pdf", "bytes": "5", "party_id": of.party.id}


def everything(world: WorldForTests) -> tuple[int, ...]:
    return tuple(rows(one) for one in ("communications", "history", "threads", "work", "overview", "library"))


def test_a_forged_form_does_nothing(world: WorldForTests, agent: ConsoleClient, own: Party, hidden: Hidden) -> None:
    before, party = everything(world), world.parties.get(hidden.party.id)
    case, contact = world.cases.get(hidden.case.id), world.parties.contact(hidden.party.id, hidden.contact.id)
    for channel in ("email", "sms", "bulk"):
        world.queued(channel)
    for address, form in forged(own, hidden):
        answer = agent.post(address, form)
        assert answer.status in (404, 422), (address, form, answer.status)
        assert SECRET not in answer.text, (address, form)
    assert everything(world) == before
    assert world.parties.get(hidden.party.id) == party
    assert world.cases.get(hidden.case.id) == case
    assert world.parties.contact(hidden.party.id, hidden.contact.id) == contact
    assert world.addresses.suppressed(["zwingli@mailbox.example"])
    assert (world.queued("email"), world.queued("sms"), world.queued("bulk")) == ([], [], [])


def test_a_case_tells_no_name_of_whom_one_may_not_see(
    world: WorldForTests, agent: ConsoleClient, own: Party, hidden: Hidden
) -> None:
    mine = a_case(world, own, reference="OWN-1", title="Own")
    base = {"reference": "MINE-2", "title": "Mine", "kind": "case", "status": "open", "version": "1"}
    for side in ("party_ids", "creditor_ids"):
        for address in ("/cases", f"/cases/{mine.id}/edit"):
            answer = agent.post(address, {**base, "party_ids": own.id, side: [own.id, hidden.party.id]})
            assert answer.status in (404, 422), address
            assert SECRET not in answer.text, address
    assert SECRET not in agent.get(f"/cases/new?party_id={hidden.party.id}").text


def test_what_is_restricted_is_told_of_nowhere(
    world: WorldForTests, agent: ConsoleClient, own: Party, jane: ConsoleClient
) -> None:
    """Not even by a number, to who sees all the rest of the party."""
    mine, thread = a_case(world, own, reference="OWN-1", title="Own"), a_thread(world, own, subject="Own thread")
    more = {"thread_id": thread.id, "case_id": mine.id, "restricted": True}
    kept = send(world, an_email(own, subject=f"{SECRET} letter", body=f"{SECRET} body", **more))
    failed = entered(world, 5, status=Status.FAILED, subject=f"{SECRET} failure", party=ref(own), restricted=True)
    party, case = f"/parties/{own.id}", f"/cases/{mine.id}"
    tabs = ("", "/communications", "/threads", "/documents", "/activity")
    pages = [f"{whose}{tab}" for whose in (party, case) for tab in tabs]
    pages += [LOG, f"{LOG}?q=zwingli", f"{LOG}/overview", f"/threads/{thread.id}", "/work?todos=all", "/todos?of=all"]
    pages += [f"{LOG}?group=failed", f"{LOG}/live?id={kept.id}&id={failed.id}", f"/bulk/resend?id={failed.id}"]
    pages += [f"/compose?party_id={own.id}&in_reply_to={kept.id}", f"{LOG}/views"]
    for address in pages:
        shown = agent.get(address)
        assert shown.status in (200, 404, 422), (address, shown.status)
        assert not re.search("Zwingli letter|Zwingli body|Zwingli failure", shown.text), address
    assert 'data-work-number=""' in agent.get("/work/count").text
    for one in (kept, failed):
        for end in ("", "/content", "/resend", "/reply", "/events"):
            assert agent.get(f"{LOG}/{one.id}{end}").status == 404, end
    assert SECRET in jane.get(f"{LOG}/{kept.id}").text


def test_many_forged_at_once_are_as_little(world: WorldForTests, agent: ConsoleClient, hidden: Hidden) -> None:
    world.queued("email")
    ids = [hidden.failed.id, hidden.draft.id, hidden.sent.id]
    for verb in ("resend", "send"):
        told = agent.follow(agent.post(f"/bulk/{verb}", {"once": "1", "id": ids}))
        assert told.status == 200
        assert SECRET not in told.text
    assert world.queued("bulk") == []
    for verb in ("ignore", "unignore"):
        assert agent.post(f"/bulk/{verb}", {"once": "1", "id": ids}).status == 403


FOR_OTHERS = (
    ("/settings", {"version": "1"}),
    ("/templates/new", {"key": "mine", "category": "c", "language": "en", "channels": "email", "body": "B"}),
    (
        "/templates/s78-initial/edit",
        {"body": "B", "do": "save", "category": "c", "language": "en", "channels": "email"},
    ),
    ("/templates/s78-initial/edit", {"body": "{{ x }}", "do": "preview", "language": "en", "channels": "email"}),
    ("/people/agent-1/grant", {"name": "Zwingli Hidden", "restricted": "1"}),
    ("/people/agent-1/revoke", {"target": "pty_01JD4QK8V3M2N7R5T9W1X3Y5Z7"}),
)


@pytest.mark.parametrize("role", ["agent", "auditor"])
def test_what_is_for_others_is_refused(
    world: WorldForTests, tokens: SessionsForTests, hidden: Hidden, role: str
) -> None:
    a_template(world)
    before = everything(world)
    somebody = tokens.let_in("agent-1", role)
    for address, form in FOR_OTHERS:
        assert somebody.post(address, form).status == 403, address
    assert everything(world) == before
    assert world.grants.of_user("agent-1") == []


def test_who_only_reads_writes_nothing(
    world: WorldForTests, tokens: SessionsForTests, own: Party, hidden: Hidden
) -> None:
    """An auditor sees all of it, and every form of it is refused."""
    before = everything(world)
    auditor = tokens.let_in("user-5", "auditor")
    for address, form in forged(own, hidden):
        assert auditor.post(address, form).status == 403, address
    assert everything(world) == before


def test_what_somebody_ordered_is_nobody_elses(
    tokens: SessionsForTests, agent: ConsoleClient, jane: ConsoleClient, hidden: Hidden
) -> None:
    told = jane.post("/bulk/resend", {"once": "guessable", "id": [hidden.failed.id]}).headers["Location"]
    assert jane.get(told).status == 200
    assert agent.get(told).status == 404


# ---- cookies, addresses, headers


@pytest.mark.parametrize(
    "foreign", ["__Host-letterbook-id=x.y.z", "letterbook-id={token}", "__host-letterbook-id={token}"]
)
def test_another_cookie_is_no_session(world: WorldForTests, tokens: SessionsForTests, foreign: str) -> None:
    tokens.let_in()
    name, _, value = foreign.partition("=")
    stranger = ConsoleClient({name: value.format(token="token-of-user-1")})
    assert stranger.get(LOG).status == 303


@pytest.mark.parametrize(
    "neighbours",
    [
        'prefs={"theme": "dark"}',
        "consent",
        "path=/",
        "last seen=today",
        "city=Zürich",
    ],
)
def test_what_other_sites_of_the_firm_set_signs_nobody_out(
    world: WorldForTests, jane: ConsoleClient, neighbours: str
) -> None:
    """Cookies of the domain above come first in the line, whatever they hold."""
    line = "; ".join((neighbours, *(f"{name}={value}" for name, value in jane.jar.items())))
    assert jane.get(LOG, cookie=line).status == 200


@pytest.mark.parametrize(
    "there",
    [
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        f"/x{BREAK}",
    ],
)
def test_nobody_is_led_away(world: WorldForTests, jane: ConsoleClient, there: str) -> None:
    assert f'value="{there}"' not in ConsoleClient().ask("GET", f"/sign-in?next={there}").text
    led = jane.get(f"/sign-in?next={there}")
    assert (led.status, led.headers["Location"]) == (303, "/")


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example", "/%0d%0aSet-Cookie:x=1"])
def test_a_path_is_not_a_way_out(world: WorldForTests, path: str) -> None:
    led = ConsoleClient().ask("GET", path) if "//" not in path else ConsoleClient().ask("GET", f"https://{HOST}{path}")
    there = led.headers["Location"]
    assert there.startswith("/sign-in")
    assert not re.search(r"[\r\n\\]", there)


def test_no_header_holds_a_line_break(world: WorldForTests, jane: ConsoleClient, own: Party) -> None:
    form = {"title": "Ring", "party": "Otto Own", "party_id": own.id, "back": f"/parties/{own.id}{BREAK}"}
    answer = jane.post("/todos", form)
    assert answer.status == 303
    assert not re.search(r"[\x00-\x1f]", answer.headers["Location"])


def test_what_is_said_next_is_a_cookie_without_signs(world: WorldForTests, jane: ConsoleClient, own: Party) -> None:
    jane.post("/todos", {"title": "Ring; Domain=evil.example, x=1", "party": "Otto Own", "party_id": own.id})
    [line] = [one for one in jane.set_cookies if "notice" in one]
    assert re.fullmatch(r"__Host-letterbook-notice=[0-9a-f]+; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure", line)


@pytest.mark.parametrize(
    "origin", ["null", f"https://{HOST}.evil.example", f"http://{HOST}", "", f"https://{HOST}:444"]
)
def test_a_form_of_somebody_else_is_none(world: WorldForTests, jane: ConsoleClient, own: Party, origin: str) -> None:
    """`null` is what a form in the frame of a mail would send."""
    form = {"title": "Ring", "party": "Otto Own", "party_id": own.id}
    assert jane.post("/todos", form, origin=origin).status == 403
    assert jane.post("/sign-out", {}, origin=origin).status == 403
    assert jane.post("/sign-in", {"username": "evil", "password": "x"}, origin=origin).status == 403


# ---- forms that no browser sends


@pytest.mark.parametrize("version", ["²", "9" * 5_000])
def test_a_version_that_is_none_is_told_so(world: WorldForTests, jane: ConsoleClient, own: Party, version: str) -> None:
    letter = {"channel": "email", "party_id": own.id, "subject": "S", "body": "B", "do": "keep"}
    draft = jane.post("/compose", letter).headers["Location"]
    assert jane.post(draft, {**letter, "version": version}).status < 500


def test_too_many_filters_are_too_many(world: WorldForTests, jane: ConsoleClient) -> None:
    assert jane.get(f"/bulk/resend?filter={'a%3D1%26' * 101}").status < 500


def test_forms_end_somewhere(world: WorldForTests, jane: ConsoleClient) -> None:
    assert jane.post("/compose", {f"f{n}": "1" for n in range(3_001)}).status == 400
    assert jane.post("/compose", {"body": "x" * 3_200_000}).status == 413
    many = {"id": [f"com_01JD4QK8V3M2N7R5T9W1{n:06d}" for n in range(1_200)]}
    assert jane.post("/bulk/ignore", many).status in (400, 422)


def test_a_challenge_that_was_made_up_is_refused(pool: str) -> None:
    answer = ConsoleClient().post(
        "/sign-in", {"challenge": "SOFTWARE_TOKEN_MFA", "session": "x", "username": "jane", "answer": "123456"}
    )
    assert answer.status == 422


def test_keys_that_did_not_come_are_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else one lost answer signs out everybody whom this process meets for a minute."""
    asked: list[str] = []

    def lost(pool_id: str) -> Any:
        asked.append(pool_id)
        raise OSError("lost")

    monkeypatch.setattr("letterbook.adapters.sessions.published_keys", lost)
    sessions = CognitoSessions("eu-west-2_x", "client")
    token = jwt.encode({"sub": "user-1"}, "s" * 32, headers={"kid": "key-1"})
    for _ in range(2):
        with pytest.raises((OSError, AuthenticationFailed)):
            sessions.verify(token)
    assert len(asked) == 2
