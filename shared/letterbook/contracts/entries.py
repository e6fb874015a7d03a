"""What a communication looks like from outside: the list row, and the page with everything on it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pydantic import Field

from letterbook.contracts.answers import fitting, replaced_fitting
from letterbook.contracts.attachments import AttachmentView
from letterbook.contracts.attempts import ChangesView, SeenToView
from letterbook.contracts.einvoice import EinvoiceView
from letterbook.contracts.entry_rows import ViewContext as ViewContext, entry_row, failure_row
from letterbook.contracts.fields import Clock, Time, View
from letterbook.contracts.post import PostalAddressView, PostOptionsView, PriceView
from letterbook.contracts.references import NamedView, PartyRefView, RegardingView
from letterbook.domain.calls_and_meetings import LocationType
from letterbook.domain.channels import Channel
from letterbook.domain.communication import (
    Actor,
    Communication,
    DeliveryBasis,
    Direction,
    Entry,
    Failure,
    RecipientRole,
)
from letterbook.domain.decision import Action, Decision, RuleResult
from letterbook.domain.failures import FailureCode
from letterbook.domain.history import HistoryRow, Outcome
from letterbook.domain.receipts import Signal
from letterbook.domain.references import CaseRef, TemplateRef
from letterbook.domain.sms import SmsSize
from letterbook.domain.status import Status, StatusGroup
from letterbook.domain.templates import Rendered


class RecipientView(View):
    """A recipient of whom nothing was heard stands as the entry does."""

    address: str
    role: RecipientRole
    status: Status


class FailureView(View):
    code: FailureCode
    reason: str
    provider_code: str
    permanent: bool
    advice: str

    @classmethod
    def of(cls, failure: Failure) -> "FailureView":
        return cls.model_validate(failure_row(failure))


class DecisionView(View):
    """`rule` is the one that decided, `default` where none objected."""

    action: Action
    rule: str
    reason: str
    scheduled_for: Time | None
    settings_version: int


class TracedDecisionView(DecisionView):
    """`trace` has one row for every rule that was asked, in order."""

    trace: list[RuleResult]

    @classmethod
    def traced(cls, decision: Decision, trace: Sequence[RuleResult]) -> "TracedDecisionView":
        return cls(**DecisionView.model_validate(decision).model_dump(), trace=list(trace))


class WordView(View):
    """What its provider said last, in words; `action_required`: it waits until a person does something about it."""

    at: Time
    words: str
    action_required: bool


class HistoryView(View):
    """One thing that happened. `at` is when it was recorded, `event_at` when by the provider's clock.

    `was` is what an amendment replaced: fields as JSON, as they were before, long ones cut. `content` is the digest of the content
    that it brought, which can be read as the version `n`.
    """

    at: Time
    status: Status
    actor: Actor
    event: str
    provider: str | None
    code: str | None
    note: str
    event_at: Time | None
    outcome: Outcome
    was: dict[str, str]
    n: int
    content: str | None


class VersionView(View):
    """The content of an entry as it was."""

    subject: str
    text: str
    html: str | None
    truncated: bool = False

    @classmethod
    def of(cls, content: Rendered) -> "VersionView":
        text, html, truncated = fitting(content.text, content.html)
        return cls(subject=content.subject, text=text, html=html, truncated=truncated)


class BodyView(View):
    """`truncated`: all of it is more than an answer holds, so the HTML, and if need be the end of the text, is left out."""

    text: str
    html: str | None
    truncated: bool = False

    @classmethod
    def of(cls, content: Rendered) -> "BodyView":
        text, html, truncated = fitting(content.text, content.html)
        return cls(text=text, html=html, truncated=truncated)


class RetentionView(View):
    until: Time | None = None
    held: bool = False
    reason: str

    @classmethod
    def of(cls, years: int | None) -> "RetentionView":
        kept = f"Kept for {years} years after its matter is closed." if years else "The firm keeps every entry."
        return cls(reason=kept)


class PhoneView(View):
    from_phone: str | None
    to_phone: str | None
    duration_minutes: int | None
    outcome: str | None
    requires_followup: bool
    followup_date: date | None
    followup_notes: str | None


class MeetingView(View):
    meeting_date: date
    start_time: Clock | None
    end_time: Clock | None
    duration_minutes: int | None
    location_type: LocationType | None
    location: str | None
    attendees: list[str]
    outcome: str | None
    action_items: list[str]


class EntryView(View):
    """An entry as lists show it.

    Of what failed, `settled_by` is the later attempt that arrived, or was sent where no receipt comes, and `overtaken_by` the one
    that failed in its turn and needs somebody in its place; `seen_to` is who says that it needs nobody any more, and why.
    `price` is what the provider named last, null where it names none.
    """

    id: str
    channel: Channel
    direction: Direction
    status: Status
    status_group: StatusGroup
    status_label: str
    delivery_basis: DeliveryBasis | None
    party: PartyRefView
    contact: NamedView | None
    case: CaseRef | None
    regarding: RegardingView | None
    category: str | None
    client: NamedView | None
    thread_id: str | None
    from_: str = Field(serialization_alias="from")
    to: list[str]
    cc: list[str]
    bcc: list[str]
    recipients: list[RecipientView]
    subject: str
    preview: str
    template: TemplateRef | None
    attachments: list[AttachmentView]
    provider: str | None
    provider_reference: str | None
    attempt: int
    resend_of: str | None
    fallback_of: str | None
    changes: ChangesView | None
    hints: list[Signal]
    resendable_until: Time
    occurred_at: Time
    created_at: Time
    scheduled_for: Time | None
    sent_at: Time | None
    delivered_at: Time | None
    opened_at: Time | None
    failed_at: Time | None
    failure: FailureView | None
    decision: DecisionView | None
    sms: SmsSize | None
    price: PriceView | None
    phone: PhoneView | None
    meeting: MeetingView | None
    response_minutes: int | None
    restricted: bool
    ignored: bool
    ignored_by: Actor | None
    settled_by: str | None
    overtaken_by: str | None
    seen_to: SeenToView | None
    word: WordView | None
    created_by: Actor
    content_sha256: str
    version: int


class EntryDetailView(EntryView):
    """An entry as its creation and its own page show it.

    `reply_to` is where answers shall go, as we asked for or as who wrote did: addresses with commas between.
    `candidates` are the parties that it may be from, who had the address first coming first, until somebody says which.
    `not_before`: no worker takes what is queued earlier, because its sender may still undo it, or a provider is to be left alone.
    `awaits` says in words what it waits for while it collects its data, `missing_characters` which signs of a letter no font has.
    `postal_address` are the parts of where a letter goes, where they are certain; `post` is how it is printed and carried.
    `evidence` are the documents that its provider proves the delivery by.
    """

    decision: TracedDecisionView | None
    retention: RetentionView
    in_reply_to: str | None
    reply_to: str | None
    candidates: list[str]
    not_before: Time | None
    awaits: list[str]
    missing_characters: list[str]
    postal_address: PostalAddressView | None
    post: PostOptionsView | None
    einvoice: EinvoiceView | None
    evidence: list[AttachmentView]
    audit: dict[str, str]
    metadata: dict[str, str]


class CommunicationView(EntryDetailView):
    """The page of an entry: its content, its history oldest first, and all entries of the same resend chain.

    `history_intact` tells that no row of the history was changed, taken out or moved: each names the hash of the one before.
    `search_cut`: it has more different words than are kept, and is found by the first of them only.
    """

    body: BodyView
    history: list[HistoryView]
    history_intact: bool
    search_cut: bool
    attempts: list[EntryView]


def entry_view(entry: Entry, showing: ViewContext) -> EntryView:
    return EntryView.model_validate(_fields(entry, showing))


def detail_view(communication: Communication, showing: ViewContext) -> EntryDetailView:
    return EntryDetailView.model_validate(_detail(communication, showing))


def communication_view(
    communication: Communication,
    content: Rendered,
    history: Sequence[HistoryRow],
    attempts: Sequence[Entry],
    showing: ViewContext,
    *,
    intact: bool,
    search_cut: bool,
) -> CommunicationView:
    return CommunicationView.model_validate(
        _detail(communication, showing)
        | {
            "body": BodyView.of(content),
            "history": [
                replace(row, was=was)
                for row, was in zip(history, replaced_fitting([row.was for row in history]), strict=True)
            ],
            "history_intact": intact,
            "search_cut": search_cut,
            "attempts": [entry_view(one, showing) for one in attempts],
        }
    )


def _detail(communication: Communication, showing: ViewContext) -> dict[str, object]:
    return _fields(communication.entry, showing) | {
        "decision": TracedDecisionView.traced(communication.entry.decision, communication.trace)
        if communication.entry.group is not StatusGroup.LOGGED
        else None,
        "in_reply_to": communication.in_reply_to,
        "reply_to": communication.reply_to,
        "candidates": list(communication.entry.candidates),
        "not_before": communication.work.not_before if communication.entry.status is Status.QUEUED else None,
        "awaits": list(communication.awaits),
        "missing_characters": list(communication.missing_characters),
        "postal_address": communication.postal_address,
        "post": communication.post,
        "einvoice": communication.einvoice,
        "evidence": [AttachmentView.of(one) for one in communication.evidence],
        "retention": RetentionView.of(showing.retention_years),
        "audit": communication.audit,
        "metadata": communication.metadata,
    }


def _fields(entry: Entry, showing: ViewContext) -> dict[str, object]:
    """What lists show of it, by the names of a view's fields."""
    row = entry_row(entry, showing)
    return row | {"from_": row["from"]}
