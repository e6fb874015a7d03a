"""Text messages that came in: what a provider hands over of an SMS or MMS."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Keyword(StrEnum):
    """What a single word asks of us, in whatever language: no more messages, messages again, what this is."""

    STOP = "stop"
    START = "start"
    HELP = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMedia:
    """A file that came with a message, at the provider's."""

    url: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundText:
    """A message as it came in. Everything in it was written by a stranger.

    `reference` is the provider's own, by which the same message is known again. `keyword` is what the provider took it for, where
    it says so; `answered` whether it answers that by itself.
    """

    provider: str
    reference: str
    sender: str
    recipient: str
    text: str
    at: datetime
    media: tuple[InboundMedia, ...] = ()
    keyword: Keyword | None = None
    answered: bool = False
