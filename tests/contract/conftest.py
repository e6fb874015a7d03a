"""What tests of the contract share."""

from typing import Any

import pytest

from letterbook.adapters import sessions
from letterbook.domain.party import Case, Party, PartyKind
from tests.support.api_client import ADMIN, PARTY, expect_created
from tests.support.aws import WorldForTests, client, make_people
from tests.support.builders import LONG_NAME
from tests.support.console_client import PASSWORD, ConsoleClient
from tests.support.correspondence import a_customer, a_type
from tests.support.fakes.sessions import SessionsForTests
from tests.support.steps import a_case, a_party


@pytest.fixture
def party(world: WorldForTests) -> Any:
    return expect_created(ADMIN.post("/v1/parties", PARTY))


@pytest.fixture
def priya(world: WorldForTests) -> Party:
    return a_party(world, account_number="10391", location="Leeds")


@pytest.fixture
def customer(world: WorldForTests) -> Party:
    """Somebody to whom a letter of a type may be written."""
    a_type(world)
    return a_customer(world)


@pytest.fixture
def bank(world: WorldForTests) -> Party:
    return a_party(
        world,
        PartyKind.CREDITOR,
        name=LONG_NAME,
        email="disclosures@bank.example",
        mobile=None,
    )


@pytest.fixture
def matter(world: WorldForTests, priya: Party, bank: Party) -> Case:
    return a_case(world, priya, creditors=(bank,), title="Raman and Northmoor")


@pytest.fixture
def people(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """One user of each role: their ids by it."""
    return make_people(monkeypatch)


@pytest.fixture
def tokens(world: WorldForTests, people: dict[str, str]) -> SessionsForTests:
    """Lets people into the console without a password."""
    made = SessionsForTests()
    vars(world)["sessions"] = made
    return made


@pytest.fixture
def jane(tokens: SessionsForTests) -> ConsoleClient:
    """An administrator before the console."""
    return tokens.let_in()


@pytest.fixture
def pool(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A pool with Jane, an admin, whose token is checked against the keys that moto publishes."""
    cognito = client("cognito-idp")
    made = cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
    own = cognito.create_user_pool_client(
        UserPoolId=made,
        ClientName="letterbook",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]["ClientId"]
    monkeypatch.setenv("USER_POOL_ID", made)
    monkeypatch.setenv("USER_POOL_CLIENT_ID", own)
    monkeypatch.setattr(sessions, "published_keys", _keys_of_moto)
    cognito.create_group(UserPoolId=made, GroupName="admin")
    cognito.admin_create_user(
        UserPoolId=made,
        Username="jane",
        TemporaryPassword="Temporary-1",
        UserAttributes=[{"Name": "name", "Value": "Jane Marsh"}],
    )
    cognito.admin_add_user_to_group(UserPoolId=made, Username="jane", GroupName="admin")
    cognito.admin_set_user_password(UserPoolId=made, Username="jane", Password=PASSWORD, Permanent=True)
    return made


def _keys_of_moto(_: str) -> Any:
    import requests

    return requests.get("https://cognito-idp.eu-west-2.amazonaws.com/x/.well-known/jwks.json", timeout=5).json()
