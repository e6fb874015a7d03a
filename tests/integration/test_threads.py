"""Threads and the overview: kept in the entry's own transaction, and right when many write at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from letterbook.domain.access import Grant, VisibleScope
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Actor, Communication
from letterbook.domain.errors import Invalid
from letterbook.domain.filters import Filters
from letterbook.domain.message import RecordRequest
from letterbook.domain.overview import Place
from letterbook.domain.party import Party, PartyKind
from letterbook.domain.references import Regarding
from letterbook.domain.status import QuickFilter
from letterbook.domain.threads import Thread, ThreadStatus
from letterbook.use_cases.directory.threads import amend_thread, list_threads, read_thread
from letterbook.use_cases.messages.compose import send_draft
from letterbook.use_cases.messages.delete import delete
from letterbook.use_cases.messages.log_communication import log_communication
from letterbook.use_cases.reading.overview import overview
from tests.support.aws import WorldForTests
from tests.support.builders import NOW, viewer
from tests.support.steps import a_case, a_party, a_thread, an_email, deliver_queue, send

JANE = Actor(id="user-1", name="Jane Marsh", role="admin")
INVOICE = Regarding(type="invoice", id="2025-00123")


def a_call(world: WorldForTests, party: Party, **changes: Any) -> Communication:
    world.clock.pass_(seconds=1)
    record = RecordRequest(channel=Channel.PHONE, party_id=party.id, subject="Phone Call", body="They called.")
    return log_communication(world, viewer(), replace(record, **changes))[0]


def standing(world: WorldForTests, thread: Thread) -> Thread:
    return read_thread(world, viewer(), thread.id)


@pytest.mark.covers("L1")
def test_a_thread_counts_what_is_said_in_it(world: WorldForTests) -> None:
    party = a_party(world)
    thread = a_thread(world, party)
    assert (thread.messages, thread.preview, thread.last_activity_at) == (0, "", NOW)
    world.clock.pass_(minutes=1)
    first = send(world, an_email(party, thread_id=thread.id, body="First"))
    second = a_call(world, party, thread_id=thread.id, body="Second")
    now = standing(world, thread)
    assert (now.messages, now.preview, now.last_activity_at) == (2, "Second", second.entry.occurred_at)
    a_call(world, party, thread_id=thread.id, body="Earlier", occurred_at=NOW - timedelta(days=1))
    now = standing(world, thread)
    assert (now.messages, now.preview, now.latest_id) == (3, "Second", second.id)
    assert first.entry.thread_id == thread.id


@pytest.mark.covers("L1")
def test_what_is_said_in_an_archived_thread_opens_it_again(world: WorldForTests) -> None:
    party = a_party(world)
    thread = a_thread(world, party)
    amend_thread(world, viewer(), thread.id, None, subject=None, status=ThreadStatus.ARCHIVED)
    a_call(world, party, thread_id=thread.id)
    assert standing(world, thread).status is ThreadStatus.ACTIVE


def test_a_draft_counts_when_it_is_sent_and_what_goes_counts_no_more(world: WorldForTests) -> None:
    party = a_party(world)
    thread = a_thread(world, party)
    draft = send(world, an_email(party, thread_id=thread.id, send_now=False, regarding=INVOICE))
    assert standing(world, thread).messages == 0
    assert world.overview.get(Place(party.id, INVOICE.key)) is None
    send_draft(world, viewer(), draft.id)
    call = a_call(world, party, thread_id=thread.id, regarding=INVOICE)
    assert standing(world, thread).messages == 2
    delete(world, viewer(), call.id)
    now, thing = standing(world, thread), world.overview.get(Place(party.id, INVOICE.key))
    assert (now.messages, now.latest_id, now.preview) == (1, draft.id, "Dear Sir,")
    assert thing is not None
    assert (thing.attempts, thing.latest_id) == (1, draft.id)


def test_many_who_write_at_once_are_each_counted(world: WorldForTests) -> None:
    party = a_party(world)
    thread = a_thread(world, party)
    record = RecordRequest(channel=Channel.NOTE, party_id=party.id, body="x", thread_id=thread.id, regarding=INVOICE)
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: log_communication(world, viewer(), record), range(18)))
    row = world.overview.get(Place(party.id, INVOICE.key))
    assert row is not None
    assert standing(world, thread).messages == row.attempts == len(made) == 18
    assert row.latest_id == standing(world, thread).latest_id == max(one.id for one, _ in made)


def test_a_reply_joins_the_thread_of_what_it_answers(world: WorldForTests) -> None:
    party = a_party(world)
    thread = a_thread(world, party)
    first = send(world, an_email(party, thread_id=thread.id))
    assert a_call(world, party, in_reply_to=first.id).entry.thread_id == thread.id
    other = a_party(world)
    assert a_call(world, other, in_reply_to=first.id).entry.thread_id is None


def test_a_thread_belongs_to_one_party_and_one_case(world: WorldForTests) -> None:
    party, other = a_party(world), a_party(world)
    thread = a_thread(world, party, case_id=a_case(world, party).id)
    for record, place in (
        (RecordRequest(channel=Channel.NOTE, party_id=other.id, body="x"), ("thread_id", "thread_of_another_party")),
        (RecordRequest(channel=Channel.NOTE, party_id=party.id, body="x"), ("thread_id", "thread_of_another_case")),
    ):
        with pytest.raises(Invalid) as refused:
            log_communication(world, viewer(), replace(record, thread_id=thread.id))
        assert [(fault.field, fault.code) for fault in refused.value.faults] == [place]


def test_restricted_entries_enter_no_thread_and_no_overview(world: WorldForTests) -> None:
    party = a_party(world)
    thread = a_thread(world, party)
    a_call(world, party, thread_id=thread.id, regarding=INVOICE, restricted=True)
    assert standing(world, thread).messages == 0
    assert world.overview.get(Place(party.id, INVOICE.key)) is None


def test_threads_are_listed_by_their_last_activity(world: WorldForTests) -> None:
    john, ann = a_party(world), a_party(world)
    old, new = a_thread(world, john), a_thread(world, ann)
    a_call(world, john, thread_id=old.id)

    def listed(who: Any = None, **asked: Any) -> list[str]:
        filters: dict[str, Any] = {"party_id": None, "case_id": None, "status": None} | asked
        page = list_threads(world, who or viewer(), limit=10, after=None, **filters)
        return [one.id for one in page.items]

    assert listed() == [old.id, new.id]
    assert listed(party_id=ann.id) == [new.id]
    assert listed(status=ThreadStatus.ARCHIVED) == []
    agent = viewer("agent", sight=VisibleScope.of([Grant(user="u", party_id=ann.id)]))
    assert listed(agent) == [new.id]
    assert listed(agent, party_id=john.id) == []


# ---- the overview


def rows(world: WorldForTests, who: Any = None, **filters: Any) -> list[tuple[str, int, str]]:
    page = overview(world, who or viewer(), Filters(**filters), limit=10, after=None)
    return [
        (one.latest.regarding.key, one.attempts, one.latest.id)
        for one in page.items
        if one.latest.regarding is not None
    ]


@pytest.mark.covers("B6")
def test_each_thing_once_with_its_latest(world: WorldForTests) -> None:
    john = a_party(world)
    contract = Regarding(type="contract", id="C-1")
    a_call(world, john, regarding=INVOICE)
    about = a_call(world, john, regarding=contract)
    last = a_call(world, john, regarding=INVOICE)
    assert rows(world) == [(INVOICE.key, 2, last.id), (contract.key, 1, about.id)]
    assert rows(world, subject_types=("contract",)) == [(contract.key, 1, about.id)]
    assert rows(world, parties=(a_party(world).id,)) == []


@pytest.mark.covers("B6")
def test_the_status_is_that_of_the_latest_as_it_is_now(world: WorldForTests) -> None:
    john = a_party(world)
    made = send(world, an_email(john, regarding=INVOICE))
    assert rows(world, quick=(QuickFilter.NOT_SENT,)) == [(INVOICE.key, 1, made.id)]
    deliver_queue(world)
    assert rows(world, quick=(QuickFilter.NOT_SENT,)) == []
    assert rows(world) == [(INVOICE.key, 1, made.id)]


def test_who_sees_some_sees_the_latest_and_the_number_of_those(world: WorldForTests) -> None:
    john, bank = a_party(world), a_party(world, PartyKind.CREDITOR)
    case = a_case(world, john, creditors=(bank,))
    own = a_call(world, john, regarding=INVOICE)
    alone = a_call(world, bank, regarding=INVOICE)
    agent = viewer("agent", sight=VisibleScope.of([Grant(user="u", party_id=john.id)]))
    assert rows(world, agent) == [(INVOICE.key, 1, own.id)]
    latest = a_call(world, bank, case_id=case.id, regarding=INVOICE)
    assert rows(world, agent) == [(INVOICE.key, 2, latest.id)]
    assert rows(world) == [(INVOICE.key, 2, latest.id), (INVOICE.key, 1, alone.id)]
    assert rows(world, cases=(case.id,)) == [(INVOICE.key, 2, latest.id)]
    assert rows(world, viewer("agent", sight=VisibleScope())) == []
