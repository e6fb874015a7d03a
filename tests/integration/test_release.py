"""What was scheduled goes when its time has come, and not before."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from letterbook.domain.status import Status
from letterbook.use_cases.delivery.release_scheduled import release_scheduled
from tests.support import builders
from tests.support.aws import WorldForTests
from tests.support.builders import later
from tests.support.steps import a_party, an_email, an_sms, send, standing


def test_a_scheduled_message_is_released_when_its_time_has_come(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world), send_at=later(hours=1)))
    release_scheduled(world, made.id)
    assert standing(world, made).entry.status is Status.SCHEDULED
    world.clock.pass_(hours=1)
    for _ in range(2):
        release_scheduled(world, made.id)
    assert [one["communication_id"] for one in world.queued("email")] == [made.id]


def test_a_cancelled_message_is_not_released(world: WorldForTests) -> None:
    from letterbook.use_cases.messages.cancel import cancel

    made = send(world, an_email(a_party(world), send_at=later(hours=1)))
    cancel(world, builders.viewer(), made.id)
    world.clock.pass_(hours=1)
    release_scheduled(world, made.id)
    release_scheduled(world, "com_01JD4QK8V3M2N7R5T9W1X3Y5Z7")
    assert world.queued("email") == []


@pytest.mark.parametrize(("early", "released"), [(4, True), (6, False)])
def test_the_schedulers_clock_may_be_a_little_ahead(world: WorldForTests, early: int, released: bool) -> None:
    made = send(world, an_email(a_party(world), send_at=later(hours=1)))
    world.clock.pass_(hours=1, seconds=-early)
    assert release_scheduled(world, made.id) is released


def test_a_message_that_comes_due_on_a_day_that_was_closed_meanwhile_waits(world: WorldForTests) -> None:
    world.clock.pass_(hours=9)
    made = send(world, an_sms(a_party(world)))
    assert made.entry.scheduled_for == datetime(2026, 11, 23, 9, tzinfo=UTC)
    firm = world.settings.latest()
    world.settings.save(replace(firm, closing_days=(date(2026, 11, 23),), version=firm.version + 1))
    world.clock.time = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert release_scheduled(world, made.id) is False
    waiting = standing(world, made).entry
    assert (waiting.status, waiting.scheduled_for) == (Status.SCHEDULED, datetime(2026, 11, 24, 9, tzinfo=UTC))
    world.clock.time = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert release_scheduled(world, made.id) is True
