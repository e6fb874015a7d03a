"""Numbers of correspondence: however many write at once, and wherever they die, there is no gap and no double."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from letterbook.domain.correspondence import Correspondence, CorrespondenceStatus
from letterbook.domain.errors import Conflict
from letterbook.domain.letter import TypesettingFailed
from letterbook.domain.todos import TodoStatus
from letterbook.ports import IdempotencyKey
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.correspondence.create import create_by_event, create_correspondence
from letterbook.use_cases.correspondence.recreate import recreate_correspondence
from letterbook.use_cases.correspondence.render import render_correspondence
from letterbook.use_cases.correspondence.send import EmailRequest, email_correspondence
from letterbook.use_cases.correspondence.void import void_correspondence
from letterbook.use_cases.delivery.sweep import sweep
from tests.support.at_once import at_once
from tests.support.aws import WorldForTests, rows
from tests.support.builders import deed, viewer
from tests.support.correspondence import a_customer, a_letter_template, a_type, asked, begun, made, standing
from tests.support.failing import Died, fails_once, overtaken
from tests.support.steps import deliver_queue, make_documents

WRITERS = 50


def numbers(world: WorldForTests, party_id: str) -> list[int]:
    listed = world.correspondence.page(party_id, after=None, limit=200).items
    return sorted(one.ordinal for one in listed)


@pytest.mark.covers("J3")
def test_fifty_writers_at_once_some_of_whom_die_get_one_number_each(world: WorldForTests) -> None:
    """Every fifth dies before its commit, every seventh after it: only what was committed has a number."""
    a_type(world)
    first = begun(world, a_customer(world))

    def writes(which: int) -> int:
        def attempt() -> int:
            ordinal = world.correspondence.next_ordinal(first.party.id, first.account)
            if which % 5 == 0:
                raise RuntimeError("died before the commit")
            fresh = replace(first, ordinal=ordinal)
            world.correspondence.create(fresh, deed(first.party.id), None)
            return ordinal

        got = retry_on_conflict(attempt, most=40)
        if which % 7 == 0:
            raise RuntimeError("died after the commit")
        return got

    done = at_once(WRITERS, writes)
    told = [one for one in done if isinstance(one, int)]
    kept = numbers(world, first.party.id)
    committed = sum(which % 5 != 0 for which in range(WRITERS)) + 1
    assert kept == list(range(1, committed + 1))
    assert len({*told}) == len(told)
    assert {*told} <= {*kept}


@pytest.mark.covers("J3")
def test_several_at_once_get_one_number_each_and_it_stands_in_their_letter(world: WorldForTests) -> None:
    a_type(world)
    party = a_customer(world)
    done = at_once(4, lambda _: begun(world, party))
    letters = [
        world.content_store.content(one.order.content).letter
        for one in done
        if isinstance(one, Correspondence) and one.order
    ]
    assert {letter.code for letter in letters if letter} == {f"12345/C00{n}" for n in (1, 2, 3, 4)}


# Where a writer may die: before the number is looked for, between it and the letter, before the commit, before the queue.
STEPS: tuple[tuple[Callable[[WorldForTests], Any], str], ...] = (
    (lambda world: world.correspondence, "next_ordinal"),
    (lambda world: world.content_store, "put_content"),
    (lambda world: world.correspondence, "create"),
    (lambda world: world.queues, "enqueue_renders"),
)


@pytest.mark.covers("J3", "J4")
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deaths=st.lists(st.sampled_from([None, 0, 1, 2, 3]), min_size=1, max_size=5))
def test_wherever_writers_die_no_number_is_missing_and_all_are_made(
    world: WorldForTests, deaths: list[int | None]
) -> None:
    a_type(world)
    party = a_customer(world, f"ACC-{rows('work')}")
    for step in deaths:
        with pytest.MonkeyPatch.context() as patch:
            if step is None:
                begun(world, party)
                continue
            owner, name = STEPS[step]
            fails_once(patch, owner(world), name, Died())
            with pytest.raises(Died):
                begun(world, party)
    committed = sum(step in (None, 3) for step in deaths)
    assert numbers(world, party.id) == list(range(1, committed + 1))
    make_documents(world)
    world.clock.pass_(minutes=2)
    sweep(world)
    make_documents(world)
    listed = world.correspondence.page(party.id, after=None, limit=200).items
    assert {one.status for one in listed} <= {CorrespondenceStatus.READY}


def test_a_caller_who_was_cut_off_asks_again_with_the_same_key(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_type(world)
    party = a_customer(world)
    key = IdempotencyKey(user="user-1", route="createCorrespondence", key="k", digest="d")
    fails_once(monkeypatch, world.queues, "enqueue_renders", Died())
    with pytest.raises(Died):
        begun(world, party, key)
    again, replayed = create_correspondence(world, viewer(), asked(party), key)
    assert (again.number, replayed, numbers(world, party.id)) == ("12345/C001", True, [1])


def test_an_event_that_is_told_twice_at_once_begins_one(world: WorldForTests) -> None:
    a_type(world)
    party = a_customer(world)
    done = at_once(4, lambda _: create_by_event(world, "evt-1", asked(party)))
    assert {one.number for one in done if isinstance(one, Correspondence)} == {"12345/C001"}
    assert numbers(world, party.id) == [1]


# ---- making it


@pytest.mark.covers("J4")
def test_dying_between_the_document_and_the_correspondence_makes_one_version(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_type(world)
    one = begun(world, a_customer(world))
    fails_once(monkeypatch, world.correspondence, "save", Died())
    with pytest.raises(Died):
        render_correspondence(world, one.account, one.ordinal)
    first = world.documents.page(one.party.id, below=None, limit=5).items
    render_correspondence(world, one.account, one.ordinal)
    done = standing(world, one)
    assert [each.document.id for each in done.versions] == [each.id for each in first]


@pytest.mark.covers("J8")
def test_of_two_recreations_at_once_the_later_letter_is_made(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The template changes between the two, and a worker has begun with the first."""
    a_type(world)
    one = made(world, a_customer(world))
    recreate_correspondence(world, viewer(), "12345", "C001")

    def another() -> None:
        a_letter_template(world, "Pay at once.")
        recreate_correspondence(world, viewer(), "12345", "C001")

    overtaken(monkeypatch, world.correspondence, "save", another)
    make_documents(world)
    make_documents(world)
    done = standing(world, one)
    last = done.latest
    assert last
    assert ([each.version for each in done.versions], last.template.version) == ([1, 2], 2)


def test_a_letter_that_nobody_makes_is_left_to_a_person(world: WorldForTests) -> None:
    a_type(world)
    one = begun(world, a_customer(world))
    for _ in range(10):
        world.clock.pass_(minutes=15)
        sweep(world)
    failed = standing(world, one)
    assert (failed.status, failed.order) == (CorrespondenceStatus.FAILED, None)
    assert 2 < len(world.queued("render")) < 10


def test_a_letter_that_the_sweep_cannot_help_keeps_no_other_waiting(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_type(world)
    begun(world, a_customer(world))
    begun(world, a_customer(world, "777"))
    world.queued("render")
    world.clock.pass_(minutes=2)
    fails_once(monkeypatch, world.correspondence, "look_again", RuntimeError("This one is broken"))
    sweep(world)
    assert len(world.queued("render")) == 1


def test_dying_after_its_pdf_is_made_leaves_nobody_to_see_to_it(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_type(world)
    party = a_customer(world)
    begun(world, party)
    fails_once(monkeypatch, type(world.typesetter), "pdf", TypesettingFailed("more than 200 pages"))
    make_documents(world)
    recreate_correspondence(world, viewer(), "12345", "C001")
    fails_once(monkeypatch, world.todos, "save", Died())
    make_documents(world)
    todos = world.todos.page(party.id, TodoStatus.OPEN, after=None, limit=5).items
    assert [one.status for one in todos] == [TodoStatus.DONE]


# ---- sending it


@pytest.mark.covers("J5")
def test_two_presses_at_once_send_one_email(world: WorldForTests) -> None:
    a_type(world)
    one = made(world, a_customer(world))
    at_once(2, lambda _: email_correspondence(world, viewer(), "12345", "C001"))
    deliver_queue(world)
    assert (len(world.fakes.email.taken), len(standing(world, one).communications)) == (1, 1)


@pytest.mark.covers("J5")
@pytest.mark.parametrize("step", ["put_content", "commit", "send"])
def test_dying_anywhere_in_emailing_sends_it_once(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    a_type(world)
    one = made(world, a_customer(world))
    owner = {"put_content": world.content_store, "commit": world.communications, "send": world.queues}[step]
    fails_once(monkeypatch, owner, step, Died())
    with pytest.raises(Died):
        email_correspondence(world, viewer(), "12345", "C001")
    email_correspondence(world, viewer(), "12345", "C001")
    world.clock.pass_(minutes=2)
    sweep(world)
    deliver_queue(world)
    assert (len(world.fakes.email.taken), len(standing(world, one).communications)) == (1, 1)


@pytest.mark.covers("J5")
def test_what_is_voided_meanwhile_is_not_sent(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    a_type(world)
    made(world, a_customer(world))
    overtaken(
        monkeypatch,
        world.communications,
        "commit",
        lambda: void_correspondence(world, viewer(), "12345", "C001", reason="Wrong"),
    )
    with pytest.raises(Conflict):
        email_correspondence(world, viewer(), "12345", "C001")
    deliver_queue(world)
    assert (world.fakes.email.taken, rows("communications")) == ([], 0)


def test_the_same_key_emails_once_whatever_is_asked_for(world: WorldForTests) -> None:
    a_type(world)
    made(world, a_customer(world))
    key = IdempotencyKey(user="user-1", route="emailCorrespondence/12345/C001", key="k", digest="d")
    asked_for = EmailRequest(to=("boss@mailbox.example",))
    answers = [email_correspondence(world, viewer(), "12345", "C001", asked_for, key=key)[1] for _ in range(2)]
    deliver_queue(world)
    assert (answers, len(world.fakes.email.taken)) == ([False, True], 1)
