"""What a provider is called with: read when it is needed, believed for a while, two good at a time while they are exchanged."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from letterbook.adapters import aws
from letterbook.adapters.providers.account import Account, CredentialField, CredentialsRefused, Secrets
from letterbook.domain.errors import Permanent, Transient, Unavailable
from letterbook.environment import settings
from tests.support.aws import WorldForTests

FIELDS = (
    CredentialField(name="key", label="Key", pattern=".+", hidden=True),
    CredentialField(name="base_url", label="Address", pattern="https://.+", default="https://api.vendor.example"),
)
NAME = "letterbook/providers/vendor"


@pytest.fixture
def account(world: WorldForTests) -> Account:
    return Account("vendor", FIELDS, settings())


def put(**values: str) -> None:
    held = json.dumps(values)
    try:
        aws.secrets().put_secret_value(SecretId=NAME, SecretString=held)
    except ClientError:
        aws.secrets().create_secret(Name=NAME, SecretString=held)


def proves(account: Account, key: str) -> bool:
    return account.prove(lambda values: values["key"] == key)


def test_what_is_left_out_has_its_default(account: Account) -> None:
    put(key="one")
    assert account.credentials() == {"key": "one", "base_url": "https://api.vendor.example"}


def test_without_credentials_nobody_is_called_and_nothing_is_proved(account: Account) -> None:
    with pytest.raises(Permanent, match="no credentials"):
        account.credentials()
    assert not proves(account, "one")
    assert not Secrets(settings()).has("vendor")
    put(key="one")
    assert Secrets(settings()).has("vendor")


def test_a_secret_that_cannot_be_read_is_nobodys_fault(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "InternalServiceError"}}, "GetSecretValue")

    monkeypatch.setattr(aws.secrets(), "get_secret_value", fails)
    monkeypatch.setattr(aws.secrets(), "describe_secret", fails)
    with pytest.raises(Transient):
        account.credentials()
    with pytest.raises(Unavailable):
        proves(account, "one")
    with pytest.raises(Unavailable):
        Secrets(settings()).has("vendor")


def test_who_is_refused_asks_once_more_with_newer_ones(account: Account) -> None:
    put(key="old")
    asked: list[str] = []

    def ask(values: Mapping[str, str]) -> str:
        asked.append(values["key"])
        if values["key"] == "old":
            raise CredentialsRefused("401")
        return "taken"

    with pytest.raises(CredentialsRefused):
        account.call(ask)
    assert asked == ["old"]
    put(key="new")
    assert account.call(ask) == "taken"
    assert asked == ["old", "old", "new"]


def test_both_are_good_while_they_are_exchanged(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    put(key="old")
    assert proves(account, "old")
    put(key="new")
    monkeypatch.setattr("letterbook.adapters.providers.account.LEAST_SECONDS", 0.0)
    assert [proves(account, one) for one in ("new", "old", "new", "neither")] == [True, True, True, False]


def test_whoever_posts_nonsense_makes_us_read_no_more(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    put(key="one")
    assert proves(account, "one")
    read = aws.secrets().get_secret_value
    times: list[str] = []

    def counted(**asked: Any) -> Any:
        times.append(asked["VersionStage"])
        return read(**asked)

    monkeypatch.setattr(aws.secrets(), "get_secret_value", counted)
    assert not any(proves(account, str(n)) for n in range(100))
    assert times == ["AWSPREVIOUS"]
