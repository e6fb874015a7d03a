"""What becomes of a message that is on its way out: what the provider's answer, or the lack of a provider, does to its entry."""

import random
from dataclasses import replace
from datetime import UTC, datetime

from letterbook.domain.communication import Communication, DeliveryState, Failure
from letterbook.domain.errors import OverQuota, Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate
from letterbook.domain.retries import MAX_TRIES, TRIES_BEFORE_NEXT, backoff, throttle_wait
from letterbook.domain.status import Status
from letterbook.domain.transitions import Change, receipt_applied, transitioned, updated
from letterbook.ports import World
from letterbook.use_cases.delivery.failure_words import in_words
from letterbook.use_cases.delivery.routing import has_alternative, is_account_refused


def apply_result(
    world: World, claimed: Communication, current: Communication, reference: str | None, error: ProviderError | None
) -> Change | None:
    now = world.now()
    if error is None:
        return receipt_applied(
            current,
            as_receipt(claimed, "taken", now, RecipientUpdate(fact=DeliveryOutcome.ACCEPTED), reference),
            at=now,
        )
    if isinstance(error, Permanent) and not (is_account_refused(error) and has_alternative(world, current)):
        refused = RecipientUpdate(
            fact=DeliveryOutcome.REFUSED, code=error.reason, provider_code=error.provider_code, text=error.text
        )
        told = in_words(world, as_receipt(claimed, "refused", now, refused, None))
        return receipt_applied(current, told, at=now)
    if current.entry.status is not Status.SENDING or current.work.token != claimed.work.token:
        return None
    if isinstance(error, Permanent):
        return _next_provider(current, _after_try(current, TRIES_BEFORE_NEXT), error.provider_code, now)
    if isinstance(error, Transient):
        return _retry_later(world, current, error, now)
    note = f"Whether {claimed.entry.provider} took it is not known."
    return transitioned(
        current, Status.UNCONFIRMED, at=now, event="outcome unknown", note=note, code=error.provider_code
    )


def as_receipt(
    claimed: Communication, event: str, at: datetime, news: RecipientUpdate, reference: str | None
) -> Receipt:
    """The provider's answer to our call, told like any other word of it."""
    return Receipt(
        provider=claimed.entry.provider or "",
        event=event,
        at=at,
        communication_id=claimed.id,
        reference=reference,
        news=(news,),
    )


def _retry_later(world: World, current: Communication, error: Transient, now: datetime) -> Change:
    """Again after a while, or by the next provider. Throttling costs no try."""
    work, jitter, throttled = current.work, _jitter(), isinstance(error, Throttled)
    if not throttled:
        work = _after_try(current, 1)
        if work.tries >= MAX_TRIES:
            return _give_up(current, error, now)
        tried = replace(current, work=work)
        if work.tried[current.entry.provider or ""] >= TRIES_BEFORE_NEXT and has_alternative(world, tried):
            return _next_provider(current, work, error.provider_code, now)
    wait = throttle_wait(jitter, quota=isinstance(error, OverQuota)) if throttled else backoff(work.tries, jitter)
    again = _within_hours(world, current, now + max(wait, error.after))
    return transitioned(
        current,
        Status.QUEUED,
        at=now,
        event="waits" if throttled else "not taken",
        note=error.provider_code,
        after=replace(current, work=_waiting(work, again, held=True)),
    )


def _after_try(current: Communication, cost: int) -> DeliveryState:
    """With one more try, which counts as several for the provider where it need not be asked again."""
    work, provider = current.work, current.entry.provider or ""
    return replace(work, tries=work.tries + 1, tried={**work.tried, provider: work.tried.get(provider, 0) + cost})


def _waiting(work: DeliveryState, until: datetime, *, held: bool) -> DeliveryState:
    return replace(work, token=None, lease_until=None, not_before=until if held else None, check_at=until)


def _next_provider(current: Communication, work: DeliveryState, code: str, now: datetime) -> Change:
    """To the next provider. The sweep queues it within the minute."""
    after = replace(current, work=_waiting(work, now, held=False))
    return transitioned(current, Status.QUEUED, at=now, event="to the next provider", note=code, after=after)


def defer_all_circuits_open(world: World, current: Communication) -> Change | None:
    """All providers are ill. It costs a try, so that a message comes to an end even if they never recover."""
    now, work = world.now(), current.work
    if current.entry.status is not Status.QUEUED or (work.not_before and work.not_before > now):
        return None
    tries = work.tries + 1
    if tries >= MAX_TRIES:
        return _give_up(current, Transient("every provider rests"), now)
    again = _within_hours(world, current, now + backoff(tries, _jitter()))
    waits = replace(current, work=_waiting(replace(work, tries=tries), again, held=True))
    return updated(current, waits, at=now, event="every provider rests")


def _jitter() -> float:
    return random.random()  # noqa: S311 - it spreads load and keeps no secret


def _within_hours(world: World, current: Communication, at: datetime) -> datetime:
    """A retry keeps the hours that the message keeps."""
    calendar = world.settings.current().calendar(current.entry.channel)
    if calendar is None or current.urgent_reason:
        return at
    try:
        return calendar.next_opening(at).astimezone(UTC)
    except ValueError:
        # Hours that never open: the message was accepted under others.
        return at


def _give_up(current: Communication, error: Transient, now: datetime) -> Change:
    failure = Failure(code=FailureCode.PROVIDER_OUTAGE, provider_code=error.provider_code, permanent=False)
    return _failed(current, failure, now, event="given up")


def fail_corrupt_content(current: Communication, now: datetime) -> Change | None:
    """What lies in the content store is not what was accepted: it must not go out, and no retry mends it."""
    if current.entry.status is not Status.QUEUED:
        return None
    return _failed(current, Failure(code=FailureCode.UNKNOWN, provider_code="content"), now, event="content spoilt")


def fail_suppressed_address(current: Communication, now: datetime) -> Change | None:
    """The address bounced since the message was accepted."""
    if current.entry.status is not Status.QUEUED:
        return None
    return _failed(current, Failure(code=FailureCode.INVALID_ADDRESS), now, event="address in quarantine")


def _failed(current: Communication, failure: Failure, now: datetime, *, event: str) -> Change:
    entry = replace(current.entry, failure=failure, failed_at=now)
    after = replace(current, entry=entry, work=current.work.finished)
    return transitioned(
        current, Status.FAILED, at=now, event=event, note=failure.provider_code, code=failure.code, after=after
    )
