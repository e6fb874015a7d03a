"""What was sent from the console can be undone for a while, where the firm wants that or nobody saw a form; not so by the API."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from letterbook.domain.party import OptOut, Party, Preferences
from letterbook.domain.status import Status
from letterbook.use_cases.delivery.dispatch import dispatch
from letterbook.use_cases.delivery.sweep import sweep
from tests.support.api_client import ADMIN, email, expect_created
from tests.support.aws import WorldForTests, rows
from tests.support.builders import MAILBOX_FULL, NOW, deed
from tests.support.console_client import ConsoleClient, only_entry, words
from tests.support.steps import a_party, a_template, deliver_queue, standing, tell

LOG, COMPOSE, QUICK = "/communications", "/compose", "/compose/quick"


@pytest.fixture
def priya(world: WorldForTests) -> Party:
    return a_party(world)


def form(party: Party, **changes: str) -> dict[str, str]:
    typed = {"channel": "email", "party_id": party.id, "subject": "Your review", "body": "Dear Priya,", "do": "send"}
    return {**typed, "once": "once-1", **changes}


def undo_for(world: WorldForTests, seconds: int) -> None:
    present = world.settings.latest()
    world.settings.save(replace(present, undo_seconds=seconds, version=present.version + 1))


def test_by_default_what_is_sent_goes_at_once(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    made = only_entry(world, jane.post(COMPOSE, form(priya)))
    assert (made.undo_until, made.work.not_before) == (None, None)
    assert "Undo" not in words(jane.get(f"{LOG}/{made.id}").text)
    deliver_queue(world)
    assert len(world.fakes.email.taken) == 1


def test_a_worker_that_is_too_early_sends_nothing_and_the_sweep_sends_it_once(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    undo_for(world, 30)
    made = only_entry(world, jane.post(COMPOSE, form(priya)))
    assert made.undo_until == NOW + timedelta(seconds=30)
    for _ in range(2):
        dispatch(world, made.id)
    sweep(world)
    assert (world.fakes.email.taken, standing(world, made).entry.status) == ([], Status.QUEUED)
    world.clock.pass_(seconds=30)
    assert "Undo" not in words(jane.get(f"{LOG}/{made.id}").text)
    world.clock.pass_(seconds=60)
    sweep(world)
    deliver_queue(world)
    sweep(world)
    assert len(world.fakes.email.taken) == 1


def test_undone_it_is_cancelled_never_sent_and_can_be_written_again(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    undo_for(world, 10)
    made = only_entry(world, jane.post(COMPOSE, form(priya)))
    page = jane.get(f"{LOG}/{made.id}").text
    assert "Sending in 10 s" in words(page)
    assert f'action="{LOG}/{made.id}/undo"' in page
    assert "Undone. It was not sent." in words(jane.follow(jane.post(f"{LOG}/{made.id}/undo")).text)
    world.clock.pass_(minutes=10)
    dispatch(world, made.id)
    sweep(world)
    deliver_queue(world)
    assert (world.fakes.email.taken, standing(world, made).entry.status) == ([], Status.CANCELLED)
    again = jane.get(f"{LOG}/{made.id}").text
    assert "Cancelled before it went" in words(again)
    assert f'href="{LOG}/{made.id}/anew"' in again
    assert "Dear Priya," in jane.get(f"{LOG}/{made.id}/anew").text


def test_undo_that_comes_too_late_says_so_and_changes_nothing(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    undo_for(world, 10)
    made = only_entry(world, jane.post(COMPOSE, form(priya)))
    world.clock.pass_(seconds=11)
    dispatch(world, made.id)
    answer = jane.post(f"{LOG}/{made.id}/undo")
    assert "It has already gone." in words(jane.follow(answer).text)
    assert standing(world, made).entry.status is Status.SENT


def test_the_api_sends_at_once_whatever_the_firm_sets_and_says_until_when_others_wait(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    undo_for(world, 30)
    sent = expect_created(ADMIN.post("/v1/communications", email({"id": priya.id})))
    assert sent["not_before"] is None
    made = only_entry(world, jane.post(COMPOSE, form(priya)))
    assert ADMIN.get(f"/v1/communications/{made.id}").json["not_before"] == "2026-11-20T10:00:30Z"


def test_the_firm_sets_it_in_the_api_and_in_its_form(world: WorldForTests, jane: ConsoleClient) -> None:
    assert ADMIN.get("/v1/settings").json["undo_seconds"] == 0
    assert ADMIN.put("/v1/settings", {"undo_seconds": 20}).json["undo_seconds"] == 20
    assert ADMIN.put("/v1/settings", {"undo_seconds": 61}).status == 422
    assert re.search(r'name="undo_seconds"[^>]* value="20"', jane.get("/settings").text)


def test_a_draft_goes_by_one_press_and_can_be_undone(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    draft = only_entry(world, jane.post(COMPOSE, form(priya, do="keep")))
    assert f'action="{LOG}/{draft.id}/quick-send"' in jane.get(f"{LOG}/{draft.id}").text
    sent = only_entry(world, jane.post(f"{LOG}/{draft.id}/quick-send"))
    assert (sent.id, sent.undo_until) == (draft.id, NOW + timedelta(seconds=10))
    assert "Sending in 10 s" in words(jane.get(f"{LOG}/{draft.id}").text)
    assert jane.post(f"{LOG}/{draft.id}/quick-send").status == 409


def test_a_template_that_lacks_nothing_goes_by_one_press_and_once(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    a_template(world, key="ready", subject="Hello", body="We have your letter.", variables=())
    a_template(world, key="lacking")
    page = jane.get(f"{QUICK}?party_id={priya.id}").text
    assert "Agreement is missing." in words(page)
    assert 'name="template" value="lacking"' not in page
    press = {"party_id": priya.id, "channel": "email", "template": "ready", "once": "once-1"}
    made = only_entry(world, jane.post(QUICK, press))
    assert made.undo_until == NOW + timedelta(seconds=10)
    assert only_entry(world, jane.post(QUICK, press)).id == made.id
    lacking = jane.post(QUICK, press | {"template": "lacking", "once": "once-2"})
    assert (lacking.status, 'name="v-agreement"' in lacking.text) == (422, True)
    assert rows("communications") == 1


def test_what_would_not_go_has_no_button(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    a_template(world, key="ready", subject="Hello", body="We have your letter.", variables=())
    out = OptOut(channel="email", at=NOW)
    world.parties.save_preferences(priya.id, Preferences(opt_outs=(out,), version=1), deed(priya.id))
    page = jane.get(f"{QUICK}?party_id={priya.id}&channel=email").text
    assert "opted out of email" in words(page)
    assert 'name="template"' not in page


def test_what_falls_back_waits_too(world: WorldForTests, jane: ConsoleClient) -> None:
    bank = a_party(world, email=None)
    a_template(world, key="both", subject="Hello", body="We have your letter.", variables=(), channels=("email", "sms"))
    press = {"party_id": bank.id, "channel": "email", "template": "both", "once": "once-1"}
    made = only_entry(world, jane.post(QUICK, press))
    assert (made.entry.channel, made.undo_until) == ("sms", NOW + timedelta(seconds=10))


def test_who_presses_undo_twice_is_told_the_truth(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    undo_for(world, 10)
    made = only_entry(world, jane.post(COMPOSE, form(priya)))
    for _ in range(2):
        assert "Undone. It was not sent." in words(jane.follow(jane.post(f"{LOG}/{made.id}/undo")).text)


def test_a_draft_that_speaks_of_an_attachment_asks_before_it_goes_by_one_press(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    undo_for(world, 10)
    draft = only_entry(world, jane.post(COMPOSE, form(priya, do="keep", body="The form is attached.")))
    asked = jane.follow(jane.post(f"{LOG}/{draft.id}/quick-send")).text
    assert "It says “attached”, and nothing is attached. For 10 seconds it can be undone" in words(asked)
    assert "Send without it" in words(asked)
    assert standing(world, draft).entry.status is Status.DRAFT
    assert only_entry(world, jane.post(f"{LOG}/{draft.id}/send")).undo_until


def test_what_is_sent_again_says_no_more_than_that_it_can_be_undone(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    made = only_entry(world, jane.post(COMPOSE, form(priya)))
    deliver_queue(world)
    tell(world, standing(world, made), MAILBOX_FULL)
    undo_for(world, 10)
    page = words(jane.follow(jane.post(f"{LOG}/{made.id}/resend", {"once": "once-2"})).text)
    assert "Sending in 10 s" in page
    assert "Sent again" not in page
