"""What the counts of a provider tell of its webhook."""

from datetime import UTC, datetime

import pytest

from letterbook.domain.channels import Channel
from letterbook.domain.circuit import Circuit
from letterbook.domain.provider_activity import ProviderState, ProviderTotals

HEARD_AT = datetime(2026, 11, 2, tzinfo=UTC)


def state(*urls: str, sent: int, heard: int, looked_up: int) -> ProviderState:
    totals = ProviderTotals(sent=sent, heard=heard, looked_up=looked_up, last_heard=HEARD_AT if heard else None)
    return ProviderState(
        name="carrier",
        label="Carrier",
        channel=Channel.SMS,
        is_set_up=True,
        askable=True,
        receipts=True,
        place=1,
        circuit=Circuit(provider="carrier"),
        totals=totals,
        webhook_urls=urls,
    )


@pytest.mark.parametrize(
    ("sent", "heard", "looked_up", "missing"),
    [
        (0, 0, 0, False),
        (4, 0, 0, False),
        (5, 0, 0, True),
        (5, 1, 4, False),
        (9, 1, 5, True),
        (99, 60, 60, False),
        (99, 60, 61, True),
        (10_000, 9_000, 40, False),
    ],
)
def test_a_provider_that_says_less_than_it_is_asked_has_no_webhook(
    sent: int, heard: int, looked_up: int, missing: bool
) -> None:
    assert state("https://hooks.example", sent=sent, heard=heard, looked_up=looked_up).posts_too_little is missing
    assert not state(sent=sent, heard=heard, looked_up=looked_up).posts_too_little
