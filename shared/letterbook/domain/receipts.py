"""What providers tell us afterwards. Facts form a join-semilattice, so neither order nor repetition can matter.

A recipient keeps the strongest fact that was ever heard of it; the entry's status is the strongest of its `to` recipients.
Openings, complaints, wishes, delays and automatic replies stand aside: they never move the status.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from letterbook.domain.failures import FailureCode, FailureText
from letterbook.domain.post import PostalAddress, Price
from letterbook.domain.status import Status, StatusGroup, group_of


class DeliveryOutcome(IntEnum):
    """The numbers are what is stored, so each stays what it is; `weight` says which is the stronger.

    That the provider refused is weaker than any sign that it tried, because a refusal that was followed by a bounce or a delivery
    was none. That it arrived by the word of a mail that came in (REPORTED: RFC 3464, RFC 8098) is weaker than what a provider tells
    of its tries, because anybody can write such a mail. A hard bounce outweighs a delivery: servers accept first and bounce later.
    """

    ACCEPTED = 1
    REFUSED = 2
    SOFT_BOUNCE = 3
    DELIVERED = 4
    HARD_BOUNCE = 5
    REPORTED = 6

    @property
    def weight(self) -> int:
        return _WEIGHTS[self]

    @property
    def status(self) -> Status:
        return _STATUS[self]

    @property
    def failing(self) -> bool:
        return self in (DeliveryOutcome.REFUSED, DeliveryOutcome.SOFT_BOUNCE, DeliveryOutcome.HARD_BOUNCE)


_WEAK_TO_STRONG = (
    DeliveryOutcome.ACCEPTED,
    DeliveryOutcome.REFUSED,
    DeliveryOutcome.REPORTED,
    DeliveryOutcome.SOFT_BOUNCE,
    DeliveryOutcome.DELIVERED,
    DeliveryOutcome.HARD_BOUNCE,
)
_WEIGHTS = {fact: weight for weight, fact in enumerate(_WEAK_TO_STRONG)}
_STATUS = {
    DeliveryOutcome.ACCEPTED: Status.SENT,
    DeliveryOutcome.REFUSED: Status.REJECTED,
    DeliveryOutcome.SOFT_BOUNCE: Status.FAILED,
    DeliveryOutcome.DELIVERED: Status.DELIVERED,
    DeliveryOutcome.HARD_BOUNCE: Status.FAILED,
    DeliveryOutcome.REPORTED: Status.DELIVERED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientOutcome:
    """One fact about one recipient, as of the provider's own time."""

    fact: DeliveryOutcome
    at: datetime
    code: FailureCode | None = None
    provider_code: str = ""
    text: FailureText | None = None

    @property
    def strength(self) -> tuple[int, float, str, str]:
        """A total order: the stronger fact, then the earlier word of it, then whatever tells two apart for good."""
        return (self.fact.weight, -self.at.timestamp(), self.provider_code, self.code or "")


class Signal(StrEnum):
    """What is worth knowing beside the status."""

    DELAYED = "delayed"
    COMPLAINT = "complaint"
    # They want no more such mail and told the provider so, or want it again.
    UNSUBSCRIBE = "unsubscribe"
    RESUBSCRIBE = "resubscribe"
    AUTO_REPLY = "auto_reply"
    STUCK = "stuck"
    RECIPIENT_FAILED = "recipient_failed"
    NO_RECEIPT = "no_receipt"
    # A program loaded the pictures, to hide from us or to look for harm: it tells nothing of a reader.
    MACHINE_OPEN = "machine_open"
    # Of mail that came in: who took it in for us found its sender forged, or something harmful in it; it is like spam.
    FORGED = "forged"
    INFECTED = "infected"
    SPAM = "spam"
    # Several have the address that it came from: whose it is somebody has to say.
    AMBIGUOUS_SENDER = "ambiguous_sender"
    # More came in than is shown of it: all of it is in the original.
    TRUNCATED = "truncated"
    # Its sender wants answers to go to another organisation.
    REPLY_ELSEWHERE = "reply_elsewhere"
    # It reports of a message that did not arrive, and which that is nobody can tell.
    REPORT_UNMATCHED = "report_unmatched"
    # Files that came with a text message are not here, or not yet.
    FILES_MISSING = "files_missing"
    # What it waits for has not come for an hour; no font has some sign of the letter.
    DATA_MISSING = "data_missing"
    MISSING_CHARACTERS = "missing_characters"
    # It is a word that is an order by itself (STOP, START, HELP), or the answer that goes to one by itself.
    KEYWORD = "keyword"
    # Its provider waits until a person does something about it; the receipt's note says what.
    ACTION_REQUIRED = "action_required"

    @property
    def matters_while(self) -> frozenset[Status]:
        """The statuses it says something in: a delay is over once the end is known, and so on."""
        return _MATTERS.get(self, _ALWAYS)


_ALWAYS = frozenset(Status)
_MATTERS = {
    Signal.DELAYED: frozenset({Status.SENT}),
    # Amazon SES reports an out-of-office reply as a soft bounce: beside a delivery it is only a reply.
    Signal.AUTO_REPLY: frozenset({Status.DELIVERED, Status.RECEIVED}),
    Signal.DATA_MISSING: frozenset({Status.COLLECTING}),
    Signal.STUCK: frozenset({Status.QUEUED, Status.SENDING}),
    # Where the whole failed, that says it.
    Signal.RECIPIENT_FAILED: frozenset(one for one in Status if group_of(one) is not StatusGroup.FAILED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderWord:
    """How a message stands, in words, by what its provider said last; `action_required`: a person has to do something about it."""

    at: datetime
    words: str
    action_required: bool = False


def strongest(heard: Iterable[RecipientOutcome | None]) -> RecipientOutcome | None:
    return max((one for one in heard if one is not None), key=lambda one: one.strength, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientUpdate:
    """What one event says of one recipient; of every recipient where `recipient` is None.

    `recipient` is an address as the provider writes it: another spelling of one that we wrote to, or one where that forwards to.
    `text` is what `provider_code` means, in plain words.
    """

    recipient: str | None = None
    fact: DeliveryOutcome | None = None
    code: FailureCode | None = None
    provider_code: str = ""
    text: FailureText | None = None
    signal: Signal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a provider says of one message: an event afterwards, or its answer to our call.

    `event` is a word for it, `at` the provider's own time. An event has `raw`, as it came, and `digest`, the SHA-256 of that in
    hex, by which a repetition is known; an answer has neither. `communication_id` is our id where the provider carries it,
    `reference` the provider's. `looked_up`: nobody posted it, we asked.
    `price` is what it costs, by the provider's last word. `note` are plain words that stand in the history: "The buyer has the
    invoice under query." Whoever ever requires an action gives every receipt a note: a later one ends the earlier.
    `notes` are the same in other languages ("fr"). `corrected_address` is where the recipient has moved.
    """

    provider: str
    event: str
    at: datetime
    raw: str | None = None
    digest: str | None = None
    communication_id: str | None = None
    reference: str | None = None
    news: tuple[RecipientUpdate, ...] = ()
    opened: bool = False
    looked_up: bool = False
    price: Price | None = None
    note: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    corrected_address: PostalAddress | None = None

    @property
    def is_silent(self) -> bool:
        """Whether it says nothing that we know of: it is kept as it came."""
        return not (self.news or self.opened or self.price or self.note)
