"""Drafts, cancelling, preview."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from letterbook.contracts.preview import preview_view
from letterbook.domain.access import VisibleScope
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication
from letterbook.domain.decision import Action
from letterbook.domain.errors import CallerError, Conflict, Invalid, NotFound
from letterbook.domain.message import MessageRequest
from letterbook.domain.status import Status
from letterbook.domain.templates import TemplateUse
from letterbook.ports import IdempotencyKey
from letterbook.use_cases.messages.cancel import cancel
from letterbook.use_cases.messages.compose import compose, send_draft
from letterbook.use_cases.messages.preview import preview, preview_draft
from tests.support.aws import WorldForTests, client
from tests.support.builders import deed, later, viewer
from tests.support.failing import overtaken
from tests.support.steps import a_party, a_template, an_email, an_sms, assert_nothing_happened, send, standing


def key(name: str = "k-1", digest: str = "d-1") -> IdempotencyKey:
    return IdempotencyKey(user="user-1", route="compose", key=name, digest=digest)


# ---- drafts


def a_draft(world: WorldForTests, message: MessageRequest) -> Communication:
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


@pytest.mark.parametrize("lacks", ["subject", "body"])
def test_a_draft_is_kept_half_written_and_not_sent(world: WorldForTests, lacks: str) -> None:
    made = a_draft(world, an_email(a_party(world), **{lacks: ""}))
    assert made.entry.status is Status.DRAFT
    for act in (send_draft, preview_draft):
        with pytest.raises(Invalid) as refused:
            act(world, viewer(), made.id)
        assert [(one.field, one.code) for one in refused.value.faults] == [(lacks, "required")]
    assert world.queued("email") == []
    assert standing(world, made).entry.status is Status.DRAFT


def test_a_draft_is_sent_with_what_is_true_now(world: WorldForTests) -> None:
    party = a_party(world)
    made = a_draft(world, an_email(party, body="Dear {{ not yet }}"[:5]))
    world.parties.save(replace(party, email="new@mailbox.example", version=2), party, deed())
    world.clock.pass_(hours=2)
    sent = send_draft(world, viewer(), made.id)
    assert (sent.entry.status, sent.id) == (Status.QUEUED, made.id)
    assert [one.address for one in sent.entry.recipients] == ["new@mailbox.example"]
    assert sent.entry.created_at == made.entry.created_at
    assert [one["communication_id"] for one in world.queued("email")] == [made.id]
    assert [row.event for row in world.communications.history(made.id)] == ["drafted", "accepted"]


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
    stranger = viewer("agent", sight=VisibleScope())
    for act in (send_draft, cancel):
        with pytest.raises(NotFound):
            act(world, stranger, made.id)


# ---- drafts that say something again


def test_who_says_the_same_at_the_same_moment_makes_the_attempt_before(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = a_party(world)
    first = send(world, an_email(party))
    mine, theirs = (a_draft(world, an_email(party, resend_of=first.id)) for _ in range(2))
    overtaken(monkeypatch, world.communications, "commit", lambda: send_draft(world, viewer(), theirs.id))
    made = send_draft(world, viewer(), mine.id)
    assert (made.entry.attempt, made.entry.resend_of) == (3, first.id)
    chain = world.attempts.get(first.id)
    assert chain is not None
    assert chain.ids == (first.id, theirs.id, mine.id)


@pytest.mark.parametrize("act", [send_draft, cancel])
def test_a_draft_that_went_or_was_stopped_meanwhile_is_said_once_at_most(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, act: Callable[..., Communication]
) -> None:
    first = send(world, an_email(a_party(world)))
    party = world.parties.get(first.entry.party.id)
    assert party is not None
    draft = a_draft(world, an_email(party, resend_of=first.id))
    overtaken(monkeypatch, world.communications, "commit", lambda: act(world, viewer(), draft.id))
    with pytest.raises(Conflict) as refused:
        send_draft(world, viewer(), draft.id)
    assert refused.value.code == "not_a_draft"
    chain = world.attempts.get(first.id)
    assert (chain.ids if chain else ()) == ((first.id, draft.id) if act is send_draft else ())
    assert len(world.queued("email")) == (2 if act is send_draft else 1)


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
    assert shown.rendered == world.content_store.content(made.content).rendered


def test_preview_names_the_gaps_instead_of_refusing(world: WorldForTests) -> None:
    a_template(world)
    use = TemplateUse(key="s78-initial", variables={})
    shown = preview(world, viewer(), an_email(a_party(world), subject="", body="", template=use))
    assert [gap.field for gap in shown.gaps] == ["template.variables.agreement"]
    assert shown.ruling.decision.action is Action.REFUSE
    assert shown.rendered.text == "We write about [agreement]."


def test_preview_names_each_variable_that_a_free_text_left_unreplaced(world: WorldForTests) -> None:
    message = an_email(a_party(world), subject="{{ s }}", body="Dear {{ name }}, {{ other }}, {{ name }}")
    shown = preview(world, viewer(), message)
    view = preview_view(
        channel=message.channel,
        rendered=shown.rendered,
        ruling=shown.ruling,
        sms=None,
        gaps=shown.gaps,
        recipients=shown.recipients,
    )
    assert view.missing_variables == ["s", "name", "other"]


@pytest.mark.covers("A16")
def test_preview_warns_of_an_sms_that_splits(world: WorldForTests) -> None:
    party = a_party(world)

    def warnings(text: str) -> list[str]:
        shown = preview(world, viewer(), an_sms(party, body=text))
        return preview_view(
            channel=Channel.SMS,
            rendered=shown.rendered,
            ruling=shown.ruling,
            sms=shown.sms,
            gaps=(),
            recipients=shown.recipients,
        ).warnings

    assert warnings("A" * 160) == []
    assert warnings("A" * 161) == ["This text makes 2 parts, and each is charged."]


@pytest.mark.parametrize(
    "message",
    [
        MessageRequest(channel=Channel.EMAIL, party_id="", subject="x", body="y" * (2**20 + 1)),
        MessageRequest(channel=Channel.SMS, party_id="", body="A" * 1531),
    ],
)
def test_a_draft_is_not_larger_than_a_message(world: WorldForTests, message: MessageRequest) -> None:
    party = a_party(world)
    with pytest.raises(CallerError) as refused:
        compose(world, viewer(), replace(message, party_id=party.id, send_now=False))
    assert refused.value.faults[0].field == "body"
    assert_nothing_happened(world)
