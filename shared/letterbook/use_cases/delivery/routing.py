"""Which provider a message goes by, and what its answer tells of that provider's health."""

import logging
from collections.abc import Mapping, Sequence

from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication
from letterbook.domain.einvoice import Network
from letterbook.domain.errors import Ambiguous, ConcurrentUpdate, Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.organisation import Organisation
from letterbook.domain.retries import TRIES_BEFORE_NEXT
from letterbook.ports import ProviderRoute, World
from letterbook.retry import tries

logger = logging.getLogger(__name__)

_ROUNDS = 3


def effective_routes(world: World, organisation: Organisation) -> Mapping[str, Sequence[str]]:
    """The providers of each channel in the order that they are tried; a channel that none is set up for is left out."""
    routes = {
        channel: [one.name for one in world.providers.routes(channel, organisation.routes.get(channel, ()))]
        for channel in world.providers.channels
    }
    return {channel: names for channel, names in routes.items() if names}


def is_carried(world: World, channel: Channel) -> bool:
    """Whether there is any provider that a message of the channel can go by."""
    return bool(world.providers.routes(channel, world.settings.current().routes.get(channel, ())))


def candidates(world: World, communication: Communication) -> Sequence[ProviderRoute]:
    """All providers of its channel, and of its network, in order, those last that were exhausted already. Only one, where that may
    have it.
    """
    channel, work = communication.entry.channel, communication.work
    if work.unknown_since:
        return [one for one in world.providers.carriers(channel) if one.name == communication.entry.provider]
    wanted = (work.only_by,) if work.only_by else world.settings.current().routes.get(channel, ())
    routes = world.providers.routes(channel, wanted)
    if communication.einvoice:
        network = communication.einvoice.network
        # Whoever is wanted for one network carries nothing of another.
        routes = _of_network(routes, network) or _of_network(world.providers.routes(channel), network)
    return sorted(routes, key=lambda route: _exhausted(communication, route))


def _of_network(routes: Sequence[ProviderRoute], network: Network) -> Sequence[ProviderRoute]:
    return [one for one in routes if one.network is network]


def has_alternative(world: World, communication: Communication) -> bool:
    """Whether another provider than the present one is not exhausted."""
    fresh = (one for one in candidates(world, communication) if not _exhausted(communication, one))
    return any(one.name != communication.entry.provider for one in fresh)


def _exhausted(communication: Communication, route: ProviderRoute) -> bool:
    return communication.work.tried.get(route.name, 0) >= TRIES_BEFORE_NEXT


def look_ahead(world: World, communication: Communication) -> None:
    """Asks how the provider is that it will most likely go by, which is known for some seconds then."""
    for route in candidates(world, communication)[:1]:
        world.circuit_breakers.get(route.name)


def choose_provider(world: World, communication: Communication) -> ProviderRoute | None:
    """The first provider that does not rest, or that nobody else is probing; None where all rest."""
    now = world.now()
    for route in candidates(world, communication):
        circuit = world.circuit_breakers.get(route.name)
        if circuit.closed:
            return route
        if not circuit.half_open(now):
            continue
        try:
            world.circuit_breakers.save(circuit.half_opened(now))
        except ConcurrentUpdate:
            continue
        logger.info("probing", extra={"provider": route.name})
        return route
    return None


def record_provider_health(world: World, provider: str, error: ProviderError | None) -> None:
    """Keeps in mind how a provider answered. One that throttles is well, and so is one that refuses a single message."""
    ill = is_provider_failure(error)
    circuit = world.circuit_breakers.get(provider)
    for _ in tries(_ROUNDS):
        if not ill and not circuit.failures:
            return
        after = circuit.after_failure(world.now()) if ill else circuit.after_success()
        if after == circuit:
            return
        try:
            world.circuit_breakers.save(after)
        except ConcurrentUpdate:
            circuit = world.circuit_breakers.get(provider, now=True)
            continue
        if after.rests_until and circuit.closed:
            # An alarm counts these lines (template.yaml).
            logger.error("provider rests", extra={"provider": provider, "failures": after.failures})
        elif circuit.rests_until and after.closed:
            logger.info("provider is back", extra={"provider": provider})
        return


def is_provider_failure(error: ProviderError | None) -> bool:
    """Whether the provider failed, or refuses us whatever we send."""
    if isinstance(error, Throttled):
        return False
    return isinstance(error, Transient | Ambiguous) or is_account_refused(error)


def is_account_refused(error: ProviderError | None) -> bool:
    """Not this message is wrong but our account or set-up with that provider; another one may well take it."""
    return isinstance(error, Permanent) and error.reason is FailureCode.CONFIG
