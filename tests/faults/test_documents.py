"""What if the process dies while a letter becomes a document? One document, one step on, and nobody waits for ever."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication, ContentRef
from letterbook.domain.letter import TypesettingFailed
from letterbook.domain.retries import MAX_LOOKS_AT_DOCUMENT
from letterbook.domain.status import Status
from letterbook.domain.todos import TodoStatus
from letterbook.domain.transitions import Change, updated
from letterbook.use_cases.delivery.sweep import sweep
from letterbook.use_cases.letters.prepare_entry import prepare_entry
from letterbook.use_cases.messages.cancel import cancel
from tests.support.aws import WorldForTests, client
from tests.support.builders import viewer
from tests.support.failing import Died, after_a_while, fails_once, overtaken
from tests.support.steps import a_party, an_email, make_documents, send, standing


@pytest.fixture
def letter(world: WorldForTests) -> Communication:
    return send(world, an_email(a_party(world), channel=Channel.MANUAL))


def documents(world: WorldForTests) -> int:
    return sum(item["kind"]["S"] == "document" for item in client("dynamodb").scan(TableName="directory")["Items"])


def assert_made_once(world: WorldForTests, letter: Communication) -> None:
    now = standing(world, letter)
    assert (now.entry.status, [one.name for one in now.entry.attachments]) == (Status.MANUAL_PENDING, ["Letter.pdf"])
    assert [row.event for row in world.communications.history(letter.id)][-1] == "to do by hand"
    assert sum(row.event == "to do by hand" for row in world.communications.history(letter.id)) == 1
    assert documents(world) == 1
    assert len(world.todos.page(letter.entry.party.id, status=TodoStatus.OPEN, after=None, limit=9).items) == 1
    world.content_store.attachment(now.entry.attachments[0])


DEATHS: dict[str, Callable[[WorldForTests], tuple[Any, str]]] = {
    "while it reads what the letter says": lambda world: (world.content_store, "content"),
    "while it sets it in type": lambda world: (world.typesetter, "pdf"),
    "before the file is kept": lambda world: (world.content_store, "store"),
    "before the document is": lambda world: (world.documents, "save"),
    "before the entry is": lambda world: (world.communications, "commit"),
}


@pytest.mark.parametrize("death", DEATHS.values(), ids=DEATHS)
def test_whoever_dies_leaves_it_to_the_next(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, letter: Communication, death: Any
) -> None:
    owner, name = death(world)
    fails_once(monkeypatch, owner, name, Died())
    with pytest.raises(Died):
        prepare_entry(world, letter.id)
    prepare_entry(world, letter.id)
    assert_made_once(world, letter)


def test_an_order_that_is_lost_is_given_again(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_once(monkeypatch, world.queues, "enqueue_renders", Died())
    with pytest.raises(Died):
        send(world, an_email(a_party(world), channel=Channel.MANUAL))
    after_a_while(world, minutes=3)
    [made] = [one for one in client("dynamodb").scan(TableName="communications")["Items"] if "month" in one]
    assert standing(world, made["id"]["S"]).entry.status is Status.MANUAL_PENDING


def test_an_order_that_comes_twice_makes_one(world: WorldForTests, letter: Communication) -> None:
    for _ in range(3):
        prepare_entry(world, letter.id)
    assert_made_once(world, letter)


@pytest.mark.parametrize("step", ["pdf", "store", "save", "commit"])
def test_two_workers_at_once_make_one(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, letter: Communication, step: str
) -> None:
    owner = {
        "pdf": world.typesetter,
        "store": world.content_store,
        "save": world.documents,
        "commit": world.communications,
    }[step]
    overtaken(monkeypatch, owner, step, lambda: prepare_entry(world, letter.id))
    prepare_entry(world, letter.id)
    assert_made_once(world, letter)


def test_who_cancels_while_it_is_made_has_cancelled(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, letter: Communication
) -> None:
    overtaken(monkeypatch, world.typesetter, "pdf", lambda: cancel(world, viewer(), letter.id))
    prepare_entry(world, letter.id)
    assert standing(world, letter).entry.status is Status.CANCELLED


def test_what_makes_no_pages_fails_its_entry_and_no_other(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, letter: Communication
) -> None:
    other = send(world, an_email(a_party(world), channel=Channel.MANUAL))
    fails_once(monkeypatch, world.typesetter, "pdf", TypesettingFailed("it has 501 pages."))
    make_documents(world)
    failed = standing(world, letter).entry
    assert (failed.status, failed.failure and failed.failure.code) == (Status.FAILED, "invalid_document")
    assert failed.failure
    assert failed.failure.words.reason == "No letter can be made of it: it has 501 pages."
    assert len(world.todos.page(letter.entry.party.id, status=TodoStatus.OPEN, after=None, limit=9).items) == 1
    assert standing(world, other).entry.status is Status.MANUAL_PENDING


def test_content_that_was_damaged_never_becomes_a_letter(world: WorldForTests, letter: Communication) -> None:
    spoilt = replace(letter.content, sha256="0" * 64)
    client("s3").put_object(Bucket="vault", Key=letter.content.key, Body=b"{}")
    world.communications.commit(_with_content(world, letter, spoilt))
    make_documents(world)
    failed = standing(world, letter).entry
    assert failed.failure
    assert failed.failure.words.reason == "What it says was damaged after it was accepted."


def _with_content(world: WorldForTests, letter: Communication, content: ContentRef) -> Change:
    return updated(letter, replace(letter, content=content), at=world.now(), event="test")


def test_what_kills_every_worker_is_left_to_a_person(world: WorldForTests, letter: Communication) -> None:
    world.queued("render")
    for _ in range(MAX_LOOKS_AT_DOCUMENT + 1):
        world.clock.pass_(minutes=10)
        sweep(world)
    failed = standing(world, letter).entry
    assert (failed.status, failed.failure and failed.failure.code) == (Status.FAILED, "invalid_document")
    assert len(world.queued("render")) == MAX_LOOKS_AT_DOCUMENT
    world.clock.pass_(hours=1)
    sweep(world)
    assert world.queued("render") == []
