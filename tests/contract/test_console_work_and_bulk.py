"""The day's work, what is to do, and many at once: as people get them."""

import re
from typing import Any

import pytest

from letterbook.domain.channels import Channel
from letterbook.domain.receipts import Signal
from letterbook.domain.recipients import Suppression
from letterbook.domain.status import Status
from tests.support.api_client import ADMIN, a_failed_email, email, expect_created
from tests.support.aws import Requests, WorldForTests
from tests.support.builders import NOW, deed
from tests.support.console_client import LOG, ConsoleClient, words
from tests.support.fakes.sessions import SessionsForTests
from tests.support.steps import carry_out_orders, deliver_queue, entered, standing

HOSTILE = "<script>alert(1)</script>"


def once_of(page: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found
    return found[1]


# ---- the day's work


def test_the_day_begins_with_what_waits(world: WorldForTests, jane: ConsoleClient, party: Any) -> None:
    assert jane.get("/").headers["Location"] == "/work"
    a_failed_email(world, party, subject="Settlement proposal")
    entered(world, 200, status=Status.MANUAL_PENDING, channel=Channel.MANUAL, subject="Application notice")
    entered(world, 60, status=Status.SENDING, subject="Copy invoices", signals=frozenset({Signal.STUCK}))
    text = words(jane.get("/work").text)
    assert "Friday 20 November" in text
    for told in (
        "Settlement proposal",
        "The recipient's mailbox is full",
        "Application notice",
        "Copy invoices",
        "Stuck 1",
    ):
        assert told in text
    # It stands there as a failure: the TODO that was made of it would say it twice.
    assert "Not delivered to Priya Raman" not in text
    assert "Not delivered to" in words(jane.get("/todos?of=all").text)


def test_a_quiet_day_says_so(jane: ConsoleClient) -> None:
    text = words(jane.get("/work").text)
    assert "Nothing failed that nobody has seen to." in text
    assert "Nothing is waiting for you." in text
    assert "Nothing was sent in these days." in text


def test_the_days_numbers_lead_to_what_they_count(world: WorldForTests, jane: ConsoleClient, party: Any) -> None:
    page = jane.get("/work").text
    hrefs = re.findall(r'<dt><a href="([^"]+)">', page)
    assert hrefs
    for href in hrefs:
        assert jane.get(href.replace("&amp;", "&")).status == 200


def test_the_day_asks_little(world: WorldForTests, jane: ConsoleClient, party: Any) -> None:
    a_failed_email(world, party)
    jane.get("/work")
    with Requests() as requests:
        jane.get("/work")
    assert len(requests.names) <= 8


def test_the_number_beside_work(world: WorldForTests, jane: ConsoleClient, party: Any) -> None:
    assert 'data-work-number=""' in jane.get("/work/count").text
    a_failed_email(world, party)
    for address in ("/work", "/work/count"):
        assert 'data-work-number="1"' in jane.get(address).text


def test_what_may_not_be_seen_is_no_work(world: WorldForTests, tokens: SessionsForTests, party: Any) -> None:
    a_failed_email(world, party, subject="Settlement proposal")
    ADMIN.post("/v1/todos", {"title": "Ring Priya", "party_id": party["id"]})
    page = tokens.let_in("user-7", "agent").get("/work?todos=all")
    assert page.status == 200
    assert "Settlement proposal" not in page.text
    assert "Ring Priya" not in page.text
    assert 'data-work-number=""' in page.text


def test_an_address_is_let_out_of_quarantine(
    world: WorldForTests, jane: ConsoleClient, tokens: SessionsForTests, party: Any
) -> None:
    bounced = Suppression(
        address="old@mailbox.example", code="5.1.1", at=NOW, communication_id="com_1", party_id=party["id"]
    )
    world.addresses.suppress(bounced, deed(party["id"]))
    auditor = tokens.let_in("user-5", "auditor")
    assert "old@mailbox.example" in auditor.get("/work").text
    assert "/quarantine/release" not in auditor.get("/work").text
    assert auditor.post("/quarantine/release", {"address": "old@mailbox.example"}).status == 403
    done = jane.follow(jane.post("/quarantine/release", {"address": "old@mailbox.example"}))
    assert "old@mailbox.example may be written to again." in words(done.text)
    assert "Addresses set aside" not in done.text
    assert jane.post("/quarantine/release", {"address": "old@mailbox.example"}).status == 404


# ---- what is to do


def test_something_to_do_is_noted_once_and_done(jane: ConsoleClient, party: Any) -> None:
    form = {
        "title": f"Ring back {HOSTILE}", "due_date": "2026-11-18", "party": "priya", "once": once_of(jane.get("/todos/new").text)
    }  # fmt: skip
    first, again = jane.post("/todos", form), jane.post("/todos", form)
    assert first.status == again.status == 303
    page = jane.get("/work").text
    assert page.count("Ring back") == 4  # the line, its button, the button's title, what is told once it changes
    assert HOSTILE not in page
    assert "2 days overdue" in words(page)
    [path] = set(re.findall(r'action="(/todos/[^"]+/done)"', page))
    done = jane.follow(jane.post(path, {"back": "/work"}))
    assert "Done: Ring back" in words(done.text)
    assert path not in done.text
    assert path.replace("done", "reopen") in jane.get("/todos?of=done").text
    jane.post(path.replace("done", "reopen"))
    assert path in jane.get("/todos").text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "f-title"),
        ({"party": "Nobody"}, "f-party"),
        ({"party": ""}, "f-party"),
        ({"due_date": "soon"}, "f-due_date"),
    ],
)
def test_what_is_wrong_with_it_leads_to_the_field(jane: ConsoleClient, party: Any, changes: Any, field: str) -> None:
    answer = jane.post("/todos", {"title": "Ring back", "due_date": "", "party": "Priya Raman", **changes})
    assert answer.status == 422
    assert f'href="#{field}"' in answer.text
    assert re.search(rf'id="{field}"[^>]*aria-describedby="[^"]*{field}-wrong"[^>]*aria-invalid="true"', answer.text)


def test_of_several_people_one_is_asked_for(jane: ConsoleClient, party: Any) -> None:
    other = expect_created(ADMIN.post("/v1/parties", {"kind": "client", "name": "Priya Rao"}))
    asked = jane.post("/todos", {"title": "Ring back", "party": "priya"})
    assert asked.status == 422
    assert "Which one?" in asked.text
    assert jane.post("/todos", {"title": "Ring back", "party": "priya", "party_id": other["id"]}).status == 303
    assert "Priya Rao" in words(jane.get("/todos").text)


def test_who_may_not_write_is_not_offered_to(tokens: SessionsForTests) -> None:
    auditor = tokens.let_in("user-5", "auditor")
    assert "/todos/new" not in auditor.get("/work").text
    assert auditor.get("/todos/new").status == auditor.post("/todos", {"title": "x"}).status == 403


def test_one_goes_back_to_a_page_of_ours_only(jane: ConsoleClient, party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/todos", {"title": "Ring", "party_id": party["id"]}))
    for back in ("https://evil.example", "//evil.example", "/\\evil.example", "/parties/pty_x"):
        answer = jane.post(f"/todos/{made['id']}/done", {"back": back})
        assert answer.headers["Location"] in ("/work", "/parties/pty_x")


# ---- many at once


@pytest.mark.covers("G3", "G6")
def test_many_are_sent_again_after_a_summary(world: WorldForTests, jane: ConsoleClient, party: Any) -> None:
    first, second = a_failed_email(world, party, subject="First"), a_failed_email(world, party, subject="Second")
    draft = expect_created(ADMIN.post("/v1/communications", email(party, send_now=False, subject="Third")))["id"]
    ids = [first, second, draft]
    asked = jane.get(f"/bulk/resend?id={'&id='.join(ids)}")
    text = words(asked.text)
    assert "Resend 2 of 3?" in text
    assert "priya@mailbox.example, as before" in text
    assert "Only what failed or was successful is sent again" in text
    assert world.queued("bulk") == []
    form = {"id": ids, "once": once_of(asked.text)}
    done = jane.post("/bulk/resend", form)
    again = jane.post("/bulk/resend", form)
    assert done.status == again.status == 303
    before = words(jane.follow(done).text)
    assert "2 messages are being sent again" in before
    assert "not begun yet 2" in before
    assert "Left out 1" in before
    carry_out_orders(world)
    deliver_queue(world)
    after = words(jane.follow(done).text)
    assert "on their way 2" in after
    made = [one for one in ADMIN.get("/v1/communications").json["items"] if one["resend_of"]]
    assert {one["resend_of"] for one in made} == {first, second}
    assert len(made) == 2


def test_drafts_are_sent_together(world: WorldForTests, jane: ConsoleClient, party: Any) -> None:
    drafts = [expect_created(ADMIN.post("/v1/communications", email(party, send_now=False)))["id"] for _ in range(3)]
    asked = jane.post("/bulk/send", {"filter": "group=not_sent", "all": "1"})
    assert "Send 3?" in words(asked.text)
    done = jane.post("/bulk/send", {"id": drafts, "once": once_of(asked.text)})
    carry_out_orders(world)
    assert "on their way 3" in words(jane.follow(done).text)
    assert {standing(world, one).entry.status for one in drafts} == {Status.QUEUED}


def test_all_that_match_the_filter(world: WorldForTests, jane: ConsoleClient, party: Any) -> None:
    first = a_failed_email(world, party)
    a_failed_email(world, party)
    one = jane.get(f"/bulk/resend?id={first}&filter=group%3Dfailed")
    assert "Resend 1?" in one.text
    [every] = re.findall(r'href="(/bulk/resend\?all=1[^"]+)"', one.text)
    assert "Resend 2?" in jane.get(every.replace("&amp;", "&")).text


@pytest.mark.parametrize("within", ["", "show_ignored=true", "channel=fax", "group=all"])
def test_nobody_means_everything(jane: ConsoleClient, within: str) -> None:
    answer = jane.get(f"/bulk/resend?all=1&filter={within.replace('=', '%3D')}")
    assert answer.status == 422
    assert "put right" in answer.text
    assert 'name="id"' not in answer.text


def test_failures_are_ignored_together_and_brought_back(world: WorldForTests, jane: ConsoleClient) -> None:
    bad = [entered(world, number, status=Status.FAILED).id for number in (1, 2)]
    good = entered(world, 3, status=Status.DELIVERED).id
    asked = jane.get(f"/bulk/ignore?id={bad[0]}&id={bad[1]}&id={good}")
    assert "Ignore 2 of 3?" in words(asked.text)
    assert "Only what failed needs to be ignored" in words(asked.text)
    done = jane.post("/bulk/ignore", {"id": bad, "once": once_of(asked.text), "filter": "group=failed"})
    assert done.headers["Location"] == f"{LOG}?group=failed"
    assert "2 ignored." in jane.follow(done).text
    assert all(standing(world, one).entry.ignored for one in bad)
    jane.post("/bulk/ignore", {"id": [good], "once": "once-2"})
    assert not standing(world, good).entry.ignored
    back = jane.get(f"/bulk/unignore?id={bad[0]}&id={good}")
    jane.post("/bulk/unignore", {"id": bad, "once": once_of(back.text)})
    assert not any(standing(world, one).entry.ignored for one in bad)


@pytest.mark.parametrize("verb", ["resend", "send", "ignore"])
def test_who_may_not_do_it_to_one_may_not_do_it_to_many(
    world: WorldForTests, tokens: SessionsForTests, verb: str
) -> None:
    made = entered(world, status=Status.FAILED)
    auditor = tokens.let_in("user-5", "auditor")
    assert auditor.get(f"/bulk/{verb}?id={made.id}").status == 403
    assert auditor.post(f"/bulk/{verb}", {"id": made.id, "once": "x"}).status == 403
    assert auditor.get(f"/bulk/{verb}/result?of=x").status == 403


def test_what_somebody_may_not_see_is_not_there(world: WorldForTests, tokens: SessionsForTests) -> None:
    made = entered(world, status=Status.FAILED, subject="Settlement proposal")
    page = tokens.let_in("user-7", "agent").get(f"/bulk/resend?id={made.id}")
    assert "Settlement proposal" not in page.text
    assert "There is no such communication" in page.text
    assert "Resend 1" not in page.text


def test_an_order_is_told_of_to_whoever_gave_it(
    world: WorldForTests, jane: ConsoleClient, tokens: SessionsForTests, party: Any
) -> None:
    made = a_failed_email(world, party)
    done = jane.post("/bulk/resend", {"id": made, "once": "mine"})
    assert tokens.let_in("user-2", "lead").get(done.headers["Location"]).status == 404
    assert jane.get("/bulk/resend/result?of=another").status == 404
    assert jane.get("/bulk/shred?id=x").status == 404


def test_what_was_written_stays_words(world: WorldForTests, jane: ConsoleClient) -> None:
    made = entered(world, status=Status.FAILED, subject=HOSTILE)
    for address in ("/work", f"/bulk/resend?id={made.id}&filter={HOSTILE}", f"/bulk/ignore?id={made.id}"):
        text = jane.get(address).text
        assert HOSTILE not in text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=\"/static/)", text), address


def test_a_page_of_many_holds_some_of_them(world: WorldForTests, jane: ConsoleClient) -> None:
    ids = [entered(world, number, status=Status.FAILED).id for number in range(1, 106)]
    page = jane.post("/bulk/ignore", {"id": ids})
    assert "Ignore 105?" in page.text
    assert "5 more." in words(page.text)
    assert page.text.count('name="id"') == 105
