"""What setting up the local cloud again leaves as it is, and what it puts right."""

import json
from pathlib import Path
from typing import Any

import pytest

from local import deploy as deployment, simulators
from local.deploy import deploy
from local.environment import ROOT, STACK, LocalEnvironment, SetupError
from local.simulators import seed_secrets
from tests.support.aws import WorldForTests, client


@pytest.fixture
def place(world: WorldForTests, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LocalEnvironment:
    for module in (deployment, simulators):
        monkeypatch.setattr(module, "client", lambda _, service: client(service))
    return LocalEnvironment(home=tmp_path, port=8700)


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ports of what was deployed indeed."""
    ports: list[int] = []

    def instead(place: LocalEnvironment) -> dict[str, str]:
        ports.append(place.port)
        place.keep(place.outputs_file, json.dumps({"Port": str(place.port)}))
        return place.outputs()

    monkeypatch.setattr(deployment, "deploy_stack", instead)
    return ports


def test_what_did_not_change_is_not_deployed_again(place: LocalEnvironment, deployed: list[int]) -> None:
    assert [deploy(place), deploy(place)] == [{"Port": "8700"}] * 2
    assert deployed == [8700]
    elsewhere = LocalEnvironment(home=place.home, port=9700)
    assert [deploy(elsewhere), deploy(elsewhere)] == [{"Port": "9700"}] * 2
    assert deployed == [8700, 9700]


def test_what_changed_is_deployed(
    place: LocalEnvironment, deployed: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code = tmp_path / "shared" / "letterbook.py"
    code.parent.mkdir()
    for name in ("template.yaml", "samconfig.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setattr(deployment, "ROOT", tmp_path)
    for words in ("a = 1", "a = 1", "a = 2"):
        code.write_text(words)
        deploy(place)
    assert len(deployed) == 2


def test_a_deployment_that_failed_is_made_again(
    place: LocalEnvironment, deployed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(place)

    def fails(_: LocalEnvironment) -> Any:
        raise SetupError

    elsewhere = LocalEnvironment(home=place.home, port=9700)
    with monkeypatch.context() as patch:
        patch.setattr(deployment, "deploy_stack", fails)
        with pytest.raises(SetupError):
            deploy(elsewhere)
    # Half of the other stands there now.
    deploy(place)
    assert deployed == [8700, 8700]


def held(name: str) -> dict[str, str]:
    secret = client("secretsmanager").get_secret_value(SecretId=f"{STACK}/providers/{name}")
    told: dict[str, str] = json.loads(secret["SecretString"])
    return told


def test_vendors_are_found_on_other_ports(place: LocalEnvironment) -> None:
    seed_secrets(place)
    before = held("pingen")
    seed_secrets(LocalEnvironment(home=place.home, port=9700))
    assert held("pingen") == {**before, "base_url": "http://127.0.0.1:9708"}


@pytest.mark.parametrize(
    "own", [{"api_key": "SG.real"}, {"api_key": "SG.real", "base_url": "https://api.vendor.example"}]
)
def test_an_account_at_the_vendor_itself_stays(place: LocalEnvironment, own: dict[str, str]) -> None:
    client("secretsmanager").create_secret(Name=f"{STACK}/providers/sendgrid", SecretString=json.dumps(own))
    seed_secrets(place)
    assert held("sendgrid") == own
