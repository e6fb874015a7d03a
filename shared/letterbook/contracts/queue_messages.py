"""What travels on our queues and schedules."""

import re
import zlib
from base64 import b64decode, b64encode
from functools import cache
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from letterbook.domain.channels import Channel
from letterbook.ports import BulkOrder, ContextQuery, RenderOrder

# JSON within JSON takes up to six bytes a character, and SQS 256 KiB. It takes no character that XML lacks, either.
_LONGEST = 40_000
_NOT_FOR_QUEUES = re.compile("[\ufffe\uffff]")


class QueueMessage(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class DispatchOrder(QueueMessage):
    """A message is to be sent. Which, and nothing that matters: that is read where it is true, when its turn comes.

    Whose it is, and by what it goes, tells where that lies, so that it is read at once. Who does not know leaves it out.
    """

    communication_id: str
    party_id: str | None = None
    contact_id: str | None = None
    channel: Channel | None = None

    @property
    def expected(self) -> ContextQuery | None:
        """What is read together with the message."""
        if self.party_id is None or self.channel is None:
            return None
        own = self.channel.spec.address if self.channel.spec.is_correspondence else None
        return ContextQuery(
            party_id=self.party_id, contact_id=self.contact_id, in_reply_to=self.communication_id, own=own
        )


class ExportOrder(QueueMessage):
    """A file of entries is to be made."""

    export_id: str


class DueMessage(QueueMessage):
    """The time of a scheduled message has come."""

    communication_id: str


class LookUpOrder(QueueMessage):
    """The provider of a message is to be asked what became of it, or a provider for what it keeps for us: one of the two."""

    communication_id: str | None = None
    provider: str | None = None


class SweepOrder(BaseModel):
    """Which share of what is due a run sees to, of several that are called at once; all of it where none is named."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    part: Annotated[int, Field(ge=0)] = 0
    of: Annotated[int, Field(ge=1)] = 1


class ReindexOrder(QueueMessage):
    """Index anew, from `below` on down, at most so many: a month's entries, 2026-11, or without one the directory."""

    month: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")] | None = None
    below: str | None = None
    at_most: Annotated[int, Field(ge=1, le=200)] = 200


class AsItCame(QueueMessage):
    """What a provider posted; `provider` names the file that can read it.

    `raw` is packed where a queue would not take it as it is: read `text`.
    """

    provider: str
    raw: str
    packed: bool = False

    @classmethod
    def holding(cls, provider: str, text: str) -> Self:
        if len(text) <= _LONGEST and not _NOT_FOR_QUEUES.search(text):
            return cls(provider=provider, raw=text)
        return cls(provider=provider, raw=b64encode(zlib.compress(text.encode())).decode(), packed=True)

    @property
    def text(self) -> str:
        """As it came."""
        return zlib.decompress(b64decode(self.raw)).decode() if self.packed else self.raw

    def quoted(self) -> str:
        return self.model_dump_json(exclude_defaults=True)


class ProviderEvent(AsItCame):
    """What a provider told us of a message of ours."""


class InboundMessage(AsItCame):
    """A text message that came in."""


@cache
def bulk_order() -> TypeAdapter[BulkOrder]:
    """Reads and writes an order for many, which travels as the port has it. Made when the first one comes."""
    return TypeAdapter(BulkOrder)


@cache
def render_order() -> TypeAdapter[RenderOrder]:
    """Reads and writes an order for a document. Made when the first one comes."""
    return TypeAdapter(RenderOrder)
