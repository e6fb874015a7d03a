"""The page of one entry, and what is done to it there."""

import re
from datetime import timedelta
from typing import Any

import pytest

from letterbook.domain.channels import Channel
from letterbook.domain.communication import Failure
from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.status import Status
from tests.support.api_client import ADMIN, email, expect_created
from tests.support.aws import WorldForTests
from tests.support.builders import NOW
from tests.support.console_client import LOG, ConsoleClient, words
from tests.support.fakes.sessions import SessionsForTests
from tests.support.steps import deliver_queue, entered, make_documents, standing, tell

# ---- one entry, and what is done to it


@pytest.fixture
def sent(world: WorldForTests, jane: ConsoleClient, party: Any) -> Any:
    """An email that was delivered to nobody: its provider has it."""
    made = expect_created(ADMIN.post("/v1/communications", email(party)))
    deliver_queue(world)
    return made


@pytest.mark.covers("B8", "F4")
def test_the_page_of_an_entry(jane: ConsoleClient, sent: Any) -> None:
    text = words(jane.get(f"{LOG}/{sent['id']}").text)
    for told in (
        "Email to Priya Raman",
        "Hello",
        "priya@mailbox.example",
        "Dear Sir,",
        "Queued",
        "Sending",
        "Sent",
        "rules",
    ):
        assert told in text
    part = jane.ask("GET", f"{LOG}/{sent['id']}", headers={"letterbook_fragment": "1"}).text
    assert '<section class="drawer"' in part
    assert "<header" not in part


@pytest.mark.covers("B9")
def test_html_lies_in_a_frame_that_can_do_nothing(jane: ConsoleClient, sent: Any) -> None:
    page = jane.get(f"{LOG}/{sent['id']}?as=html").text
    assert '<iframe class="paper" sandbox title="Content"' in page
    frame = jane.get(f"{LOG}/{sent['id']}/content")
    assert "<strong>Sir</strong>" in frame.text
    policy = frame.headers["Content-Security-Policy"]
    assert policy == "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
    more = jane.get(f"{LOG}/{sent['id']}/content?images=1").headers["Content-Security-Policy"]
    assert "img-src data: https:;" in more


@pytest.mark.covers("G3", "G4")
def test_it_is_sent_again_after_asking_and_once(world: WorldForTests, jane: ConsoleClient, sent: Any) -> None:
    entry = standing(world, sent["id"]).entry
    assert entry.status is Status.SENT
    tell(world, standing(world, sent["id"]), RecipientUpdate(fact=DeliveryOutcome.SOFT_BOUNCE))
    asked = jane.get(f"{LOG}/{sent['id']}/resend").text
    assert "Goes now" in asked
    assert "priya@mailbox.example" in asked
    assert len(ADMIN.get("/v1/communications").json["items"]) == 1
    once = re.search(r'name="once" value="([^"]+)"', asked)
    assert once
    first = jane.post(f"{LOG}/{sent['id']}/resend", {"once": once[1]})
    again = jane.post(f"{LOG}/{sent['id']}/resend", {"once": once[1]})
    assert first.headers["Location"] == again.headers["Location"] != f"{LOG}/{sent['id']}"
    assert len(ADMIN.get("/v1/communications").json["items"]) == 2
    text = words(jane.follow(first).text)
    assert "Sent again, as attempt 2." in text
    assert "2, this one" in text


def test_to_another_address(world: WorldForTests, jane: ConsoleClient, sent: Any) -> None:
    tell(world, standing(world, sent["id"]), RecipientUpdate(fact=DeliveryOutcome.HARD_BOUNCE))
    here = f"{LOG}/{sent['id']}/resend"
    assert 'name="address"' in jane.get(f"{here}?to=other").text
    for wrong in ("", "nowhere"):
        answer = jane.post(here, {"address": wrong})
        assert answer.status == 422
        assert 'href="#f-address"' in answer.text
        assert f'value="{wrong}"' in answer.text
    made = jane.post(here, {"address": "other@mailbox.example"})
    assert "other@mailbox.example" in jane.follow(made).text


def test_a_draft_is_sent_or_discarded(world: WorldForTests, jane: ConsoleClient, party: Any) -> None:
    one, other = (expect_created(ADMIN.post("/v1/communications", email(party, send_now=False))) for _ in range(2))
    assert "Goes now" in jane.get(f"{LOG}/{one['id']}/send").text
    assert "It is on its way." in jane.follow(jane.post(f"{LOG}/{one['id']}/send")).text
    assert jane.post(f"{LOG}/{one['id']}/send").status == 409
    assert "Discard this draft?" in jane.get(f"{LOG}/{other['id']}/discard").text
    assert "It is gone." in jane.follow(jane.post(f"{LOG}/{other['id']}/discard")).text
    assert jane.get(f"{LOG}/{other['id']}").status == 404


def test_what_is_delivered_by_hand(world: WorldForTests, jane: ConsoleClient, party: Any) -> None:
    made = expect_created(
        ADMIN.post("/v1/communications", {**email(party), "channel": "manual", "address": "3 Beck Lane\nLeeds"})
    )
    make_documents(world)
    assert "To be delivered by hand" in jane.get(f"{LOG}/{made['id']}").text
    here = f"{LOG}/{made['id']}/deliver"
    wrong = jane.post(here, {"reason": "", "details": "With Mrs Raman", "delivered_at": "2026-11-20T10:00"})
    assert wrong.status == 422
    assert "With Mrs Raman" in wrong.text
    assert jane.post(here, {"reason": "x", "delivered_at": "yesterday"}).status == 422
    done = jane.follow(jane.post(here, {"reason": "Handed over", "delivered_at": "2026-11-20T09:30"}))
    assert "Recorded as delivered." in done.text
    assert standing(world, made["id"]).entry.delivered_at == NOW - timedelta(minutes=30)


def test_ignoring_and_back(world: WorldForTests, jane: ConsoleClient) -> None:
    made = entered(world, status=Status.FAILED)
    jane.post(f"{LOG}/{made.id}/ignore")
    assert standing(world, made.id).entry.ignored
    jane.post(f"{LOG}/{made.id}/unignore")
    assert not standing(world, made.id).entry.ignored


def test_who_may_not_is_not_asked_to(world: WorldForTests, tokens: SessionsForTests) -> None:
    made = entered(world, status=Status.FAILED)
    auditor = tokens.let_in("user-5", "auditor")
    page = auditor.get(f"{LOG}/{made.id}").text
    assert "Resend" not in page
    assert "Ignore" not in page
    assert "Compose" not in words(page).split("Keys")[0]
    for verb in ("resend", "ignore", "cancel"):
        assert auditor.post(f"{LOG}/{made.id}/{verb}").status == 403


def test_its_neighbours_keep_to_the_filters(world: WorldForTests, jane: ConsoleClient) -> None:
    first, middle, last = (entered(world, number, status=Status.QUEUED, subject=str(number)) for number in (1, 3, 5))
    entered(world, 2, status=Status.QUEUED, channel=Channel.SMS)
    within = "?channel=email"
    assert jane.get(f"{LOG}/{middle.id}/newer{within}").headers["Location"] == f"{LOG}/{first.id}{within}"
    assert jane.get(f"{LOG}/{middle.id}/older{within}").headers["Location"] == f"{LOG}/{last.id}{within}"
    end = jane.get(f"{LOG}/{last.id}/older{within}")
    assert "That is the oldest of them." in jane.follow(end).text


def test_a_page_that_stands_open_asks_for_what_changed(world: WorldForTests, jane: ConsoleClient) -> None:
    made = entered(world, 5, status=Status.QUEUED)
    page = jane.get(LOG).text
    assert f'data-key="{made.id}" data-renew="soon"' in page
    assert f'data-newest="{made.id}"' in page
    jane.post(f"{LOG}/{made.id}/cancel")
    entered(world, 1, status=Status.QUEUED)
    answer = jane.get(f"{LOG}/live?id={made.id}&newest={made.id}")
    assert "Cancelled" in answer.text
    assert "data-renew" not in answer.text
    assert "1 new" in answer.text
    assert re.search(r'group=not_sent[^>]*>Not sent <span class="count">2</span>', answer.text)
    assert 'class="pills' not in jane.get(f"{LOG}/live?id={made.id}").text
    assert jane.ask("GET", f"{LOG}/live?id={made.id}&newest={made.id}&channel=sms").text.count(" new") == 0


def test_what_a_line_is_renewed_with_is_what_it_was_shown_with(world: WorldForTests, jane: ConsoleClient) -> None:
    """The log writes its lines out, for there are many of them; what renews one writes it by macros."""
    failed = Failure(code=FailureCode.MAILBOX_FULL, provider_code="5.2.2")
    made = [
        entered(world, 1, status=Status.QUEUED, subject='"<one>"'),
        entered(world, 2, status=Status.FAILED, failure=failed),
        entered(world, 3, status=Status.SCHEDULED, scheduled_for=NOW + timedelta(days=2)),
        entered(world, 4, status=Status.DELIVERED, delivered_at=NOW),
    ]
    log = jane.get(LOG).text
    live = jane.get(f"{LOG}/live?{'&'.join(f'id={one.id}' for one in made)}").text
    for one in made:
        line = re.search(rf'<tr( data-key="{one.id}"[^>]*)>(.*?)</tr>', live, re.DOTALL)
        assert line
        assert line[1] in log
        assert line[2] in log
