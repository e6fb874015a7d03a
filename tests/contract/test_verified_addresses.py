"""The link that verifies an address: who was sent it uses it once, not signed in. Nothing else does; nobody learns anything."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from letterbook.domain.party import Party
from letterbook.use_cases.directory.parties import amend_party
from letterbook.use_cases.directory.verification import verification_link
from tests.support.api_client import ADMIN
from tests.support.aws import WorldForTests
from tests.support.builders import viewer
from tests.support.changing import everything
from tests.support.console_client import ConsoleClient, words

STRANGER = "01JD4QK8V3M2N7R5T9W1X3Y5Z7"


def link_to(world: WorldForTests, party: Party) -> str:
    link = verification_link(world, party)
    assert link is not None
    return link


def path_of(link: str) -> str:
    return urlsplit(link).path


def verified_at(party: Party) -> Any:
    return ADMIN.get(f"/v1/parties/{party.id}").json["email_verified_at"]


def moved(world: WorldForTests, party: Party, email: str | None) -> Party:
    """The party with another address."""
    return amend_party(world, viewer(), party.id, None, lambda before: replace(before, email=email))


def test_the_button_verifies_the_address(world: WorldForTests, priya: Party) -> None:
    link, browser = link_to(world, priya), ConsoleClient()
    assert link.startswith("https://post.tolworthy.example/verify/")
    asked = browser.get(path_of(link))
    assert asked.status == 200
    assert "Verify my address" in words(asked.text)
    assert verified_at(priya) is None
    done = browser.follow(browser.post(path_of(link)))
    assert "Your email address is verified" in words(done.text)
    assert verified_at(priya) == "2026-11-20T10:00:00Z"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_opens_links_before_people_do_verifies_nothing(world: WorldForTests, priya: Party, method: str) -> None:
    path, before = path_of(link_to(world, priya)), everything()
    assert ConsoleClient().ask(method, path).status == 200
    assert everything() == before


def test_a_button_of_another_site_verifies_nothing(world: WorldForTests, priya: Party) -> None:
    path, before = path_of(link_to(world, priya)), everything()
    assert ConsoleClient().post(path, origin="https://elsewhere.example").status == 403
    assert everything() == before


def test_a_link_is_used_once(world: WorldForTests, priya: Party) -> None:
    path = path_of(link_to(world, priya))
    ConsoleClient().post(path)
    before = everything()
    assert "There is nothing more to do" in words(ConsoleClient().follow(ConsoleClient().post(path)).text)
    assert everything() == before


def test_who_verified_is_in_the_activity_of_the_party(world: WorldForTests, priya: Party) -> None:
    world.clock.pass_(minutes=1)
    ConsoleClient().post(path_of(link_to(world, priya)))
    newest = ADMIN.get("/v1/activity", party_id=priya.id).json["items"][0]
    assert "email address verified" in str(newest)


def test_the_page_of_the_party_says_since_when(world: WorldForTests, priya: Party, jane: ConsoleClient) -> None:
    assert "Verified" not in jane.get(f"/parties/{priya.id}").text
    ConsoleClient().post(path_of(link_to(world, priya)))
    assert "Verified 20 November 2026" in words(jane.get(f"/parties/{priya.id}").text)


def test_another_address_was_never_verified(world: WorldForTests, priya: Party) -> None:
    ConsoleClient().post(path_of(link_to(world, priya)))
    moved(world, priya, "new@mailbox.example")
    assert verified_at(priya) is None
    moved(world, priya, priya.email)
    assert verified_at(priya) == "2026-11-20T10:00:00Z"


def test_a_used_link_stays_used_whatever_becomes_of_the_address(world: WorldForTests, priya: Party) -> None:
    first = path_of(link_to(world, priya))
    ConsoleClient().post(first)
    world.clock.pass_(minutes=1)
    ConsoleClient().post(path_of(link_to(world, moved(world, priya, "new@mailbox.example"))))
    moved(world, priya, priya.email)
    ConsoleClient().post(first)
    assert verified_at(priya) is None


def test_a_party_without_an_address_has_no_link(world: WorldForTests, priya: Party) -> None:
    assert verification_link(world, moved(world, priya, None)) is None


def test_a_party_that_was_merged_keeps_what_it_verified(world: WorldForTests, priya: Party) -> None:
    into = ADMIN.post("/v1/parties", {"kind": "client", "name": "P. Raman"}).json
    path = path_of(link_to(world, priya))
    ConsoleClient().post(path)
    merged = ADMIN.post(f"/v1/parties/{priya.id}/merge", {"into": into["id"], "reason": "Entered twice"})
    assert merged.json["email_verified_at"] == "2026-11-20T10:00:00Z"
    assert "is verified" in words(ConsoleClient().get(path).text)


# ---- what is no good


def expired(world: WorldForTests, party: Party) -> str:
    path = path_of(link_to(world, party))
    world.clock.pass_(days=30)
    return path


def of_another_address(world: WorldForTests, party: Party) -> str:
    path = path_of(link_to(world, party))
    moved(world, party, "new@mailbox.example")
    return path


def without_an_address(world: WorldForTests, party: Party) -> str:
    path = path_of(link_to(world, party))
    moved(world, party, None)
    return path


def of_another_time(world: WorldForTests, party: Party) -> str:
    path = path_of(link_to(world, party))
    world.clock.pass_(days=1)
    head, later, mac = path_of(link_to(world, party))[:-29], path_of(link_to(world, party))[-29:-17], path[-17:]
    return head + later + mac


def of_another_party(world: WorldForTests, party: Party) -> str:
    return path_of(link_to(world, party)).replace(party.id.removeprefix("pty_"), STRANGER)


def of_a_signature_made_up(world: WorldForTests, party: Party) -> str:
    return path_of(link_to(world, party))[:-16] + "a" * 16


def of_anything(world: WorldForTests, party: Party) -> str:
    return "/verify/anything"


NO_GOOD = [
    expired,
    of_another_address,
    without_an_address,
    of_another_time,
    of_another_party,
    of_a_signature_made_up,
    of_anything,
]


@pytest.mark.parametrize("made", NO_GOOD, ids=lambda one: one.__name__)
def test_a_link_that_is_no_good_changes_nothing_and_tells_nothing(
    world: WorldForTests, priya: Party, made: Any
) -> None:
    path = made(world, priya)
    before, browser = everything(), ConsoleClient()
    answers = [browser.get(path), browser.follow(browser.post(path))]
    assert everything() == before
    nothing = ConsoleClient().get("/verify/nothing-at-all")
    assert {(one.status, one.text) for one in answers} == {(404, nothing.text)}
    told = words(nothing.text)
    assert "Ask The Firm for a new one" in told
    assert priya.name not in told
    assert "@" not in told


def test_a_link_is_good_until_the_thirtieth_day_is_over(world: WorldForTests, priya: Party) -> None:
    path = path_of(link_to(world, priya))
    world.clock.pass_(days=30, seconds=-1)
    assert ConsoleClient().get(path).status == 200


def test_the_page_is_kept_by_nobody_and_listed_nowhere(world: WorldForTests, priya: Party) -> None:
    browser = ConsoleClient()
    shown = browser.get(path_of(link_to(world, priya)))
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert shown.headers["Referrer-Policy"] == "same-origin"
    assert "http" not in shown.text.replace("https://www.w3.org", "").replace("http://www.w3.org", "")
    assert not browser.set_cookies
    assert priya.name not in shown.text
    assert "Letterbook" not in shown.text
