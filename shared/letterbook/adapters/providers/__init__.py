"""The providers, declared once: a line each. What is known of one stands in its own file, and everything else is derived."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from letterbook.adapters.providers import (
    chorus_pro,
    mailgun,
    pingen,
    sendgrid,
    ses,
    sms_voice,
    sns_sms,
    storecove,
    twilio,
)
from letterbook.adapters.providers.account import Account, Secrets
from letterbook.adapters.providers.spec import ProviderSpec
from letterbook.domain.channels import Channel
from letterbook.domain.errors import Permanent
from letterbook.domain.failures import FailureText
from letterbook.domain.inbound_text import InboundText
from letterbook.domain.receipts import Receipt
from letterbook.environment import Settings
from letterbook.ports import EventSource, LookUp, Provider, ProviderRoute, Pulled, ReadWebhook

# In the order that a channel uses those that are set up, where the firm says nothing else.
_ALL = (
    ses.SPEC,
    sendgrid.SPEC,
    mailgun.SPEC,
    sns_sms.SPEC,
    twilio.SPEC,
    sms_voice.SPEC,
    pingen.SPEC,
    storecove.SPEC,
    chorus_pro.SPEC,
)
PROVIDERS: dict[str, ProviderSpec] = {one.name: one for one in _ALL}


class ProviderRoutes:
    """What is derived from a registry: the ways of each channel, in the order in which they were declared or are wanted."""

    def __init__(self, registry: Mapping[str, ProviderSpec], has_secret: Callable[[str], bool]) -> None:
        self._registry = registry
        self._has_secret = has_secret

    @property
    def labels(self) -> Mapping[str, str]:
        return {name: spec.label for name, spec in self._registry.items()}

    def reporting_by(self, source: EventSource) -> str:
        return next(name for name, spec in self._registry.items() if spec.reports_by is source)

    @property
    def channels(self) -> Sequence[Channel]:
        return tuple(dict.fromkeys(spec.channel for spec in self._registry.values()))

    def carriers(self, channel: Channel) -> Sequence[ProviderRoute]:
        return [
            ProviderRoute(
                name=name,
                receipts=spec.receipts,
                askable=spec.ask is not None,
                idempotent=spec.idempotent,
                network=spec.network,
                asked=spec.asked,
                cancels=spec.cancel is not None,
                evidence=spec.evidence is not None,
                pulls=spec.pull is not None,
            )
            for name, spec in self._registry.items()
            if spec.channel is channel
        ]

    def routes(self, channel: Channel, wanted: Sequence[str] = ()) -> Sequence[ProviderRoute]:
        carriers = {one.name: one for one in self.carriers(channel)}
        order = [name for name in wanted if name in carriers] or [name for name in carriers if self.is_set_up(name)]
        return [carriers[name] for name in order]

    def is_set_up(self, name: str) -> bool:
        return not self._registry[name].credentials or self._has_secret(name)

    def failure_text(self, name: str, provider_code: str) -> FailureText | None:
        spec = self._registry.get(name)
        return spec.failures.get(provider_code) if spec else None


class RegisteredProviders(ProviderRoutes):
    """See ports.Providers."""

    def __init__(
        self,
        settings: Settings,
        registry: Mapping[str, ProviderSpec] = PROVIDERS,
        has_secret: Callable[[str], bool] | None = None,
    ) -> None:
        super().__init__(registry, has_secret or Secrets(settings).has)
        self._settings = settings
        self._accounts: dict[str, Account] = {}
        self._made: dict[str, Provider] = {}

    def get(self, name: str) -> Provider:
        if name not in self._made:
            self._made[name] = self._registry[name].make(self._account(name))
        return self._made[name]

    def message_id(self, name: str, reference: str) -> str | None:
        spec = self._registry.get(name)
        return spec.message_id(reference) if spec and spec.message_id else None

    def reference(self, message_id: str) -> tuple[str, str] | None:
        for name, spec in self._registry.items():
            known = spec.reference(message_id) if spec.reference else None
            if known:
                return name, known
        return None

    def read(self, name: str, raw: str) -> Receipt | None:
        return self._registry[name].read(raw)

    def webhook(self, name: str, path: str) -> ReadWebhook | None:
        spec = self._registry.get(name)
        read = spec.webhooks.get(path) if spec else None
        return partial(read, self._account(name)) if read else None

    def webhook_urls(self, name: str) -> Sequence[str]:
        base = self._account(name).webhook_url if self._registry[name].webhooks else ""
        return [f"{base}/{path}".rstrip("/") for path in self._registry[name].webhooks]

    def ask(self, name: str, question: LookUp) -> Sequence[Receipt]:
        ask = self._registry[name].ask
        return ask(self._account(name), question) if ask else ()

    def cancel(self, name: str, reference: str) -> None:
        cancel = self._registry[name].cancel
        if cancel is None:
            raise Permanent("cannot be stopped")
        cancel(self._account(name), reference)

    @property
    def pulled(self) -> Sequence[str]:
        return [name for name, spec in self._registry.items() if spec.pull and self.is_set_up(name)]

    def pull(self, name: str) -> Sequence[Pulled]:
        pull = self._registry[name].pull
        return pull(self._account(name)) if pull else ()

    def acknowledge(self, name: str, event: Pulled) -> None:
        if acknowledge := self._registry[name].acknowledge:
            acknowledge(self._account(name), event.name)

    def evidence(self, name: str, reference: str) -> Sequence[tuple[str, str, bytes]]:
        fetch = self._registry[name].evidence
        return fetch(self._account(name), reference) if fetch else ()

    def read_text(self, name: str, raw: str) -> InboundText:
        read = self._registry[name].read_text
        if read is None:
            raise ValueError(f"{name} takes no messages in")
        return read(raw)

    def media(self, name: str, url: str, at_most: int) -> tuple[str, bytes]:
        fetch = self._registry[name].media
        if fetch is None:
            raise ValueError(f"{name} keeps no files")
        return fetch(self._account(name), url, at_most)

    def _account(self, name: str) -> Account:
        if name not in self._accounts:
            self._accounts[name] = Account(name, self._registry[name].credentials, self._settings)
        return self._accounts[name]
