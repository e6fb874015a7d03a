"""What was put right, as pages tell of it: where it is no longer, by what or whom, and how many a list leaves out."""

import re
from typing import Any

import pytest

from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.use_cases.messages.resend import resend
from tests.support.api_client import ADMIN, email, expect_created
from tests.support.aws import WorldForTests
from tests.support.builders import BOUNCED, MAILBOX_FULL, viewer
from tests.support.console_client import ConsoleClient, filled, words
from tests.support.fakes.sessions import SessionsForTests
from tests.support.steps import deliver_queue, standing, tell

DELIVERED = RecipientUpdate(fact=DeliveryOutcome.DELIVERED)


def failed(world: WorldForTests, party: Any, **changes: Any) -> str:
    made = expect_created(ADMIN.post("/v1/communications", email(party, **changes)))["id"]
    deliver_queue(world)
    tell(world, standing(world, made), BOUNCED)
    world.clock.pass_(minutes=5)
    return str(made)


def said_again(world: WorldForTests, of: str, news: RecipientUpdate) -> str:
    made = resend(world, viewer(), of, ("right@mailbox.example",))[0]
    deliver_queue(world)
    tell(world, made, news)
    return made.id


def row(page: str, entry: str) -> str:
    rows: list[str] = re.findall(r"<tr role=\"row\".*?</tr>", page, re.DOTALL)
    return next(one for one in rows if f"/communications/{entry}" in one)


def test_a_failure_that_was_sent_again_asks_for_nothing_any_more(
    world: WorldForTests, jane: ConsoleClient, party: Any
) -> None:
    first = failed(world, party)
    second = said_again(world, first, DELIVERED)
    page = jane.get(f"/communications/{first}").text
    told = words(page)
    assert "Sent again: attempt 2 arrived" in told
    assert f'<a href="/communications/{second}">Look at attempt 2</a>' in page
    assert 'class="sentence" data-group="closed"' in page
    assert "Send another copy…" in told
    assert 'class="btn main" href="' not in page.partition('class="sentence"')[2].partition("</section>")[0]
    for gone in ("Resend…", "Seen to…", "Ignore<", "then send again"):
        assert gone not in page
    line = row(jane.get("/communications").text, first)
    assert "Sent again: attempt 2 arrived" in line
    assert 'data-group="failed"' not in line
    assert "red" not in line
    assert jane.get("/work/count").text.count('data-work-number=""') == 1
    assert first not in jane.get("/work").text
    assert "Done by attempt 2, delivered 10:05" in words(jane.get("/todos?of=done").text)


def test_the_foot_of_what_failed_says_what_it_leaves_out(world: WorldForTests, jane: ConsoleClient, party: Any) -> None:
    first, ignored, standing_still = (failed(world, party) for _ in range(3))
    said_again(world, first, DELIVERED)
    jane.post(f"/communications/{ignored}/ignore")
    page = jane.get("/communications?group=failed").text
    assert "1 ignored is not shown. Show it" in words(page)
    assert "1 sent again or seen to is not shown. Show it" in words(page)
    assert first not in page
    assert ignored not in page
    with_ignored, all_that_failed = (
        one.replace("&amp;", "&") for one in re.findall(r'<a href="([^"]+)">Show it</a>', page)
    )
    shown = jane.get(with_ignored).text
    assert "Ignored by Jane Marsh" in row(shown, ignored)
    assert first not in shown
    shown = jane.get(all_that_failed).text
    assert all(one in shown for one in (first, ignored, standing_still))
    assert "not shown" not in words(shown)
    assert "not shown" not in words(jane.get("/communications").text)


@pytest.mark.parametrize(
    "address", ["/communications?group=failed&case_id=none", "/communications?group=failed&q=letter"]
)
def test_a_narrower_list_says_so_too(world: WorldForTests, jane: ConsoleClient, party: Any, address: str) -> None:
    first = failed(world, party, subject="A letter")
    jane.post(f"/communications/{first}/ignore")
    page = jane.get(address)
    assert page.status == 200
    assert first not in page.text


def test_the_foot_counts_only_what_the_viewer_sees(
    world: WorldForTests, jane: ConsoleClient, tokens: SessionsForTests, party: Any
) -> None:
    jane.post(f"/communications/{failed(world, party)}/ignore")
    stranger = tokens.let_in("user-7", "agent")
    for address in ("/communications?group=failed", "/communications/overview?group=failed"):
        assert "not shown" not in words(stranger.get(address).text)


def test_the_overview_says_what_it_leaves_out(world: WorldForTests, jane: ConsoleClient, party: Any) -> None:
    made = failed(world, party, regarding={"type": "invoice", "id": "7"})
    jane.post(f"/communications/{made}/ignore")
    page = jane.get("/communications/overview").text
    assert "1 ignored is not shown. Show it" in words(page)
    assert made not in page
    assert made in jane.get("/communications/overview?show_ignored=true").text


def test_the_page_of_a_failure_waits_for_what_becomes_of_its_later_attempt(
    world: WorldForTests, jane: ConsoleClient, party: Any
) -> None:
    first = failed(world, party)
    path = f"/communications/{first}"
    assert 'data-renew="seldom"' in jane.get(path).text
    made = resend(world, viewer(), first, ("right@mailbox.example",))[0]
    assert 'data-renew="soon"' in jane.get(path).text
    deliver_queue(world)
    tell(world, made, DELIVERED)
    assert 'data-renew=""' in jane.get(path).text


def test_of_two_that_failed_the_page_of_the_first_leads_to_the_second(
    world: WorldForTests, jane: ConsoleClient, party: Any
) -> None:
    first = failed(world, party)
    second = said_again(world, first, MAILBOX_FULL)
    page = jane.get(f"/communications/{first}").text
    assert "Sent again: attempt 2 failed too" in words(page)
    assert f'href="/communications/{second}">Look at attempt 2</a>' in page
    assert 'data-group="failed" aria-labelledby="what"' in jane.get(f"/communications/{second}").text
    work = jane.get("/work").text
    assert second in work
    assert f'/communications/{first}"' not in work


def test_somebody_saw_to_it_and_says_how(world: WorldForTests, jane: ConsoleClient, party: Any) -> None:
    made = failed(world, party)
    path = f"/communications/{made}"
    assert f'href="{path}/seen-to"' in jane.get(path).text
    form = filled(jane.get(f"{path}/seen-to").text)
    assert jane.post(f"{path}/seen-to", {**form, "note": " "}).status == 422
    page = jane.follow(jane.post(f"{path}/seen-to", {**form, "note": "telephoned her"}))
    told = words(page.text)
    assert "Seen to by Jane Marsh" in told
    assert "Telephoned her." in told
    assert "Seen to by Jane Marsh: telephoned her" in row(jane.get("/communications").text, made)
    assert made not in jane.get("/communications?group=failed").text
    again = jane.follow(jane.post(f"{path}/take-back"))
    assert "It stands under Failed again." in words(again.text)
    assert made in jane.get("/communications?group=failed").text


def test_an_auditor_is_offered_none_of_it(
    world: WorldForTests, jane: ConsoleClient, tokens: SessionsForTests, party: Any
) -> None:
    made = failed(world, party)
    auditor = tokens.let_in("user-5", "auditor")
    assert "Seen to…" not in auditor.get(f"/communications/{made}").text
    assert auditor.post(f"/communications/{made}/seen-to", {"note": "x"}).status == 403
    assert auditor.post(f"/communications/{made}/take-back").status == 403


def test_a_second_copy_is_asked_about_as_one(world: WorldForTests, jane: ConsoleClient, party: Any) -> None:
    first = failed(world, party)
    said_again(world, first, DELIVERED)
    page = words(jane.get(f"/communications/{first}/resend?to=other").text)
    assert "This would be a second copy" in page


def test_what_is_begun_anew_from_what_is_too_old_settles_it(
    world: WorldForTests, jane: ConsoleClient, party: Any
) -> None:
    first = failed(world, party)
    world.clock.pass_(days=61)
    form = filled(
        jane.get(f"/communications/{first}/anew").text, do="send", to="right@mailbox.example", subject="S", body="B"
    )
    assert form["resend_of"] == first
    answer = jane.post("/compose", form)
    assert answer.status == 303, words(answer.text)
    made = answer.headers["Location"].partition("/communications/")[2]
    deliver_queue(world)
    tell(world, standing(world, made), DELIVERED)
    assert "Sent again: attempt 2 arrived" in words(jane.get(f"/communications/{first}").text)


def test_a_draft_begun_from_what_is_too_old_settles_it_when_it_is_sent(
    world: WorldForTests, jane: ConsoleClient, party: Any
) -> None:
    first = failed(world, party)
    world.clock.pass_(days=61)
    form = filled(
        jane.get(f"/communications/{first}/anew").text, do="keep", to="right@mailbox.example", subject="S", body="B"
    )
    answer = jane.post("/compose", form)
    assert answer.status == 303, words(answer.text)
    draft = next(row["id"] for row in ADMIN.get("/v1/communications").json["items"] if row["status"] == "draft")
    assert "attempt 2" not in words(jane.get(f"/communications/{first}").text).lower()
    assert f'href="/communications/{first}"' in jane.get(f"/communications/{draft}").text
    page = jane.get(f"/communications/{draft}/edit").text
    kept = filled(page, do="send", subject="S", body="B")
    assert kept["resend_of"] == first
    answer = jane.post(f"/communications/{draft}/edit", kept)
    assert answer.status == 303, words(answer.text)
    deliver_queue(world)
    tell(world, standing(world, draft), DELIVERED)
    assert "Sent again: attempt 2 arrived" in words(jane.get(f"/communications/{first}").text)
