"""What the compose page says of what is missing, and what its forms mean to the library, without a cloud."""

import json
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from console.forms.values import moment
from console.pages.compose.form import ComposeForm, of_message
from console.pages.records.form import FORMS, body_of, filled_from
from console.presenters.compose import channel_availability, place_of, send_verdict, template_word, troubles
from console.presenters.dates import Clock
from letterbook.contracts.communications import CommunicationBody
from letterbook.domain.channels import Channel
from letterbook.domain.decision import Action, Decision
from letterbook.domain.errors import FieldError, MissingVariable
from letterbook.domain.message import MessageRequest, RecordRequest
from letterbook.domain.party import OptOut, Preferences
from letterbook.domain.policy import PolicyResult, decide, decide_reach
from letterbook.domain.templates import TemplateUse
from tests.support.builders import NOW, later, organisation, proposal

LONDON = ZoneInfo("Europe/London")
CLOCK = Clock(NOW, LONDON)
TO = ["priya@mailbox.example"]
PARTY = "pty_01JD4QK8V3M2N7R5T9W1X3Y5Z7"


@pytest.mark.parametrize(
    ("field", "place"),
    [("to.0", "to"), ("template.variables.agreement", "v-agreement"), ("template.key", "template"), ("from", "sender"),
     ("attachments.2", "attached"), ("audit.reason", "audit_reason")],
)  # fmt: skip
def test_every_fault_leads_to_its_field(field: str, place: str) -> None:
    assert place_of(field) == place


def test_what_is_missing_is_named_as_its_field_and_once() -> None:
    gap = MissingVariable(
        "template.variables.agreement_date", "missing_variable", "The template needs it.", "agreement_date"
    )
    [once] = troubles([gap, gap])
    assert (once.words, once.lacks) == ("Agreement date is missing.", "Agreement date")
    [wrong] = troubles([FieldError("to.0", "invalid_email", "This is no address.")])
    assert (wrong.words, wrong.lacks) == ("This is no address.", "")


def _ruling(action: Action, **changes: Any) -> PolicyResult:
    return PolicyResult(decision=Decision(action=action, **changes), trace=())


@pytest.mark.parametrize(
    ("ruling", "channel", "wanted", "lead", "button"),
    [
        (_ruling(Action.SEND), Channel.EMAIL, Channel.EMAIL, "Goes now", "Send email"),
        (_ruling(Action.SCHEDULE, scheduled_for=later(days=3)), Channel.SMS, Channel.SMS, "Goes Monday 10:00", "Schedule SMS"),
        (_ruling(Action.SKIP), Channel.EMAIL, Channel.EMAIL, "Will be skipped:", ""),
        (_ruling(Action.REFUSE, rule="contact_hold"), Channel.EMAIL, Channel.EMAIL, "Cannot be sent by email.", ""),
        (_ruling(Action.MANUAL), Channel.MANUAL, Channel.MANUAL, "To be delivered by hand", "Make the to-do"),
        (_ruling(Action.FALLBACK), Channel.SMS, Channel.EMAIL, "Goes by SMS instead", "Send all the same"),
        (_ruling(Action.FALLBACK), Channel.MANUAL, Channel.EMAIL, "To be delivered by hand", "Make the to-do"),
    ],
)  # fmt: skip
def test_the_strip(ruling: PolicyResult, channel: Channel, wanted: Channel, lead: str, button: str) -> None:
    said = send_verdict(ruling, (), channel, wanted, TO, CLOCK)
    assert (said.lead, said.send) == (lead, button)


def test_the_main_button_is_there_while_something_is_missing() -> None:
    gap = MissingVariable("template.variables.x", "missing_variable", "The template needs x.", "x")
    said = send_verdict(decide(proposal(gaps=(gap,))), [gap], Channel.EMAIL, Channel.EMAIL, TO, CLOCK)
    assert (said.lead, said.send) == ("Not ready:", "Send email")
    assert "it goes now by email to priya@mailbox.example" in said.why


def test_a_refusal_counts_more_than_what_is_missing() -> None:
    missing = FieldError("subject", "required", "A message needs this.")
    refused = send_verdict(
        _ruling(Action.REFUSE, rule="contact_hold"), [missing], Channel.EMAIL, Channel.EMAIL, TO, CLOCK
    )
    assert refused.lead == "Cannot be sent by email."


def test_a_party_that_opted_out_is_told_of_before_what_is_missing() -> None:
    gap = MissingVariable("template.variables.x", "missing_variable", "The template needs x.", "x")
    out = Preferences(opt_outs=(OptOut(channel="email", at=NOW),))
    said = send_verdict(decide(proposal(gaps=(gap,), preferences=out)), [gap], Channel.EMAIL, Channel.EMAIL, TO, CLOCK)
    assert (said.lead, said.troubles, said.send) == ("Will be skipped:", (), "")


def test_channels_say_what_the_policy_says_of_them() -> None:
    wish = Preferences(opt_outs=(OptOut(channel="sms", at=NOW),))
    aside = {"to.0": ("priya@mailbox.example", NOW)}
    asked = {
        "no address known": proposal(to=()),
        "opted out": proposal(channel=Channel.SMS, preferences=wish),
        "address set aside": proposal(quarantined=aside),
        "Monday 09:00": proposal(channel=Channel.SMS, wanted_at=later(days=1)),
        "goes now": proposal(channel=Channel.SMS, wanted_at=later(days=1), urgent=True, now=later(days=1)),
        "makes a to-do": proposal(channel=Channel.MANUAL, to=()),
        "no sender": proposal(organisation=organisation(senders=())),
    }
    for words, one in asked.items():
        told = channel_availability({one.channel: decide_reach(one)}, one.organisation, CLOCK)
        assert told == {one.channel: words}


EMAIL_FORM = ComposeForm(
    party_id=PARTY, to=("a@x.example",), cc=("b@x.example",), sender="legal@firm.example", subject="Hello", body="Dear Sir,",
    attachments=("doc_01JD4QK8V3M2N7R5T9W1X3Y5Z7",), template="s78", pinned="s78:en:2", variables={"date": "today"},
)  # fmt: skip


def test_another_channel_drops_what_belonged_to_the_first_and_keeps_what_both_have() -> None:
    by_sms = replace(EMAIL_FORM, channel=Channel.SMS).turned(Channel.EMAIL, {"reminder"})
    assert by_sms == ComposeForm(channel=Channel.SMS, party_id=PARTY, body="Dear Sir,")
    by_hand = replace(EMAIL_FORM, channel=Channel.MANUAL).turned(Channel.EMAIL, {"s78"})
    assert (by_hand.to, by_hand.subject, by_hand.template, by_hand.variables) == (
        (), "Hello", "s78", {"date": "today"},
    )  # fmt: skip


def test_templates_are_called_as_people_call_them() -> None:
    assert template_word("dsar-chase-1", 3, "en") == "DSAR chase 1 (version 3, English)"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("2026-11-20T09:00", "2026-11-20T09:00:00+00:00"), ("2026-06-01T09:00", "2026-06-01T09:00:00+01:00"), ("soon", "soon"),
     ("", "")],
)  # fmt: skip
def test_times_are_the_organisations(typed: str, meant: str) -> None:
    assert moment(typed, LONDON) == meant


@pytest.mark.parametrize(
    "message",
    [
        MessageRequest(
            channel=Channel.EMAIL,
            party_id=PARTY,
            subject="Hello",
            body="Dear Sir,",
            to=("a@x.example",),
            send_at=later(days=9),
        ),
        MessageRequest(
            channel=Channel.EMAIL,
            party_id=PARTY,
            template=TemplateUse(key="s78", language="en", version=2, variables={"a": "b"}),
        ),
        MessageRequest(channel=Channel.SMS, party_id=PARTY, body="Hello", urgent=True, urgent_reason="Tonight"),
        MessageRequest(
            channel=Channel.MANUAL, party_id=PARTY, subject="Hello", body="Dear Sir,", address="1 High Street\nLeeds"
        ),
    ],
    ids=["email", "template", "sms", "by hand"],
)
def test_a_draft_comes_back_from_the_form_as_it_was(message: MessageRequest) -> None:
    assert of_message(message, LONDON).message(LONDON) == message


def test_another_template_is_not_held_to_the_version_of_the_first() -> None:
    form = ComposeForm(party_id=PARTY, template="s78", pinned="s78:en:2")
    assert form.to_body(LONDON)["template"]["version"] == 2
    assert "version" not in replace(form, template="dsar").to_body(LONDON)["template"]


def test_a_record_comes_back_from_its_form_as_it_was() -> None:
    given = {
        "party_id": PARTY, "direction": "inbound", "outcome": "Agreed", "requires_followup": "1", "followup_date": "2026-11-27",
        "followup_notes": "Has it come?", "duration_minutes": "12", "body": "They agreed.",
    }  # fmt: skip
    body = body_of(FORMS["call"], given, [], LONDON)
    record = CommunicationBody.model_validate_json(json.dumps(body)).to_request()
    assert isinstance(record, RecordRequest)
    filled = filled_from(record)
    assert {name: filled[name] for name in given} == given
