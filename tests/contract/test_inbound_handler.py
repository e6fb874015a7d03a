"""What comes in waits on one queue: mail, of which the bucket tells, and text messages, as they came."""

from typing import Any

from letterbook.domain.errors import Transient
from tests.support.api_client import ADMIN
from tests.support.aws import WorldForTests, client, rows
from tests.support.builders import mail
from tests.support.fakes.providers import TEXTS
from tests.support.lambda_client import batch, invoke
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
