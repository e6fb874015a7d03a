"""Whether a provider is asked at all: one that fails again and again is left alone for a while, then asked by one message alone."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# A single message may meet a hiccup or two; so many in a row are an outage.
FAILURES_TO_REST = 5
_FIRST_REST, _LONGEST_REST = timedelta(seconds=30), timedelta(minutes=10)
_DOUBLINGS = 10
# Who asks a provider that rested has answered by then, or is dead.
_PROBE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """A circuit breaker: closed without `rests_until`, open until then, half-open from then on.

    `failures` are those in a row; `version` 0 is a provider that never failed.
    """

    provider: str
    failures: int = 0
    rests_until: datetime | None = None
    version: int = 0

    @property
    def closed(self) -> bool:
        return self.rests_until is None

    def half_open(self, now: datetime) -> bool:
        return self.rests_until is not None and self.rests_until <= now

    def probed(self, now: datetime) -> "Circuit":
        """Taken by the one message that asks whether the provider is back; all others keep away meanwhile."""
        return replace(self, rests_until=now + _PROBE, version=self.version + 1)

    def after_failure(self, now: datetime) -> "Circuit":
        """Rests after several failures in a row, each time twice as long, up to ten minutes."""
        failures = self.failures + 1
        more = failures - FAILURES_TO_REST
        rest = min(_FIRST_REST * 2 ** min(more, _DOUBLINGS), _LONGEST_REST) if more >= 0 else None
        return replace(self, failures=failures, rests_until=now + rest if rest else None, version=self.version + 1)

    def after_answer(self) -> "Circuit":
        return Circuit(provider=self.provider, version=self.version + 1)
