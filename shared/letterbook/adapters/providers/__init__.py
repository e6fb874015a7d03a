"""The providers, declared once: what each carries, how it is called, and who reads what it tells us."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from letterbook.adapters.providers import ses, sns_sms
from letterbook.domain.channels import Channel
from letterbook.domain.receipts import Receipt
from letterbook.environment import Settings
from letterbook.ports import EventSource, Provider, ProviderRoute


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSpec:
    """`make` builds the client, `read` understands an event (None: it says nothing of a message, ValueError: it is none)."""

    # What people call it.
    label: str
    channel: Channel
    receipts: bool
    # How its events reach us; None where it has none.
    reports_by: EventSource | None = None
    # How the Message-ID that it gives is made of its reference, and the other way round; None where it keeps ours.
    message_id: Callable[[str], str] | None = None
    reference: Callable[[str], str | None] | None = None
    make: Callable[[Settings], Provider]
    read: Callable[[str], Receipt | None]


PROVIDERS: dict[str, ProviderSpec] = {
    ses.NAME: ProviderSpec(
        label="Amazon SES",
        channel=Channel.EMAIL,
        receipts=True,
        reports_by=EventSource.TOPIC,
        message_id=ses.message_id,
        reference=ses.reference,
        make=lambda settings: ses.Ses(settings.configuration_set),
        read=ses.read,
    ),
    sns_sms.NAME: ProviderSpec(
        label="Amazon SNS",
        channel=Channel.SMS,
        receipts=True,
        reports_by=EventSource.LOGS,
        make=lambda _: sns_sms.SnsSms(),
        read=sns_sms.read,
    ),
}


class ProviderRoutes:
    """What is derived from a registry: the ways of each channel, in the order in which they were declared or are wanted."""

    def __init__(self, registry: Mapping[str, ProviderSpec]) -> None:
        self._registry = registry

    @property
    def labels(self) -> Mapping[str, str]:
        return {name: spec.label for name, spec in self._registry.items()}

    def reporting_by(self, source: EventSource) -> str:
        return next(name for name, spec in self._registry.items() if spec.reports_by is source)

    @property
    def channels(self) -> Sequence[Channel]:
        return tuple(dict.fromkeys(spec.channel for spec in self._registry.values()))

    def routes(self, channel: Channel, wanted: Sequence[str] = ()) -> Sequence[ProviderRoute]:
        carriers = {name: spec for name, spec in self._registry.items() if spec.channel is channel}
        order = [name for name in wanted if name in carriers] or list(carriers)
        return [ProviderRoute(name=name, receipts=carriers[name].receipts) for name in order]


class RegisteredProviders(ProviderRoutes):
    """See ports.Providers."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(PROVIDERS)
        self._settings = settings
        self._made: dict[str, Provider] = {}

    def get(self, name: str) -> Provider:
        if name not in self._made:
            self._made[name] = PROVIDERS[name].make(self._settings)
        return self._made[name]

    def message_id(self, name: str, reference: str) -> str | None:
        spec = PROVIDERS.get(name)
        return spec.message_id(reference) if spec and spec.message_id else None

    def reference(self, message_id: str) -> tuple[str, str] | None:
        for name, spec in PROVIDERS.items():
            known = spec.reference(message_id) if spec.reference else None
            if known:
                return name, known
        return None

    def read(self, name: str, raw: str) -> Receipt | None:
        return PROVIDERS[name].read(raw)
