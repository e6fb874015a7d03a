"""Every form of the console that writes, sent by somebody of each sight: who changes what they see, and who only sees it."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import pytest

from console.sections import SECTIONS
from console.web import pages
from tests.browsing import Browser, Tokens
from tests.cloud import WorldForTests
from tests.contract.changing import ROLES, Things, everything
from tests.contract.test_console_library import TEXT, form_of
from tests.lambdas import Answer

for _module in {one for modules in SECTIONS.values() for one in modules}:
    import_module(f"console.{_module}")
WRITING = {
    f"{one.page.__module__.removeprefix('console.')}.{one.page.__name__}": one
    for one in pages.routes
    if one.method == "POST"
}

DONE, NOTHING = "done", "answered, and nothing done"
Outcomes = Mapping[str, int | str]
_SEES_ALL = {"auditor": 403, "lead": DONE, "admin": DONE}
AS_PARTY: Outcomes = {"own": DONE, "through": 403, "stranger": 404, **_SEES_ALL}
AS_CASE: Outcomes = {"own": 403, "through": DONE, "stranger": 404, **_SEES_ALL}
AS_ENTRY: Outcomes = {"own": DONE, "through": DONE, "stranger": 404, **_SEES_ALL}
NAMES_ENTRY: Outcomes = {**AS_ENTRY, "stranger": 422}
# Nobody is found by a name that is not theirs to use.
NAMES_PARTY: Outcomes = {**AS_PARTY, "through": 422, "stranger": 422}
LEADS: Outcomes = {"own": 403, "through": 403, "stranger": 403, **_SEES_ALL}
ADMINS: Outcomes = {**LEADS, "lead": 403}
WRITERS: Outcomes = {**dict.fromkeys(("own", "through", "stranger"), DONE), **_SEES_ALL}
EVERYBODY: Outcomes = dict.fromkeys(ROLES, DONE)

Form = tuple[str, dict[str, Any]]


def to(path: str, **form: Any) -> Form:
    return path, form


def entry(of: Any, verb: str) -> str:
    return f"/communications/{of['id']}/{verb}"


def party(things: Things, tail: str) -> str:
    return f"/parties/{things.party['id']}/{tail}"


def case(things: Things, tail: str) -> str:
    return f"/cases/{things.case['id']}/{tail}"


def written(things: Things) -> dict[str, Any]:
    return {"channel": "email", "subject": "Hello", "body": "Dear", "do": "keep", "once": "once-1", **things.named}


def settings(things: Things) -> dict[str, Any]:
    """The form as it stands on the page."""
    return form_of(vars(things.world)["sessions"].let_in("admin").get("/settings").text)


TABLE: dict[str, tuple[Outcomes, Callable[[Things], Form]]] = {
    "actions.do_resend": (AS_ENTRY, lambda t: to(entry(t.failed, "resend"))),
    "actions.do_send": (AS_ENTRY, lambda t: to(entry(t.draft, "send"))),
    "actions.do_discard": (AS_ENTRY, lambda t: to(entry(t.note, "discard"))),
    "actions.do_cancel": (AS_ENTRY, lambda t: to(entry(t.scheduled, "cancel"))),
    "actions.do_deliver": (AS_ENTRY, lambda t: to(entry(t.by_hand, "deliver"), reason="Handed over")),
    "actions.do_ignore": (LEADS, lambda t: to(entry(t.failed, "ignore"))),
    "actions.do_unignore": (LEADS, lambda t: to(entry(t.ignored, "unignore"))),
    "attaching.begin_upload": (
        NAMES_ENTRY,
        lambda t: to("/compose/document", name="a.txt", media_type="text/plain", bytes="1", **t.named),
    ),
    "bulk.do": ({**AS_ENTRY, "stranger": NOTHING}, lambda t: to("/bulk/send", once="once-1", id=[t.draft["id"]])),
    "cases.create": (
        {**AS_PARTY, "stranger": 422},
        lambda t: to("/cases", reference="DC-2", kind="case", party_ids=t.party["id"]),
    ),
    "cases.amend": (
        AS_CASE,
        lambda t: to(case(t, "edit"), reference="DC-3", kind="case", status="open", party_ids=t.party["id"]),
    ),
    "cases.close": (AS_CASE, lambda t: to(case(t, "close"))),
    "cases.reopen": (AS_CASE, lambda t: to(case(t, "reopen"))),
    "compose.work": (AS_ENTRY, lambda t: to("/compose", **written(t))),
    "contacts.create": (AS_PARTY, lambda t: to(party(t, "contacts"), name="Ann Other")),
    "contacts.amend": (AS_PARTY, lambda t: to(party(t, f"contacts/{t.contact['id']}"), name="Ann Other")),
    "contacts.remove": (AS_PARTY, lambda t: to(party(t, f"contacts/{t.contact['id']}/remove"))),
    "log_forms.keep": (AS_ENTRY, lambda t: to("/log/note", body="She called", **t.named)),
    "log_forms.amended": (AS_ENTRY, lambda t: to(entry(t.note, "edit"), body="She wrote", **t.named)),
    "parties.create": (WRITERS, lambda _: to("/parties", kind="client", name="Ann Other")),
    "parties.amend": (AS_PARTY, lambda t: to(party(t, "edit"), kind="client", name="Ann Other")),
    "party.release": ({**AS_PARTY, "through": 404}, lambda t: to(party(t, "release"), address=t.aside)),
    "people.grant": (LEADS, lambda t: to(f"/people/{t.grantee}/grant", target=t.party["id"], name="x")),
    "people.revoke": (LEADS, lambda t: to("/people/own/revoke", target=t.party["id"])),
    "preferences.amend": (AS_PARTY, lambda t: to(party(t, "preferences"), **{"hold.kind": "dispute"})),
    "quarantine.release": ({**AS_PARTY, "through": 404}, lambda t: to("/quarantine/release", address=t.aside)),
    "saved.save": (EVERYBODY, lambda _: to("/communications/views", name="Mine", query="group=failed")),
    "saved.remove": (EVERYBODY, lambda t: to("/communications/views/remove", name=t.view)),
    "settings.save": (ADMINS, lambda t: to("/settings", **settings(t))),
    "template_editor.create": (LEADS, lambda t: to("/templates/new", **TEXT | {"key": t.party["id"][4:].lower()})),
    "template_editor.save": (LEADS, lambda t: to(f"/templates/{t.template}/edit", **TEXT, version=t.template_version)),
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
    needed = request.node.callspec.params["name"].startswith("people")
    return Things(world, request.getfixturevalue("people")["agent"] if needed else "")


@pytest.fixture
def visitors(world: WorldForTests) -> dict[str, Browser]:
    tokens = Tokens()
    vars(world)["sessions"] = tokens
    return {who: tokens.let_in(who, role) for who, role in ROLES.items()}


def sent(things: Things, name: str, visitor: Browser) -> Answer:
    path, form = TABLE[name][1](things)
    return visitor.post(path, form)


def those(name: str, *outcomes: str | int) -> list[str]:
    return [who for who, outcome in TABLE[name][0].items() if outcome in outcomes]


@pytest.mark.covers("M2")
@pytest.mark.parametrize("name", [name for name in TABLE if those(name, 403, 404, 422, NOTHING)])
def test_who_may_not_change_it_is_refused_and_nothing_changes(
    things: Things, visitors: dict[str, Browser], name: str
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
def test_who_may_change_it_changes_it(things: Things, visitors: dict[str, Browser], name: str) -> None:
    """Each of them on a thing of its own."""
    for who in those(name, DONE):
        fresh = Things(things.world, things.grantee)
        fresh.let_see()
        answer = sent(fresh, name, visitors[who])
        assert answer.status in (201, 303), (who, answer.text)
