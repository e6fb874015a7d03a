"""A text message that came in, as callers and case handlers see it, and as they answer it."""

from dataclasses import replace
from typing import Any

import pytest

from letterbook.domain.errors import Permanent
from letterbook.domain.party import Party
from letterbook.use_cases.inbound.receive_text import receive_text
from letterbook.use_cases.indexing.index import index_communication
from tests.support.api_client import ADMIN, expect_created
from tests.support.aws import WorldForTests
from tests.support.builders import organisation
from tests.support.console_client import LOG, ConsoleClient, words
from tests.support.fakes.providers import TEXTS
from tests.support.texts import OURS, PRIYA, STRANGER, come_in, text


@pytest.fixture
def picture(world: WorldForTests, priya: Party) -> Any:
    """A message with a picture, and with another that could not be had."""
    texts = world.fakes.with_texts()
    texts.files = {"u1": ("image/jpeg", b"\xff\xd8"), "u2": Permanent("410")}
    raw = text(world, "The letter that I got", media=[["u1", "image/jpeg"], ["u2", "image/jpeg"]])
    return receive_text(world, TEXTS, raw)


def test_the_entry(world: WorldForTests, picture: Any) -> None:
    entry = ADMIN.ask("GET", f"/v1/communications/{picture.id}").json
    assert (entry["channel"], entry["direction"], entry["status"]) == ("sms", "inbound", "received")
    assert (entry["from"], entry["to"], entry["provider"], entry["provider_reference"]) == (PRIYA, [OURS], TEXTS, "m-1")
    assert [one["name"] for one in entry["attachments"]] == ["file-1.jpg"]
    assert (entry["hints"], entry["metadata"]) == (["files_missing"], {"files_left_out": "1"})
    assert (entry["body"]["text"], entry["sms"]["segments"]) == ("The letter that I got", 1)
    assert [one["event"] for one in entry["history"]] == ["received", "files came"]


def test_its_page_says_what_is_missing_and_writes_numbers_as_people_do(jane: ConsoleClient, picture: Any) -> None:
    told = words(jane.get(f"{LOG}/{picture.id}").text)
    for one in (
        "SMS from Priya Raman",
        "07700 900127",
        "07700 900001",
        "The letter that I got",
        "file-1.jpg",
        "Files left out 1",
        "Not all files that came with it are here",
        "Came by way of",
    ):
        assert one in told, one
    assert PRIYA not in told


def test_its_row_in_the_log(jane: ConsoleClient, world: WorldForTests, priya: Party) -> None:
    come_in(world, "Stop")
    told = words(jane.get(LOG).text)
    assert "STOP, START or HELP, seen to by itself" in told
    assert "Priya Raman" in told


def test_it_is_found_by_its_words_and_its_number(world: WorldForTests, picture: Any) -> None:
    index_communication(world, picture.id)
    for asked in ("letter got", "07700 900127", "file-1.jpg"):
        found = ADMIN.ask("GET", "/v1/communications", query={"q": asked}).json["items"]
        assert [one["id"] for one in found] == [picture.id], asked


def test_an_answer_goes_where_it_came_from_and_comes_from_where_it_went(world: WorldForTests, priya: Party) -> None:
    ours = replace(organisation().senders[1], address=OURS)
    world.settings.save(organisation(version=2, senders=(*organisation().senders, ours)))
    asked = expect_created(ADMIN.post("/v1/communications", _sms(priya, to=[STRANGER])))
    assert (asked["from"], asked["to"]) == ("THEFIRM", [STRANGER])
    came = come_in(world)
    answer = expect_created(ADMIN.post("/v1/communications", _sms(priya, in_reply_to=came.id)))
    assert (answer["from"], answer["to"]) == (OURS, [PRIYA])
    other = expect_created(ADMIN.post("/v1/communications", _sms(priya, in_reply_to=came.id, **{"from": "THEFIRM"})))
    assert other["from"] == "THEFIRM"


def test_the_console_answers_likewise(jane: ConsoleClient, world: WorldForTests, priya: Party) -> None:
    ours = replace(organisation().senders[1], address=OURS)
    world.settings.save(organisation(version=2, senders=(*organisation().senders, ours)))
    page = jane.get(f"{LOG}/{come_in(world).id}/reply").text
    assert f'<option value="{OURS}" selected>' in page
    assert "07700 900127" in page or PRIYA in page


def _sms(party: Party, **changes: Any) -> dict[str, Any]:
    return {"channel": "sms", "party_id": party.id, "body": "Tuesday at nine.", **changes}
