"""What cannot be composed, and what was composed before."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from letterbook.domain.access import Grant, VisibleScope
from letterbook.domain.errors import CallerError, Conflict, Forbidden, Invalid, TooLarge
from letterbook.domain.organisation import Fallback
from letterbook.domain.party import Hold, HoldKind, PartyKind, Preferences
from letterbook.domain.status import Status
from letterbook.domain.templates import TemplateUse
from letterbook.ports import IdempotencyKey
from letterbook.use_cases.messages.compose import compose
from letterbook.use_cases.messages.preview import preview
from tests.support.aws import WorldForTests, client, rows
from tests.support.builders import NOW, deed, later, organisation, viewer
from tests.support.steps import a_case, a_document, a_party, a_template, an_email, an_sms, assert_nothing_happened, send


def key(name: str = "k-1", digest: str = "d-1") -> IdempotencyKey:
    return IdempotencyKey(user="user-1", route="compose", key=name, digest=digest)


# ---- what is refused

BAD: list[tuple[str, dict[str, Any], type[CallerError], list[tuple[str, str]]]] = [
    ("an unknown party", {"party_id": "pty_01JD4QK8V3M2N7R5T9W1X3Y5Z7"}, Invalid, [("party_id", "unknown_party")]),
    ("more lines than anybody reads", {"body": "a\n" * 10_001}, TooLarge, [("body", "too_large")]),
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


def test_an_sms_of_eleven_parts_is_refused(world: WorldForTests) -> None:
    with pytest.raises(Invalid) as refused:
        send(world, an_sms(a_party(world), body="A" * 1531))
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("body", "too_many_segments")]
    assert_nothing_happened(world)


@pytest.mark.covers("D5")
def test_no_address_for_the_channel_and_no_other_to_fall_back_to(world: WorldForTests) -> None:
    world.settings.save(organisation(version=2, fallback=Fallback(order={"default": ("email", "sms")})))
    with pytest.raises(Invalid) as refused:
        send(world, an_sms(a_party(world, mobile=None)))
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("to", "missing_contact")]


def test_a_party_on_hold_is_not_written_to(world: WorldForTests) -> None:
    party = a_party(world)
    world.parties.save_preferences(party.id, Preferences(hold=Hold(kind=HoldKind.SOLICITOR), version=1), deed())
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
    document = a_document(world, b"four", uploaded=False)
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
    agent = viewer("agent", sight=VisibleScope.of([Grant(user="user-1", party_id=john.id)]))
    for seen in (an_email(john), an_email(bank, case_id=case.id)):
        assert send(world, seen, by=agent).entry.status is Status.QUEUED
    for unseen, place in (
        (an_email(stranger), ("party_id", "unknown_party")),
        (an_email(bank), ("case_id", "out_of_sight")),
        (an_email(john, restricted=True), ("restricted", "out_of_sight")),
    ):
        with pytest.raises(Invalid) as refused:
            send(world, unseen, by=agent)
        assert [(fault.field, fault.code) for fault in refused.value.faults] == [place]
    opened = replace(agent, unrestricted=frozenset({john.id}))
    assert send(world, an_email(john, restricted=True), by=opened).entry.restricted


# ---- the same key twice


def test_the_same_key_answers_what_it_made(world: WorldForTests) -> None:
    message = an_email(a_party(world))
    first, replayed = compose(world, viewer(), message, key())
    assert not replayed
    world.clock.pass_(hours=1)
    again, replayed = compose(world, viewer(), message, key())
    assert replayed
    assert again == first
    assert rows("communications") == 1
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


def test_a_key_is_forgotten_after_a_day(world: WorldForTests) -> None:
    message = an_email(a_party(world))
    first, _ = compose(world, viewer(), message, key())
    world.clock.pass_(hours=25)
    other, replayed = compose(world, viewer(), message, key())
    assert not replayed
    assert other.id != first.id


def test_a_subject_is_a_line_with_its_variables_filled_in(world: WorldForTests) -> None:
    party = a_party(world)
    a_template(world)
    use = TemplateUse(key="s78-initial", variables={"agreement": "x" * 1000})
    with pytest.raises(Invalid) as refused:
        send(world, an_email(party, subject="", body="", template=use))
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("subject", "too_long")]
    assert_nothing_happened(world)


def test_of_many_gaps_the_first_are_named_and_each_once(world: WorldForTests) -> None:
    many = "".join(f"{{{{ v{n} }}}}{{{{ v{n} }}}}" for n in range(5_000))
    with pytest.raises(Invalid) as refused:
        send(world, an_email(a_party(world), body=many))
    assert [fault.message for fault in refused.value.faults] == [f"{{{{ v{n} }}}} was not replaced." for n in range(50)]


def test_an_opening_that_never_closes_is_looked_at_once(world: WorldForTests) -> None:
    """Were it looked at from every letter on, this would take minutes."""
    assert send(world, an_email(a_party(world), body="{{" + "a" * 300_000)).entry.status is Status.QUEUED


def test_a_subject_that_a_variable_leaves_empty(world: WorldForTests) -> None:
    a_template(world, subject="{{ agreement }}")
    use = TemplateUse(key="s78-initial", variables={"agreement": "  "})
    with pytest.raises(Invalid) as refused:
        send(world, an_email(a_party(world), subject="", body="", template=use))
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("subject", "required")]
