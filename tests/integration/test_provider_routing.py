"""Several providers of one channel: who is tried, in which order, and when a provider that is ill is left alone."""

from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.dynamodb.circuits import DynamoCircuitBreakers
from letterbook.domain.circuit import FAILURE_THRESHOLD, Circuit
from letterbook.domain.communication import Communication
from letterbook.domain.errors import Ambiguous, ConcurrentUpdate, Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.retries import MAX_TRIES, TRIES_BEFORE_NEXT
from letterbook.domain.status import Status
from letterbook.use_cases.delivery.apply_provider_result import defer_all_circuits_open
from letterbook.use_cases.delivery.routing import record_provider_health
from letterbook.use_cases.delivery.sweep import sweep
from letterbook.use_cases.support.update import update_communication
from tests.support.aws import WorldForTests
from tests.support.builders import NOW, organisation
from tests.support.fakes.providers import SECOND, FakeProvider
from tests.support.steps import a_party, an_email, deliver_queue, send, standing

OUTAGE = Transient("EndpointConnectionError")
REFUSED = Permanent("AccessDenied", FailureCode.CONFIG)


@pytest.fixture
def second(world: WorldForTests) -> FakeProvider:
    return world.fakes.with_a_second()


def rounds(world: WorldForTests, times: int, *, minutes: float = 61) -> None:
    for _ in range(times):
        deliver_queue(world)
        world.clock.pass_(minutes=minutes)
        sweep(world)
    deliver_queue(world)


def events(world: WorldForTests, made: Communication) -> list[tuple[str, str | None]]:
    return [(row.event, row.provider) for row in world.communications.history(made.id)]


def fails(provider: FakeProvider, times: int, error: ProviderError = OUTAGE) -> None:
    provider.next.extend([error] * times)


# ---- one after the other


def test_the_next_provider_is_tried_after_transient_exhaustion_and_all_of_it_is_in_the_history(
    world: WorldForTests, second: FakeProvider
) -> None:
    fails(world.fakes.email, TRIES_BEFORE_NEXT)
    made = send(world, an_email(a_party(world)))
    rounds(world, TRIES_BEFORE_NEXT, minutes=5)
    entry = standing(world, made).entry
    assert (entry.status, entry.provider, entry.receipts) == (Status.SENT, SECOND, False)
    assert (world.fakes.email.taken, len(second.taken)) == ([], 1)
    again = ("queued again", None)
    assert events(world, made) == [
        ("accepted", None),
        *[("claimed", "ses"), ("not taken", "ses"), again] * (TRIES_BEFORE_NEXT - 1),
        ("claimed", "ses"),
        ("to the next provider", "ses"),
        again,
        ("claimed", SECOND),
        ("taken", SECOND),
    ]


def test_after_the_last_provider_it_has_failed(world: WorldForTests, second: FakeProvider) -> None:
    fails(world.fakes.email, MAX_TRIES)
    fails(second, MAX_TRIES)
    made = send(world, an_email(a_party(world)))
    rounds(world, 2 * MAX_TRIES)
    assert world.fakes.email.calls + second.calls == MAX_TRIES
    entry = standing(world, made).entry
    assert entry.status is Status.FAILED
    assert entry.failure is not None
    assert entry.failure.code is FailureCode.PROVIDER_OUTAGE


def test_a_set_up_that_one_provider_refuses_goes_to_the_next_at_once(
    world: WorldForTests, second: FakeProvider
) -> None:
    fails(world.fakes.email, 1, REFUSED)
    made = send(world, an_email(a_party(world)))
    rounds(world, 1, minutes=1)
    assert (standing(world, made).entry.provider, world.fakes.email.calls) == (SECOND, 1)


@pytest.mark.parametrize("error", [Permanent("MessageRejected", FailureCode.CONTENT), Ambiguous("ReadTimeoutError")])
def test_what_is_refused_for_itself_or_may_have_been_taken_is_never_tried_elsewhere(
    world: WorldForTests, second: FakeProvider, error: ProviderError
) -> None:
    fails(world.fakes.email, 1, error)
    made = send(world, an_email(a_party(world)))
    rounds(world, 5)
    assert standing(world, made).entry.status in (Status.REJECTED, Status.UNCONFIRMED)
    assert second.calls == 0


def test_throttling_goes_nowhere_else(world: WorldForTests, second: FakeProvider) -> None:
    fails(world.fakes.email, TRIES_BEFORE_NEXT + 2, Throttled("TooManyRequestsException"))
    made = send(world, an_email(a_party(world)))
    rounds(world, TRIES_BEFORE_NEXT + 2, minutes=1)
    assert (standing(world, made).entry.provider, second.calls) == ("ses", 0)
    assert standing(world, made).entry.status is Status.SENT


def test_the_settings_say_the_order(world: WorldForTests, second: FakeProvider) -> None:
    world.settings.save(organisation(version=2, routes={"email": (SECOND, "ses")}))
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    assert standing(world, made).entry.provider == SECOND


# ---- a provider that is ill


def test_a_provider_that_fails_again_and_again_is_left_alone(world: WorldForTests, second: FakeProvider) -> None:
    party = a_party(world)
    fails(world.fakes.email, FAILURE_THRESHOLD)
    for _ in range(FAILURE_THRESHOLD + 3):
        send(world, an_email(party))
    deliver_queue(world)
    assert (world.fakes.email.calls, len(second.taken)) == (FAILURE_THRESHOLD, 3)


def test_one_message_alone_asks_whether_it_is_back(world: WorldForTests, second: FakeProvider) -> None:
    party = a_party(world)
    _ill(world)
    fails(second, FAILURE_THRESHOLD)
    for _ in range(FAILURE_THRESHOLD):
        send(world, an_email(party))
    deliver_queue(world)
    calls = world.fakes.email.calls
    send(world, an_email(party))
    deliver_queue(world)
    assert world.fakes.email.calls == calls, "both rest: it waits"
    world.clock.pass_(minutes=1)
    fails(world.fakes.email, 1)
    send(world, an_email(party))
    send(world, an_email(party))
    deliver_queue(world)
    assert world.fakes.email.calls == calls + 1


def test_a_provider_that_is_back_takes_everything_again(world: WorldForTests, second: FakeProvider) -> None:
    party = a_party(world)
    _ill(world)
    world.clock.pass_(minutes=1)
    taken = len(world.fakes.email.taken)
    for _ in range(3):
        send(world, an_email(party))
    deliver_queue(world)
    assert len(world.fakes.email.taken) == taken + 3
    assert world.circuit_breakers.get("ses").closed


def test_with_every_provider_ill_a_message_waits_and_comes_to_an_end(world: WorldForTests) -> None:
    _ill(world)
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    waiting = standing(world, made)
    assert (waiting.entry.status, waiting.work.tries) == (Status.QUEUED, 1)
    assert waiting.work.not_before is not None
    fails(world.fakes.email, 3 * MAX_TRIES)
    rounds(world, MAX_TRIES)
    assert standing(world, made).entry.status is Status.FAILED


def test_all_workers_see_that_a_provider_rests(world: WorldForTests) -> None:
    _ill(world)
    assert not DynamoCircuitBreakers().get("ses").closed


def test_two_workers_do_not_probe_together(world: WorldForTests) -> None:
    _ill(world)
    one, other = DynamoCircuitBreakers(), DynamoCircuitBreakers()
    seen = one.get("ses"), other.get("ses")
    one.save(seen[0].half_opened(world.now()))
    with pytest.raises(ConcurrentUpdate):
        other.save(seen[1].half_opened(world.now()))


def test_one_that_is_back_and_throttles_rests_no_longer(world: WorldForTests) -> None:
    _ill(world)
    world.clock.pass_(minutes=1)
    fails(world.fakes.email, 1, Throttled("TooManyRequestsException"))
    waits, goes = (send(world, an_email(a_party(world))) for _ in range(2))
    deliver_queue(world)
    assert world.circuit_breakers.get("ses").closed
    assert {standing(world, one).work.tries for one in (waits, goes)} == {0}


def test_what_was_under_way_when_it_began_to_rest_makes_it_rest_no_longer(world: WorldForTests) -> None:
    _ill(world)
    until = world.circuit_breakers.get("ses").rests_until
    for _ in range(20):
        record_provider_health(world, "ses", OUTAGE)
    assert world.circuit_breakers.get("ses").rests_until == until


def test_a_hiccup_of_a_provider_that_is_well_does_not_exhaust_it(world: WorldForTests, second: FakeProvider) -> None:
    """Two tries by the first, which then rests; the second stumbles once."""
    fails(world.fakes.email, TRIES_BEFORE_NEXT - 1)
    made = send(world, an_email(a_party(world)))
    rounds(world, TRIES_BEFORE_NEXT - 2, minutes=5)
    deliver_queue(world)
    fails(world.fakes.email, FAILURE_THRESHOLD)
    _ill_by_now(world)
    fails(second, 1)
    world.clock.pass_(seconds=40)
    world.fakes.email.next.extend([OUTAGE] * 50)
    rounds(world, 5, minutes=5)
    assert (standing(world, made).entry.status, standing(world, made).entry.provider) == (Status.SENT, SECOND)


def test_two_copies_of_an_order_wait_once(world: WorldForTests) -> None:
    _ill(world)
    made = send(world, an_email(a_party(world)))
    for _ in range(2):
        update_communication(world, made.id, lambda standing: defer_all_circuits_open(world, standing))
    assert standing(world, made).work.tries == 1


def test_a_healthy_provider_costs_no_write(world: WorldForTests) -> None:
    send(world, an_email(a_party(world)))
    deliver_queue(world)
    assert world.circuit_breakers.get("ses", now=True).version == 0


def _ill_by_now(world: WorldForTests) -> None:
    while world.circuit_breakers.get("ses").closed:
        record_provider_health(world, "ses", OUTAGE)


def _ill(world: WorldForTests) -> None:
    """The first provider fails several messages in a row, and rests."""
    fails(world.fakes.email, FAILURE_THRESHOLD)
    party = a_party(world)
    for _ in range(FAILURE_THRESHOLD):
        send(world, an_email(party))
    deliver_queue(world)
    assert not world.circuit_breakers.get("ses").closed


def test_each_probe_that_fails_doubles_the_rest_up_to_ten_minutes() -> None:
    circuit, rests = Circuit(provider="ses"), []
    for _ in range(FAILURE_THRESHOLD):
        circuit = circuit.after_failure(NOW)
    for _ in range(7):
        rests.append((circuit.rests_until or NOW) - NOW)
        circuit = circuit.half_opened(NOW).after_failure(NOW)
    assert [one.total_seconds() for one in rests] == [30, 60, 120, 240, 480, 600, 600]


@given(st.lists(st.booleans(), max_size=40))
def test_a_circuit_rests_exactly_after_enough_failures_in_a_row(answers: list[bool]) -> None:
    circuit, row, now = Circuit(provider="ses"), 0, NOW
    for good in answers:
        circuit = circuit.after_success() if good else circuit.after_failure(now)
        row = 0 if good else row + 1
        now += timedelta(seconds=1)
        assert circuit.closed == (row < FAILURE_THRESHOLD)
