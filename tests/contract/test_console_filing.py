"""Filing what came in elsewhere, as people do it: found on its page, asked in plain words, done once."""

from typing import Any

import pytest

from letterbook.domain.access import Grant
from letterbook.domain.communication import Communication
from letterbook.domain.party import Party
from tests.support.aws import WorldForTests
from tests.support.builders import deed, mail
from tests.support.console_client import ConsoleClient, words
from tests.support.fakes.sessions import SessionsForTests
from tests.support.steps import a_case, a_contact, a_party, an_email, come_in, send, standing


@pytest.fixture
def priya(world: WorldForTests) -> Party:
    return a_party(world)


@pytest.fixture
def john(world: WorldForTests) -> Party:
    return a_party(world, name="John Doe", email="john@home.example")


@pytest.fixture
def came(world: WorldForTests, priya: Party) -> Communication:
    return come_in(world, mail())


def refile_of(communication: Communication) -> str:
    return f"/communications/{communication.id}/refile"


def test_what_came_in_can_be_filed_elsewhere(
    jane: ConsoleClient, world: WorldForTests, came: Communication, john: Party
) -> None:
    case = a_case(world, john)
    assert refile_of(came) in jane.get(f"/communications/{came.id}").text
    assert 'value="Priya Raman"' in jane.get(refile_of(came)).text
    done = jane.post(refile_of(came), {"party": "John Doe", "case": case.reference, "reason": "A new address of his"})
    assert done.status == 303
    page = words(jane.follow(done).text)
    assert "Filed under John Doe." in page
    assert "A new address of his" in page
    entry = standing(world, came).entry
    assert (entry.party.id, entry.case and entry.case.id) == (john.id, case.id)


def test_it_is_offered_first_where_nobody_knows_whose_it_is(
    jane: ConsoleClient, world: WorldForTests, priya: Party, john: Party
) -> None:
    a_contact(world, john, email="priya@mailbox.example")
    came = come_in(world, mail())
    page = jane.get(f"/communications/{came.id}").text
    assert "Several have the address it came from: say whose it is." in words(page)
    assert f'<a class="btn main" href="{refile_of(came)}"' in page
    form = words(jane.get(refile_of(came)).text)
    assert "2 parties have the address priya@mailbox.example" in form
    jane.post(refile_of(came), {"party_id": john.id, "reason": "He signed it"})
    assert (standing(world, came).entry.party.id, standing(world, came).entry.candidates) == (john.id, ())


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"party": "", "reason": "x"}, "Say whose it is."),
        ({"party": "Nobody", "reason": "x"}, "There is no party of that name."),
        ({"party": "John Doe", "case": "DC-9", "reason": "x"}, "There is no case of that name."),
        ({"party": "John Doe"}, "Fill this in."),
    ],
    ids=["nobody", "unknown", "unknown case", "no reason"],
)
def test_what_is_wrong_stands_beside_the_field(
    jane: ConsoleClient, world: WorldForTests, came: Communication, john: Party, form: dict[str, Any], told: str
) -> None:
    answer = jane.post(refile_of(came), form)
    assert (answer.status, told in words(answer.text)) == (422, True)
    assert standing(world, came) == came


def test_of_several_of_one_name_it_is_asked_which(
    jane: ConsoleClient, world: WorldForTests, came: Communication, john: Party
) -> None:
    other = a_party(world, name="John Doe", email="doe@home.example")
    form = {"party": "John Doe", "reason": "His"}
    assert "Which one?" in jane.post(refile_of(came), form).text
    jane.post(refile_of(came), form | {"party_id": other.id})
    assert standing(world, came).entry.party.id == other.id


def test_it_is_not_offered_for_what_was_sent(jane: ConsoleClient, world: WorldForTests, priya: Party) -> None:
    made = send(world, an_email(priya))
    assert refile_of(made) not in jane.get(f"/communications/{made.id}").text
    assert jane.get(refile_of(made)).status == 409


def test_an_address_that_a_hidden_party_has_is_refused_beside_its_field(
    tokens: SessionsForTests, world: WorldForTests, people: dict[str, str], priya: Party, john: Party
) -> None:
    lee = tokens.let_in(people["agent"], "agent", "Lee")
    world.grants.save(Grant(user=people["agent"], party_id=john.id), deed(john.id))
    answer = lee.post(f"/parties/{john.id}/contacts", {"name": "Home", "email": "PRIYA@mailbox.example"})
    assert answer.status == 422
    assert "Another party has this already" in words(answer.text)
    assert "Priya" not in answer.text.replace("PRIYA@mailbox.example", "")
    assert world.parties.contacts(john.id) == []
