"""make provider: what is asked for, what is written, and that nothing secret is said."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from letterbook.adapters.providers import PROVIDERS
from letterbook.adapters.providers.account import CredentialField
from letterbook.adapters.providers.spec import ProviderSpec
from letterbook.domain.channels import Channel
from local.provider import set_up
from tests.support.aws import WorldForTests, client

SPEC = ProviderSpec(
    name="carrier",
    label="Carrier",
    channel=Channel.SMS,
    make=lambda _: pytest.fail("nobody sends"),
    read=lambda _: None,
    credentials=(
        CredentialField(name="account", label="Account", pattern=r"AC\d{4}", hint="Console, Account"),
        CredentialField(name="token", label="Token", pattern=r"[0-9a-f]{8}", hidden=True),
        CredentialField(
            name="base_url", label="Address", pattern=r"https://\w+\.example", default="https://api.example"
        ),
    ),
    webhooks={
        "": lambda *_: pytest.fail("nobody posts"),
        "inbound": lambda *_: pytest.fail("nobody posts"),
    },
)
SECRET = "firm/providers/carrier"


class Desk:
    """Somebody at the keyboard: what they answer, in the order they are asked, and all that is on the screen."""

    def __init__(self, *answers: str) -> None:
        self._answers: Iterator[str] = iter(answers)
        self.said: list[str] = []
        self.hidden: list[str] = []

    def shown(self, question: str) -> str:
        answer = next(self._answers)
        self.said += [question, answer]
        return answer

    def unseen(self, question: str) -> str:
        self.said.append(question)
        self.hidden.append(question)
        return next(self._answers)

    @property
    def screen(self) -> str:
        return "\n".join(self.said)


@pytest.fixture
def secrets(world: WorldForTests) -> Any:
    return client("secretsmanager")


def at_the_desk(secrets: Any, *answers: str, spec: ProviderSpec = SPEC) -> Desk:
    desk = Desk(*answers)
    set_up(secrets, "firm", spec, "https://hooks.example", desk.shown, desk.unseen, desk.said.append)
    return desk


def held(secrets: Any, stage: str = "AWSCURRENT") -> Any:
    return json.loads(secrets.get_secret_value(SecretId=SECRET, VersionStage=stage)["SecretString"])


def test_what_is_asked_is_written_and_what_comes_next_is_said(secrets: Any) -> None:
    desk = at_the_desk(secrets, "AC1234", "0123abcd", "")
    assert held(secrets) == {"account": "AC1234", "token": "0123abcd"}
    assert "https://hooks.example/carrier\n" in desk.screen
    assert "https://hooks.example/carrier/inbound" in desk.screen
    assert "Console, Account" in desk.screen
    assert "0123abcd" not in desk.screen
    assert [one.partition(":")[0] for one in desk.hidden] == ["Token"]


def test_what_does_not_look_right_is_asked_for_again_and_never_shown(secrets: Any) -> None:
    desk = at_the_desk(
        secrets, "1234", "", "AC1234", "secret-of-another", " 0123abcd ", "ftp://x", "https://eu.example"
    )
    assert held(secrets) == {"account": "AC1234", "token": "0123abcd", "base_url": "https://eu.example"}
    assert "secret-of-another" not in desk.screen


def test_new_credentials_leave_those_before_good(secrets: Any) -> None:
    at_the_desk(secrets, "AC1234", "0123abcd", "https://eu.example")
    desk = at_the_desk(secrets, "", "dcba3210", "")
    assert held(secrets) == {"account": "AC1234", "token": "dcba3210", "base_url": "https://eu.example"}
    assert held(secrets, "AWSPREVIOUS")["token"] == "0123abcd"
    assert "withdraw the credentials before" in desk.screen
    assert "0123abcd" not in desk.screen


def test_the_same_again_writes_nothing_so_that_those_before_stay_good(secrets: Any) -> None:
    at_the_desk(secrets, "AC1234", "0123abcd", "")
    at_the_desk(secrets, "", "dcba3210", "")
    assert "nothing was written" in at_the_desk(secrets, "", "", "").screen
    assert held(secrets, "AWSPREVIOUS")["token"] == "0123abcd"


def test_whoever_goes_away_half_way_has_written_nothing(secrets: Any) -> None:
    with pytest.raises(StopIteration):
        at_the_desk(secrets, "AC1234")
    assert not secrets.list_secrets(Filters=[{"Key": "name", "Values": [SECRET]}])["SecretList"]


def test_one_that_was_deleted_is_there_again(secrets: Any) -> None:
    at_the_desk(secrets, "AC1234", "0123abcd", "")
    secrets.delete_secret(SecretId=SECRET)
    at_the_desk(secrets, "AC5678", "dcba3210", "")
    assert held(secrets)["account"] == "AC5678"


@pytest.mark.parametrize("name", [name for name, spec in PROVIDERS.items() if spec.credentials])
def test_every_provider_says_where_what_it_needs_is_found(name: str) -> None:
    for field in PROVIDERS[name].credentials:
        assert field.label
        assert field.hint, field.name
