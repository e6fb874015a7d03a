"""Lists write entries as JSON without asking whether it is as declared: here that is asked, of any entry."""

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import given, strategies as st
from hypothesis.strategies import SearchStrategy

from letterbook.contracts.attachments import AttachmentView
from letterbook.contracts.attempts import ChangesView
from letterbook.contracts.entries import EntryView
from letterbook.contracts.entry_rows import ViewContext, label_of, page_of
from letterbook.contracts.operation import EntriesView
from letterbook.contracts.references import RegardingView
from letterbook.domain.calls_and_meetings import LocationType, Meeting, PhoneCall
from letterbook.domain.channels import Channel
from letterbook.domain.communication import (
    Actor,
    Attachment,
    Direction,
    Entry,
    Failure,
    Recipient,
    RecipientRole,
)
from letterbook.domain.decision import Action, Decision
from letterbook.domain.failures import FailureCode, FailureText
from letterbook.domain.party import PartyKind
from letterbook.domain.post import Price
from letterbook.domain.put_right import AttemptDiff, LaterAttempt, SeenTo
from letterbook.domain.receipts import DeliveryOutcome, ProviderWord, RecipientOutcome, Signal
from letterbook.domain.references import CaseRef, PartyRef, Regarding, TemplateRef
from letterbook.domain.sms import SmsSize
from letterbook.domain.status import Status, StatusGroup
from tests.support.builders import NOW, entry

TEXT = st.text(st.characters(codec="utf-8"), max_size=9)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-3))])
TIME = st.datetimes(datetime(1990, 1, 2), datetime(2199, 1, 1), timezones=ZONES)
DAY = st.dates(date(1990, 1, 1), date(2199, 1, 1))
NUMBER = st.integers(0, 10**9)
ACTOR = st.builds(Actor, id=TEXT, name=TEXT, role=TEXT)
WORDS = st.builds(FailureText, reason=TEXT, advice=TEXT)
HEARD = st.builds(RecipientOutcome, fact=st.sampled_from(DeliveryOutcome), at=TIME)
LATER = st.builds(LaterAttempt, id=TEXT, number=NUMBER, status=st.sampled_from(Status))
ADDRESSES = st.lists(TEXT, max_size=2).map(tuple)
ANYTHING: dict[str, SearchStrategy[Any]] = {
    "channel": st.sampled_from(Channel),
    "direction": st.sampled_from(Direction),
    "status": st.sampled_from(Status),
    "party": st.builds(PartyRef, id=TEXT, name=TEXT, kind=st.none() | st.sampled_from(PartyKind)),
    "contact": st.builds(PartyRef, id=TEXT, name=TEXT),
    "client": st.builds(PartyRef, id=TEXT, name=TEXT),
    "case": st.builds(CaseRef, id=TEXT, reference=TEXT),
    "regarding": st.builds(Regarding, type=TEXT, id=TEXT, label=TEXT, url=st.none() | TEXT),
    "category": TEXT,
    "thread_id": TEXT,
    "recipients": st.lists(
        st.builds(Recipient, address=TEXT, role=st.sampled_from(RecipientRole), heard=st.none() | HEARD), max_size=3
    ).map(tuple),
    "subject": TEXT,
    "preview": TEXT,
    "template": st.builds(TemplateRef, key=TEXT, version=NUMBER, language=TEXT),
    "attachments": st.lists(
        st.builds(
            Attachment,
            id=TEXT,
            name=TEXT | st.just("run.exe"),
            bytes=NUMBER,
            media_type=TEXT,
            object_version=TEXT,
            sha256=TEXT,
            content_id=TEXT,
        ),
        max_size=2,
    ).map(tuple),
    "sms": st.builds(SmsSize, characters=NUMBER, encoding=TEXT, segments=NUMBER),
    "phone": st.builds(
        PhoneCall,
        from_phone=st.none() | TEXT,
        duration_minutes=st.none() | NUMBER,
        requires_followup=st.booleans(),
        followup_date=st.none() | DAY,
    ),
    "meeting": st.builds(
        Meeting,
        meeting_date=DAY,
        start_time=st.none() | st.builds(time, st.integers(0, 23), st.integers(0, 59)),
        location_type=st.none() | st.sampled_from(LocationType),
        attendees=ADDRESSES,
        action_items=ADDRESSES,
    ),
    "receipts": st.booleans(),
    "declared": st.booleans(),
    "attempt": NUMBER,
    "changes": st.builds(
        AttemptDiff,
        to_before=ADDRESSES,
        to_after=ADDRESSES,
        template_before=st.none() | NUMBER,
        template_after=st.none() | NUMBER,
        identical=st.booleans(),
    ),
    "signals": st.frozensets(st.sampled_from(Signal), max_size=4),
    "created_at": TIME,
    "sent_at": TIME,
    "delivered_at": TIME,
    "opened_at": TIME,
    "failed_at": TIME,
    "scheduled_for": TIME,
    "failure": st.builds(
        Failure,
        code=st.sampled_from(FailureCode),
        provider_code=TEXT,
        permanent=st.booleans(),
        text=st.none() | WORDS,
    ),
    "price": st.builds(Price, amount=st.decimals(0, 10**6, places=3) | st.just(Decimal("1E+3")), currency=TEXT),
    "word": st.builds(ProviderWord, at=TIME, words=TEXT, action_required=st.booleans()),
    "decision": st.builds(
        Decision, action=st.sampled_from(Action), rule=TEXT, reason=TEXT, scheduled_for=st.none() | TIME
    ),
    "response_minutes": NUMBER,
    "restricted": st.booleans(),
    "candidates": ADDRESSES,
    "ignored": st.booleans(),
    "ignored_by": ACTOR,
    "seen": st.builds(SeenTo, by=ACTOR, at=TIME, note=TEXT),
    "settled": LATER,
    "overtaken": LATER,
    "created_by": ACTOR,
    "version": NUMBER,
}
SHOWING = ViewContext(NOW, 60)


def declared(one: Entry) -> EntryView:
    """What the view reads off an entry, each value asked for whether it is as declared."""
    same = {name: getattr(one, name) for name in EntryView.model_fields if hasattr(one, name)}
    words = one.failure.words if one.failure else None
    return EntryView.model_validate(
        same
        | {
            "status_group": one.group,
            "status_label": label_of(one),
            "regarding": RegardingView.of(one.regarding) if one.regarding else None,
            "from_": one.sender,
            "to": one.addresses(RecipientRole.TO),
            "cc": one.addresses(RecipientRole.CC),
            "bcc": one.addresses(RecipientRole.BCC),
            "recipients": [
                {
                    "address": each.address,
                    "role": each.role,
                    "status": each.heard.fact.status if each.heard else one.status,
                }
                for each in one.recipients
            ],
            "attachments": [AttachmentView.of(each) for each in one.attachments],
            "changes": ChangesView.of(one.changes) if one.changes else None,
            "hints": sorted(one.hints_at(NOW)),
            "decision": one.decision if one.group is not StatusGroup.LOGGED else None,
            "resendable_until": one.created_at + timedelta(days=60),
            "failure": {
                "code": one.failure.code,
                "provider_code": one.failure.provider_code,
                "permanent": one.failure.permanent,
                "reason": words.reason,
                "advice": words.advice,
            }
            if one.failure and words
            else None,
        }
    )


@given(st.fixed_dictionaries({}, optional=ANYTHING))
def test_a_list_writes_what_is_declared(changes: dict[str, Any]) -> None:
    one = entry(**changes)
    empty: EntriesView[EntryView] = EntriesView(items=[], next_cursor="on", hidden=2, search_cut=True)
    written = page_of(empty, [one], SHOWING)
    asked = empty.model_copy(update={"items": [declared(one)]})
    assert json.loads(written) == json.loads(asked.model_dump_json(by_alias=True))
    assert list(json.loads(written)["items"][0]) == list(declared(one).model_dump(by_alias=True))


def test_every_field_of_an_entry_is_tried() -> None:
    """Whatever an entry gets is made here too, so that what a list writes of it is looked at."""
    plain = {"id", "sender", "location", "provider", "provider_reference", "first_attempt", "resend_of", "fallback_of"}
    assert {*ANYTHING} == {*Entry.__dataclass_fields__} - plain - {"content_sha256"}
