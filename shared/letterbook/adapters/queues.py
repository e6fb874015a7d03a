"""Hands messages to the queues of their channels, and providers' events to the queue of receipts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from letterbook.adapters import aws
from letterbook.contracts.messages import DispatchOrder, ProviderEvent
from letterbook.domain.communication import Channel
from letterbook.ports import BulkOrder
from letterbook.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

# SendMessageBatch takes no more (SQS API reference); events are a few kilobytes, so the limit in bytes is far.
_AT_ONCE = 10


class SqsQueues:
    """See ports.Queues."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, channel: Channel, communication_id: str) -> None:
        body = DispatchOrder(communication_id=communication_id).model_dump_json()
        aws.sqs().send_message(QueueUrl=self._url(channel), MessageBody=body)

    def order(self, order: BulkOrder) -> None:
        # Few requests order many, and every cold start would wait for it.
        from letterbook.contracts.rarer_messages import BULK_ORDER

        body = BULK_ORDER.dump_json(order).decode()
        aws.sqs().send_message(QueueUrl=self._settings.bulk_queue_url, MessageBody=body)

    def receive(self, provider: str, events: Sequence[str]) -> None:
        for start in range(0, len(events), _AT_ONCE):
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": str(place), "MessageBody": ProviderEvent(provider=provider, raw=raw).model_dump_json()}
                for place, raw in enumerate(events[start : start + _AT_ONCE])
            ]
            answer = aws.sqs().send_message_batch(QueueUrl=self._settings.receipts_queue_url, Entries=entries)
            if failed := answer.get("Failed"):
                raise OSError(f"SQS refused {len(failed)} events: {failed[0].get('Code')}")

    def _url(self, channel: Channel) -> str:
        """Each channel has a queue of its own, named by it."""
        return str(getattr(self._settings, f"{channel}_queue_url"))
