"""What setting up the local cloud again leaves as it is, and what it puts right."""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from local import deploy as deployment, simulators
from local.deploy import build, deploy
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


@pytest.fixture
def code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A file of a checkout that has little else."""
    code = tmp_path / "shared" / "letterbook.py"
    code.parent.mkdir()
    for name in ("template.yaml", "samconfig.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setattr(deployment, "ROOT", tmp_path)
    return code


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, code: Path) -> list[str]:
    """What the code was each time that it was built indeed."""
    versions: list[str] = []

    def instead(_: LocalEnvironment, arguments: Sequence[str], __: dict[str, str]) -> None:
        versions.append(code.read_text())
        folder = Path(arguments[arguments.index("--build-dir") + 1])
        folder.mkdir(exist_ok=True)
        # That nobody else comes in meanwhile shows only where there is a while.
        time.sleep(0.1)
        (folder / "template.yaml").write_text(code.read_text())

    monkeypatch.setattr(deployment, "run_sam", instead)
    return versions


def test_all_clouds_of_a_checkout_share_what_is_built(place: LocalEnvironment, built: list[str], code: Path) -> None:
    places = [place, LocalEnvironment(home=place.home / "other", port=9700)] * 2
    for version in ("a = 1", "a = 2"):
        code.write_text(version)
        with ThreadPoolExecutor() as pool:
            assert {template.read_text() for template in pool.map(build, places)} == {version}
    assert built == ["a = 1", "a = 2"]


def test_what_could_not_be_built_is_built_again(
    place: LocalEnvironment, built: list[str], code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code.write_text("a = 1")
    build(place)

    def fails(*_: object) -> Any:
        raise SetupError

    code.write_text("a = 2")
    with monkeypatch.context() as patch:
        patch.setattr(deployment, "run_sam", fails)
        with pytest.raises(SetupError):
            build(place)
    # What that left behind may be half of it.
    code.write_text("a = 1")
    build(place)
    assert built == ["a = 1", "a = 1"]


def test_what_changed_is_deployed(place: LocalEnvironment, deployed: list[int], code: Path) -> None:
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
