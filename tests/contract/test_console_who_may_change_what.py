"""Every form of the console that writes, sent by somebody of each sight: who changes what they see, and who only sees it."""

import html
import re
from collections.abc import Callable
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest

import console.pages
from console.app.routing import pages
from tests.support.api_client import ADMIN
from tests.support.aws import WorldForTests
from tests.support.changing import (
    ADMINS,
    AS_CASE,
    AS_ENTRY,
    AS_PARTY,
    DONE,
    EVERYBODY,
    LEADS,
    NAMES_ENTRY,
    NOTHING,
    OF_PARTY,
    ROLES,
    TAKES_ENTRY,
    WRITERS,
    Outcomes,
    Things,
    everything,
)
from tests.support.console_client import TEMPLATE_FORM, ConsoleClient
from tests.support.crawler import settings_form
from tests.support.fakes.sessions import SessionsForTests
from tests.support.lambda_client import Answer

for _module in walk_packages(console.pages.__path__, "console.pages."):
    import_module(_module.name)
WRITING = {
    f"{one.page.__module__.removeprefix('console.pages.')}.{one.page.__name__}": one
    for one in pages.routes
    if one.method == "POST"
}

# Nobody is found by a name that is not theirs to use.
NAMES_PARTY: Outcomes = {**AS_PARTY, "through": 422, "stranger": 422}

Form = tuple[str, dict[str, Any]]


def to(path: str, **form: Any) -> Form:
    return path, form


def entry(of: Any, verb: str) -> str:
    return f"/communications/{of['id']}/{verb}"


def party(things: Things, tail: str) -> str:
    return f"/parties/{things.party['id']}/{tail}"


def case(things: Things, tail: str) -> str:
    return f"/cases/{things.case['id']}/{tail}"


def letter(things: Things, verb: str) -> str:
    return f"{things.correspondence.removeprefix('/v1')}/{verb}"


def type_form(things: Things) -> dict[str, Any]:
    """A type of correspondence that asks for nothing."""
    assert things.account
    return {"name": "Notice", "template": "notice", "attaches": "letter", "fields": "{}", "enabled": "1", "do": "save"}


def type_version(things: Things) -> str:
    return str(ADMIN.get("/v1/correspondence-types/notice").json["version"])


def written(things: Things) -> dict[str, Any]:
    return {"channel": "email", "subject": "Hello", "body": "Dear", "do": "keep", "once": "once-1", **things.named}


def settings(things: Things) -> dict[str, Any]:
    """The form as it stands on the page."""
    return settings_form(vars(things.world)["sessions"].let_in("admin").get("/settings").text)


def settings_version(things: Things) -> str:
    return str(things.world.settings.latest().version)


TABLE: dict[str, tuple[Outcomes, Callable[[Things], Form]]] = {
    "communications.actions.do_resend": (AS_ENTRY, lambda t: to(entry(t.failed, "resend"))),
    "communications.actions.do_send": (AS_ENTRY, lambda t: to(entry(t.draft, "send"))),
    "communications.actions.quick_send": (AS_ENTRY, lambda t: to(entry(t.draft, "quick-send"))),
    "communications.actions.undo": (AS_ENTRY, lambda t: to(entry(t.scheduled, "undo"))),
    "communications.actions.do_discard": (AS_ENTRY, lambda t: to(entry(t.note, "discard"))),
    "communications.actions.do_cancel": (AS_ENTRY, lambda t: to(entry(t.scheduled, "cancel"))),
    "communications.actions.do_deliver": (AS_ENTRY, lambda t: to(entry(t.by_hand, "deliver"), reason="Handed over")),
    "communications.actions.do_see_to": (AS_ENTRY, lambda t: to(entry(t.failed, "seen-to"), note="Telephoned her")),
    "communications.actions.do_take_back": (AS_ENTRY, lambda t: to(entry(t.seen_to, "take-back"))),
    "communications.actions.do_ignore": (LEADS, lambda t: to(entry(t.failed, "ignore"))),
    "communications.actions.do_unignore": (LEADS, lambda t: to(entry(t.ignored, "unignore"))),
    "compose.uploads.begin_upload": (
        NAMES_ENTRY,
        lambda t: to("/compose/document", name="a.txt", media_type="text/plain", bytes="1", **t.named),
    ),
    "documents.put": (
        {**NAMES_ENTRY, "stranger": 404},
        lambda t: to("/documents", files=[("a.txt", "text/plain", b"a")], **t.named),
    ),
    "documents.keep": (AS_ENTRY, lambda t: to(f"/documents/{t.document}/keep")),
    "bulk.do": (
        {**AS_ENTRY, "stranger": NOTHING},
        lambda t: to("/bulk/send", once="once-1", id=[t.draft["id"]]),
    ),
    "exports.order": (TAKES_ENTRY, lambda t: to("/exports", once="once-1", id=[t.draft["id"]])),
    "cases.list.create": (
        {**AS_PARTY, "stranger": 422},
        lambda t: to("/cases", reference="DC-2", kind="case", party_ids=t.party["id"]),
    ),
    "cases.list.amend": (
        AS_CASE,
        lambda t: to(case(t, "edit"), reference="DC-3", kind="case", status="open", party_ids=t.party["id"]),
    ),
    "cases.list.close": (AS_CASE, lambda t: to(case(t, "close"))),
    "cases.list.reopen": (AS_CASE, lambda t: to(case(t, "reopen"))),
    "compose.pages.submit": (AS_ENTRY, lambda t: to("/compose", **written(t))),
    "compose.quick.send": (
        AS_ENTRY,
        lambda t: to("/compose/quick", channel="email", template=t.ready_template, once="once-1", **t.named),
    ),
    "parties.contacts.create": (AS_PARTY, lambda t: to(party(t, "contacts"), name="Ann Other")),
    "parties.contacts.amend": (AS_PARTY, lambda t: to(party(t, f"contacts/{t.contact['id']}"), name="Ann Other")),
    "parties.contacts.remove": (AS_PARTY, lambda t: to(party(t, f"contacts/{t.contact['id']}/remove"))),
    "communications.refile.do": (
        AS_PARTY,
        lambda t: to(entry(t.came_in, "refile"), party_id=t.party["id"], reason="Not of it"),
    ),
    "records.pages.keep": (AS_ENTRY, lambda t: to("/log/note", body="She called", **t.named)),
    "records.pages.amended": (AS_ENTRY, lambda t: to(entry(t.note, "edit"), body="She wrote", **t.named)),
    "parties.list.create": (WRITERS, lambda _: to("/parties", kind="client", name="Ann Other")),
    # Whoever was granted one of the two alone does not see the other.
    "parties.merge.do": (
        {**AS_PARTY, "own": 422},
        lambda t: to(party(t, "merge"), into=t.double["id"], reason="Entered twice"),
    ),
    "parties.list.amend": (AS_PARTY, lambda t: to(party(t, "edit"), kind="client", name="Ann Other")),
    "suppressions.release_for_party": (
        {**AS_PARTY, "through": 404},
        lambda t: to(party(t, "release"), address=t.aside),
    ),
    "suppressions.take_address": (AS_PARTY, lambda t: to(party(t, t.returned))),
    "users.grant": (LEADS, lambda t: to(f"/people/{t.grantee}/grant", target=t.party["id"], name="x")),
    "users.job_title": (ADMINS, lambda t: to(f"/people/{t.grantee}/job-title", job_title="Solicitor")),
    "signature.save": (WRITERS, lambda _: to("/signature", job_title="Solicitor")),
    "users.revoke": (LEADS, lambda t: to("/people/own/revoke", target=t.party["id"])),
    "parties.preferences.amend": (AS_PARTY, lambda t: to(party(t, "preferences"), **{"hold.kind": "dispute"})),
    "suppressions.release": (
        {**AS_PARTY, "through": 404},
        lambda t: to("/quarantine/release", address=t.aside),
    ),
    "communications.saved_views.save": (
        EVERYBODY,
        lambda _: to("/communications/views", name="Mine", query="group=failed"),
    ),
    "communications.saved_views.remove": (EVERYBODY, lambda t: to("/communications/views/remove", name=t.view)),
    "communications.columns.choose": (EVERYBODY, lambda _: to("/communications/columns", column="sent")),
    "settings.page.save": (ADMINS, lambda t: to("/settings", **settings(t))),
    "settings.letterhead.save": (
        ADMINS,
        lambda t: to("/settings/letterhead", colour="#aa0000", version=settings_version(t)),
    ),
    "settings.providers.order": (
        ADMINS,
        lambda t: to("/settings/providers/order", channel="email", route="ses", version=settings_version(t)),
    ),
    "settings.providers.test": (ADMINS, lambda _: to("/settings/providers/ses/test", to="somebody@mailbox.example")),
    "parties.correspondence.create": (
        AS_PARTY,
        lambda t: to(party(t, f"correspondence/new/{t.notice['type']}"), **{"content.pay_by": "2026-12-18"}),
    ),
    "correspondence.actions.quick_email": (OF_PARTY, lambda t: to(letter(t, "quick-email"))),
    "correspondence.actions.recreate": (OF_PARTY, lambda t: to(letter(t, "recreate"))),
    "correspondence.actions.deliver": (OF_PARTY, lambda t: to(letter(t, "deliver"), reason="Handed over")),
    "correspondence.actions.post": (OF_PARTY, lambda t: to(letter(t, "post"))),
    "correspondence.actions.void": (OF_PARTY, lambda t: to(letter(t, "void"), reason="Wrong type")),
    "correspondence.email.send": (OF_PARTY, lambda t: to(letter(t, "email"), to="her@solicitor.example")),
    "settings.correspondence_types.create": (
        LEADS,
        lambda t: to("/settings/correspondence/new", key=f"x-{t.party['id'][4:].lower()}", **type_form(t)),
    ),
    "settings.correspondence_types.save": (
        LEADS,
        lambda t: to("/settings/correspondence/notice", **type_form(t), version=type_version(t)),
    ),
    "message_templates.editor.create": (
        LEADS,
        lambda t: to("/templates/new", **TEMPLATE_FORM | {"key": t.party["id"][4:].lower()}),
    ),
    "message_templates.editor.save": (
        LEADS,
        lambda t: to(f"/templates/{t.template}/edit", **TEMPLATE_FORM, version=t.template_version),
    ),
    "message_templates.library.install": (LEADS, lambda _: to("/templates/library")),
    "message_templates.list.restore": (
        LEADS,
        lambda t: to(f"/templates/{t.template}/restore?language=en&version={t.template_version}"),
    ),
    "threads.start": (AS_ENTRY, lambda t: to("/threads", subject="Her rent", kind="general", **t.named)),
    "threads.rename": (AS_ENTRY, lambda t: to(f"/threads/{t.thread['id']}/rename", subject="Her rent")),
    "threads.archive": (AS_ENTRY, lambda t: to(f"/threads/{t.thread['id']}/archive")),
    "threads.activate": (AS_ENTRY, lambda t: to(f"/threads/{t.thread['id']}/activate")),
    # What is about a party and no entry is the party's own.
    "todos.make": (
        NAMES_PARTY,
        lambda t: to("/todos", title="Write", party=t.party["name"], party_id=t.party["id"]),
    ),
    "todos.done": (AS_ENTRY, lambda t: to(f"/todos/{t.todo['id']}/done")),
    "todos.reopen": (AS_ENTRY, lambda t: to(f"/todos/{t.todo['id']}/reopen")),
}


def test_every_form_that_writes_says_who_changes_what_by_it() -> None:
    assert set(TABLE) == set(WRITING)


@pytest.fixture
def things(world: WorldForTests, request: pytest.FixtureRequest) -> Things:
    """With a pool of people where one of them is granted something."""
    needed = request.node.callspec.params["name"].startswith("users")
    return Things(world, request.getfixturevalue("people")["agent"] if needed else "")


@pytest.fixture
def visitors(world: WorldForTests, people: dict[str, str]) -> dict[str, ConsoleClient]:
    """There are people whose names an auditor reads."""
    tokens = SessionsForTests()
    vars(world)["sessions"] = tokens
    return {who: tokens.let_in(who, role) for who, role in ROLES.items()}


def sent(things: Things, name: str, visitor: ConsoleClient) -> Answer:
    path, form = TABLE[name][1](things)
    files = form.pop("files", None)
    return visitor.post_files(path, form, files) if files else visitor.post(path, form)


def those(name: str, *outcomes: str | int) -> list[str]:
    return [who for who, outcome in TABLE[name][0].items() if outcome in outcomes]


@pytest.mark.covers("M2")
@pytest.mark.parametrize("name", [name for name in TABLE if those(name, 403, 404, 422, NOTHING)])
def test_who_may_not_change_it_is_refused_and_nothing_changes(
    things: Things, visitors: dict[str, ConsoleClient], name: str
) -> None:
    things.let_see()
    TABLE[name][1](things)
    before = everything()
    refused = those(name, 403, 404, 422, NOTHING)
    answers = {who: sent(things, name, visitors[who]) for who in refused}
    wanted = {who: TABLE[name][0][who] for who in refused}
    assert {who: NOTHING if one.status == 303 else one.status for who, one in answers.items()} == wanted
    assert everything() == before


@pytest.mark.covers("M2")
@pytest.mark.parametrize("name", [name for name in TABLE if those(name, DONE)])
def test_who_may_change_it_changes_it(things: Things, visitors: dict[str, ConsoleClient], name: str) -> None:
    """Each of them on a thing of its own."""
    for who in those(name, DONE):
        fresh = Things(things.world, things.grantee)
        fresh.let_see()
        answer = sent(fresh, name, visitors[who])
        assert answer.status in (201, 303), (who, answer.text)


# ---- what is not done is not offered


def offers(page: Answer) -> list[str]:
    """Where the links and buttons of a page lead that change something."""
    found = re.findall(r'(?:href|action)="([^"]+)"', page.text.partition("<main")[2])
    return [
        one for one in found if re.search(r"/(edit|preferences|contacts(?!/con_\w+$)|close|reopen|release|new)\b", one)
    ]


def test_a_party_that_is_seen_through_a_case_is_not_offered_to_be_changed(
    world: WorldForTests, visitors: dict[str, ConsoleClient]
) -> None:
    things = Things(world)
    things.let_see()
    assert things.contact
    assert things.aside
    here = f"/parties/{things.party['id']}"
    for tab in ("", "/threads"):
        assert offers(visitors["through"].get(f"{here}{tab}")) == [], tab
        assert offers(visitors["own"].get(f"{here}{tab}")), tab
    assert "whoever was granted them changes this" in visitors["through"].get(here).text
    assert "whoever was granted them changes this" not in visitors["own"].get(here).text
    for form in ("edit", "preferences", "contacts/new", f"contacts/{things.contact['id']}/edit"):
        refused = visitors["through"].get(f"{here}/{form}")
        assert (refused.status, visitors["own"].get(f"{here}/{form}").status) == (403, 200), form
        assert "through a case only" in refused.text


def test_a_case_that_is_seen_through_its_client_is_not_offered_to_be_changed(
    world: WorldForTests, visitors: dict[str, ConsoleClient]
) -> None:
    things = Things(world)
    things.let_see()
    here = f"/cases/{things.case['id']}"
    assert offers(visitors["own"].get(here)) == []
    assert offers(visitors["through"].get(here)) == [f"{here}/close", f"{here}/edit"]
    assert visitors["own"].get(f"{here}/edit").status == 403


def test_a_case_is_changed_and_whoever_is_not_ones_own_stays_on_it(
    world: WorldForTests, visitors: dict[str, ConsoleClient]
) -> None:
    things = Things(world)
    things.let_see()
    here, party_id = f"/cases/{things.case['id']}", things.party["id"]
    page = visitors["through"].get(f"{here}/edit")
    assert f'<input type="hidden" name="party_ids" value="{party_id}">' in page.text
    assert 'type="checkbox" name="party_ids"' not in page.text
    form = {"reference": "DC-NEW", "kind": "case", "status": "open", "party_ids": party_id, "version": "1"}
    assert visitors["through"].post(f"{here}/edit", form).status == 303
    after = ADMIN.get(f"/v1{here}").json
    assert (after["reference"], after["party_ids"]) == ("DC-NEW", [party_id])


@pytest.mark.usefixtures("people")
def test_who_may_not_override_a_hold_reads_it_and_adds_to_the_rest(
    world: WorldForTests, visitors: dict[str, ConsoleClient]
) -> None:
    things = Things(world)
    things.let_see()
    here, api = f"/parties/{things.party['id']}", f"/v1/parties/{things.party['id']}/preferences"
    stop = {"channel": "sms", "category": None, "source": "stop_keyword", "at": "2026-11-01T00:00:00Z"}
    held = {"kind": "dispute", "until": None, "reason": "They say so"}
    assert ADMIN.put(api, {"hold": held, "opt_outs": [stop]}).status == 200
    assert "preferences#f-hold-kind" not in visitors["own"].get(here).text
    assert "preferences#f-hold-kind" in visitors["admin"].get(here).text
    page = visitors["own"].get(f"{here}/preferences").text
    assert "In dispute: no contact" in page
    assert "They say so" in page
    assert not re.search('name="(hold|lift|opt_out.source)', page)
    assert re.search('name="hold.kind"', visitors["admin"].get(f"{here}/preferences").text)
    form = {"preferred": "post", "skip": "", "opt_out.channel": "phone", "opt_out.category": "", "version": "1"}
    assert visitors["own"].post(f"{here}/preferences", form).status == 303
    after = ADMIN.get(api).json
    assert (after["preferred"], after["hold"]) == ("post", held)
    assert [(one["channel"], one["source"]) for one in after["opt_outs"]] == [
        ("sms", "stop_keyword"),
        ("phone", "manual"),
    ]
    boxes = visitors["admin"].get(f"{here}/preferences").text
    offered = [html.unescape(one) for one in re.findall('name="lift" value="([^"]*)"', boxes)]
    stops = [one for one in offered if "stop_keyword" in one]
    assert len(stops) == 1
    for forged in (
        {"hold.kind": ""},
        {"lift": stops[0]},
        {"lift": [stops[0], "0"]},
        {"opt_out.channel": "post", "opt_out.source": "unsubscribe"},
    ):
        assert visitors["own"].post(f"{here}/preferences", forged).status == 403, forged
    assert ADMIN.get(api).json == after


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("unknown", ["0", "", "sms", "sms  stop_keyword 2020-01-01T00:00:00+00:00"])
@pytest.mark.parametrize("who", ["own", "admin"])
def test_a_lift_of_what_does_not_stand_lifts_nothing(
    world: WorldForTests, visitors: dict[str, ConsoleClient], who: str, unknown: str
) -> None:
    # It may have been lifted meanwhile by somebody else: that asks for nothing more.
    things = Things(world)
    things.let_see()
    here, api = f"/parties/{things.party['id']}", f"/v1/parties/{things.party['id']}/preferences"
    stop = {"channel": "sms", "category": None, "source": "stop_keyword", "at": "2026-11-01T00:00:00Z"}
    assert ADMIN.put(api, {"opt_outs": [stop]}).status == 200
    before = ADMIN.get(api).json["opt_outs"]
    assert visitors[who].post(f"{here}/preferences", {"lift": unknown}).status == 303
    assert ADMIN.get(api).json["opt_outs"] == before
