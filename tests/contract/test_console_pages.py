"""The pages of the console, as their readers get them."""

import itertools
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from letterbook.domain.access import Grant
from letterbook.domain.channels import Channel
from letterbook.domain.communication import CaseRef
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.status import Status
from tests.support import builders
from tests.support.api_client import ADMIN, email, expect_created
from tests.support.aws import Requests, WorldForTests
from tests.support.builders import NOW, deed
from tests.support.console_client import HOST, LOG, ConsoleClient, SessionsForTests, words
from tests.support.steps import deliver_queue, entered, standing, tell

# ---- every answer


def test_headers_of_a_page(jane: ConsoleClient) -> None:
    headers = jane.get(LOG).headers
    policy = dict(one.strip().split(" ", 1) for one in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")
    assert headers["Referrer-Policy"] == "same-origin"


def test_no_page_holds_what_the_policy_forbids(world: WorldForTests, jane: ConsoleClient) -> None:
    made = entered(world, status=Status.QUEUED)
    for address in (LOG, f"{LOG}/overview", f"{LOG}/filter", f"{LOG}/views?group=failed", f"{LOG}/{made.id}"):
        answer = jane.get(address)
        assert answer.status == 200
        text = answer.text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=\"/static/)", text), address


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": f"http://{HOST}"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {},
    ],
)
def test_a_write_from_elsewhere_is_none(world: WorldForTests, jane: ConsoleClient, headers: dict[str, str]) -> None:
    made = entered(world, status=Status.QUEUED)
    refused = jane.ask("POST", f"{LOG}/{made.id}/cancel", {}, headers=headers)
    assert refused.status == 403
    assert standing(world, made.id).entry.status is Status.QUEUED


def test_a_write_without_an_origin_is_taken_from_the_same_origin(world: WorldForTests, jane: ConsoleClient) -> None:
    made = entered(world, status=Status.QUEUED)
    assert jane.ask("POST", f"{LOG}/{made.id}/cancel", {}, headers={"sec_fetch_site": "same-origin"}).status == 303


def test_assets_are_kept_for_ever_under_the_name_of_their_content(jane: ConsoleClient) -> None:
    page = jane.get(LOG).text
    names = set(re.findall(r"/static/[\w.]+", page))
    assert {name.rpartition(".")[2] for name in names} == {"css", "svg", "js"}
    sizes = {}
    for name in names:
        asset = ConsoleClient().get(name)
        assert asset.status == 200
        assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        sizes[name.rpartition(".")[2]] = len(asset.text.encode())
    assert sizes["css"] + sizes["js"] <= 44_000
    [style] = [name for name in names if name.endswith("css")]
    assert ConsoleClient().get(re.sub(r"\.\w{10}\.", ".0123456789.", style)).status == 404
    assert ConsoleClient().get("/static/../handler.py").status == 404


def test_what_goes_wrong_tells_nothing_of_our_inside(
    world: WorldForTests, jane: ConsoleClient, monkeypatch: Any
) -> None:
    monkeypatch.setattr(type(world), "now", lambda _: 1 / 0)
    answer = jane.get(LOG)
    assert answer.status == 500
    assert "Something went wrong on our side" in answer.text
    assert "ZeroDivision" not in answer.text


@pytest.mark.parametrize(("method", "address", "status"), [
    ("GET", "/nowhere", 404), ("GET", f"{LOG}/com_x", 404), ("POST", LOG, 405), ("HEAD", LOG, 200), ("DELETE", LOG, 405),
])  # fmt: skip
def test_addresses(jane: ConsoleClient, method: str, address: str, status: int) -> None:
    answer = jane.ask(method, address, headers={"origin": f"https://{HOST}"})
    assert answer.status == status
    assert (answer.text == "") is (method == "HEAD")


# ---- the log

HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}"


def test_nothing_that_somebody_wrote_becomes_markup(world: WorldForTests, jane: ConsoleClient) -> None:
    party = replace(builders.entry().party, name=HOSTILE)
    made = entered(
        world,
        status=Status.QUEUED,
        subject=HOSTILE,
        preview=HOSTILE,
        party=party,
        case=CaseRef(id="cas_1", reference=HOSTILE),
    )
    for address in (LOG, f"{LOG}/{made.id}", f"{LOG}/{made.id}/cancel", f"{LOG}?q={'%3Cimg%20src%3Dx%3E'}"):
        text = jane.get(address).text
        assert "<img" not in text
        assert "{{7*7}}" in text or "q=" in address
    hostile = jane.get(f"{LOG}?location=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>" not in hostile.text


@pytest.mark.covers("B4", "B5", "B7", "B13")
def test_a_line(world: WorldForTests, jane: ConsoleClient) -> None:
    entered(world, 1, status=Status.QUEUED, subject="Newer")
    entered(
        world, 2, status=Status.DELIVERED, subject="Older", case=CaseRef(id="cas_1", reference="DC-1"), delivered_at=NOW
    )
    text = jane.get(LOG).text
    assert text.index("Newer") < text.index("Older")
    assert "Today" in text
    assert "Friday 20 November 2026" in text
    line = words(text.split("<tr ")[-1].split("</tr>")[0])
    for told in ("09:58", "Email", "to", "Priya Raman", "Older", "DC-1", "Delivered", "10:00"):
        assert told in line
    assert '<time datetime="2026-11-20T09:58:00Z" title="Friday 20 November 2026, 09:58:00 GMT">' in text


@pytest.mark.covers("C7", "C10")
def test_filters_live_in_the_address(world: WorldForTests, jane: ConsoleClient) -> None:
    entered(world, 1, status=Status.FAILED, subject="Bounced")
    entered(world, 2, status=Status.QUEUED, subject="Waiting", channel=Channel.SMS)
    failed = jane.get(f"{LOG}?group=failed").text
    assert "Bounced" in failed
    assert "Waiting" not in failed
    both = jane.get(f"{LOG}?channel=sms,email&when=7").text
    assert 'aria-label="Remove filter: SMS"' in both
    assert 'href="/communications?channel=email&amp;when=7" aria-label="Remove filter: SMS"' in both
    assert 'href="/communications?channel=sms&amp;channel=email" aria-label="Remove filter: Last 7 days"' in both
    clean = jane.get(f"{LOG}?location=&channel=sms&when=own&from=2026-11-01&to=")
    assert clean.headers["Location"] == f"{LOG}?channel=sms&from=2026-11-01"


@pytest.mark.parametrize("wrong", ["channel=fax", "case_id=x", "from=yesterday", "cursor=x", "unknown=1", "limit=9999"])
def test_a_filter_that_is_none_is_said_to_be(jane: ConsoleClient, wrong: str) -> None:
    answer = jane.get(f"{LOG}?{wrong}")
    assert answer.status in (200, 422)
    assert answer.status == 422 or wrong.startswith("limit")
    if answer.status == 422:
        assert 'href="/communications"' in answer.text


def test_counts_end_at_ninety_nine(world: WorldForTests, jane: ConsoleClient) -> None:
    for number in range(100):
        entered(world, number, status=Status.FAILED)
    entered(world, status=Status.QUEUED)
    text = words(jane.get(LOG).text)
    assert "Failed 99+ Not sent 1 Completed" in text


def test_pages_keep_the_filters_both_ways(world: WorldForTests, jane: ConsoleClient) -> None:
    for number in range(110):
        entered(world, number, status=Status.QUEUED, subject=f"Number {number:03}")
    seen: list[str] = []
    address: str | None = f"{LOG}?channel=email"
    pages = []
    while address:
        text = jane.get(address).text
        pages.append(address)
        seen += re.findall(r">(Number \d{3})</a>", text)
        following = re.search(r'<a class="btn bare" href="([^"]+)" rel="next"', text)
        address = following[1].replace("&amp;", "&") if following else None
    assert seen == [f"Number {number:03}" for number in range(110)]
    assert all("channel=email" in one for one in pages)
    for before, after in itertools.pairwise(pages):
        newer = re.search(r'<a class="btn bare" href="([^"]+)" rel="prev"', jane.get(after).text)
        assert newer
        assert newer[1].replace("&amp;", "&") == before


def test_a_page_is_small_and_asks_little(world: WorldForTests, jane: ConsoleClient) -> None:
    for number in range(60):
        entered(
            world, number, status=Status.FAILED if number % 2 else Status.DELIVERED, subject="A subject of a usual length",
            preview="Dear Sir or Madam, we act for Mrs Priya Raman of 14 Weavers Row, Halden, and write about her account.",
            case=CaseRef(id="cas_1", reference="DC-2026-00390"),
        )  # fmt: skip
    jane.get(LOG)
    with Requests() as asked:
        page = jane.get(LOG)
    assert page.text.count("<tr ") >= 50
    assert len(page.text.encode()) <= 80_000
    assert len(asked.names) <= 3, asked.names
    made = re.search(r"/communications/(com_\w+)", page.text)
    assert made
    with Requests() as asked:
        jane.get(f"{LOG}/{made[1]}")
    assert len(asked.names) <= 3, asked.names


@pytest.mark.covers("B14")
def test_the_empty_states_differ(world: WorldForTests, jane: ConsoleClient, tokens: SessionsForTests) -> None:
    assert "Nothing yet" in jane.get(LOG).text
    none = jane.get(f"{LOG}?channel=sms").text
    assert "Nothing matches" in none
    assert "Clear all filters" in none
    assert "Not open to you yet" in tokens.let_in("user-9", "agent").get(LOG).text
    assert tokens.let_in("user-8", "nobody").get(LOG).status == 403
    entered(world, status=Status.COLLECTING)
    assert "1 more is still collecting its data" in jane.get(LOG).text


@pytest.mark.covers("M2")
def test_a_stranger_sees_nothing(world: WorldForTests, tokens: SessionsForTests) -> None:
    made = entered(world, status=Status.QUEUED, subject="Zwingli")
    stranger = tokens.let_in("user-9", "agent")
    one = f"{LOG}/{made.id}"
    for address in (
        LOG,
        f"{LOG}?q=zwingli",
        f"{LOG}/live?id={made.id}",
        f"{LOG}/overview",
        f"{LOG}?party_id={made.party.id}",
    ):
        assert "Zwingli" not in stranger.get(address).text
        assert "Priya Raman" not in stranger.get(address).text
    for end in ("", "/content", "/resend", "/cancel", "/send", "/discard", "/deliver"):
        assert stranger.get(one + end).status in (403, 404), end
        assert "Zwingli" not in stranger.get(one + end).text
    for end in ("/cancel", "/resend", "/discard", "/send", "/deliver", "/ignore"):
        assert stranger.post(one + end, {"reason": "x"}).status in (403, 404), end
    assert standing(world, made.id).entry == made


def test_who_sees_some_counts_some(world: WorldForTests, tokens: SessionsForTests) -> None:
    seen = entered(world, 1, status=Status.FAILED)
    entered(world, 2, status=Status.FAILED)
    entered(world, 3, status=Status.FAILED, restricted=True, party=seen.party)
    world.grants.save(Grant(user="user-7", party_id=seen.party.id), deed())
    text = words(tokens.let_in("user-7", "agent").get(LOG).text)
    assert "Failed 1 Not sent Completed" in text


def test_saved_views(jane: ConsoleClient) -> None:
    saved = jane.post(f"{LOG}/views", {"name": "Bounced <b>", "query": "group=failed&when=7"})
    assert saved.headers["Location"] == f"{LOG}?group=failed&when=7"
    assert "Saved as Bounced &lt;b&gt;." in jane.follow(saved).text
    assert "Saved as" not in jane.get(LOG).text
    listed = jane.get(f"{LOG}/views").text
    assert 'href="/communications?group=failed&amp;when=7">Bounced &lt;b&gt;</a>' in listed
    for wrong in (
        {"name": "", "query": "group=failed"},
        {"name": "x", "query": "//evil\n"},
        {"name": "x" * 90, "query": "q=a"},
    ):
        assert jane.post(f"{LOG}/views", wrong).status == 422
    jane.follow(jane.post(f"{LOG}/views/remove", {"name": "Bounced <b>"}))
    assert "None yet" in jane.get(f"{LOG}/views").text


def test_the_panel_finds_people_by_name(jane: ConsoleClient) -> None:
    one = expect_created(
        ADMIN.post("/v1/parties", {"kind": "client", "name": "Priya Raman", "email": "p@mailbox.example"})
    )
    expect_created(ADMIN.post("/v1/parties", {"kind": "client", "name": "Daniel Okoro", "email": "d@mailbox.example"}))
    expect_created(ADMIN.post("/v1/parties", {"kind": "client", "name": "Daniel Ashby", "email": "a@mailbox.example"}))
    found = jane.follow(jane.get(f"{LOG}?party=raman&channel=sms&location="))
    assert found.headers["Location"] == f"{LOG}?channel=sms&party_id={one['id']}"
    assert "With: Priya Raman" in jane.follow(found).text
    assert jane.get(f"{LOG}/filter?party=daniel").text.count('type="radio" name="party_id"') == 2
    assert "Nobody of that name" in jane.get(f"{LOG}/filter?party=zwingli").text


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
    assert f'data-live="{made.id}"' in page
    assert f'data-newest="{made.id}"' in page
    jane.post(f"{LOG}/{made.id}/cancel")
    entered(world, 1, status=Status.QUEUED)
    answer = jane.get(f"{LOG}/live?id={made.id}&newest={made.id}")
    assert "Cancelled" in answer.text
    assert "1 new" in answer.text
    assert jane.ask("GET", f"{LOG}/live?id={made.id}&newest={made.id}&channel=sms").text.count(" new") == 0
