"""The TODO of what came in is done by the answer to it, in the answer's own transaction, for as long as that is said."""

from datetime import timedelta
from typing import Any

import pytest

from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication
from letterbook.domain.errors import ConcurrentUpdate
from letterbook.domain.message import RecordRequest
from letterbook.domain.party import Party
from letterbook.domain.todos import Todo, TodoStatus, id_for
from letterbook.use_cases.directory.todos import amend_todo, read_todo
from letterbook.use_cases.messages.cancel import cancel
from letterbook.use_cases.messages.compose import send_draft
from letterbook.use_cases.messages.delete import delete
from letterbook.use_cases.messages.log_communication import log_communication
from tests.support.aws import WorldForTests
from tests.support.builders import mail, viewer
from tests.support.failing import fails_once
from tests.support.steps import a_party, an_email, come_in, send


@pytest.fixture
def priya(world: WorldForTests) -> Party:
    return a_party(world, email="priya@client.example")


@pytest.fixture
def question(world: WorldForTests, priya: Party) -> Communication:
    return come_in(world, mail(From="Priya Raman <priya@client.example>", Subject="When?"))


def todo_of(world: WorldForTests, communication: Communication) -> Todo:
    return read_todo(world, viewer(), id_for(communication.id))


def answer(world: WorldForTests, question: Communication, **changes: Any) -> Communication:
    party = world.parties.get(question.entry.party.id)
    assert party is not None
    return send(world, an_email(party, in_reply_to=question.id, **changes))


def test_an_answer_does_the_todo_of_what_it_answers(world: WorldForTests, question: Communication) -> None:
    assert todo_of(world, question).status is TodoStatus.OPEN
    answered = answer(world, question)
    todo = todo_of(world, question)
    assert (todo.status, todo.answered_by) == (TodoStatus.DONE, answered.id)


def test_a_draft_answers_nothing_until_it_is_sent(world: WorldForTests, question: Communication) -> None:
    draft = answer(world, question, send_now=False)
    assert todo_of(world, question).status is TodoStatus.OPEN
    send_draft(world, viewer(), draft.id)
    assert todo_of(world, question).answered_by == draft.id


def test_an_answer_that_is_stopped_before_it_went_opens_the_todo_again(
    world: WorldForTests, question: Communication
) -> None:
    waiting = answer(world, question, send_at=world.now() + timedelta(days=1))
    assert todo_of(world, question).status is TodoStatus.DONE
    cancel(world, viewer(), waiting.id)
    todo = todo_of(world, question)
    assert (todo.status, todo.answered_by) == (TodoStatus.OPEN, None)


@pytest.mark.parametrize("status", [TodoStatus.OPEN, TodoStatus.DONE])
def test_what_a_person_says_of_the_todo_stays_whatever_becomes_of_the_answer(
    world: WorldForTests, question: Communication, status: TodoStatus
) -> None:
    waiting = answer(world, question, send_at=world.now() + timedelta(days=1))
    amend_todo(world, viewer(), id_for(question.id), None, status=status)
    cancel(world, viewer(), waiting.id)
    todo = todo_of(world, question)
    assert (todo.status, todo.answered_by) == (status, None)


def test_a_call_that_is_logged_as_the_answer_does_it_too_and_deleted_opens_it_again(
    world: WorldForTests, priya: Party, question: Communication
) -> None:
    record = RecordRequest(channel=Channel.PHONE, party_id=priya.id, subject="Call", in_reply_to=question.id)
    call = log_communication(world, viewer(), record)[0]
    assert todo_of(world, question).answered_by == call.id
    delete(world, viewer(), call.id)
    assert todo_of(world, question).status is TodoStatus.OPEN


def test_a_note_about_it_answers_nobody(world: WorldForTests, priya: Party, question: Communication) -> None:
    record = RecordRequest(channel=Channel.NOTE, party_id=priya.id, body="Odd.", in_reply_to=question.id)
    log_communication(world, viewer(), record)
    assert todo_of(world, question).status is TodoStatus.OPEN


def test_what_is_said_to_another_party_about_it_is_no_answer(world: WorldForTests, question: Communication) -> None:
    other = a_party(world, name="Barclays", email="legal@bank.example")
    send(world, an_email(other, in_reply_to=question.id))
    assert todo_of(world, question).status is TodoStatus.OPEN


def test_a_todo_that_others_write_at_the_same_moment_is_done_all_the_same(
    world: WorldForTests, question: Communication, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(world, question)
    amend_todo(world, viewer(), id_for(question.id), None, status=TodoStatus.OPEN)
    fails_once(monkeypatch, world.communications, "commit", ConcurrentUpdate(question.id))
    second = answer(world, question)
    assert todo_of(world, question).answered_by == second.id
