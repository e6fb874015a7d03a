"""Whether a provider is asked at all: one that fails again and again is left alone for a while, then asked by one message alone."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# A single message may meet a hiccup or two; so many in a row are an outage.
FAILURE_THRESHOLD = 5
_FIRST_REST, _LONGEST_REST = timedelta(seconds=30), timedelta(minutes=10)
_DOUBLINGS = 10
# Who asks a provider that rested has answered by then, or is dead.
_PROBE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """A circuit breaker: closed without `rests_until`, open until then, half-open from then on.

    `failures` are those in a row while it was closed, `rests` how often it was opened since; `probing`: a message is asking
    whether the provider is back. `version` 0 is a provider that never failed.
    """

    provider: str
    failures: int = 0
    rests: int = 0
    rests_until: datetime | None = None
    probing: bool = False
    version: int = 0

    @property
    def closed(self) -> bool:
        return self.rests_until is None

    def is_open(self, now: datetime) -> bool:
        return self.rests_until is not None and self.rests_until > now

    def half_open(self, now: datetime) -> bool:
        return self.rests_until is not None and self.rests_until <= now

    def half_opened(self, now: datetime) -> "Circuit":
        """Taken by the one message that asks; all others keep away meanwhile, and for a while if it dies."""
        return replace(self, rests_until=now + _PROBE, probing=True, version=self.version + 1)

    def after_failure(self, now: datetime) -> "Circuit":
        """Rests after several failures in a row, and after each probe that failed twice as long, up to ten minutes.

        What was under way when it was opened, and fails, says nothing new.
        """
        if not self.closed and not self.probing:
            return self
        failures = self.failures if self.probing else self.failures + 1
        opens = failures >= FAILURE_THRESHOLD
        rest = min(_FIRST_REST * 2 ** min(self.rests, _DOUBLINGS), _LONGEST_REST)
        return replace(
            self,
            failures=failures,
            rests=self.rests + 1 if opens else 0,
            rests_until=now + rest if opens else None,
            probing=False,
            version=self.version + 1,
        )

    def after_success(self) -> "Circuit":
        return Circuit(provider=self.provider, version=self.version + 1)
