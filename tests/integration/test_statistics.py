"""Entries are counted as they stand, and how long an answer took."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from letterbook.domain.access import Grant, VisibleScope
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication, Direction
from letterbook.domain.message import RecordRequest
from letterbook.domain.status import StatusGroup
from letterbook.ports import StatsKey
from letterbook.use_cases.indexing.index import index_communication
from letterbook.use_cases.messages.delete import delete
from letterbook.use_cases.messages.log_communication import log_communication
from letterbook.use_cases.reading.statistics import response_times, stats
from tests.support.aws import WorldForTests
from tests.support.builders import NOW, viewer
from tests.support.steps import a_note, a_party, an_email, deliver_queue, send

# ---- numbers


def test_entries_are_counted_by_day_channel_and_group_as_they_stand(world: WorldForTests) -> None:
    party = a_party(world)
    made = send(world, an_email(party))
    index_communication(world, made.id)
    a_note(world, "x", party_id=party.id)
    a_note(world, "x", party_id=party.id, occurred_at=NOW - timedelta(days=40))
    a_note(world, "x", party_id=party.id, restricted=True)
    gone = a_note(world, "x", party_id=party.id)
    delete(world, viewer(), gone.id)
    index_communication(world, gone.id)
    today = date(2026, 11, 20)
    notes = StatsKey(day=today, channel=Channel.NOTE, group=StatusGroup.LOGGED)
    assert stats(world, viewer(), 30).counts == {
        notes: 1,
        StatsKey(day=today, channel=Channel.EMAIL, group=StatusGroup.IN_PROGRESS): 1,
    }
    assert len(stats(world, viewer(), 60).counts) == 3
    world.fakes.email.next.append(lambda: None)
    deliver_queue(world)
    index_communication(world, made.id)
    assert sum(stats(world, viewer(), 1).counts.values()) == 2
    agent = viewer("agent", sight=VisibleScope.of([Grant(user="u", party_id=party.id)]))
    assert stats(world, agent, 30).counts == stats(world, viewer(), 30).counts
    assert stats(world, viewer("agent", sight=VisibleScope()), 30).counts == {}


# ---- how long an answer took


def came_in(world: WorldForTests, party_id: str, minute: int, **changes: Any) -> Communication:
    letter = RecordRequest(
        channel=Channel.POST,
        direction=Direction.INBOUND,
        party_id=party_id,
        sender="x",
        body="y",
        occurred_at=NOW + timedelta(minutes=minute),
    )
    made = log_communication(world, viewer(), replace(letter, **changes))[0]
    index_communication(world, made.id)
    return made


def called(world: WorldForTests, party_id: str, minute: int) -> Communication:
    record = RecordRequest(
        channel=Channel.PHONE, party_id=party_id, subject="x", occurred_at=NOW + timedelta(minutes=minute)
    )
    made = log_communication(world, viewer(), record)[0]
    index_communication(world, made.id)
    return made


def minutes(world: WorldForTests, one: Communication) -> int | None:
    current = world.communications.get(one.id)
    assert current is not None
    return current.entry.response_minutes


@pytest.mark.covers("L4")
def test_minutes_to_the_next_thing_that_was_said(world: WorldForTests) -> None:
    world.clock.pass_(hours=2)
    party = a_party(world)
    first, second = came_in(world, party.id, 0), came_in(world, party.id, 10)
    a_note(world, "we should answer", party_id=party.id, occurred_at=NOW + timedelta(minutes=12))
    assert minutes(world, first) is None
    answer = called(world, party.id, 30)
    third = came_in(world, party.id, 40)
    assert (minutes(world, first), minutes(world, second), minutes(world, third)) == (30, 20, None)
    late_word = called(world, party.id, 5)
    assert (minutes(world, first), minutes(world, second)) == (5, 20)
    delete(world, viewer(), late_word.id)
    index_communication(world, late_word.id)
    assert minutes(world, first) == 30
    told = response_times(world, viewer(), party.id)
    assert (told.overall.count, told.overall.median, told.overall.p90) == (2, 25.0, 30)
    assert set(told.by_month) == {"2026-11"}
    assert answer.entry.status == "logged"


def test_an_email_answers_when_it_was_sent(world: WorldForTests) -> None:
    world.clock.pass_(hours=1)
    party = a_party(world)
    letter = came_in(world, party.id, 0)
    made = send(world, an_email(party))
    index_communication(world, made.id)
    assert minutes(world, letter) is None
    world.clock.pass_(minutes=7)
    deliver_queue(world)
    index_communication(world, made.id)
    assert minutes(world, letter) == 67
    assert (
        response_times(
            world, viewer("agent", sight=VisibleScope.of([Grant(user="u", party_id=party.id)])), party.id
        ).overall.count
        == 1
    )
