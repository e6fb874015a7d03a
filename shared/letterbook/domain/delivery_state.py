"""Where a message stands on its way out: its tries, its claim, and when somebody has to look at it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from letterbook.domain.retries import ASKED, KEY_TRUSTED_FOR, AskPlan, ask_delay, evidence_delay, stop_delay
from letterbook.domain.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryState:
    """Where a message stands on its way out.

    `tries` counts what the provider did not take, `tried` how often which provider did not. `token` names the claim that may
    settle it, until `lease_until`. `not_before` holds it back: a retry, or what its sender may still undo. The sweep looks at it
    from `check_at` on, for the `looks`-th time; None where nothing is left to do.
    `only_by` is the provider that alone may take it. `since` is when it was first queued, `claimed_at` when a worker last handed
    it to a provider; whether that can be asked afterwards is `askable`, and when `plan`; whether it has evidence to be fetched once
    the message is delivered, `evidence`; whether it is to be told to stop it, `stopping`. Where that provider takes one message
    twice as one (`idempotent`), `unknown_since` is when it was first handed over without a known outcome: until that is known it
    alone may take it.
    """

    tries: int = 0
    tried: dict[str, int] = field(default_factory=dict)
    token: str | None = None
    lease_until: datetime | None = None
    not_before: datetime | None = None
    check_at: datetime | None = None
    looks: int = 0
    since: datetime | None = None
    claimed_at: datetime | None = None
    askable: bool = False
    plan: AskPlan = AskPlan.SETTLING
    evidence: bool = False
    stopping: bool = False
    idempotent: bool = False
    unknown_since: datetime | None = None
    only_by: str | None = None

    @property
    def finished(self) -> "DeliveryState":
        """Nothing is left to do; what it took is kept."""
        return DeliveryState(
            tries=self.tries,
            tried=self.tried,
            since=self.since,
            claimed_at=self.claimed_at,
            askable=self.askable,
            plan=self.plan,
            evidence=self.evidence,
            only_by=self.only_by,
        )

    @property
    def waits_for_another_try(self) -> bool:
        """Whether its provider may have it, and it is to be handed over there again."""
        return self.unknown_since is not None and self.token is None

    def may_be_handed_over_again(self, now: datetime) -> bool:
        """Whether the provider takes it twice as one, and still knows our key of the first time."""
        first = self.unknown_since or self.claimed_at
        return self.idempotent and first is not None and now - first < KEY_TRUSTED_FOR

    def waiting(self, until: datetime, *, held: bool) -> "DeliveryState":
        """By nobody's claim, until a queue has it; `held`: no worker takes it earlier."""
        return replace(self, token=None, lease_until=None, not_before=until if held else None, check_at=until)

    def left_at(self, status: Status, now: datetime, was: Status) -> "DeliveryState":
        """What is left to do once it has come to that status: to ask its provider, where there is something to ask; else nothing.

        What is followed is asked of on one way through all of its statuses: whatever is heard does not begin it again.
        """
        left = self.finished
        if self.plan is AskPlan.FOLLOWING and was in ASKED and status in ASKED:
            return replace(left, looks=self.looks, check_at=self.check_at)
        return replace(left, looks=-1).asked(status, now)

    def asks(self, status: Status) -> bool:
        """Whether its provider is asked for anything in that status."""
        return self.stopping or self._wait(status, 0) is not None

    def asked(self, status: Status, now: datetime) -> "DeliveryState":
        """The provider was asked once more."""
        wait = self._wait(status, self.looks + 1)
        return replace(self, looks=self.looks + 1, check_at=None if wait is None else now + wait)

    def _wait(self, status: Status, asked: int) -> timedelta | None:
        if self.stopping:
            return stop_delay(asked)
        wait = ask_delay(self.plan, status, asked) if self.askable else None
        fetches = self.evidence and status is Status.DELIVERED and wait is None
        return evidence_delay(asked) if fetches else wait
