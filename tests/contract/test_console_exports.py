"""Downloads in the console: one entry, many, all of a filter; what they will hold is said first, and then how far they are."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from letterbook.domain.access import Grant
from letterbook.domain.communication import Communication
from letterbook.domain.party import Party
from letterbook.use_cases.exports import order_export as ordering
from tests.support.aws import WorldForTests
from tests.support.builders import deed, mail
from tests.support.console_client import LOG, ConsoleClient, words
from tests.support.exports import fetched, folders
from tests.support.fakes.sessions import SessionsForTests
from tests.support.steps import come_in, make_exports

FILES = [("Statement.pdf", "application/pdf", b"%PDF statement"), ("statement.PDF", "application/pdf", b"%PDF other")]
NEW = "/exports/new"


@pytest.fixture
def came(world: WorldForTests, priya: Party) -> Communication:
    return come_in(world, mail("Here it is.", files=FILES, Subject="My statement"))


def ordered(who: ConsoleClient, page: str, **changes: str) -> str:
    """Where the form of a page leads that asks whether to make a file."""
    form: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page):
        form.setdefault(name, []).append(value.replace("&amp;", "&"))
    answer = who.post("/exports", {**form, **changes})
    assert answer.status == 303, words(answer.text)
    return answer.headers["Location"]


def test_one_entry_is_ordered_followed_and_fetched(
    world: WorldForTests, jane: ConsoleClient, came: Communication
) -> None:
    assert f'href="{NEW}?id={came.id}"' in jane.get(f"{LOG}/{came.id}").text
    asking = jane.get(f"{NEW}?id={came.id}").text
    assert "1 entry with its text, and 2 documents of 24 bytes." in words(asking)
    here = ordered(jane, asking)
    waiting = jane.get(here).text
    assert 'data-renew="soon"' in waiting
    assert "See how far it is" in words(waiting)
    make_exports(world)
    done = jane.get(here).text
    assert "data-renew" not in done
    assert "with 1 entry." in words(done)
    gives = jane.get(f"{here}/file")
    assert gives.status == 303
    assert len(folders(fetched(gives.headers["Location"]))) == 1
    named = unquote(parse_qs(urlsplit(gives.headers["Location"]).query)["response-content-disposition"][0])
    assert re.search(r"Letterbook 2026-\d\d-\d\d \d{4}\.zip", named)


def test_many_or_all_that_match_are_taken_from_the_log_and_the_overview(
    world: WorldForTests, jane: ConsoleClient, came: Communication
) -> None:
    other = come_in(world, mail("Another.", Subject="Another"), "mail/2")
    for path in (LOG, f"{LOG}/overview"):
        page = jane.get(path).text
        assert f'href="{NEW}?all=1"' in page
        assert f'formaction="{NEW}"' in page
    narrowed = re.search(r'href="(/exports/new\?all=1[^"]+)"', jane.get(f"{LOG}?direction=inbound&channel=email").text)
    assert narrowed
    assert "filter=direction%3Dinbound%26channel%3Demail" in narrowed[1]
    assert "2 entries" in words(jane.get(narrowed[1].replace("&amp;", "&")).text)
    some = jane.get(f"{NEW}?id={came.id}&id={other.id}&filter=direction%3Dinbound").text
    assert "2 entries" in words(some)
    every = re.search(r'href="(/exports/new\?all=1[^"]+)"', some)
    assert every
    for asking in (some, jane.get(every[1].replace("&amp;", "&")).text):
        here = ordered(jane, asking)
        make_exports(world)
        assert len(folders(fetched(jane.get(f"{here}/file").headers["Location"]))) == 2


def test_a_second_press_makes_no_second_file(world: WorldForTests, jane: ConsoleClient, came: Communication) -> None:
    asking = jane.get(f"{NEW}?id={came.id}").text
    assert ordered(jane, asking) == ordered(jane, asking)
    assert len(world.queued("export")) == 1


def test_ones_own_downloads_are_listed(
    world: WorldForTests, jane: ConsoleClient, tokens: SessionsForTests, came: Communication
) -> None:
    assert "Nothing yet" in jane.get("/exports").text
    here = ordered(jane, jane.get(f"{NEW}?id={came.id}").text)
    assert f'href="{here}"' in jane.get("/exports").text
    other = tokens.let_in("lead", "lead")
    assert here not in other.get("/exports").text
    assert [other.get(path).status for path in (here, f"{here}/file")] == [404, 404]


def test_a_file_that_is_not_there_yet_is_not_given(jane: ConsoleClient, came: Communication) -> None:
    here = ordered(jane, jane.get(f"{NEW}?id={came.id}").text)
    assert jane.get(f"{here}/file").status == 409


def test_what_is_gone_meanwhile_is_left_out(world: WorldForTests, jane: ConsoleClient, came: Communication) -> None:
    unknown = f"com_{'0' * 26}"
    assert "1 entry" in words(jane.get(f"{NEW}?id={came.id}&id={unknown}").text)


def test_who_may_not_see_an_entry_does_not_get_it(
    world: WorldForTests, tokens: SessionsForTests, came: Communication, priya: Party
) -> None:
    agent = tokens.let_in("agent", "agent")
    assert agent.get(f"{NEW}?id={came.id}").status == 422
    world.grants.save(Grant(user="agent", party_id=priya.id), deed(priya.id))
    here = ordered(agent, agent.get(f"{NEW}?id={came.id}").text)
    make_exports(world)
    assert folders(fetched(agent.get(f"{here}/file").headers["Location"]))


def test_who_only_reads_takes_away_what_they_read(
    world: WorldForTests, tokens: SessionsForTests, came: Communication
) -> None:
    auditor = tokens.let_in("aud", "auditor")
    assert ordered(auditor, auditor.get(f"{NEW}?all=1").text)


def test_too_much_is_said_before_it_is_ordered(
    jane: ConsoleClient, came: Communication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "MOST_BYTES", 20)
    refused = jane.get(f"{NEW}?id={came.id}")
    assert refused.status == 422
    assert "Their documents come to more than" in words(refused.text)


@pytest.mark.parametrize(
    "query", ["", "?id=none", "?all=1&filter=status%3Dnonsense", f"?all=1&filter={'a%3D1%26' * 200}"]
)
def test_nothing_selected_and_filters_that_are_none_are_refused(
    jane: ConsoleClient, came: Communication, query: str
) -> None:
    assert jane.get(f"{NEW}{query}").status == 422
