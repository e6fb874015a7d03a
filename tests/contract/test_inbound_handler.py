"""What comes in waits on one queue: mail, of which the bucket tells, and text messages, as they came."""

import json
from typing import Any

import pytest

from letterbook.domain.errors import Transient
from tests.support.api_client import ADMIN
from tests.support.aws import WorldForTests, client, rows
from tests.support.builders import mail
from tests.support.fakes.providers import TEXTS
from tests.support.lambda_client import batch, invoke, sample
from tests.support.steps import a_party
from tests.support.texts import text

MAIL = {"Records": [{"s3": {"object": {"key": "mail/1"}}}]}


def of(provider: str, raw: str) -> dict[str, str]:
    return {"provider": provider, "raw": raw}


def failed(answer: Any) -> list[str]:
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def test_both_are_taken_in(world: WorldForTests) -> None:
    a_party(world)
    world.fakes.with_texts()
    client("s3").put_object(Bucket="inbound", Key="mail/1", Body=mail())
    assert failed(invoke("inbound", batch(MAIL, of(TEXTS, text(world))))) == []
    listed = ADMIN.ask("GET", "/v1/communications").json["items"]
    assert sorted(one["channel"] for one in listed) == ["email", "sms"]


def test_the_sample_is_a_message_of_a_vendor_of_ours(world: WorldForTests) -> None:
    priya = a_party(world)
    world.clock.pass_(days=1)
    assert failed(invoke("inbound", sample("inbound/sms.json"))) == []
    [entry] = ADMIN.ask("GET", "/v1/communications").json["items"]
    assert (entry["party"]["id"], entry["from"], entry["preview"]) == (priya.id, "+447700900127", "Yes, I can come.")
    assert entry["occurred_at"] == "2026-11-20T15:12:00Z"


@pytest.mark.parametrize(("word", "sources"), [("STOP", ["stop_keyword"]), ("Arrêt!", ["stop_keyword"]), ("HELP", [])])
def test_one_answer_goes_theirs_or_ours(world: WorldForTests, word: str, sources: list[str]) -> None:
    """What the vendor acts on of itself it answers."""
    priya = a_party(world)
    world.clock.pass_(days=1)
    event = sample("inbound/sms.json")
    body = json.loads(event["Records"][0]["body"])
    told = json.loads(body["raw"])
    told["form"]["Body"] = word
    event["Records"][0]["body"] = json.dumps({**body, "raw": json.dumps(told)})
    for _ in range(2):
        assert failed(invoke("inbound", event)) == []
    assert [one.source for one in world.parties.preferences(priya.id).opt_outs] == sources
    assert len(world.queued("sms")) == (1 if word == "Arrêt!" else 0)


def test_what_is_no_message_stays_on_the_queue_and_the_others_do_not(world: WorldForTests) -> None:
    a_party(world)
    world.fakes.with_texts()
    bodies = [of(TEXTS, "{"), of("nobody", "{}"), of("ses", text(world)), "[]", "null", "{", of(TEXTS, text(world))]
    assert failed(invoke("inbound", batch(*bodies))) == ["0", "1", "2", "3", "4", "5"]
    assert rows("communications") == 1


def test_a_file_that_cannot_be_had_is_asked_for_again_and_the_message_stands(world: WorldForTests) -> None:
    a_party(world)
    texts = world.fakes.with_texts()
    texts.files = {"u1": Transient("503")}
    event = batch(of(TEXTS, text(world, media=[["u1", "image/png"]])))
    assert failed(invoke("inbound", event)) == ["0"]
    assert rows("communications") == 1
    texts.files = {"u1": ("image/png", b"\x89PNG")}
    assert failed(invoke("inbound", event)) == []
    assert (rows("communications"), texts.fetched) == (1, ["u1", "u1"])
