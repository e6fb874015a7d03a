"""What a provider is: everything that the rest of the house knows of one is derived from its spec, which stands in its own file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from letterbook.adapters.providers.account import Account, CredentialField
from letterbook.domain.channels import Channel
from letterbook.domain.einvoice import Network
from letterbook.domain.failures import FailureText
from letterbook.domain.inbound_text import InboundText
from letterbook.domain.receipts import Receipt
from letterbook.domain.retries import AskPlan
from letterbook.ports import EventSource, LookUp, Provider, Pulled, WebhookContent, WebhookRequest

# Raises Unauthenticated, Malformed and Unavailable, as ports.ReadWebhook does.
VendorWebhook = Callable[[Account, WebhookRequest], WebhookContent]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSpec:
    """`make` builds the client, `read` understands an event (None: it says nothing of a message, ValueError: it is none).

    `credentials` are what its secret holds; without any it is called with the rights of the function itself, and set up by
    template.yaml. `webhooks` read what it posts, by what follows its name in the address: nothing for events. `failures` are plain
    words for each of its codes.
    """

    name: str
    # What people call it.
    label: str
    channel: Channel
    make: Callable[[Account], Provider]
    read: Callable[[str], Receipt | None]
    failures: Mapping[str, FailureText] = field(default_factory=dict)
    receipts: bool = True
    credentials: tuple[CredentialField, ...] = ()
    webhooks: Mapping[str, VendorWebhook] = field(default_factory=dict)
    # How its events reach us that do not name it; None where they are posted, or there are none.
    reports_by: EventSource | None = None
    # How the Message-ID that it gives is made of its reference, and the other way round; None where it keeps ours.
    message_id: Callable[[str], str] | None = None
    reference: Callable[[str], str | None] | None = None
    # What it knows of a message that nothing was heard of; None where it cannot be asked.
    ask: Callable[[Account, LookUp], Sequence[Receipt]] | None = None
    asked: AskPlan = AskPlan.SETTLING
    # Whether it takes the same message twice as one, by a key of ours.
    idempotent: bool = False
    # Of those that carry e-invoices: the one network it is in.
    network: Network | None = None
    # Whether a message may be stopped there after it was handed over. Raises Permanent where that is too late, Transient.
    cancel: Callable[[Account, str], None] | None = None
    # What it keeps for us until we say that we have it, and saying so, by its own name for each; None where it posts, or is asked.
    pull: Callable[[Account], Sequence[Pulled]] | None = None
    acknowledge: Callable[[Account, str], None] | None = None
    # What proves that a message was delivered, by its reference: files as name, media type and content. None where it has none yet.
    evidence: Callable[[Account, str], Sequence[tuple[str, str, bytes]]] | None = None
    # Text messages that come in by it, and the files that come with them; None where it takes none in.
    read_text: Callable[[str], InboundText] | None = None
    media: Callable[[Account, str, int], tuple[str, bytes]] | None = None
