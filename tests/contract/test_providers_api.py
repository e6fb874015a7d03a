"""GET /v1/providers and POST /v1/providers/{name}/test; routes go by providers that are set up."""

from typing import Any

import pytest

from letterbook.domain.errors import Permanent, Transient
from letterbook.domain.failures import FailureCode, FailureText
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate, Signal
from tests.support.api_client import ADMIN
from tests.support.aws import WorldForTests
from tests.support.lambda_client import Caller
from tests.support.steps import deliver_queue, standing, tell


def providers(by: Any = ADMIN) -> dict[str, Any]:
    return {one["name"]: one for one in by.get("/v1/providers").json["items"]}


def test_each_says_whether_it_is_set_up_how_it_does_and_what_went_by_it(world: WorldForTests) -> None:
    made = ADMIN.post("/v1/providers/ses/test", {"to": "somebody@mailbox.example"})
    assert made.status == 202
    deliver_queue(world)
    world.provider_activity.flush()
    ses = providers()["ses"]
    assert (ses["label"], ses["channel"], ses["set_up"], ses["health"], ses["route"]) == (
        "Amazon SES",
        "email",
        True,
        "well",
        1,
    )
    assert (ses["sent"], ses["receipts"], ses["last_heard"]) == (1, {"posted": 0, "looked_up": 0}, None)
    assert ses["last_sent"]


def test_a_test_goes_by_that_provider_alone(world: WorldForTests) -> None:
    world.fakes.with_a_second()
    entry = ADMIN.post("/v1/providers/second/test", {"to": "somebody@mailbox.example"}).json
    assert entry["party"]["name"] == "Test messages"
    world.fakes.made["second"].next += [Transient("503")] * 3
    for _ in range(3):
        deliver_queue(world)
        world.clock.pass_(minutes=30)
        world.queues.send(entry["channel"], entry["id"])
    deliver_queue(world)
    page = ADMIN.get(f"/v1/communications/{entry['id']}").json
    assert (page["status"], page["provider"], world.fakes.email.calls) == ("sent", "second", 0)


def test_a_test_that_is_said_twice_with_one_key_is_one_message(world: WorldForTests) -> None:
    first, again = (
        ADMIN.post("/v1/providers/ses/test", {"to": "somebody@mailbox.example"}, **{"Idempotency-Key": "k"})
        for _ in range(2)
    )
    assert first.json["id"] == again.json["id"]
    assert again.headers["Idempotent-Replay"] == "true"


def test_who_may_test(world: WorldForTests) -> None:
    for who in (Caller(user="user-7", role="agent"), Caller(role="auditor"), Caller(role="lead")):
        assert who.post("/v1/providers/ses/test", {"to": "somebody@mailbox.example"}).status == 403
        assert "ses" in providers(who)


@pytest.mark.parametrize(("name", "to", "status"), [("nobody", "a@mailbox.example", 404), ("ses", "no address", 422)])
def test_what_cannot_be_tested(world: WorldForTests, name: str, to: str, status: int) -> None:
    assert ADMIN.post(f"/v1/providers/{name}/test", {"to": to}).status == status


def test_a_failure_is_told_in_the_providers_own_words(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    own = FailureText("The vendor says no.", "Ask the vendor.")
    monkeypatch.setattr(
        world.providers, "failure_text", lambda name, code: own if (name, code) == ("ses", "V1") else None
    )
    entry = ADMIN.post("/v1/providers/ses/test", {"to": "somebody@mailbox.example"}).json
    world.fakes.email.next.append(Permanent("V1", FailureCode.CONTENT))
    deliver_queue(world)
    failure = ADMIN.get(f"/v1/communications/{entry['id']}").json["failure"]
    assert (failure["reason"], failure["advice"], failure["code"]) == (own.reason, own.advice, "content")
    other = ADMIN.post("/v1/providers/ses/test", {"to": "other@mailbox.example"}).json
    deliver_queue(world)
    found = world.communications.get(other["id"])
    assert found is not None
    news = RecipientUpdate(fact=DeliveryOutcome.HARD_BOUNCE, code=FailureCode.BLOCKED, provider_code="V2")
    tell(world, found, news)
    assert (
        ADMIN.get(f"/v1/communications/{other['id']}").json["failure"]["reason"].startswith("The recipient's provider")
    )


def test_whom_a_test_reaches_opts_out_no_later_test(world: WorldForTests) -> None:
    first = ADMIN.post("/v1/providers/ses/test", {"to": "somebody@mailbox.example"}).json
    deliver_queue(world)
    complaint = RecipientUpdate(recipient="somebody@mailbox.example", signal=Signal.COMPLAINT)
    tell(world, standing(world, first["id"]), complaint)
    second = ADMIN.post("/v1/providers/ses/test", {"to": "other@mailbox.example"}).json
    assert (second["status"], second["decision"]["rule"]) == ("queued", "default")
