"""How the providers do, and a test message by one of them."""

from collections.abc import Sequence
from functools import partial

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import SYSTEM, Communication
from letterbook.domain.errors import Conflict, NotFound
from letterbook.domain.history import AuditEvent
from letterbook.domain.message import MessageRequest
from letterbook.domain.party import NOBODY_SINCE, TESTS, Party, PartyKind
from letterbook.domain.provider_activity import ProviderState
from letterbook.ports import IdempotencyKey, World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.delivery.routing import effective_routes
from letterbook.use_cases.messages.compose import compose

_TESTS_NAME = "Test messages"


def list_providers(world: World, viewer: Viewer) -> Sequence[ProviderState]:
    """All that there are, by channel, in the order that they are tried; those that are not tried come last.

    Raises Forbidden; Unavailable where it cannot be told which are set up.
    """
    viewer.require(Permission.READ)
    routes = effective_routes(world, world.settings.latest())
    totals = world.provider_activity.of(world.providers.labels)
    found = [
        ProviderState(
            name=one.name,
            label=world.providers.labels[one.name],
            channel=channel,
            is_set_up=world.providers.is_set_up(one.name),
            askable=one.askable,
            receipts=one.receipts,
            place=_place(one.name, routes.get(channel, ())),
            circuit=world.circuit_breakers.get(one.name),
            totals=totals[one.name],
            webhook_urls=world.providers.webhook_urls(one.name),
        )
        for channel in world.providers.channels
        for one in world.providers.carriers(channel)
    ]
    order = list(world.providers.channels)
    return sorted(found, key=lambda one: (order.index(one.channel), one.place is None, one.place or 0))


def _place(name: str, tried: Sequence[str]) -> int | None:
    """Counted from 1; None for one that is not tried."""
    return tried.index(name) + 1 if name in tried else None


def send_test(
    world: World, viewer: Viewer, name: str, to: str, key: IdempotencyKey | None = None
) -> tuple[Communication, bool]:
    """A message by exactly that provider, which is followed like any other; also answers whether the key had made it before.

    A postal address is its lines, with commas between. Raises Forbidden, NotFound, Conflict `no_credentials`, and what composing a
    message raises.
    """
    viewer.require(Permission.SETTINGS)
    label = world.providers.labels.get(name)
    if label is None:
        raise NotFound("There is no provider of this name.")
    if not world.providers.is_set_up(name):
        raise Conflict(f"{label} is not set up: it has no credentials yet.", code="no_credentials")
    channel = next(
        one for one in world.providers.channels if name in {own.name for own in world.providers.carriers(one)}
    )
    retry_on_conflict(partial(_party, world))
    firm = world.settings.current().name
    spec = channel.spec
    request = MessageRequest(
        channel=channel,
        party_id=TESTS,
        subject=f"Test message by {label}" if spec.has_subject else "",
        body=f"This is a test message of {firm}, sent by {label}. There is nothing to do.",
        to=() if spec.is_letter else (to,),
        address=_lines(to) if spec.is_letter else None,
        urgent=spec.keeps_office_hours,
        urgent_reason="A test of the provider" if spec.keeps_office_hours else None,
        only_by=name,
    )
    return compose(world, viewer, request, key)


def _lines(address: str) -> str:
    return "\n".join(line.strip() for line in address.split(",") if line.strip())


def _party(world: World) -> None:
    if world.parties.get(TESTS) is None:
        event = AuditEvent(about=TESTS, at=world.now(), actor=SYSTEM, event="party entered", party_id=TESTS)
        party = Party(id=TESTS, kind=PartyKind.CUSTOMER, name=_TESTS_NAME, created_at=NOBODY_SINCE)
        world.parties.save(party, None, event)
