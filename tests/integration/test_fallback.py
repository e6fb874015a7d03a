"""To another channel: when, to which, what is written down of it, and that it happens once."""

from dataclasses import replace
from typing import Any

import pytest

from letterbook.domain.access import VisibleScope
from letterbook.domain.channels import Channel
from letterbook.domain.decision import Action
from letterbook.domain.errors import Invalid
from letterbook.domain.failures import FailureCode
from letterbook.domain.organisation import Fallback
from letterbook.domain.party import OptOut
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.references import Regarding
from letterbook.domain.status import Status
from letterbook.domain.subjects import RegardedRecord
from letterbook.domain.templates import TemplateUse
from letterbook.domain.todos import TodoStatus
from letterbook.ports import IdempotencyKey
from letterbook.use_cases.directory.subjects import put_subject
from letterbook.use_cases.messages.compose import compose, send_draft
from letterbook.use_cases.messages.preview import preview, preview_draft
from tests.support.aws import WorldForTests, rows
from tests.support.builders import NOW, deed, later, viewer
from tests.support.fallback import by_template, firm, wants
from tests.support.steps import (
    a_document,
    a_party,
    a_template,
    an_email,
    an_sms,
    assert_nothing_happened,
    deliver_queue,
    make_documents,
    send,
    standing,
    tell,
)

GONE = RecipientUpdate(fact=DeliveryOutcome.HARD_BOUNCE, code=FailureCode.INVALID_ADDRESS)


# ---- where its own channel does not reach them


@pytest.mark.covers("E7", "D5")
def test_without_an_email_address_it_goes_by_sms(world: WorldForTests) -> None:
    made = send(world, by_template(world, a_party(world, email=None)))
    assert (made.entry.channel, made.entry.status) == (Channel.SMS, Status.QUEUED)
    assert made.entry.addresses(made.entry.recipients[0].role) == ("+447700900127",)
    turned = standing(world, made.entry.fallback_of or "")
    assert (turned.entry.channel, turned.entry.status) == (Channel.EMAIL, Status.SKIPPED)
    assert turned.entry.decision.action is Action.FALLBACK
    assert turned.entry.decision.reason == "Priya Raman has no email address. It goes by SMS instead."
    assert (made.entry.attempt, made.entry.first_attempt, made.entry.resend_of) == (2, turned.id, None)
    assert turned.work.check_at is None


@pytest.mark.covers("E7", "E6")
def test_in_the_end_somebody_delivers_a_letter_by_hand(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world, email=None)))
    make_documents(world)
    made = standing(world, made)
    assert (made.entry.channel, made.entry.status) == (Channel.MANUAL, Status.MANUAL_PENDING)
    assert [one.name for one in made.entry.attachments] == ["Letter.pdf"]
    assert len(world.todos.page(made.entry.party.id, status=TodoStatus.OPEN, after=None, limit=9).items) == 1


def test_an_address_that_is_known_to_bounce_does_not_reach_them_either(world: WorldForTests) -> None:
    party = a_party(world)
    bounced = send(world, an_email(party))
    deliver_queue(world)
    tell(
        world,
        bounced,
        RecipientUpdate(recipient="priya@mailbox.example", fact=DeliveryOutcome.HARD_BOUNCE, code=GONE.code),
    )
    made = send(world, by_template(world, party))
    assert made.entry.channel is Channel.SMS
    assert "did not exist" in standing(world, made.entry.fallback_of or "").entry.decision.reason


def test_an_address_that_somebody_named_is_theirs_to_correct(world: WorldForTests) -> None:
    party = a_party(world)
    bounced = send(world, an_email(party))
    deliver_queue(world)
    tell(
        world,
        bounced,
        RecipientUpdate(recipient="priya@mailbox.example", fact=DeliveryOutcome.HARD_BOUNCE, code=GONE.code),
    )
    with pytest.raises(Invalid):
        send(world, by_template(world, party, to=("priya@mailbox.example",)))


WAYS: list[tuple[str, dict[str, Any], dict[str, Any], Channel | None]] = [
    ("they prefer a letter", {"preferred": "manual"}, {}, Channel.MANUAL),
    ("they prefer what is no way", {"preferred": "phone"}, {}, Channel.SMS),
    ("they opted out of the next", {"opt_outs": (OptOut(channel="sms", at=NOW),)}, {}, Channel.MANUAL),
    ("the firm wants letters first", {}, {"fallback": Fallback(order={"default": ("manual", "sms")})}, Channel.MANUAL),
    (
        "this category goes by SMS alone",
        {},
        {"fallback": Fallback(order={"default": ("manual",), "section_78": ("sms",)})},
        Channel.SMS,
    ),
    (
        "manual is off",
        {"opt_outs": (OptOut(channel="sms", at=NOW),)},
        {"fallback": Fallback(order={"default": ("sms",)})},
        None,
    ),
    ("nothing falls back", {}, {"fallback": Fallback(order={})}, None),
    (
        "this category falls back to none",
        {},
        {"fallback": Fallback(order={"default": ("sms",), "section_78": ()})},
        None,
    ),
]


@pytest.mark.covers("H1", "H2", "E7")
@pytest.mark.parametrize(("wishes", "settings", "channel"), [row[1:] for row in WAYS], ids=[row[0] for row in WAYS])
def test_the_way_it_takes(
    world: WorldForTests, wishes: dict[str, Any], settings: dict[str, Any], channel: Channel | None
) -> None:
    party = a_party(world, email=None)
    wants(world, party, **wishes)
    firm(world, **settings)
    if channel is None:
        with pytest.raises(Invalid) as refused:
            send(world, by_template(world, party))
        assert [fault.code for fault in refused.value.faults] == ["missing_contact"]
        assert_nothing_happened(world)
    else:
        assert send(world, by_template(world, party)).entry.channel is channel


def test_who_is_skipped_is_skipped_by_every_channel(world: WorldForTests) -> None:
    party = a_party(world)
    wants(world, party, opt_outs=(OptOut(channel="email", at=NOW),))
    made = send(world, by_template(world, party))
    assert (made.entry.channel, made.entry.status) == (Channel.EMAIL, Status.SKIPPED)
    assert rows("communications") == 1


def test_attachments_are_not_left_behind(world: WorldForTests) -> None:
    party = a_party(world, email=None)
    document = a_document(world, party_id=party.id)
    assert send(world, by_template(world, party, attachments=(document.id,))).entry.channel is Channel.MANUAL


def test_an_sms_without_a_number_becomes_a_letter(world: WorldForTests) -> None:
    assert send(world, an_sms(a_party(world, mobile=None))).entry.channel is Channel.MANUAL


def test_a_letter_waits_for_nobodys_hour(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world, email=None), send_at=later(hours=2)))
    make_documents(world)
    entry = standing(world, made).entry
    assert (entry.status, entry.scheduled_for) == (Status.MANUAL_PENDING, None)


def test_what_was_to_go_later_goes_later_by_the_other_channel(world: WorldForTests) -> None:
    made = send(world, by_template(world, a_party(world, email=None), send_at=later(hours=2)))
    assert (made.entry.channel, made.entry.scheduled_for) == (Channel.SMS, later(hours=2))


def test_a_dead_copy_is_to_be_corrected_and_turns_nobody_away(world: WorldForTests) -> None:
    party, other = a_party(world), a_party(world, email="gone@elsewhere.example")
    bounced = send(world, an_email(other))
    deliver_queue(world)
    tell(
        world,
        bounced,
        RecipientUpdate(recipient="gone@elsewhere.example", fact=DeliveryOutcome.HARD_BOUNCE, code=GONE.code),
    )
    with pytest.raises(Invalid) as refused:
        send(world, by_template(world, party, cc=("gone@elsewhere.example",)))
    assert [fault.field for fault in refused.value.faults] == ["cc.0"]


def test_a_text_for_sms_alone_becomes_a_letter(world: WorldForTests) -> None:
    a_template(world, key="reminder", channels=("sms",), subject="", body="It is due.", variables=())
    use = TemplateUse(key="reminder", variables={})
    made = send(world, an_sms(a_party(world, mobile=None), body="", template=use))
    assert made.entry.channel is Channel.MANUAL


def test_who_may_not_see_a_thing_does_not_learn_of_it_by_another_channel(world: WorldForTests) -> None:
    party, stranger = a_party(world, email=None), a_party(world)
    secret = RegardedRecord(type="invoice", id="77", label="Secret", party_id=stranger.id)
    put_subject(world, viewer(), None, secret)
    agent = viewer("agent", sight=VisibleScope(parties=frozenset({party.id})))
    message = by_template(world, party, regarding=Regarding(type="invoice", id="77"))
    made = send(world, message, by=agent)
    assert made.entry.channel is Channel.SMS
    assert made.entry.regarding == Regarding(type="invoice", id="77")


def test_an_entry_in_a_thread_is_answered_there_by_the_other_channel_too(world: WorldForTests) -> None:
    party = a_party(world)
    first = send(world, by_template(world, party))
    world.clock.pass_(seconds=1)
    party_without = replace(party, email=None, version=party.version + 1)
    world.parties.save(party_without, party, deed(party.id))
    made = send(world, by_template(world, party, in_reply_to=first.id))
    assert made.entry.channel is Channel.SMS
    assert made.entry.thread_id is not None
    assert made.entry.thread_id == standing(world, made.entry.fallback_of or "").entry.thread_id


def test_preview_shows_where_it_would_go_and_writes_nothing(world: WorldForTests) -> None:
    message = by_template(world, a_party(world, email=None))
    shown = preview(world, viewer(), message)
    assert_nothing_happened(world)
    assert (shown.ruling.decision.action, shown.message.channel) == (Action.FALLBACK, Channel.SMS)
    assert shown.sms is not None


def test_a_draft_falls_back_when_it_is_sent(world: WorldForTests) -> None:
    draft = send(world, by_template(world, a_party(world, email=None), send_now=False))
    _, shown = preview_draft(world, viewer(), draft.id)
    assert (shown.ruling.decision.action, shown.message.channel) == (Action.FALLBACK, Channel.SMS)
    made = send_draft(world, viewer(), draft.id)
    assert (made.entry.channel, made.entry.fallback_of) == (Channel.SMS, draft.id)


def test_the_same_request_again_is_answered_with_what_goes(world: WorldForTests) -> None:
    message = by_template(world, a_party(world, email=None))
    key = IdempotencyKey(user="user-1", route="compose", key="k", digest="d")
    made, _ = compose(world, viewer(), message, key)
    again, replayed = compose(world, viewer(), message, key)
    assert (again.id, replayed, rows("communications")) == (made.id, True, 2)
