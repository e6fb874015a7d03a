"""What becomes of a message that is on its way out: what the provider's answer, or the lack of a provider, does to its entry.

Where a provider takes one message twice as one, what it may have stays `sending` and is handed over there again, under the same
key, for as long as the provider knows that. Until it is known whether the provider has it, nobody else gets it.
"""

import random
from dataclasses import replace
from datetime import UTC, datetime

from letterbook.domain.communication import Communication, DeliveryState, Failure
from letterbook.domain.errors import Ambiguous, OverQuota, Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode, FailureText
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate
from letterbook.domain.retries import AT_ONCE, MAX_TRIES, TRIES_BEFORE_NEXT, backoff, sweep_delay, throttle_wait
from letterbook.domain.status import Status
from letterbook.domain.transitions import Change, receipt_applied, transitioned, updated
from letterbook.ports import World
from letterbook.use_cases.delivery.failure_words import in_words
from letterbook.use_cases.delivery.routing import has_alternative, is_account_refused


def apply_result(
    world: World, claimed: Communication, current: Communication, reference: str | None, error: ProviderError | None
) -> Change | None:
    now, superseded = world.now(), current.work.token != claimed.work.token
    if error is None:
        return receipt_applied(
            current,
            as_receipt(claimed, "taken", now, RecipientUpdate(fact=DeliveryOutcome.ACCEPTED), reference),
            at=now,
        )
    if claimed.work.idempotent and superseded:
        # Another worker handed it over since, or it is known what became of it: a late refusal says nothing of that.
        return None
    is_unknown = claimed.work.unknown_since is not None
    if isinstance(error, Permanent) and not _may_be_mended(world, current, error, is_unknown=is_unknown):
        refused = RecipientUpdate(
            fact=DeliveryOutcome.REFUSED, code=error.reason, provider_code=error.provider_code, text=error.text
        )
        told = in_words(world, as_receipt(claimed, "refused", now, refused, None))
        return receipt_applied(current, told, at=now)
    if current.entry.status is not Status.SENDING or superseded:
        return None
    if is_unknown or (isinstance(error, Ambiguous) and claimed.work.idempotent):
        return _hand_over_again(current, error, now)
    if isinstance(error, Permanent):
        return _next_provider(current, _after_try(current, TRIES_BEFORE_NEXT), error.provider_code, now)
    if isinstance(error, Transient):
        return _retry_later(world, current, error, now)
    return left_unconfirmed(current, now, "outcome unknown", code=error.provider_code)


def _may_be_mended(world: World, current: Communication, error: Permanent, *, is_unknown: bool) -> bool:
    """Whether not the message is refused but our account, and the message may still go: by another provider, or to the same one
    that may have it already.
    """
    return is_account_refused(error) and (is_unknown or has_alternative(world, current))


def _hand_over_again(current: Communication, error: ProviderError, now: datetime) -> Change:
    """To the same provider, under the same key; a person is told once that is not safe any more."""
    if not current.work.may_be_handed_over_again(now):
        return left_unconfirmed(current, now, "outcome unknown", code=error.provider_code)
    work, jitter = _after_try(current, 1), _jitter()
    throttled = isinstance(error, Throttled)
    wait = throttle_wait(jitter, quota=isinstance(error, OverQuota)) if throttled else backoff(work.tries, jitter)
    after = error.after if isinstance(error, Transient) else AT_ONCE
    work = replace(work, unknown_since=work.unknown_since or work.claimed_at)
    waits = replace(current, work=work.waiting(now + max(wait, after), held=True))
    return updated(current, waits, at=now, event="handed over again", note=_again(current, error.provider_code))


def handed_over_once_more(current: Communication, now: datetime) -> Change | None:
    """Its worker is dead, or it waited long enough: it goes to the same provider, where that is safe. None where it is not."""
    work = current.work
    if not work.may_be_handed_over_again(now):
        return None
    looks = 0 if work.token else work.looks + 1
    work = replace(work, looks=looks, unknown_since=work.unknown_since or work.claimed_at)
    waits = replace(current, work=work.waiting(now + sweep_delay(looks), held=False))
    return updated(current, waits, at=now, event="handed over again", note=_again(current, ""))


def _again(current: Communication, code: str) -> str:
    told = f"Whether {current.entry.provider} has it is not known; taken twice it counts once."
    return f"{code}: {told}" if code else told


def left_unconfirmed(current: Communication, now: datetime, event: str, *, note: str = "", code: str = "") -> Change:
    """Whether its provider has it nobody knows: receipts, a look-up or a person settle it."""
    note = note or f"Whether {current.entry.provider} took it is not known."
    return transitioned(current, Status.UNCONFIRMED, at=now, event=event, note=note, code=code or None)


def as_receipt(
    claimed: Communication, event: str, at: datetime, news: RecipientUpdate, reference: str | None
) -> Receipt:
    """The provider's answer to our call, told like any other word of it."""
    return Receipt(
        provider=claimed.entry.provider or "",
        event=event,
        at=at,
        communication_id=claimed.id,
        reference=reference or None,
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
        after=replace(current, work=work.waiting(again, held=True)),
    )


def _after_try(current: Communication, cost: int) -> DeliveryState:
    """With one more try, which counts as several for the provider where it need not be asked again."""
    work, provider = current.work, current.entry.provider or ""
    return replace(work, tries=work.tries + 1, tried={**work.tried, provider: work.tried.get(provider, 0) + cost})


def _next_provider(current: Communication, work: DeliveryState, code: str, now: datetime) -> Change:
    """To the next provider. The sweep queues it within the minute."""
    after = replace(current, work=work.waiting(now, held=False))
    return transitioned(current, Status.QUEUED, at=now, event="to the next provider", note=code, after=after)


def defer_all_circuits_open(world: World, current: Communication) -> Change | None:
    """All providers are ill. It costs a try, so that a message comes to an end even if they never recover."""
    now, work = world.now(), current.work
    if current.entry.status is Status.SENDING and work.waits_for_another_try:
        return _hand_over_again(current, Transient("the provider rests"), now)
    if current.entry.status is not Status.QUEUED or (work.not_before and work.not_before > now):
        return None
    tries = work.tries + 1
    if tries >= MAX_TRIES:
        return _give_up(current, Transient("every provider rests"), now)
    again = _within_hours(world, current, now + backoff(tries, _jitter()))
    waits = replace(current, work=replace(work, tries=tries).waiting(again, held=True))
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
    if current.entry.status is Status.SENDING and current.work.waits_for_another_try:
        return left_unconfirmed(current, now, "content spoilt")
    if current.entry.status is not Status.QUEUED:
        return None
    return _failed(current, Failure(code=FailureCode.UNKNOWN, provider_code="content"), now, event="content spoilt")


def fail_without_provider(current: Communication, now: datetime) -> Change | None:
    """Nobody is set up who carries it: an administrator has to see to that first."""
    if current.entry.status is not Status.QUEUED:
        return None
    spec = current.entry.channel.spec
    text = FailureText(f"No provider is set up for {spec.all_of_it}.", "Tell your administrator, then send again.")
    return _failed(current, Failure(code=FailureCode.CONFIG, text=text), now, event="no provider")


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
