"""A scheduled message whose party opted out since, or is on hold, says so at once, and not any more when that is withdrawn."""

from datetime import timedelta
from typing import Any

import pytest

from letterbook.domain.party import Hold, HoldKind, OptOut, Party, Preferences
from letterbook.domain.status import Status
from letterbook.use_cases.delivery.release_scheduled import release_scheduled
from letterbook.use_cases.messages.compose import compose
from tests.support.api_client import ADMIN
from tests.support.aws import Requests, WorldForTests
from tests.support.builders import NOW, deed, later, viewer
from tests.support.console_client import ConsoleClient, words
from tests.support.steps import a_party, an_email, deliver_queue, standing

LOG = "/communications"


@pytest.fixture
def priya(world: WorldForTests) -> Party:
    return a_party(world)


def wish(world: WorldForTests, party: Party, version: int, **wishes: Any) -> None:
    world.parties.save_preferences(party.id, Preferences(version=version, **wishes), deed(party.id))


def decided(communication_id: str) -> list[tuple[str, str]]:
    """By its own page, and by its row in the list."""
    [row] = [one for one in ADMIN.get("/v1/communications").json["items"] if one["id"] == communication_id]
    own = ADMIN.get(f"/v1/communications/{communication_id}").json
    assert own["decision"]["trace"][-1]["outcome"] == (
        own["decision"]["action"] if own["decision"]["action"] == "skip" else "pass"
    )
    return [(one["decision"]["action"], one["decision"]["rule"]) for one in (own, row)]


def test_its_page_and_every_list_say_so_at_once_and_again_when_it_is_withdrawn(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    made, _ = compose(world, viewer(), an_email(priya, send_at=later(days=3)))
    assert decided(made.id) == [("schedule", "send_at")] * 2
    wish(world, priya, 1, opt_outs=(OptOut(channel="email", at=NOW),))
    assert decided(made.id) == [("skip", "opt_out")] * 2
    for path in (f"{LOG}/{made.id}", LOG, f"/parties/{priya.id}/communications", f"{LOG}/live?id={made.id}"):
        text = words(jane.get(path).text)
        assert "Will be skipped" in text, path
        assert "opted out of email" in text, path
    assert "Monday 10:00: as asked" not in words(jane.get(LOG).text)
    wish(world, priya, 2)
    assert "Monday 10:00: as asked" in words(jane.get(LOG).text)
    assert decided(made.id) == [("schedule", "send_at")] * 2
    assert "Will be skipped" not in words(jane.get(f"{LOG}/{made.id}").text)
    assert standing(world, made).entry.status is Status.SCHEDULED


def test_a_hold_says_so_unless_it_was_overridden(world: WorldForTests, priya: Party) -> None:
    hold = Hold(kind=HoldKind.DISPUTE)
    wish(world, priya, 1, hold=hold)
    despite, _ = compose(world, viewer(), an_email(priya, send_at=later(days=3), override_hold="The court asks for it"))
    wish(world, priya, 2)
    plain, _ = compose(world, viewer(), an_email(priya, send_at=later(days=3)))
    wish(world, priya, 3, hold=hold)
    assert decided(plain.id) == [("skip", "contact_hold")] * 2
    assert decided(despite.id)[1][0] == "schedule"


def test_what_it_says_is_what_happens(world: WorldForTests, priya: Party) -> None:
    made, _ = compose(world, viewer(), an_email(priya, send_at=later(days=3)))
    wish(world, priya, 1, opt_outs=(OptOut(channel="email", at=NOW),))
    world.clock.time = NOW + timedelta(days=3)
    release_scheduled(world, made.id)
    deliver_queue(world)
    assert (standing(world, made).entry.status, world.fakes.email.taken) == (Status.SKIPPED, [])


def test_only_a_list_of_what_waits_asks_for_more(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    def asked() -> int:
        with Requests() as requests:
            jane.get(LOG)
        return len(requests.names)

    compose(world, viewer(), an_email(priya))
    jane.get(LOG)
    before = asked()
    for days in (3, 4, 5):
        compose(world, viewer(), an_email(priya, send_at=later(days=days)))
    assert asked() == before + 3
