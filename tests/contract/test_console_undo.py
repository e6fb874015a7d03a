"""What was sent from the console can be undone for a while, where the firm wants that or nobody saw a form; not so by the API."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from console.pages.compose import view
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


def counted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Each preview that the console asks for from now on."""
    previews: list[object] = []
    preview = view.run_preview

    def noted(*given: Any) -> Any:
        previews.append(given)
        return preview(*given)

    monkeypatch.setattr(view, "run_preview", noted)
    return previews


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


def test_what_goes_by_one_press_is_what_the_page_showed(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    a_template(world, key="ready", subject="Hello", body="We have your letter.", variables=())
    page = jane.get(f"{QUICK}?party_id={priya.id}").text
    press = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    assert "version 1" in words(page)
    a_template(world, key="ready", subject="Hello", body="We have lost your letter.", variables=())
    made = only_entry(world, jane.post(QUICK, press))
    assert made.entry.template
    assert made.entry.template.version == 1
    assert "We have your letter." in words(jane.get(f"{LOG}/{made.id}").text)
    assert "version 2" in words(jane.get(f"{QUICK}?party_id={priya.id}").text)


@pytest.mark.parametrize(
    "pinned", ["ready:en:9", "ready:xx:1", "ready:en:one", "other:en:1", "::", "ready", "ready:en:" + "9" * 30]
)
def test_a_version_that_there_is_not_is_never_sent_as_another(
    world: WorldForTests, jane: ConsoleClient, priya: Party, pinned: str
) -> None:
    a_template(world, key="ready", subject="Hello", body="We have your letter.", variables=())
    press = {"party_id": priya.id, "channel": "email", "template": "ready", "once": "once-1", "pinned": pinned}
    # What is said of another template, or of none, pins nothing.
    assert jane.post(QUICK, press).status == (422 if pinned.startswith("ready:") else 303)


def test_a_page_looks_at_no_more_templates_than_it_shows_and_all_are_reached(
    world: WorldForTests, jane: ConsoleClient, priya: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(18):
        a_template(world, key=f"ready-{n:02}", subject="Hello", body="We have your letter.", variables=())
    previews = counted(monkeypatch)
    address, seen = f"{QUICK}?party_id={priya.id}&channel=email", []
    while address:
        previews.clear()
        page = jane.get(address).text
        shown = re.findall(r'name="template" value="([^"]+)"', page)
        assert len(previews) == len(shown) <= 8
        seen += shown
        [address] = [unescape(one) for one in re.findall(r'href="([^"]+)" rel="next"', page)] or [""]
    assert sorted(seen) == [f"ready-{n:02}" for n in range(18)]
    assert 'rel="prev"' in page
    assert "Templates 17 to 18 of 18" in words(page)


@pytest.mark.parametrize("first", ["-1", "99", "x", "9" * 40, "1e3", "%00"])
def test_a_page_that_there_is_not_is_the_first(
    world: WorldForTests, jane: ConsoleClient, priya: Party, first: str
) -> None:
    a_template(world, key="ready", subject="Hello", body="We have your letter.", variables=())
    assert 'value="ready"' in jane.get(f"{QUICK}?party_id={priya.id}&from={first}").text


@pytest.mark.parametrize("path", [COMPOSE, QUICK])
def test_a_template_that_speaks_of_an_attachment_is_looked_at_once_and_asked_about(
    world: WorldForTests, jane: ConsoleClient, priya: Party, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    a_template(world, key="told", subject="Hello", body="The form is attached.", variables=())
    previews = counted(monkeypatch)
    asked = jane.post(path, form(priya, template="told", subject="", body=""))
    assert (asked.status, len(previews)) == (422, 1)
    assert "It says “attached”, and nothing is attached." in words(asked.text)
    assert 'value="send-without"' in asked.text
    assert rows("communications") == 0


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
