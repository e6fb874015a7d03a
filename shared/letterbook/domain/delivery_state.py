"""Where a message stands on its way out: its tries, its claim, and when somebody has to look at it."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from letterbook.domain.retries import AskPlan, ask_delay
from letterbook.domain.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryState:
    """Where a message stands on its way out.

    `tries` counts what the provider did not take, `tried` how often which provider did not. `token` names the claim that may
    settle it, until `lease_until`. `not_before` holds it back: a retry, or what its sender may still undo. The sweep looks at it
    from `check_at` on, for the `looks`-th time; None where nothing is left to do.
    `only_by` is the provider that alone may take it. `since` is when it was first queued, `claimed_at` when a worker last handed
    it to a provider; whether that can be asked afterwards is `askable`, and when `plan`. Where that provider takes one message
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
            only_by=self.only_by,
        )

    def left_at(self, status: Status, now: datetime) -> "DeliveryState":
        """What is left to do once it has come to that status: to ask its provider, where that can be asked; else nothing."""
        wait = ask_delay(status, 0) if self.askable else None
        return replace(self.finished, check_at=now + wait if wait else None)

    def asked(self, status: Status, now: datetime) -> "DeliveryState":
        """The provider was asked once more."""
        wait = ask_delay(status, self.looks + 1)
        return replace(self, looks=self.looks + 1, check_at=now + wait if wait else None)
