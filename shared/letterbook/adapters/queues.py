"""Hands messages to the queues of their channels, and providers' events to the queue of receipts."""

from collections.abc import Sequence
from itertools import islice

from letterbook.adapters import aws
from letterbook.contracts.messages import DispatchOrder, ProviderEvent
from letterbook.domain.communication import Channel
from letterbook.settings import Settings

# SendMessageBatch takes no more (SQS API reference).
_AT_ONCE = 10


class SqsQueues:
    """See ports.Queues."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, channel: Channel, communication_id: str) -> None:
        body = DispatchOrder(communication_id=communication_id).model_dump_json()
        aws.sqs().send_message(QueueUrl=self._url(channel), MessageBody=body)

    def receive(self, provider: str, events: Sequence[str]) -> None:
        rest = iter(events)
        while batch := list(islice(rest, _AT_ONCE)):
            bodies = [ProviderEvent(provider=provider, raw=raw).model_dump_json() for raw in batch]
            answer = aws.sqs().send_message_batch(
                QueueUrl=self._settings.receipts_queue_url,
                Entries=[{"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies)],
            )
            if answer.get("Failed"):
                raise RuntimeError(f"the queue refused {len(answer['Failed'])} events")

    def _url(self, channel: Channel) -> str:
        match channel:
            case Channel.EMAIL:
                return self._settings.email_queue_url
            case Channel.SMS:
                return self._settings.sms_queue_url
