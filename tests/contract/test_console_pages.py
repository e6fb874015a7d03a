"""The pages of the console, as their readers get them."""

import gzip
import itertools
import re
from dataclasses import replace
from typing import Any

import pytest

from letterbook.domain.access import Grant
from letterbook.domain.channels import Channel
from letterbook.domain.references import CaseRef
from letterbook.domain.status import Status
from tests.support import builders
from tests.support.api_client import ADMIN, expect_created
from tests.support.aws import Requests, WorldForTests
from tests.support.builders import NOW, deed
from tests.support.console_client import HOST, LOG, ConsoleClient, words
from tests.support.fakes.sessions import SessionsForTests
from tests.support.steps import entered, standing

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
        assert "Content-Encoding" not in asset.headers
        sizes[name] = len(gzip.compress(asset.text.encode()))
    assert sum(size for name, size in sizes.items() if not name.endswith("svg")) <= 32_000
    [style] = [name for name in names if "/style." in name]
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
    # The list, two counts, and the saved views.
    assert len(asked.names) <= 4, asked.names
    made = re.search(r"/communications/(com_\w+)", page.text)
    assert made
    with Requests() as asked:
        jane.get(f"{LOG}/{made[1]}")
    # The list, two counts, and the saved views.
    assert len(asked.names) <= 4, asked.names


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
