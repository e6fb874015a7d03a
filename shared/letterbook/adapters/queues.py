"""Hands messages to the queues of their channels, and providers' events to the queue of receipts."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from letterbook.adapters import aws
from letterbook.contracts.queue_messages import DispatchOrder, ExportOrder, InboundMessage, LookUpOrder, ProviderEvent
from letterbook.domain.channels import Channel
from letterbook.environment import Settings
from letterbook.ports import BulkOrder, RenderOrder

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

# SendMessageBatch takes no more, in messages and, of all of them together, in bytes (SQS API reference).
_AT_ONCE = 10
_MOST_BYTES = 256 * 1024


class SqsQueues:
    """See ports.Queues."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(
        self,
        channel: Channel,
        communication_id: str,
        delay: int = 0,
        *,
        party_id: str | None = None,
        contact_id: str | None = None,
    ) -> None:
        order = DispatchOrder(
            communication_id=communication_id, party_id=party_id, contact_id=contact_id, channel=channel
        )
        body = order.model_dump_json(exclude_none=True)
        aws.sqs().send_message(QueueUrl=self._url(channel), MessageBody=body, DelaySeconds=delay)

    def send_many(self, messages: Sequence[tuple[Channel, str]]) -> None:
        if len(messages) == 1:
            return self.send(*messages[0])
        for channel in dict.fromkeys(channel for channel, _ in messages):
            orders = [DispatchOrder(communication_id=one) for of, one in messages if of is channel]
            _send_all(self._url(channel), [one.model_dump_json(exclude_none=True) for one in orders])
        return None

    def enqueue_bulk(self, order: BulkOrder) -> None:
        # Few requests order many, and every cold start would wait for it.
        from letterbook.contracts.queue_messages import bulk_order

        body = bulk_order().dump_json(order).decode()
        aws.sqs().send_message(QueueUrl=self._settings.bulk_queue_url, MessageBody=body)

    def enqueue_export(self, export_id: str) -> None:
        body = ExportOrder(export_id=export_id).model_dump_json()
        aws.sqs().send_message(QueueUrl=self._settings.export_queue_url, MessageBody=body)

    def enqueue_look_ups(self, communication_ids: Sequence[str]) -> None:
        self._look_up([LookUpOrder(communication_id=one) for one in communication_ids])

    def enqueue_pulls(self, providers: Sequence[str]) -> None:
        self._look_up([LookUpOrder(provider=one) for one in providers])

    def enqueue_renders(self, orders: Sequence[RenderOrder]) -> None:
        # Few messages are letters, and every cold start would wait for it.
        from letterbook.contracts.queue_messages import render_order

        bodies = [render_order().dump_json(one, exclude_none=True).decode() for one in orders]
        if len(bodies) == 1:
            aws.sqs().send_message(QueueUrl=self._settings.render_queue_url, MessageBody=bodies[0])
        else:
            _send_all(self._settings.render_queue_url, bodies)

    def enqueue_provider_events(self, provider: str, events: Sequence[str]) -> None:
        bodies = [ProviderEvent.holding(provider, raw).quoted() for raw in events]
        _send_all(self._settings.receipts_queue_url, bodies)

    def enqueue_inbound_texts(self, provider: str, messages: Sequence[str]) -> None:
        bodies = [InboundMessage.holding(provider, raw).quoted() for raw in messages]
        _send_all(self._settings.inbound_queue_url, bodies)

    def _look_up(self, orders: Sequence[LookUpOrder]) -> None:
        bodies = [one.model_dump_json(exclude_none=True) for one in orders]
        if len(bodies) == 1:
            aws.sqs().send_message(QueueUrl=self._settings.lookup_queue_url, MessageBody=bodies[0])
        else:
            _send_all(self._settings.lookup_queue_url, bodies)

    def _url(self, channel: Channel) -> str:
        """Each channel has a queue of its own, named by it."""
        return str(getattr(self._settings, f"{channel}_queue_url"))


def _send_all(url: str, bodies: Sequence[str]) -> None:
    """Raises OSError where the queue does not take some, after it was asked to take all."""
    refused: list[str] = []
    for batch in _batches(bodies):
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(place), "MessageBody": body} for place, body in enumerate(batch)
        ]
        try:
            failed = aws.sqs().send_message_batch(QueueUrl=url, Entries=entries).get("Failed", [])
        except (BotoCoreError, ClientError) as error:
            refused += [type(error).__name__] * len(batch)
        else:
            refused += [one.get("Code", "") for one in failed]
    if refused:
        raise OSError(f"SQS did not take {len(refused)} messages: {refused[0]}")


def _batches(bodies: Sequence[str]) -> Iterator[Sequence[str]]:
    batch: list[str] = []
    size = 0
    for body in bodies:
        length = len(body.encode())
        if batch and (len(batch) == _AT_ONCE or size + length > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += length
    if batch:
        yield batch
