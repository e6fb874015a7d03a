"""What the cloud is put through. Each says what is broken, and what must hold; the accounts are made of all of them at the end."""

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from letterbook.domain.circuit import FAILURE_THRESHOLD
from tests.chaos.cloud import Cloud
from tests.chaos.line import PROVIDER, Blow, Breaks, Deed, Delay, EachStep, Fault, Refusal, Request, Series

_HANDS = 4
_DIES = (Deed.DIE_BEFORE, Deed.DIE_AFTER)
_CUT = (Deed.CUT_BEFORE, Deed.CUT_AFTER)
# So long nothing new breaks, and what is to break is thought to have done so.
_QUIET_SECONDS, _LONGEST_SECONDS = 8, 75


@dataclass
class Trial:
    """One scenario under way, with a party of its own: what it broke, and what was accepted under it, by order."""

    name: str
    cloud: Cloud
    scale: float
    began: datetime
    party: Any
    accepted: dict[str, set[str]] = field(default_factory=dict)
    put: list[str] = field(default_factory=list)
    faults: list[Breaks] = field(default_factory=list)
    broken: int = 0

    @property
    def struck(self) -> int:
        """How often something was broken by now."""
        return self.broken + sum(fault.struck for fault in self.faults)

    @property
    def faults_met(self) -> int:
        """The same at the end; none where something that was to be broken was not: the scenario proves less than it says."""
        return self.struck if all(fault.met for fault in self.faults) else 0

    def many(self, full: int, least: int = 4) -> int:
        return max(least, round(full * self.scale))

    def orders(self, count: int) -> list[str]:
        """Names of things to be said once each."""
        return [f"{self.name} {place + 1}" for place in range(count)]

    def say(self, orders: Sequence[str], **more: Any) -> None:
        """Has them said, a few at a time, each asked for until it is accepted."""
        with ThreadPoolExecutor(_HANDS) as pool:
            list(pool.map(lambda order: self.say_one(order, f"{order} {uuid.uuid4()}", **more), orders))

    def say_one(self, order: str, key: str, **more: Any) -> str:
        body = {"channel": "email", "party_id": self.party["id"], "subject": order, "body": "Dear Sir,", **more}
        entry_id: str = self.cloud.ask("POST", "/v1/communications", body, key)["id"]
        self.accepted.setdefault(order, set()).add(entry_id)
        return entry_id

    def break_(self, *faults: Breaks) -> None:
        self.faults += faults
        self.cloud.aws_line.arm(*faults)
        self.cloud.provider_line.arm(*faults)

    def mend(self) -> None:
        self.cloud.aws_line.disarm(*self.faults)
        self.cloud.provider_line.disarm(*self.faults)

    @contextmanager
    def breaking(self, *faults: Breaks) -> Iterator[None]:
        """Until the block is left and nothing new breaks any more."""
        self.break_(*faults)
        try:
            yield
            self.calm()
        finally:
            self.mend()

    def calm(self, quiet: float = _QUIET_SECONDS) -> None:
        """Waits until nothing new broke for a while; the sweep comes meanwhile."""
        longest = time.monotonic() + _LONGEST_SECONDS
        struck, since = self.struck, time.monotonic()
        while time.monotonic() - since < quiet and time.monotonic() < longest:
            self.cloud.sweep()
            time.sleep(3)
            if self.struck != struck:
                struck, since = self.struck, time.monotonic()

    def ours(self, request: Request) -> bool:
        """Whether the provider is asked to take a mail of this trial."""
        return request.call == PROVIDER and self.party["email"].encode() in request.body

    def until(self, what: Callable[[], bool], seconds: float = 90) -> None:
        """Waits for it, and no longer than that; the sweep comes meanwhile."""
        deadline = time.monotonic() + seconds
        while not what() and time.monotonic() < deadline:
            self.cloud.sweep()
            time.sleep(1)

    def entries(self, *statuses: str) -> list[Any]:
        every = self.cloud.entries_of(self.party["id"])
        return [one for one in every if one["status"] in statuses] if statuses else every


def sweep_dies(trial: Trial) -> None:
    """A queue is purged, so that only the sweep knows of its messages; and the sweep dies at each of its steps.

    It goes on dying under the other scenarios, until it died everywhere once.
    """
    trial.break_(EachStep("sweep", *_DIES))
    with trial.cloud.held("DispatchEmail"):
        trial.say(trial.orders(trial.many(24)))
        trial.broken += trial.cloud.purge("EmailQueue")


def accepting_dies(trial: Trial) -> None:
    """The function that accepts dies at each of its steps; the client asks again with its key. One order is one mail."""
    with trial.breaking(EachStep("command", *_DIES)):
        trial.say(trial.orders(trial.many(24)))


def sending_dies(trial: Trial) -> None:
    """Dispatch dies at each of its steps: before its claim, after it, in the call, before the outcome is written.

    What was claimed is unconfirmed, until the provider's own word settles it; what was not is sent. Never twice.
    """
    with trial.breaking(
        Fault(Deed.DIE_BEFORE, trial.ours, times=2),
        Fault(Deed.DIE_AFTER, trial.ours, times=2),
        EachStep("dispatch", *_DIES),
    ):
        # Whoever dies takes a batch of three along, which only the sweep brings again.
        trial.say(trial.orders(trial.many(60, least=48)))


def following_dies(trial: Trial) -> None:
    """The function that hears the provider dies at each of its steps. Everything is delivered in the end."""
    with trial.breaking(EachStep("receipts", *_DIES)):
        trial.say(trial.orders(trial.many(24)))
        trial.until(lambda: not trial.entries("queued", "sending", "sent"))


def releasing_dies(trial: Trial) -> None:
    """Messages for later: half of the schedules are deleted, and the clock dies at each of its steps."""
    at = (datetime.now(UTC) + timedelta(seconds=25)).isoformat(timespec="seconds")
    trial.say(trial.orders(trial.many(20, least=10)), send_at=at)
    scheduler = trial.cloud.aws("scheduler")
    for entry_id in sorted(one for ids in trial.accepted.values() for one in ids)[::2]:
        scheduler.delete_schedule(Name=entry_id, GroupName="default")
        trial.broken += 1
    with trial.breaking(EachStep("clock", *_DIES)):
        trial.until(lambda: not trial.entries("scheduled"), 60)


def bulk_dies(trial: Trial) -> None:
    """Rejected messages are said again, many at once, while the function that does it dies at each of its steps."""
    orders = trial.orders(trial.many(24))
    refuses = Fault(Refusal(400, "MessageRejected"), trial.ours, times=len(orders))
    trial.break_(refuses)
    trial.say(orders)
    trial.until(lambda: len(trial.entries("rejected")) == len(orders))
    trial.mend()
    rejected = [one["id"] for one in trial.entries("rejected")]
    with trial.breaking(EachStep("bulk", *_DIES)):
        for one in rejected:
            trial.cloud.ask("POST", "/v1/communications/resend", {"ids": [one]}, f"again {uuid.uuid4()}")
        trial.until(lambda: len(trial.entries()) == 2 * len(orders))


def mail_comes_twice(trial: Trial) -> None:
    """Mail comes in, each announced twice, while the function that takes it in dies at each of its steps. Each is one entry."""
    trial.put = trial.orders(trial.many(24))
    with trial.breaking(EachStep("inbound", *_DIES)):
        with trial.cloud.held("ReceiveMail"):
            for subject in trial.put:
                trial.cloud.put_mail(_mail(trial.party["email"], subject))
            bodies = trial.cloud.take_all("InboundQueue", len(trial.put))
            trial.cloud.put_all("InboundQueue", [*bodies, *bodies])
            trial.broken += len(bodies)
        trial.until(lambda: len(trial.entries("received")) == len(trial.put))


def _mail(sender: str, subject: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, "legal@tolworthy.example", subject
    mail["Message-ID"] = f"<{uuid.uuid4()}@mailbox.example>"
    mail.set_content("Thank you for your letter.")
    return mail.as_bytes()


def lines_are_cut(trial: Trial) -> None:
    """The lines to our own stores and queues are cut at each step, before the request and after it. Nobody notices."""

    def own(request: Request) -> bool:
        return request.call != PROVIDER

    functions = ("command", "dispatch", "receipts")
    with trial.breaking(*(EachStep(function, *_CUT, matches=own) for function in functions)):
        trial.say(trial.orders(trial.many(36)))


def provider_is_ill(trial: Trial) -> None:
    """The provider cuts the line, before it takes a mail and after; throttles, answers 500 and 503, and takes too long.

    In between it is well; then it is down for everybody, so that it is left alone for a while. What it certainly did not take goes
    again. What nobody knows is unconfirmed, until its own word settles it.
    """
    orders = trial.orders(trial.many(60, least=24))
    hiccups: tuple[Blow, ...] = (
        Refusal(429, "TooManyRequestsException"),
        Deed.CUT_AFTER,
        Refusal(500, "InternalServiceError"),
        Deed.CUT_BEFORE,
        Refusal(503, "ServiceUnavailable"),
        Delay(2),
    )
    # Longer than it is waited for (adapters/aws.py).
    blows = [*[one for blow in hiccups for one in (blow, None)] * (len(orders) // 15), Delay(24)]
    series = Series([*blows, *[Refusal(503, "ServiceUnavailable")] * FAILURE_THRESHOLD], trial.ours)
    with trial.breaking(series):
        trial.say(orders)
        trial.until(lambda: series.met, 120)


def orders_come_twice(trial: Trial) -> None:
    """Every message on the queue of what is to be sent is there twice, in no order."""
    with trial.cloud.held("DispatchEmail"):
        orders = trial.orders(trial.many(150))
        trial.say(orders)
        bodies = trial.cloud.take_all("EmailQueue", len(orders))
        trial.cloud.put_all("EmailQueue", [*bodies, *bodies])
        trial.broken += len(bodies)


def events_come_anyhow(trial: Trial) -> None:
    """The provider's events come late, three times each, and in no order."""
    orders = trial.orders(trial.many(250))
    with trial.cloud.held("RecordReceipts"):
        trial.say(orders)
        # Each is taken, and then delivered.
        bodies = trial.cloud.take_all("ReceiptsQueue", 2 * len(orders), seconds=240)
        trial.cloud.put_all("ReceiptsQueue", [*bodies, *bodies, *bodies])
        trial.broken += 3 * len(bodies)


def same_key_at_once(trial: Trial) -> None:
    """Twelve identical requests at once, with one Idempotency-Key."""
    for order in trial.orders(trial.many(6)):
        key = str(uuid.uuid4())
        with ThreadPoolExecutor(12) as pool:
            list(pool.map(lambda _, order=order, key=key: trial.say_one(order, key), range(12)))
        trial.broken += 12


def cloud_stops(trial: Trial) -> None:
    """The whole cloud is told to stop in the middle of traffic, and started again."""
    orders = trial.orders(trial.many(60))
    with ThreadPoolExecutor(1) as pool:
        traffic = pool.submit(trial.say, orders)
        trial.until(lambda: len(trial.accepted) > len(orders) // 3)
        trial.cloud.terminate()
        trial.broken += 1
        trial.cloud.start()
        traffic.result()
    trial.cloud.struck.update(one for ids in trial.accepted.values() for one in ids)


Scenario = Callable[[Trial], None]
SCENARIOS: tuple[Scenario, ...] = (
    sweep_dies,
    accepting_dies,
    sending_dies,
    following_dies,
    releasing_dies,
    bulk_dies,
    mail_comes_twice,
    lines_are_cut,
    provider_is_ill,
    same_key_at_once,
    orders_come_twice,
    events_come_anyhow,
    cloud_stops,
)


def provider_lies(trial: Trial) -> None:
    """Only to prove this test: the provider takes mails twice, and says that it took others and did not. The table must tell."""
    with trial.breaking(
        Fault(Deed.TWICE, trial.ours, times=2),
        Fault(Deed.SWALLOW, trial.ours, times=2),
    ):
        trial.say(trial.orders(8))
