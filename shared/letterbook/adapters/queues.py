"""Hands messages to the queues of their channels, and providers' events to the queue of receipts."""

from collections.abc import Sequence

from letterbook.adapters import aws
from letterbook.contracts.messages import DispatchOrder, ProviderEvent
from letterbook.domain.communication import Channel
from letterbook.settings import Settings


class SqsQueues:
    """See ports.Queues."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, channel: Channel, communication_id: str) -> None:
        body = DispatchOrder(communication_id=communication_id).model_dump_json()
        aws.sqs().send_message(QueueUrl=self._url(channel), MessageBody=body)

    def receive(self, provider: str, events: Sequence[str]) -> None:
        for raw in events:
            body = ProviderEvent(provider=provider, raw=raw).model_dump_json()
            aws.sqs().send_message(QueueUrl=self._settings.receipts_queue_url, MessageBody=body)

    def _url(self, channel: Channel) -> str:
        """Each channel has a queue of its own, named by it."""
        return str(getattr(self._settings, f"{channel}_queue_url"))
