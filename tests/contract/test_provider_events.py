"""What the events of every provider keep to: what each says, that order and repetition do not matter, that none is lost.

What is a provider's own stands in events/<name>/contract.json (tests/support).
"""

from collections.abc import Iterable
from itertools import count, permutations
from typing import Any

import pytest

from letterbook.domain.communication import Entry, Recipient
from letterbook.domain.errors import UnmatchedReceipt
from letterbook.domain.ids import uuid_of
from letterbook.domain.post import PostalAddress
from letterbook.domain.receipts import Receipt, RecipientUpdate
from letterbook.domain.status import Status
from letterbook.use_cases.delivery.record_receipt import process_provider_event
from tests.support.aws import WorldForTests
from tests.support.provider_contract import ProviderContract, contracts
from tests.support.steps import entered, standing

ALL = pytest.mark.parametrize("provider", contracts(), ids=lambda one: one.name)
EVENTS = pytest.mark.parametrize(
    ("provider", "file"),
    [(one, file) for one in contracts() for file in one.events],
    ids=lambda one: one if isinstance(one, str) else one.name,
)


def told(receipt: Receipt | None) -> dict[str, Any] | None:
    """What a receipt says, as the contract has it."""
    if receipt is None:
        return None
    said: dict[str, Any] = {"event": receipt.event, "news": [news(one) for one in receipt.news]}
    beside = {
        "opened": receipt.opened,
        "price": f"{receipt.price.amount} {receipt.price.currency}" if receipt.price else "",
        "note": receipt.note,
        "corrected_address": in_one_line(receipt.corrected_address) if receipt.corrected_address else "",
    }
    return said | {name: value for name, value in beside.items() if value}


def in_one_line(to: PostalAddress) -> str:
    where = f"{to.number} {to.street}" if to.street else to.po_box
    return f"{to.name}, {where}, {to.postal_code} {to.town} {to.country}".strip()


def news(update: RecipientUpdate) -> dict[str, str]:
    values = {
        "recipient": update.recipient,
        "fact": update.fact.name.lower() if update.fact else None,
        "code": update.code,
        "provider_code": update.provider_code,
        "signal": update.signal,
    }
    return {name: str(value) for name, value in values.items() if value}


@EVENTS
def test_every_documented_event_says_what_it_means(world: WorldForTests, provider: ProviderContract, file: str) -> None:
    receipt = world.providers.read(provider.name, provider.raw(file))
    assert told(receipt) == provider.events[file]
    if receipt:
        assert (receipt.provider, receipt.raw) == (provider.name, provider.raw(file))
        assert receipt.communication_id in (None, provider.communication_id)
        assert receipt.reference in (None, provider.reference)
        assert receipt.communication_id or receipt.reference
        assert receipt.digest
        assert len(receipt.digest) == 64


@ALL
def test_every_file_is_an_event_that_the_contract_names(provider: ProviderContract) -> None:
    files = {one.name for one in provider.folder.glob("*.json")}
    assert files - {"contract.json", "signatures.json"} == {*provider.events, provider.unknown}


@ALL
def test_an_event_that_nobody_documented_is_kept_and_says_nothing(
    world: WorldForTests, provider: ProviderContract
) -> None:
    receipt = world.providers.read(provider.name, provider.raw(provider.unknown))
    assert receipt is not None
    assert receipt.news == ()
    assert receipt.raw == provider.raw(provider.unknown)


@ALL
def test_an_event_of_a_message_that_nobody_knows_waits_and_is_set_aside(
    world: WorldForTests, provider: ProviderContract
) -> None:
    for file in provider.events:
        raw = provider.raw(file)
        if world.providers.read(provider.name, raw):
            with pytest.raises(UnmatchedReceipt):
                process_provider_event(world, provider.name, raw, waited=False)
            process_provider_event(world, provider.name, raw, waited=True)


NUMBERS = count(1)


def sent_by(world: WorldForTests, provider: ProviderContract) -> Entry:
    return entered(
        world,
        channel=provider.spec.channel,
        status=Status.SENT,
        recipients=(Recipient(address=provider.recipient),),
        provider=provider.name,
        provider_reference=f"{provider.reference}{next(NUMBERS)}" if provider.reference else None,
    )


def about(provider: ProviderContract, file: str, entry: Entry) -> str:
    """The event, as it is told of that entry."""
    raw, known = provider.raw(file), provider.communication_id
    if known:
        raw = raw.replace(known, entry.id).replace(uuid_of(known), uuid_of(entry.id))
    if provider.reference:
        raw = raw.replace(provider.reference, entry.provider_reference or "")
    return raw


def end_of(world: WorldForTests, provider: ProviderContract, files: Iterable[str]) -> tuple[Any, ...]:
    """What a message has come to after these events, in that order."""
    entry = sent_by(world, provider)
    for file in files:
        process_provider_event(world, provider.name, about(provider, file, entry), waited=False)
    end = standing(world, entry.id).entry
    return end.status, end.recipients, end.signals, end.failure, end.opened_at, end.delivered_at


def of_messages(world: WorldForTests, provider: ProviderContract) -> list[str]:
    return [one for one in provider.events if world.providers.read(provider.name, provider.raw(one))]


@ALL
def test_every_event_twice_and_in_reverse_makes_the_same_entry(
    world: WorldForTests, provider: ProviderContract
) -> None:
    files = of_messages(world, provider)
    twice = [one for file in files for one in (file, file)]
    orders = (files, files[::-1], [*files, *files], twice, twice[::-1])
    ends = [end_of(world, provider, order) for order in orders]
    assert [one for one in ends if one != ends[0]] == []


@ALL
def test_any_three_events_in_any_order_make_the_same_entry(world: WorldForTests, provider: ProviderContract) -> None:
    files = of_messages(world, provider)
    for three in (files[:3], files[-3:]):
        ends = [end_of(world, provider, order) for order in permutations(three)]
        assert [one for one in ends if one != ends[0]] == []


@ALL
def test_a_repetition_is_known_by_its_digest(world: WorldForTests, provider: ProviderContract) -> None:
    receipts = [world.providers.read(provider.name, provider.raw(one)) for one in of_messages(world, provider)]
    digests = [one.digest for one in receipts]
    assert len({*digests}) >= len(digests) - 1
