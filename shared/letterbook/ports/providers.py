"""What use cases need of those who carry messages: to hand one over, to hear of it afterwards, to ask, and to take in what came."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from letterbook.domain.channels import Channel
from letterbook.ports.types import EventSource, OutboundMessage, ProviderRoute

if TYPE_CHECKING:
    # For types alone: a function that never sees one must not wait for it.
    from letterbook.domain.failures import FailureText
    from letterbook.domain.inbound_text import InboundText
    from letterbook.domain.receipts import Receipt


class Provider(Protocol):
    def send(self, parcel: OutboundMessage) -> str:
        """Hands the message over, once, and answers the provider's reference; empty where it gave none.

        Raises Permanent, Transient, Throttled or Ambiguous; anything else is a defect and counts as Ambiguous.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRequest:
    """What was posted to us, as it came: nothing of it is true before its signature was found right.

    `path` is what follows the provider's name in the address, `query` stands behind it as it came. Where we are is configured, and
    never what the request says of it. `headers` are by their names in lower case.
    """

    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookContent:
    """What a provider posted, once it was proved to be theirs.

    `events` are about messages of ours, each as the provider's `read` understands it. `messages` came in, each as its `read_text`
    understands it. `mail` came in: MIME, with what the provider found of it written above (RFC 8601). `answer` is what the provider
    wants to hear, with its media type. `source` says whose the events are, where one provider posts those of another.
    """

    events: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    mail: tuple[bytes, ...] = ()
    answer: tuple[str, str] = ("text/plain", "")
    source: EventSource | None = None


# Raises Unauthenticated for a wrong or stale signature, Malformed for what no such provider posts, Unavailable where the secret to
# check it with cannot be had: they post again.
ReadWebhook = Callable[[WebhookRequest], WebhookContent]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """A message of which nothing more was heard: which that is, as a provider may know it.

    `reference` is the provider's own, where it gave one. `sent_at` is when we handed it over, `text` what it said. `number` is that
    of an e-invoice, `network` what the firm is called in the network that carried it; `taken` says that it is known to have it.
    """

    communication_id: str
    reference: str | None
    to: tuple[str, ...]
    sender: str
    text: str
    sent_at: datetime
    number: str = ""
    network: Mapping[str, str] = field(default_factory=dict)
    taken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """An event that a provider keeps until it is acknowledged. `name` is the provider's for it, `raw` as its `read` takes it."""

    name: str
    raw: str


class Providers(Protocol):
    @property
    def labels(self) -> Mapping[str, str]:
        """What people call each provider, by its name."""

    def reporting_by(self, source: EventSource) -> str:
        """The name of the provider whose events come that way."""

    @property
    def channels(self) -> Sequence[Channel]:
        """The channels that any provider carries."""

    def carriers(self, channel: Channel) -> Sequence[ProviderRoute]:
        """All providers that carry a channel, set up or not, in the order of the registry."""

    def routes(self, channel: Channel, wanted: Sequence[str] = ()) -> Sequence[ProviderRoute]:
        """The providers that carry a channel: those that are `wanted`, in that order; without any, all that are set up."""

    def is_set_up(self, name: str) -> bool:
        """Whether it has what it is called with; raises Unavailable where that cannot be told."""

    def get(self, name: str) -> Provider: ...
    def message_id(self, name: str, reference: str) -> str | None:
        """The Message-ID that the provider gave what it knows by `reference`; None where it leaves ours as it is."""

    def reference(self, message_id: str) -> tuple[str, str] | None:
        """Which provider gave that Message-ID, and what it knows the message by; None for those of others."""

    def read(self, name: str, raw: str) -> Receipt | None:
        """What an event means; None for one that says nothing of a message. Raises ValueError for what is no event of theirs."""

    def failure_text(self, name: str, provider_code: str) -> FailureText | None:
        """What a provider's code means, in plain words; None for a code, or a provider, that is not known."""

    def webhook(self, name: str, path: str) -> ReadWebhook | None:
        """Who reads what is posted to `/{name}`, or to `/{name}/{path}`; None where nobody posts."""

    def webhook_urls(self, name: str) -> Sequence[str]:
        """Our public addresses that are to be entered at the provider; none where nobody posts."""

    def ask(self, name: str, question: LookUp) -> Sequence[Receipt]:
        """What a provider knows of a message; empty where it knows nothing yet, or cannot be asked. Raises Transient, Permanent."""

    def cancel(self, name: str, reference: str) -> None:
        """Has what was handed over stopped there. Raises Permanent where that is too late; Transient; Ambiguous."""

    def pull(self, name: str) -> Sequence[Pulled]:
        """What a provider keeps for us, the oldest first, as much as it gives at a time. Raises Transient, Permanent."""

    def acknowledge(self, name: str, event: Pulled) -> None:
        """Tells it that we have that; done twice it is the same. Raises Transient, Permanent."""

    def evidence(self, name: str, reference: str) -> Sequence[tuple[str, str, bytes]]:
        """What proves that a message arrived, as name, media type and content; empty where it has nothing yet. Raises as `ask`."""

    @property
    def pulled(self) -> Sequence[str]:
        """Those that keep what they have to tell until it is fetched, of those that are set up."""

    def read_text(self, name: str, raw: str) -> InboundText:
        """A text message that came in. Raises ValueError for what is none."""

    def media(self, name: str, url: str, at_most: int) -> tuple[str, bytes]:
        """The media type and content of a file that came with a text message.

        Raises ValueError for an address that is not the provider's and for more than `at_most` bytes; Transient; Permanent.
        """
