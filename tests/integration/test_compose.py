"""Taking a message in: what is written, what is queued, and what is refused without a trace."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from letterbook.domain.access import Grant, Sight
from letterbook.domain.communication import Communication, Regarding
from letterbook.domain.decision import Action
from letterbook.domain.errors import CallerError, Conflict, Forbidden, Invalid, NotFound, TooLarge
from letterbook.domain.message import Message
from letterbook.domain.party import Hold, HoldKind, OptOut, PartyKind, Preferences
from letterbook.domain.status import Status
from letterbook.domain.templates import TemplateUse
from letterbook.ports import IdempotencyKey
from letterbook.use_cases.cancel import cancel
from letterbook.use_cases.compose import compose, send_draft
from letterbook.use_cases.preview import preview
from tests import builders
from tests.acting import a_case, a_contact, a_document, a_party, a_template, an_email, an_sms, send, standing
from tests.builders import NOW, later, viewer
from tests.cloud import WorldForTests, client


def items(table: str) -> int:
    return int(client("dynamodb").scan(TableName=table, Select="COUNT")["Count"])


def key(name: str = "k-1", digest: str = "d-1") -> IdempotencyKey:
    return IdempotencyKey(user="user-1", route="compose", key=name, digest=digest)


# ---- what goes


def test_an_email_is_committed_with_its_content_and_history_and_queued(world: WorldForTests) -> None:
    party = a_party(world)
    made = send(world, an_email(party, body="Dear **Sir**,"))
    assert made.entry.status is Status.QUEUED
    assert world.queued("email") == [{"communication_id": made.id}]
    kept = standing(world, made)
    assert kept == made
    assert (kept.entry.sender, kept.entry.subject, kept.entry.preview) == ("legal@firm.example", "Hello", "Dear Sir,")
    rendered = world.vault.content(kept.content).rendered
    assert rendered.text == "Dear Sir,"
    assert "<strong>Sir</strong>" in (rendered.html or "")
    stored = client("s3").get_object(Bucket="vault", Key=kept.content.key, VersionId=kept.content.object_version)
    assert hashlib.sha256(stored["Body"].read()).hexdigest() == kept.entry.content_sha256
    [row] = world.log.history(made.id)
    assert (row.event, row.actor.name, row.status) == ("accepted", "Jane Marsh", Status.QUEUED)


def test_an_sms_in_hours_goes_to_its_own_queue(world: WorldForTests) -> None:
    made = send(world, an_sms(a_party(world)))
    assert world.queued("sms") == [{"communication_id": made.id}]
    assert made.entry.sms is not None
    assert made.entry.sms.segments == 1
    assert made.entry.recipients[0].address == "+447700900127"


@pytest.mark.covers("D10")
def test_an_sms_outside_hours_is_scheduled_for_the_next_opening(world: WorldForTests) -> None:
    world.clock.time = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    made = send(world, an_sms(a_party(world)))
    monday = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert (made.entry.status, made.entry.scheduled_for) == (Status.SCHEDULED, monday)
    assert (made.entry.decision.action, made.entry.decision.rule) == (Action.SCHEDULE, "quiet_hours")
    assert world.queued("sms") == []
    schedule = client("scheduler").get_schedule(GroupName="schedules", Name=made.id)
    assert schedule["ScheduleExpression"] == "at(2026-11-23T09:00:00)"
    assert schedule["ActionAfterCompletion"] == "DELETE"
    assert json.loads(schedule["Target"]["Input"]) == {"communication_id": made.id}


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("2026-11-21T12:00", "2026-11-23T09:00"),
        ("2026-12-25T10:00", "2026-12-29T09:00"),
        ("2027-03-27T12:00", "2027-03-30T08:00"),
        ("2026-11-24T10:15", "2026-11-24T10:15"),
    ],
    ids=["a Saturday", "Christmas Day", "Easter, and summer time begins", "a Tuesday in hours"],
)
@pytest.mark.covers("D10")
def test_an_sms_for_a_time_outside_hours_goes_at_the_opening_after_it(
    world: WorldForTests, wanted: str, goes: str
) -> None:
    at = datetime.fromisoformat(wanted).replace(tzinfo=UTC)
    made = send(world, an_sms(a_party(world), send_at=at))
    assert made.entry.scheduled_for == datetime.fromisoformat(goes).replace(tzinfo=UTC)
    assert made.entry.decision.scheduled_for == made.entry.scheduled_for


def test_an_email_for_later_is_scheduled_to_the_minute(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world), send_at=later(days=1, minutes=7)))
    assert (made.entry.status, made.entry.scheduled_for) == (Status.SCHEDULED, later(days=1, minutes=7))


def test_an_urgent_sms_goes_at_night_and_its_reason_is_kept(world: WorldForTests) -> None:
    world.clock.time = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
    made = send(world, an_sms(a_party(world), urgent=True, urgent_reason="Bailiffs are at the door"))
    assert made.entry.status is Status.QUEUED
    assert standing(world, made).urgent_reason == "Bailiffs are at the door"


@pytest.mark.covers("F7", "H2")
def test_who_opted_out_is_skipped_and_the_entry_says_why(world: WorldForTests) -> None:
    party = a_party(world)
    world.directory.save_preferences(party.id, Preferences(opt_outs=(OptOut(channel="email", at=NOW),), version=1))
    made = send(world, an_email(party))
    assert (made.entry.status, made.entry.decision.rule) == (Status.SKIPPED, "opt_out")
    assert "opted out of email" in made.entry.decision.reason
    assert world.queued("email") == []


# ---- to whom


def test_a_contact_comes_before_its_party(world: WorldForTests) -> None:
    bank = a_party(world, PartyKind.CREDITOR, name="The Bank", email="info@bank.example")
    team = a_contact(world, bank)
    made = send(world, an_email(bank, contact_id=team.id))
    assert [one.address for one in made.entry.recipients] == ["team@bank.example"]
    assert made.entry.contact is not None
    assert made.entry.contact.name == "Disclosures"


def test_a_contact_without_an_address_leaves_it_to_the_party(world: WorldForTests) -> None:
    bank = a_party(world, PartyKind.CREDITOR, email="info@bank.example")
    team = a_contact(world, bank, email=None)
    assert [one.address for one in send(world, an_email(bank, contact_id=team.id)).entry.recipients] == [
        "info@bank.example"
    ]


@pytest.mark.covers("A5")
def test_explicit_addresses_outweigh_both(world: WorldForTests) -> None:
    made = send(
        world,
        an_email(
            a_party(world),
            to=("x@one.example", "X@one.example".lower()),
            cc=("y@two.example",),
            bcc=("z@three.example",),
        ),
    )
    assert [(one.role, one.address) for one in made.entry.recipients] == [
        ("to", "x@one.example"),
        ("cc", "y@two.example"),
        ("bcc", "z@three.example"),
    ]


@pytest.mark.covers("A10", "B1", "D2")
def test_a_letter_to_a_creditor_is_on_behalf_of_the_cases_client(world: WorldForTests) -> None:
    john, bank = a_party(world, name="John Smith"), a_party(world, PartyKind.CREDITOR, name="The Bank")
    case = a_case(world, john, creditors=(bank,))
    made = send(world, an_email(bank, case_id=case.id))
    assert made.entry.client is not None
    assert (made.entry.client.id, made.entry.client.name) == (john.id, "John Smith")
    assert made.entry.case is not None
    assert made.entry.case.reference == "DC-2026-00390"


@pytest.mark.covers("A11")
def test_a_subject_that_is_not_known_may_be_regarded(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world), regarding=Regarding(type="invoice", id="2025-00123")))
    assert standing(world, made).entry.regarding == Regarding(type="invoice", id="2025-00123")


# ---- by template


def test_a_template_is_filled_and_its_version_kept(world: WorldForTests) -> None:
    a_template(world)
    second = a_template(world, body="Second: {{ agreement }}, for {{ party_name }}")
    use = TemplateUse(key="s78-initial", variables={"agreement": "CF-4471"})
    made = send(world, an_email(a_party(world), subject="", body="", template=use))
    assert made.entry.template is not None
    assert (made.entry.template.version, second.version) == (2, 2)
    assert made.entry.subject == "Section 78 request: CF-4471"
    assert world.vault.content(made.content).rendered.text == "Second: CF-4471, for Priya Raman"
    assert made.entry.category == "section_78"
    first = replace(use, version=1)
    old = send(world, an_email(a_party(world), subject="", body="", template=first))
    assert world.vault.content(old.content).rendered.text == "We write about CF-4471."


@pytest.mark.covers("D11")
def test_the_partys_language_is_used_where_there_is_a_template_in_it(world: WorldForTests) -> None:
    world.library.save_organisation(builders.organisation(version=2, languages=("en", "fr")))
    a_template(world)
    a_template(world, language="fr", subject="Demande : {{ agreement }}")
    use = TemplateUse(key="s78-initial", variables={"agreement": "1"})
    subjects = {
        language: send(
            world, an_email(a_party(world, language=language), subject="", body="", template=use)
        ).entry.subject
        for language in ("fr", "en", "de", None)
    }
    assert subjects == {
        "fr": "Demande : 1",
        "en": "Section 78 request: 1",
        "de": "Section 78 request: 1",
        None: "Section 78 request: 1",
    }


@pytest.mark.covers("D4", "I3")
def test_all_missing_variables_are_named(world: WorldForTests) -> None:
    a_template(world, subject="{{ a }}", body="{{ b }} {{ case_reference }}", variables=())
    use = TemplateUse(key="s78-initial", variables={})
    with pytest.raises(Invalid) as refused:
        send(world, an_email(a_party(world), subject="", body="", template=use))
    assert [fault.field for fault in refused.value.faults] == [
        f"template.variables.{one}" for one in ("a", "b", "case_reference")
    ]
    assert {fault.code for fault in refused.value.faults} == {"missing_variable"}


# ---- documents


@pytest.mark.covers("A7")
def test_attachments_are_taken_into_the_vault_and_pinned(world: WorldForTests) -> None:
    document = a_document(world, b"authority")
    made = send(world, an_email(a_party(world), attachments=(document.id,)))
    [attachment] = standing(world, made).entry.attachments
    assert (attachment.name, attachment.bytes) == ("Letter of authority.pdf", 9)
    assert attachment.sha256 == hashlib.sha256(b"authority").hexdigest()
    client("s3").put_object(Bucket="vault", Key=f"staging/{document.id}", Body=b"forgery!!")
    client("s3").put_object(Bucket="vault", Key=f"documents/{document.id}", Body=b"forgery!!")
    assert world.vault.attachment(attachment) == b"authority"


def test_a_document_of_nobody_belongs_to_the_entry_that_takes_it_up(world: WorldForTests) -> None:
    document = a_document(world)
    made = send(world, an_email(a_party(world), attachments=(document.id,)))
    taken = world.directory.document(document.id)
    assert taken is not None
    assert (taken.communication_id, taken.taken_up) == (made.id, True)


# ---- what is refused

BAD: list[tuple[str, dict[str, Any], type[CallerError], list[tuple[str, str]]]] = [
    ("an unknown party", {"party_id": "pty_01JD4QK8V3M2N7R5T9W1X3Y5Z7"}, Invalid, [("party_id", "unknown_party")]),
    ("an unknown case", {"case_id": "cas_01JD4QK8V3M2N7R5T9W1X3Y5Z7"}, Invalid, [("case_id", "unknown_case")]),
    (
        "an unknown contact",
        {"contact_id": "con_01JD4QK8V3M2N7R5T9W1X3Y5Z7"},
        Invalid,
        [("contact_id", "unknown_contact")],
    ),
    (
        "an unknown document",
        {"attachments": ("doc_01JD4QK8V3M2N7R5T9W1X3Y5Z7",)},
        Invalid,
        [("attachments.0", "unknown_document")],
    ),
    ("an unknown sender", {"sender": "ceo@firm.example"}, Invalid, [("from", "unknown_sender")]),
    (
        "an unknown template",
        {"template": TemplateUse(key="nope", variables={})},
        Invalid,
        [("template.key", "unknown_template")],
    ),
    (
        "bad addresses",
        {"to": ("x",), "cc": ("a@b.example", "y")},
        Invalid,
        [("to.0", "invalid_email"), ("cc.1", "invalid_email")],
    ),
    ("a bad reply address", {"reply_to": "x"}, Invalid, [("reply_to", "invalid_email")]),
    ("too many", {"bcc": tuple(f"a{n}@b.example" for n in range(50))}, Invalid, [("to", "too_many_recipients")]),
    ("the past", {"send_at": NOW - timedelta(seconds=1)}, Invalid, [("send_at", "in_the_past")]),
    ("the far future", {"send_at": NOW + timedelta(days=400)}, Invalid, [("send_at", "too_far_ahead")]),
    ("a variable in free text", {"body": "Dear {{ name }},"}, Invalid, [("body", "unresolved_variable")]),
    ("a text over 1 MB", {"body": "x" * (2**20 + 1)}, TooLarge, [("body", "too_large")]),
]


@pytest.mark.parametrize(("changes", "error", "places"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
@pytest.mark.covers("A6", "D4")
def test_bad_input_is_named_and_nothing_is_written(
    world: WorldForTests, changes: dict[str, Any], error: type[CallerError], places: list[tuple[str, str]]
) -> None:
    message = an_email(a_party(world), **changes)
    with pytest.raises(error) as refused:
        send(world, message)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == places
    assert_nothing_happened(world)


def assert_nothing_happened(world: WorldForTests) -> None:
    assert items("communications") == 0
    assert items("history") == 0
    assert "Contents" not in client("s3").list_objects_v2(Bucket="vault", Prefix="content/")
    assert world.queued("email") == world.queued("sms") == []


def test_an_sms_of_eleven_parts_is_refused(world: WorldForTests) -> None:
    with pytest.raises(Invalid) as refused:
        send(world, an_sms(a_party(world), body="A" * 1531))
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("body", "too_many_segments")]
    assert_nothing_happened(world)


@pytest.mark.covers("D5")
def test_no_address_for_the_channel(world: WorldForTests) -> None:
    with pytest.raises(Invalid) as refused:
        send(world, an_sms(a_party(world, mobile=None)))
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("to", "missing_contact")]


def test_a_party_on_hold_is_not_written_to(world: WorldForTests) -> None:
    party = a_party(world)
    world.directory.save_preferences(party.id, Preferences(hold=Hold(kind=HoldKind.SOLICITOR), version=1))
    with pytest.raises(Conflict) as refused:
        send(world, an_email(party))
    assert refused.value.code == "contact_hold"
    assert_nothing_happened(world)


def test_attachments_that_were_never_uploaded(world: WorldForTests) -> None:
    there, missing = a_document(world), a_document(world, uploaded=False)
    message = an_email(a_party(world), attachments=(there.id, missing.id))
    for attempt in (send, lambda world, message: preview(world, viewer(), message)):
        with pytest.raises(Invalid) as refused:
            attempt(world, message)
        assert [(fault.field, fault.code) for fault in refused.value.faults] == [("attachments.1", "not_uploaded")]


def test_attachments_of_another_size_than_was_announced(world: WorldForTests) -> None:
    document = a_document(world, b"four")
    client("s3").put_object(Bucket="vault", Key=f"staging/{document.id}", Body=b"longer than four")
    with pytest.raises(Invalid) as refused:
        send(world, an_email(a_party(world), attachments=(document.id,)))
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("attachments.0", "size_mismatch")]


def test_attachments_too_large_in_sum(world: WorldForTests) -> None:
    documents = [a_document(world, uploaded=False, bytes=10 * 1024 * 1024) for _ in range(2)]
    with pytest.raises(TooLarge) as refused:
        send(world, an_email(a_party(world), attachments=tuple(one.id for one in documents)))
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("attachments", "too_large")]


@pytest.mark.parametrize("role", ["auditor", "none"])
def test_who_may_not_send_sends_nothing(world: WorldForTests, role: str) -> None:
    party = a_party(world)
    with pytest.raises(Forbidden):
        send(world, an_email(party), by=viewer(role))
    assert_nothing_happened(world)


def test_an_agent_writes_to_whom_they_see_and_to_nobody_else(world: WorldForTests) -> None:
    john, bank, stranger = a_party(world), a_party(world, PartyKind.CREDITOR), a_party(world)
    case = a_case(world, john, creditors=(bank,))
    agent = viewer("agent", sight=Sight.of([Grant(user="user-1", party_id=john.id)]))
    for seen in (an_email(john), an_email(bank, case_id=case.id), an_email(bank)):
        assert send(world, seen, by=agent).entry.status is Status.QUEUED
    with pytest.raises(Invalid) as refused:
        send(world, an_email(stranger), by=agent)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("party_id", "unknown_party")]


# ---- the same key twice


def test_the_same_key_answers_what_it_made(world: WorldForTests) -> None:
    message = an_email(a_party(world))
    first, replayed = compose(world, viewer(), message, key())
    assert not replayed
    world.clock.pass_(hours=1)
    again, replayed = compose(world, viewer(), message, key())
    assert replayed
    assert again == first
    assert items("communications") == 1
    assert len(world.queued("email")) == 1


def test_a_replay_answers_even_when_it_could_not_be_composed_any_more(world: WorldForTests) -> None:
    message = an_email(a_party(world), send_at=later(minutes=5))
    first, _ = compose(world, viewer(), message, key())
    world.clock.pass_(hours=1)
    assert compose(world, viewer(), message, key()) == (first, True)


def test_the_same_key_with_another_body_is_refused(world: WorldForTests) -> None:
    party = a_party(world)
    compose(world, viewer(), an_email(party), key())
    with pytest.raises(Invalid) as refused:
        compose(world, viewer(), an_email(party, body="Other"), key(digest="d-2"))
    assert refused.value.code == "idempotency_key_reused"


def test_another_users_key_of_the_same_name_is_another_key(world: WorldForTests) -> None:
    message = an_email(a_party(world))
    first, _ = compose(world, viewer(), message, key())
    other, replayed = compose(world, viewer(user="user-2"), message, replace(key(), user="user-2"))
    assert not replayed
    assert other.id != first.id


def test_a_key_is_forgotten_after_a_day(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    message = an_email(a_party(world))
    first, _ = compose(world, viewer(), message, key())
    world.clock.pass_(hours=25)
    monkeypatch.setattr("letterbook.adapters.dynamodb.keys.time.time", world.clock.time.timestamp)
    other, replayed = compose(world, viewer(), message, key())
    assert not replayed
    assert other.id != first.id


# ---- drafts


def a_draft(world: WorldForTests, message: Message) -> Communication:
    return send(world, replace(message, send_now=False))


def test_a_draft_is_kept_and_goes_nowhere(world: WorldForTests) -> None:
    made = a_draft(world, an_email(a_party(world)))
    assert (made.entry.status, world.queued("email")) == (Status.DRAFT, [])
    assert made.work.check_at is None


def test_a_draft_may_lack_what_sending_needs(world: WorldForTests) -> None:
    a_template(world)
    use = TemplateUse(key="s78-initial", variables={})
    made = a_draft(world, an_email(a_party(world, email=None), subject="", body="", template=use))
    assert made.entry.subject == "Section 78 request: [agreement]"
    with pytest.raises(Invalid) as refused:
        send_draft(world, viewer(), made.id)
    assert refused.value.faults


def test_a_draft_is_sent_with_what_is_true_now(world: WorldForTests) -> None:
    party = a_party(world)
    made = a_draft(world, an_email(party, body="Dear {{ not yet }}"[:5]))
    world.directory.save_party(replace(party, email="new@mailbox.example", version=2), party)
    world.clock.pass_(hours=2)
    sent = send_draft(world, viewer(), made.id)
    assert (sent.entry.status, sent.id) == (Status.QUEUED, made.id)
    assert [one.address for one in sent.entry.recipients] == ["new@mailbox.example"]
    assert sent.entry.created_at == made.entry.created_at
    assert world.queued("email") == [{"communication_id": made.id}]
    assert [row.event for row in world.log.history(made.id)] == ["drafted", "accepted"]


def test_a_draft_is_sent_once(world: WorldForTests) -> None:
    made = a_draft(world, an_email(a_party(world)))
    send_draft(world, viewer(), made.id)
    with pytest.raises(Conflict) as refused:
        send_draft(world, viewer(), made.id)
    assert refused.value.code == "not_a_draft"
    assert len(world.queued("email")) == 1


def test_a_draft_with_a_time_is_scheduled_when_sent_and_goes_at_once_when_that_has_passed(world: WorldForTests) -> None:
    party = a_party(world)
    early, late = (a_draft(world, an_email(party, send_at=later(hours=1))) for _ in range(2))
    assert send_draft(world, viewer(), early.id).entry.scheduled_for == later(hours=1)
    world.clock.pass_(hours=2)
    assert send_draft(world, viewer(), late.id).entry.status is Status.QUEUED


def test_a_message_of_somebody_else_is_not_there(world: WorldForTests) -> None:
    made = a_draft(world, an_email(a_party(world)))
    stranger = viewer("agent", sight=Sight())
    for act in (send_draft, cancel):
        with pytest.raises(NotFound):
            act(world, stranger, made.id)


# ---- cancelling


@pytest.mark.parametrize(
    "changes", [{"send_now": False}, {}, {"send_at": later(hours=1)}], ids=["a draft", "queued", "scheduled"]
)
def test_what_has_not_begun_can_be_cancelled(world: WorldForTests, changes: dict[str, Any]) -> None:
    made = send(world, an_email(a_party(world), **changes))
    cancelled = cancel(world, viewer(), made.id)
    assert cancelled.entry.status is Status.CANCELLED
    assert standing(world, made).work.check_at is None
    with pytest.raises(Conflict):
        cancel(world, viewer(), made.id)


def test_a_cancelled_schedule_is_taken_away(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world), send_at=later(hours=1)))
    cancel(world, viewer(), made.id)
    assert client("scheduler").list_schedules(GroupName="schedules")["Schedules"] == []


# ---- preview


def test_preview_shows_what_sending_would_do_and_does_nothing(world: WorldForTests) -> None:
    world.clock.time = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    message = an_sms(a_party(world))
    shown = preview(world, viewer(), message)
    assert_nothing_happened(world)
    made = send(world, message)
    assert (shown.ruling.decision, shown.ruling.trace) == (made.entry.decision, made.trace)
    assert (shown.recipients, shown.sms) == (made.entry.recipients, made.entry.sms)
    assert shown.rendered == world.vault.content(made.content).rendered


def test_preview_names_the_gaps_instead_of_refusing(world: WorldForTests) -> None:
    a_template(world)
    use = TemplateUse(key="s78-initial", variables={})
    shown = preview(world, viewer(), an_email(a_party(world), subject="", body="", template=use))
    assert [gap.field for gap in shown.gaps] == ["template.variables.agreement"]
    assert shown.ruling.decision.action is Action.REFUSE
    assert shown.rendered.text == "We write about [agreement]."
