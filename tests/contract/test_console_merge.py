"""Merging two records in the console: found by name, seen side by side, done with a reason; without script."""

from dataclasses import replace

import pytest

from letterbook.domain.access import Grant
from letterbook.domain.party import Party, PartyKind
from letterbook.use_cases.messages.keep_draft import keep_draft
from tests.support.aws import WorldForTests
from tests.support.builders import deed, viewer
from tests.support.console_client import ConsoleClient, words
from tests.support.steps import a_contact, a_note, a_party, an_email, send, standing


@pytest.fixture
def gone(world: WorldForTests) -> Party:
    return a_party(world, name="P. Raman", email="p@work.example")


@pytest.fixture
def into(world: WorldForTests) -> Party:
    return a_party(world, name="Priya Raman", email="priya@home.example")


def test_the_other_record_is_looked_for(jane: ConsoleClient, world: WorldForTests, gone: Party, into: Party) -> None:
    bank = a_party(world, PartyKind.CREDITOR, name="Raman Bank", email="team@bank.example")
    assert f"/parties/{gone.id}/merge" in jane.get(f"/parties/{gone.id}").text
    page = jane.get(f"/parties/{gone.id}/merge?party=Raman").text
    assert f"/parties/{gone.id}/merge?into={into.id}" in page
    assert bank.id not in page
    assert f"?into={gone.id}" not in page
    assert "No other client is found by that." in words(jane.get(f"/parties/{gone.id}/merge?party=Zzz").text)


def test_both_stand_side_by_side(jane: ConsoleClient, world: WorldForTests, gone: Party, into: Party) -> None:
    send(world, an_email(gone))
    a_contact(world, into)
    world.grants.save(Grant(user="somebody", party_id=gone.id), deed(gone.id))
    page = words(jane.get(f"/parties/{gone.id}/merge?into={into.id}").text)
    assert "Name P. Raman Priya Raman Priya Raman" in page
    assert "Communications 1 0 1" in page
    assert "Contacts 0 1 2" in page
    assert "p@work.example becomes a contact of Priya Raman" in page
    assert "Granted only one of the two" in page
    assert world.parties.get(gone.id) == gone


def test_it_is_done_with_a_reason(jane: ConsoleClient, world: WorldForTests, gone: Party, into: Party) -> None:
    path = f"/parties/{gone.id}/merge"
    asked = jane.post(path, {"into": into.id})
    assert (asked.status, "Fill this in." in words(asked.text)) == (422, True)
    done = jane.post(path, {"into": into.id, "reason": "Entered twice"})
    assert done.status == 303
    assert "The two records are one: Priya Raman." in words(jane.follow(done).text)
    told = words(jane.get(f"/parties/{into.id}/activity").text)
    assert "Two records of one party became one" in told
    assert "Entered twice" in told
    assert "P. Raman" in told


@pytest.mark.parametrize(
    "tail", ["", "/communications", "/threads", "/documents", "/activity", "/edit", "/preferences"]
)
def test_an_old_page_leads_on_and_says_so(jane: ConsoleClient, gone: Party, into: Party, tail: str) -> None:
    jane.post(f"/parties/{gone.id}/merge", {"into": into.id, "reason": "Entered twice"})
    answer = jane.get(f"/parties/{gone.id}{tail}")
    assert (answer.status, answer.headers["Location"]) == (301, f"/parties/{into.id}{tail}")
    assert "was merged into this one" in words(jane.get(answer.headers["Location"]).text)


@pytest.mark.parametrize("path", ["/compose?party_id=", "/communications?party_id=", "/todos/new?party_id="])
def test_what_names_the_old_record_means_the_new_one(jane: ConsoleClient, gone: Party, into: Party, path: str) -> None:
    jane.post(f"/parties/{gone.id}/merge", {"into": into.id, "reason": "Entered twice"})
    answer = jane.get(f"{path}{gone.id}")
    assert (answer.status, answer.headers["Location"]) == (301, f"{path}{into.id}")


def test_a_form_that_stood_open_changes_nothing_and_leads_there(jane: ConsoleClient, gone: Party, into: Party) -> None:
    jane.post(f"/parties/{gone.id}/merge", {"into": into.id, "reason": "Entered twice"})
    answer = jane.post(f"/parties/{gone.id}/edit", {"kind": "client", "name": "Somebody"})
    page = words(answer.text)
    assert (answer.status, "Nothing was changed" in page, "Priya Raman" in page) == (409, True, True)


def test_what_cannot_be_merged_is_said_where_the_other_is_chosen(
    jane: ConsoleClient, world: WorldForTests, gone: Party
) -> None:
    bank = a_party(world, PartyKind.CREDITOR, name="Raman Bank", email="team@bank.example")
    answer = jane.get(f"/parties/{gone.id}/merge?into={bank.id}")
    assert (answer.status, "only two of a kind are merged" in words(answer.text)) == (422, True)
    same = jane.post(f"/parties/{gone.id}/merge", {"into": gone.id, "reason": "x"})
    assert (same.status, "not into itself" in words(same.text)) == (422, True)


def test_a_draft_and_a_note_of_the_old_record_are_worked_on_as_before(
    jane: ConsoleClient, world: WorldForTests, gone: Party, into: Party
) -> None:
    draft = keep_draft(world, viewer(), an_email(gone), None)
    note = a_note(world, "She called", party_id=gone.id)
    jane.post(f"/parties/{gone.id}/merge", {"into": into.id, "reason": "Entered twice"})
    page = jane.get(f"/communications/{draft.id}/edit")
    assert (page.status, f'name="party_id" value="{into.id}"' in page.text) == (200, True)
    assert jane.get(f"/communications/{note.id}/edit").status == 200
    done = jane.post(f"/communications/{note.id}/edit", {"body": "She called twice", "version": "1"})
    assert done.status == 303
    assert standing(world, note).entry.party.id == into.id


def test_what_was_begun_before_is_sent_to_the_one_that_remains(
    jane: ConsoleClient, world: WorldForTests, gone: Party, into: Party
) -> None:
    form = {"party_id": gone.id, "channel": "email", "subject": "Hello", "body": "Dear Sir,", "once": "once-1"}
    jane.post(f"/parties/{gone.id}/merge", {"into": into.id, "reason": "Entered twice"})
    looked = jane.post("/compose", {**form, "do": "review"})
    assert (looked.status, f'name="party_id" value="{into.id}"' in looked.text) == (200, True)
    assert jane.post("/compose", {**form, "do": "send"}).status == 303
    empty = jane.post("/log/note", {"party_id": gone.id, "body": ""})
    assert (empty.status, into.id in empty.text) == (422, True)
    assert {one["communication_id"] for one in world.queued("email")}


def test_lists_that_are_not_whole_yet_say_so(
    jane: ConsoleClient, world: WorldForTests, gone: Party, into: Party
) -> None:
    jane.post(f"/parties/{gone.id}/merge", {"into": into.id, "reason": "Entered twice"})
    coming = "what stood under it is still coming"
    assert coming not in words(jane.get(f"/parties/{into.id}/communications").text)
    merge = world.merges.get(gone.id)
    assert merge is not None
    world.merges.look_again(replace(merge, complete=False))
    for tail in ("", "/communications", "/threads", "/documents", "/activity"):
        assert coming in words(jane.get(f"/parties/{into.id}{tail}").text)
