"""The header's search, the find fields of lists, and choices: what they answer, to whom, and how equals are told apart."""

import re

import pytest

from letterbook.domain.access import Grant
from letterbook.domain.party import Party
from letterbook.domain.search_terms import MOST_WORDS
from letterbook.domain.subjects import RegardedRecord
from letterbook.use_cases.directory.subjects import put_subject
from tests.support.api_client import ADMIN
from tests.support.aws import WorldForTests
from tests.support.builders import deed, viewer
from tests.support.console_client import ConsoleClient, words
from tests.support.fakes.sessions import SessionsForTests
from tests.support.steps import a_case, a_note, a_party

# As our script asks.
FRAGMENT = {"letterbook-fragment": "1"}


@pytest.fixture
def agent(tokens: SessionsForTests) -> ConsoleClient:
    return tokens.let_in("agent-1", "agent")


@pytest.fixture
def found(world: WorldForTests) -> Party:
    """Somebody with a case, an invoice and a call, all of one name."""
    party = a_party(world, name="Søren O’Neill", email="soren@mailbox.example", mobile="+447700900177")
    a_case(world, party, reference="ON-7", title="O’Neill and others")
    invoice = RegardedRecord(type="invoice", id="2025-00123", party_id=party.id, label="O’Neill 2025-00123")
    put_subject(world, viewer(), None, invoice)
    a_note(world, "Mr O'Neill rang about the tribunal", party_id=party.id)
    return party


def group(shown: str, name: str) -> str:
    """The card of a group alone."""
    return shown.partition(f'id="{name}"')[2].partition("</section>")[0]


def test_one_search_answers_with_parties_cases_numbers_and_messages(jane: ConsoleClient, found: Party) -> None:
    shown = jane.get("/search?q=oneill").text
    assert re.findall(r'<h2 id="in-(\w+)">', shown) == ["parties", "cases", "numbers", "messages"]
    assert f'href="/parties/{found.id}"' in group(shown, "in-parties")
    assert "ON-7" in group(shown, "in-cases")
    assert f'href="/subjects/invoice/2025-00123?of={found.id}"' in group(shown, "in-numbers")
    assert "rang about the tribunal" in words(group(shown, "in-messages"))
    assert 'href="/communications?q=oneill"' in shown


@pytest.mark.parametrize("q", ["07700 900177", "%2B44 7700 900177", "0044 7700-900177"])
def test_a_telephone_number_leads_to_whose_it_is(jane: ConsoleClient, found: Party, q: str) -> None:
    assert f'href="/parties/{found.id}"' in jane.get(f"/search?q={q.replace(' ', '+')}").text


def test_below_the_field_the_first_of_each_are_shown(world: WorldForTests, jane: ConsoleClient, found: Party) -> None:
    for number in range(7):
        a_party(world, name=f"O'Neill {number}", email=None, mobile=None)
    shown = jane.get("/search?q=neill", **FRAGMENT).text
    assert len(re.findall(r"data-hit", group(shown, "in-parties"))) == 5
    assert "rang about the tribunal" in words(group(shown, "in-messages"))
    assert "<table" not in shown
    whole = jane.get("/search?q=neill").text
    assert len(re.findall(r"data-hit", group(whole, "in-parties"))) == 8


@pytest.mark.parametrize(
    ("address", "said"), [("/search", "What are you looking for"), ("/search?q=zzz", "Nothing found")]
)
def test_a_search_for_nothing_or_without_a_hit_says_so(
    jane: ConsoleClient, found: Party, address: str, said: str
) -> None:
    assert said in jane.get(address).text


def test_who_may_not_see_them_finds_none(world: WorldForTests, agent: ConsoleClient, found: Party) -> None:
    for asking in ({}, FRAGMENT):
        assert "Nothing found" in agent.get("/search?q=neill", **asking).text
    world.grants.save(Grant(user="agent-1", party_id=found.id), deed())
    assert "Søren" in agent.get("/search?q=neill").text


@pytest.mark.parametrize(
    "q", ["the", "%00", "%F0%9F%98%80", "a" * 200, "1" * 200, "%E6%9D%B1" * 60, "(+", "-", "'", "of+a"]
)
def test_whatever_is_asked_is_answered(jane: ConsoleClient, found: Party, q: str) -> None:
    for page in ("search", "cases", "parties"):
        assert jane.get(f"/{page}?q={q}").status in (200, 400, 422), page


# ---- lists and choices


def test_the_cases_have_a_field_that_finds(world: WorldForTests, jane: ConsoleClient, found: Party) -> None:
    a_case(world, a_party(world, name="Nobody"), reference="X-1", title="Another matter")
    shown = jane.get("/cases?q=søren").text
    assert "ON-7" in shown
    assert "X-1" not in shown
    assert 'value="søren"' in shown
    assert "No case found" in jane.get("/cases?q=zzz").text


def test_equals_are_told_apart(world: WorldForTests, jane: ConsoleClient) -> None:
    for account, town in (("10391", "Leeds LS6 2AB"), ("10392", "Hull HU1 1AA")):
        a_party(
            world, name="John Smith", account_number=account, email=None, mobile=None, address=f"1 High Street\n{town}"
        )
    for page in ("/compose?words=john+smith", "/communications/filter?party=john+smith", "/search?q=john+smith"):
        shown = words(jane.get(page).text)
        for beside in ("10391", "Leeds LS6 2AB", "10392", "Hull HU1 1AA"):
            assert beside in shown, page


def test_equals_without_a_number_or_an_address_are_told_apart_by_their_cases(
    world: WorldForTests, jane: ConsoleClient
) -> None:
    for reference in ("DC-1", "DC-2"):
        a_case(world, a_party(world, name="John Smith", email=None, mobile=None), reference=reference)
    a_case(world, a_party(world, name="John Smithson", email=None, mobile=None), reference="DC-3")
    for page in ("/compose?words=john+smi", "/communications/filter?party=john+smi", "/search?q=john+smi"):
        shown = words(jane.get(page).text)
        assert "case DC-1" in shown, page
        assert "case DC-2" in shown, page
        assert "case DC-3" not in shown, page


# ---- what is not searched


def test_a_message_of_more_words_than_are_kept_says_so(world: WorldForTests, jane: ConsoleClient) -> None:
    long = a_note(world, " ".join(f"w{n}" for n in range(MOST_WORDS + 100)))
    short = a_note(world, "w1 w2")
    said = "Only the first 2,000 of its different words are found by a search."
    assert said in jane.get(f"/communications/{long.id}").text
    assert said not in jane.get(f"/communications/{short.id}").text
    assert "only the first 2,000 different words are searched" in jane.get("/communications?q=w2099").text
    listed = ADMIN.get("/v1/communications", q="w2099").json
    assert (listed["items"], listed["search_cut"]) == ([], True)
    assert ADMIN.get(f"/v1/communications/{long.id}").json["search_cut"] is True
    assert ADMIN.get(f"/v1/communications/{short.id}").json["search_cut"] is False


def test_where_nothing_is_cut_nothing_is_said(world: WorldForTests, jane: ConsoleClient) -> None:
    a_note(world, "w1")
    assert "are searched" not in jane.get("/communications?q=w1").text
    assert ADMIN.get("/v1/communications", q="w1").json["search_cut"] is False


def test_cases_are_found_through_the_api(world: WorldForTests, found: Party) -> None:
    for q in ("on-7", "ON7", "soren", "o'neill others"):
        [case] = ADMIN.get("/v1/cases", q=q).json["items"]
        assert case["reference"] == "ON-7"
    assert ADMIN.get("/v1/cases", q="zzz").json["items"] == []
    assert ADMIN.get("/v1/cases", q="on", party_id=found.id).json["items"] == [case]
