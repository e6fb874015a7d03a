"""What somebody wrote in the console is not lost: to a session that is over, to somebody who saved first, to a page that died."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from letterbook.domain.party import Case, Party
from letterbook.domain.status import Status
from letterbook.use_cases.directory.parties import amend_party
from tests.support.aws import WorldForTests, rows
from tests.support.builders import viewer
from tests.support.console_client import LOG, TEMPLATE_FORM, ConsoleClient, filled, only_entry, signed_in, words
from tests.support.lambda_client import Answer
from tests.support.steps import standing

TABLES = ("communications", "directory", "library", "work")
FILE = ("Form.pdf", "application/pdf", b"%PDF form")
SIGNED_OUT = "You had been signed out."


def letter(party: Party, **changes: Any) -> dict[str, Any]:
    typed = {"channel": "email", "party_id": party.id, "subject": "Your review", "body": "Dear Priya,"}
    return {**typed, "once": "once-1", **changes}


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {unescape(name): unescape(value) for name, value in found}


def table(answer: Answer) -> str:
    found = re.search(r'<div class="wide-table overtaken">.*?</table>', answer.text, re.DOTALL)
    return words(found[0]) if found else ""


# ---- a session that is over


FORMS: dict[str, dict[str, str]] = {
    "/log/call": {"body": "They will pay on Friday.", "direction": "outbound", "outcome": "Will pay"},
    "/parties": {"kind": "client", "name": "Ada Lovelace", "address": "1 Long Row\nLeeds"},
    "/compose": {"channel": "email", "subject": "Your review", "body": "Dear Priya,\n\nmore", "do": "send"},
    "/todos": {"title": "Ask for the statement", "party": "Priya"},
    "/templates/new": {
        "key": "a-key",
        "body": "Dear {{ what }}",
        "category": "general",
        "language": "en",
        "do": "save",
    },
}


@pytest.mark.parametrize("path", FORMS)
def test_a_form_comes_back_after_signing_in_and_nothing_is_done_by_itself(
    pool: str, world: WorldForTests, priya: Party, path: str
) -> None:
    browser, before = ConsoleClient(), [rows(table) for table in TABLES]
    form = FORMS[path] if path == "/parties" else {"party_id": priya.id, **FORMS[path]}
    gate = browser.post(path, form)
    assert gate.status == 401
    assert SIGNED_OUT in gate.text
    wrong = browser.post("/sign-in", {**hidden(gate.text), "username": "jane", "password": "guess"})
    assert wrong.status == 422
    entered = signed_in(browser, **hidden(wrong.text))
    assert (entered.status, browser.jar != {}) == (200, True)
    assert f'action="{path}"' in entered.text
    shown = browser.post(path, hidden(entered.text))
    assert shown.status == 200
    assert "Nothing was saved yet" in shown.text
    text = unescape(shown.text)
    assert all(value in text for name, value in form.items() if name not in ("do", "party_id")), text
    assert [rows(table) for table in TABLES] == before


def test_what_one_wrote_is_shown_to_nobody_else(pool: str, priya: Party) -> None:
    # Its `sub` is somebody-else.
    browser = ConsoleClient({"__Host-letterbook-id": "x.eyJzdWIiOiJzb21lYm9keS1lbHNlIn0.x"})
    gate = browser.post("/log/call", {"party_id": priya.id, **FORMS["/log/call"]})
    entered = signed_in(browser, **hidden(gate.text))
    assert (entered.status, entered.text) == (303, "")


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example/x", "/x\\y"])
def test_what_is_carried_on_goes_nowhere_else(pool: str, to: str) -> None:
    entered = signed_in(ConsoleClient(), unsent_to=to, unsent_text="a=b")
    assert (entered.status, entered.headers["Location"]) == (303, "/")


def test_more_than_a_page_carries_leads_to_signing_in_alone(pool: str, priya: Party) -> None:
    answer = ConsoleClient().post("/log/call", {"party_id": priya.id, "body": "x" * 300_000})
    assert (answer.status, answer.headers["Location"]) == (303, "/sign-in")


def test_a_script_is_told_where_a_form_led_to_and_that_nobody_is_signed_in(jane: ConsoleClient, priya: Party) -> None:
    form = {"party_id": priya.id, "body": "She called."}
    sent = jane.post("/log/note", form, letterbook_submit="1")
    assert sent.status == 200
    assert sent.headers["Letterbook-Location"].startswith(f"{LOG}/com_")
    assert "It is in the log." in jane.get(sent.headers["Letterbook-Location"]).text
    assert ConsoleClient().post("/log/note", form, letterbook_submit="1").status == 401


def test_who_signs_out_leaves_nothing_on_the_device(jane: ConsoleClient) -> None:
    assert jane.post("/sign-out").headers["Clear-Site-Data"] == '"storage"'


# ---- two who change the same thing


def test_who_saves_second_sees_what_the_first_saved_and_keeps_both(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    path = f"/parties/{priya.id}/edit"
    mine = filled(jane.get(path).text, kind="client", name="Priya R. Raman", account_number="10391", location="York")
    mine |= {"email": priya.email, "mobile": priya.mobile}

    amend_party(world, viewer(), priya.id, None, lambda party: replace(party, location="Hull", language="de"))
    answer = jane.post(path, mine)
    assert answer.status == 412
    assert "Office Hull York Take theirs" in table(answer)
    assert "theirs is taken" in table(answer)
    assert 'value="York"' in answer.text
    taken = jane.post(path, {**mine, **filled(answer.text), "take": "location", "language": "de"})
    assert taken.status == 200
    assert 'value="Hull"' in taken.text
    assert priya.name in jane.get(f"/parties/{priya.id}").text
    done = jane.post(path, {**mine, **filled(taken.text), "language": "de", "location": "Hull"})
    assert done.status == 303
    saved = world.parties.get(priya.id)
    assert saved
    assert (saved.name, saved.location, saved.language) == ("Priya R. Raman", "Hull", "de")


def test_a_case_that_two_change(world: WorldForTests, jane: ConsoleClient, matter: Case) -> None:
    path = f"/cases/{matter.id}/edit"
    sides = {"party_ids": list(matter.party_ids), "creditor_ids": list(matter.creditor_ids)}
    form = filled(jane.get(path).text, title="Mine", kind="case", status="open", reference=matter.reference, **sides)
    assert jane.post(path, {**form, "title": "Theirs", "creditor_ids": []}).status == 303
    answer = jane.post(path, form)
    assert answer.status == 412
    assert "Title Theirs Mine" in table(answer)
    assert "Against nothing" in table(answer)


def test_a_template_that_two_change(world: WorldForTests, jane: ConsoleClient) -> None:
    assert jane.post("/templates/new", TEMPLATE_FORM).status == 303
    page = jane.get("/templates/dsar-initial/edit").text
    mine = TEMPLATE_FORM | filled(page, subject="Mine {{ what }}")
    assert jane.post("/templates/dsar-initial/edit", {**mine, "subject": "Theirs {{ what }}"}).status == 303
    answer = jane.post("/templates/dsar-initial/edit", mine)
    assert "Subject Theirs {{ what }} Mine {{ what }} Take theirs" in table(answer)
    taken = jane.post("/templates/dsar-initial/edit", mine | filled(answer.text) | {"take": "subject"})
    assert 'value="Theirs {{ what }}"' in taken.text
    assert "version 2" in words(jane.get("/templates/dsar-initial").text)


def test_a_record_and_a_draft_that_two_change(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    note = only_entry(world, jane.post("/log/note", {"party_id": priya.id, "body": "She called."}))
    draft = only_entry(world, jane.post("/compose", letter(priya, do="keep")))
    for entry, form in ((note, {}), (draft, {"channel": "email", "subject": "Your review", "do": "keep"})):
        edit = f"{LOG}/{entry.id}/edit"
        begun = hidden(jane.get(edit).text)
        assert jane.post(edit, {**begun, **form, "body": "Theirs"}).status == 303
        answer = jane.post(edit, {**begun, **form, "body": "Mine"})
        assert answer.status == 422
        assert "Theirs Mine Take theirs" in table(answer)
        taken = jane.post(edit, {**hidden(answer.text), **form, "body": "Mine", "take": "body"})
        assert re.search(r"<textarea[^>]*>\s*Theirs</textarea>", taken.text)
        assert jane.post(edit, {**hidden(answer.text), **form, "body": "Mine"}).status == 303


def test_a_file_that_comes_with_a_press_of_take_theirs_is_attached(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    note = only_entry(world, jane.post("/log/note", {"party_id": priya.id, "body": "She called."}))
    draft = only_entry(world, jane.post("/compose", letter(priya, do="keep")))
    for entry, form in ((note, {}), (draft, {"channel": "email", "subject": "Your review", "do": "keep"})):
        edit = f"{LOG}/{entry.id}/edit"
        begun = hidden(jane.get(edit).text)
        assert jane.post(edit, {**begun, **form, "body": "Theirs"}).status == 303
        answer = jane.post(edit, {**begun, **form, "body": "Mine"})
        mine = {**hidden(answer.text), **form, "body": "Mine"}
        taken = jane.post_files(edit, {**mine, "take": "body"}, [FILE])
        attached = re.findall(
            r'name="attachments" value="(\w+)"(?: checked)?>', taken.text.partition('id="attached"')[2]
        )
        assert re.search(r"<textarea[^>]*>\s*Theirs</textarea>", taken.text)
        assert len(attached) == 1
        saved = jane.post(edit, {**mine, "attachments": attached[0]})
        assert saved.status == 303
        assert "Form.pdf" in jane.follow(saved).text


def test_a_file_that_comes_with_what_cannot_be_logged_is_attached(jane: ConsoleClient, priya: Party) -> None:
    wrong = {"party_id": priya.id, "body": "She called.", "about_kind": "invoice", "about_number": ""}
    page = jane.post_files("/log/note", {**wrong, "once": "once-1"}, [FILE])
    assert page.status == 422
    assert re.search(r'name="attachments" value="\w+" checked', page.text)


def test_another_file_may_be_chosen_each_time_a_form_is_looked_at(jane: ConsoleClient, priya: Party) -> None:
    first = jane.post_files("/compose", letter(priya, do="review"), [FILE])
    mine = letter(priya, do="review") | hidden(first.text)
    second = jane.post_files("/compose", mine, [("Other.pdf", "application/pdf", b"%PDF other")])
    assert second.status == 200, words(second.text)
    assert second.text.count('aria-label="Remove ') == 2


def test_preferences_that_two_change(jane: ConsoleClient, priya: Party) -> None:
    path = f"/parties/{priya.id}/preferences"
    begun = filled(jane.get(path).text, skip="", **{"hold.kind": "", "hold.until": "", "hold.reason": ""})
    assert jane.post(path, {**begun, "preferred": "post", "skip": "reminder"}).status == 303
    answer = jane.post(path, {**begun, "preferred": "email"})
    assert answer.status == 412
    assert "Channel Post Email Take theirs" in table(answer)
    assert "Never send reminder nothing theirs is taken" in table(answer)


# ---- a draft that is kept while somebody writes


def test_a_draft_is_kept_while_somebody_writes_and_sent_as_that_one(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    kept = jane.post("/compose", letter(priya, do="autosave", subject="", drafting="1"), letterbook_fragment="1")
    action, version = (re.findall(f'data-{name}="([^"]+)"', kept.text)[0] for name in ("action", "version"))
    assert "Draft saved" in words(kept.text)
    assert rows("communications") == 1
    again = jane.post(action, letter(priya, do="autosave", version=version), letterbook_fragment="1")
    [version] = re.findall('data-version="([^"]+)"', again.text)
    sent = jane.post(action, letter(priya, do="send", version=version))
    assert sent.status == 303
    assert rows("communications") == 1
    made = standing(world, only_entry(world, sent))
    assert (made.entry.status, made.entry.subject) == (Status.QUEUED, "Your review")


@pytest.mark.parametrize("do", ["autosave", "keep", "send"])
def test_a_page_that_never_heard_of_its_draft_makes_no_second_one(
    world: WorldForTests, jane: ConsoleClient, priya: Party, do: str
) -> None:
    first = letter(priya, do="autosave", drafting="1", body="Dear")
    assert jane.post("/compose", first, letterbook_fragment="1").status == 200
    assert jane.post("/compose", {**first, "body": "Dear Priya,", "do": do}).status in (200, 303)
    assert rows("communications") == 1
    assert jane.post("/compose", {**first, "body": "Dear Priya,", "do": "send"}).status in (303, 422)
    assert len(world.queued("email")) == 1


def test_of_an_empty_form_no_draft_is_made(jane: ConsoleClient, priya: Party) -> None:
    for empty in ({"subject": "", "body": ""}, {"to": "nowhere"}):
        answer = jane.post("/compose", letter(priya, do="autosave", drafting="1", **empty), letterbook_fragment="1")
        assert answer.status == 422
    assert rows("communications") == 0


def test_a_draft_goes_by_another_channel(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    draft = only_entry(world, jane.post("/compose", letter(priya, do="keep")))
    form = letter(priya, channel="sms", version=str(draft.entry.version), do="keep")
    assert jane.post(f"{LOG}/{draft.id}/edit", form).status == 303
    assert standing(world, draft).entry.channel == "sms"


def test_a_draft_that_somebody_else_changed_is_not_kept_over_theirs(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    draft = only_entry(world, jane.post("/compose", letter(priya, do="keep")))
    edit, version = f"{LOG}/{draft.id}/edit", str(draft.entry.version)
    assert jane.post(edit, letter(priya, do="keep", body="Theirs", version=version)).status == 303
    answer = jane.post(edit, letter(priya, do="autosave", body="Mine", version=version), letterbook_fragment="1")
    assert answer.status == 412
    assert "Somebody else changed this draft" in answer.text
    # Looking at it does not make it the newer one.
    looked = jane.post(edit, letter(priya, do="review", body="Mine", version=version))
    assert hidden(looked.text)["version"] == version
    assert "Theirs" in jane.get(edit).text
