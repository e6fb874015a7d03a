"""How long a message waits: for its worker, for another try, for another look of the sweep."""

from datetime import timedelta
from enum import StrEnum

from letterbook.domain.status import Status

# A worker settles its claim in this time or is dead: longer than the dispatch function may run, and so short that with the minute
# until the sweep comes, and what that takes, nobody waits for more than three minutes to hear of it.
LEASE = timedelta(seconds=100)
# A queued message that nobody claimed by then is queued again by the sweep, which comes each minute.
FIRST_SWEEP_DELAY = timedelta(seconds=45)
# Nothing is waited for before a message may go.
AT_ONCE = timedelta(0)
# With the waits below an hour and a half to three hours: an outage longer than that is told to a person.
MAX_TRIES = 10
# A minute or two: where another provider can take it, nobody waits out an outage.
TRIES_BEFORE_NEXT = 3
_HOUR = timedelta(hours=1)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), _HOUR
_LONGEST_LOOK = timedelta(minutes=10)
_THROTTLE_WAIT, _QUOTA_WAIT = timedelta(seconds=20), timedelta(hours=1)
# Beyond the longest waits already, and far from the end of what a time can hold.
_DOUBLINGS = 10
# At what is looked every ten minutes.
_LOOKS_OF_A_DAY = 150
# A document that nobody made by then, about two hours after it was ordered, is left to a person.
MAX_LOOKS_AT_DOCUMENT = 12
LONGEST_FOR_LETTER = timedelta(hours=2)
# What the sweep cannot see to must not stand at the head of its list for ever.
SWEEP_RETRY_DELAY = timedelta(hours=1)


def backoff(tries: int, jitter: float) -> timedelta:
    """The wait after the `tries`-th failed try (1, 2, ...): doubling from half a minute to an hour, less up to half of it.

    `jitter` is random in [0, 1), so that messages which failed together do not return together.
    """
    full: timedelta = min(_FIRST_WAIT * 2 ** min(tries - 1, _DOUBLINGS), _LONGEST_WAIT)
    return full * (1 - jitter / 2)


def throttle_wait(jitter: float, *, quota: bool = False) -> timedelta:
    """The wait when we were too fast, or a quota is used up; it costs no try."""
    return (_QUOTA_WAIT if quota else _THROTTLE_WAIT) * (1 + jitter)


def sweep_delay(looks: int) -> timedelta:
    """When the sweep looks again at what is still queued after `looks` looks: a busy queue is not filled up further."""
    wait: timedelta = min(FIRST_SWEEP_DELAY * 2 ** min(looks, _DOUBLINGS), _LONGEST_LOOK)
    return wait


def look_delay(waits: timedelta) -> timedelta:
    """When the sweep looks again at a letter that waits so long already."""
    return max(FIRST_SWEEP_DELAY, min(waits / 2, _LONGEST_LOOK))


def collect_delay(looks: int) -> timedelta:
    """When it is looked again for what a message waits for: soon, for a day every ten minutes, then each hour."""
    return sweep_delay(looks) if looks < _LOOKS_OF_A_DAY else _HOUR


# A provider that takes one message twice as one knows our key for a day; for so long it is believed to (docs/providers.md).
KEY_TRUSTED_FOR = timedelta(hours=20)


class AskPlan(StrEnum):
    """When a provider is asked what became of a message: until it is settled; daily, where that takes days; or for months, where
    nobody else would tell.
    """

    SETTLING = "settling"
    DAILY = "daily"
    FOLLOWING = "following"


# When a provider that can be asked is asked of a message, after it came to that status and then after each time: soon where nobody
# knows whether it was taken, and after hours where it was taken and nothing more was heard. Then it is left to a person. What is
# followed goes one way through all of its statuses, for half a year.
_QUARTER, _DAY = timedelta(minutes=15), timedelta(days=1)
_WHETHER_TAKEN = (timedelta(minutes=2), timedelta(minutes=5), _QUARTER, _HOUR, _HOUR * 6, _DAY)
_FOLLOWED_DAYS = 180
_FOLLOWED = (timedelta(minutes=2), timedelta(minutes=10), _HOUR, *(_HOUR * 6,) * (4 * _FOLLOWED_DAYS - 1))
ASK_DELAYS: dict[AskPlan, dict[Status, tuple[timedelta, ...]]] = {
    AskPlan.SETTLING: {Status.UNCONFIRMED: _WHETHER_TAKEN, Status.SENT: (_HOUR * 2, _HOUR * 6, _DAY, _DAY * 2)},
    AskPlan.DAILY: {Status.UNCONFIRMED: _WHETHER_TAKEN, Status.SENT: (_HOUR, *(_DAY,) * 14)},
    AskPlan.FOLLOWING: dict.fromkeys((Status.UNCONFIRMED, Status.SENT, Status.DELIVERED), _FOLLOWED),
}
# When what proves that a message arrived is fetched: it may lag behind the word of it.
_EVIDENCE_DELAYS = (AT_ONCE, timedelta(minutes=10), _HOUR, _HOUR * 6, _DAY, _DAY, _DAY)
# When a provider that does not answer is told again to stop a message.
_STOP_DELAYS = (timedelta(minutes=2), timedelta(minutes=5), _QUARTER, _HOUR, _HOUR * 6)
# So often it is told again.
STOPS = len(_STOP_DELAYS)
# The statuses in which a provider may be asked for anything.
ASKED = frozenset({Status.UNCONFIRMED, Status.SENT, Status.DELIVERED})


def ask_delay(plan: AskPlan, status: Status, asked: int) -> timedelta | None:
    """How long after the `asked`-th time the provider is asked again; None where it is not, or was asked enough."""
    return _nth(ASK_DELAYS[plan].get(status, ()), asked)


def evidence_delay(asked: int) -> timedelta | None:
    return _nth(_EVIDENCE_DELAYS, asked)


def stop_delay(asked: int) -> timedelta:
    """Without an end: whoever tells the provider ends it, so that an order which nobody carried out stays one."""
    return _STOP_DELAYS[min(asked, STOPS - 1)]


def _nth(delays: tuple[timedelta, ...], asked: int) -> timedelta | None:
    return delays[asked] if asked < len(delays) else None
