"""Taking a message in: what is written, what is queued, and what is refused without a trace."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from letterbook.domain.decision import Action
from letterbook.domain.errors import Invalid
from letterbook.domain.party import OptOut, PartyKind, Preferences
from letterbook.domain.references import Regarding
from letterbook.domain.status import Status
from letterbook.domain.templates import TemplateUse
from letterbook.ports import IdempotencyKey
from letterbook.use_cases.directory.documents import opener
from tests.support import builders
from tests.support.aws import WorldForTests, client
from tests.support.builders import NOW, deed, later, viewer
from tests.support.steps import a_case, a_contact, a_document, a_party, a_template, an_email, an_sms, send, standing


def key(name: str = "k-1", digest: str = "d-1") -> IdempotencyKey:
    return IdempotencyKey(user="user-1", route="compose", key=name, digest=digest)


# ---- what goes


def test_an_email_is_committed_with_its_content_and_history_and_queued(world: WorldForTests) -> None:
    party = a_party(world)
    made = send(world, an_email(party, body="Dear **Sir**,"))
    assert made.entry.status is Status.QUEUED
    # Whose it is, and no address.
    assert world.queued("email") == [{"communication_id": made.id, "party_id": made.entry.party.id, "channel": "email"}]
    kept = standing(world, made)
    assert kept == made
    assert (kept.entry.sender, kept.entry.subject, kept.entry.preview) == ("legal@firm.example", "Hello", "Dear Sir,")
    rendered = world.content_store.content(kept.content).rendered
    assert rendered.text == "Dear Sir,"
    assert "<strong>Sir</strong>" in (rendered.html or "")
    stored = client("s3").get_object(Bucket="vault", Key=kept.content.key, VersionId=kept.content.object_version)
    assert hashlib.sha256(stored["Body"].read()).hexdigest() == kept.entry.content_sha256
    [row] = world.communications.history(made.id)
    assert (row.event, row.actor.name, row.status) == ("accepted", "Jane Marsh", Status.QUEUED)


def test_an_sms_in_hours_goes_to_its_own_queue(world: WorldForTests) -> None:
    made = send(world, an_sms(a_party(world)))
    assert [one["communication_id"] for one in world.queued("sms")] == [made.id]
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
    world.parties.save_preferences(
        party.id, Preferences(opt_outs=(OptOut(channel="email", at=NOW),), version=1), deed()
    )
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
    assert world.content_store.content(made.content).rendered.text == "Second: CF-4471, for Priya Raman"
    assert made.entry.category == "section_78"
    first = replace(use, version=1)
    old = send(world, an_email(a_party(world), subject="", body="", template=first))
    assert world.content_store.content(old.content).rendered.text == "We write about CF-4471."


@pytest.mark.covers("D11")
def test_the_partys_language_is_used_where_there_is_a_template_in_it(world: WorldForTests) -> None:
    world.settings.save(builders.organisation(version=2, languages=("en", "fr")))
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
    assert world.content_store.attachment(attachment) == b"authority"


def test_a_document_of_nobody_belongs_to_the_entry_that_takes_it_up(world: WorldForTests) -> None:
    document = a_document(world)
    made = send(world, an_email(a_party(world), attachments=(document.id,)))
    taken = world.documents.get(document.id)
    assert taken is not None
    assert (taken.communication_id, taken.is_stored) == (made.id, True)


def test_an_attachment_of_an_entry_that_never_was_belongs_to_the_next(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its maker died before the commit: whoever asks again has it, and who sees the entry sees it."""
    party, document = a_party(world), a_document(world)
    with monkeypatch.context() as dying:
        dying.setattr(world.communications, "commit", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            send(world, an_email(party, attachments=(document.id,)))
    made = send(world, an_email(party, attachments=(document.id,)))
    kept = world.documents.get(document.id)
    assert kept is not None
    assert kept.communication_id == made.id
    assert opener(world, viewer("auditor", user="user-2"))(kept)


def test_a_client_is_their_own_client(world: WorldForTests) -> None:
    a_template(world, subject="x", body="For {{ client_name }}", variables=())
    message = an_email(a_party(world), subject="", body="", template=TemplateUse(key="s78-initial", variables={}))
    assert send(world, message).entry.preview == "For Priya Raman"


def test_who_is_named_twice_gets_it_once(world: WorldForTests) -> None:
    message = an_email(
        a_party(world), to=("a@x.example", "A@X.example"), cc=("a@x.example", "b@x.example"), bcc=("B@x.example",)
    )
    made = send(world, message)
    assert [(one.address, one.role) for one in made.entry.recipients] == [("a@x.example", "to"), ("b@x.example", "cc")]
