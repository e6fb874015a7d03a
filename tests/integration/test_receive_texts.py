"""Text messages that come in: whose they are, where they stand, what they make, and what comes of their files."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings as hypothesis_settings, strategies as st

from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication, Direction
from letterbook.domain.errors import Ambiguous, Permanent, ProviderError, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.inbound_text import MOST_FILE_BYTES
from letterbook.domain.party import NOBODY, PartyKind
from letterbook.domain.receipts import Signal
from letterbook.domain.status import Status
from letterbook.domain.todos import id_for
from letterbook.use_cases.directory.threads import read_thread
from letterbook.use_cases.inbound.receive_text import receive_text
from letterbook.use_cases.indexing.index import index_communication
from tests.support.aws import WorldForTests, client, rows
from tests.support.builders import viewer
from tests.support.failing import Died, fails_once
from tests.support.fakes.providers import TEXTS
from tests.support.steps import a_case, a_contact, a_party, an_email, an_sms, deliver_queue, send, standing
from tests.support.texts import OURS, PRIYA, STRANGER, come_in, text


def sent(world: WorldForTests, message: Any) -> Communication:
    communication = send(world, message)
    deliver_queue(world, message.channel.value)
    world.clock.pass_(minutes=30)
    return standing(world, communication)


# ---- where it stands


@pytest.mark.covers("L2")
def test_an_answer_stands_in_the_thread_of_the_last_sms_with_that_number(world: WorldForTests) -> None:
    priya = a_party(world)
    case = a_case(world, priya)
    asked = sent(world, an_sms(priya, case_id=case.id, category="review"))
    sent(world, an_email(priya))
    came = come_in(world)
    entry, first = came.entry, standing(world, asked).entry
    assert (entry.channel, entry.direction, entry.status) == (Channel.SMS, Direction.INBOUND, Status.RECEIVED)
    assert (entry.party.id, entry.sender, came.in_reply_to) == (priya.id, PRIYA, asked.id)
    assert [one.address for one in entry.recipients] == [OURS]
    assert (entry.case, entry.client, entry.category) == (first.case, first.client, "review")
    assert entry.thread_id == first.thread_id is not None
    thread = read_thread(world, viewer(), entry.thread_id or "")
    assert (thread.kind, thread.messages, thread.preview) == ("sms", 2, "I can come.")
    todo = world.todos.get(id_for(came.id))
    assert todo
    assert (todo.title, todo.assignee) == ("Priya Raman answered: I can come.", "user-1")


def test_a_second_one_answers_the_same_and_is_not_answered_by_itself(world: WorldForTests) -> None:
    asked = sent(world, an_sms(a_party(world)))
    first = come_in(world, reference="1")
    world.clock.pass_(minutes=1)
    second = come_in(world, "And my brother.", reference="2")
    assert (second.in_reply_to, second.entry.thread_id) == (asked.id, first.entry.thread_id)


def test_who_writes_twice_unasked_stands_in_one_thread(world: WorldForTests) -> None:
    priya = a_party(world)
    first = come_in(world, reference="1")
    assert (first.entry.party.id, first.entry.thread_id, first.in_reply_to) == (priya.id, None, None)
    world.clock.pass_(minutes=1)
    second = come_in(world, reference="2")
    assert second.entry.thread_id == standing(world, first).entry.thread_id is not None
    assert second.in_reply_to is None
    todo = world.todos.get(id_for(second.id))
    assert todo
    assert todo.title == "Priya Raman wrote: I can come."


def test_what_was_filed_elsewhere_meanwhile_draws_the_next_there(world: WorldForTests) -> None:
    priya = a_party(world)
    asked = sent(world, an_sms(priya))
    case = a_case(world, priya)
    other = sent(world, an_sms(priya, case_id=case.id))
    came = come_in(world)
    assert (came.entry.case, came.in_reply_to) == (standing(world, other).entry.case, other.id)
    assert standing(world, asked).entry.thread_id is None


def test_what_never_went_is_not_answered(world: WorldForTests) -> None:
    priya = a_party(world)
    send(world, an_sms(priya, send_now=False))
    send(world, an_sms(priya))
    world.clock.pass_(minutes=1)
    assert come_in(world).in_reply_to is None


def test_an_answer_to_what_is_restricted_is_restricted(world: WorldForTests) -> None:
    asked = sent(world, an_sms(a_party(world), restricted=True))
    came = come_in(world)
    assert (came.entry.restricted, came.in_reply_to, came.entry.thread_id) == (True, asked.id, None)


# ---- whose it is


def test_a_contact_writes_for_their_party(world: WorldForTests) -> None:
    bank = a_party(world, PartyKind.CREDITOR, name="Barclays", email="legal@bank.example", mobile=None)
    ann = a_contact(world, bank, mobile=STRANGER)
    entry = come_in(world, sender=STRANGER).entry
    assert (entry.party.id, entry.contact and entry.contact.id, entry.client) == (bank.id, ann.id, None)


def test_whose_number_several_have_a_person_says(world: WorldForTests) -> None:
    first, second = a_party(world), a_party(world, name="Anil Raman", email="anil@mailbox.example")
    sent(world, an_sms(second))
    came = come_in(world)
    assert came.entry.candidates == (first.id, second.id)
    assert Signal.AMBIGUOUS_SENDER in came.entry.hints
    assert (came.in_reply_to, came.entry.thread_id) == (None, None)


def test_an_unknown_number_becomes_a_party_once(world: WorldForTests) -> None:
    came = come_in(world, sender=STRANGER, reference="1")
    party = world.parties.get(came.entry.party.id)
    assert party
    assert (party.kind, party.name, party.mobile, party.phone) == ("customer", "07700 900188", STRANGER, None)
    assert come_in(world, sender=STRANGER, reference="2").entry.party.id == party.id


@pytest.mark.parametrize("written", ["tel:+44-7700-900127", "+44 7700 900 127", "00447700900127", "+44 (0)7700 900127"])
def test_a_number_is_known_however_a_provider_writes_it(world: WorldForTests, written: str) -> None:
    priya = a_party(world)
    entry = come_in(world, sender=written).entry
    assert (entry.party.id, entry.sender) == (priya.id, PRIYA)


def test_a_number_that_no_table_knows_is_a_number(world: WorldForTests) -> None:
    came = come_in(world, sender="+15551234567")
    party = world.parties.get(came.entry.party.id)
    assert party
    assert (party.mobile, came.entry.sender) == ("+15551234567", "+15551234567")


def test_a_landline_is_kept_as_one(world: WorldForTests) -> None:
    came = come_in(world, "stop", sender="+441134960000")
    party = world.parties.get(came.entry.party.id)
    assert party
    assert (party.mobile, party.phone) == (None, "+441134960000")
    assert world.queued("sms") == []


@pytest.mark.parametrize("sender", ["HMRC", "60075", "", "x" * 5_000, "\ud800\x00"])
def test_what_is_no_number_is_nobodys(world: WorldForTests, sender: str) -> None:
    came = come_in(world, "STOP", sender=sender)
    assert came.entry.party.id == NOBODY
    assert len(came.entry.sender) <= 60
    assert world.parties.preferences(NOBODY).opt_outs == ()
    assert world.queued("sms") == []


def test_a_number_that_nobody_has_is_whose_who_was_written_to_there(world: WorldForTests) -> None:
    priya = a_party(world)
    asked = sent(world, an_sms(priya, to=(STRANGER,)))
    index_communication(world, asked.id)
    came = come_in(world, sender=STRANGER)
    assert (came.entry.party.id, came.in_reply_to) == (priya.id, asked.id)
    assert came.entry.thread_id is not None


# ---- once


def test_handed_over_again_it_enters_once(world: WorldForTests) -> None:
    asked = sent(world, an_sms(a_party(world)))
    first = come_in(world)
    before = rows("communications"), rows("history"), rows("threads"), rows("work")
    world.clock.pass_(minutes=5)
    assert come_in(world).id == first.id
    world.clock.pass_(days=40)
    # Posted again, it came at another time.
    assert come_in(world).id == first.id
    assert (rows("communications"), rows("history"), rows("threads"), rows("work")) == before
    assert standing(world, asked).entry.thread_id == first.entry.thread_id


def test_two_that_say_the_same_are_two(world: WorldForTests) -> None:
    a_party(world)
    assert come_in(world, reference="1").id != come_in(world, reference="2").id


def test_a_reference_may_be_long_and_must_be_there(world: WorldForTests) -> None:
    a_party(world)
    came = come_in(world, reference="x" * 9_000)
    assert come_in(world, reference="x" * 9_000).id == came.id
    with pytest.raises(ValueError, match="reference"):
        come_in(world, reference="")


def test_what_came_is_not_ahead_of_now(world: WorldForTests) -> None:
    a_party(world)
    came = come_in(world, at=(world.now() + timedelta(days=400)).isoformat())
    assert came.entry.occurred_at == world.now()
    world.clock.pass_(minutes=5)
    assert come_in(world, at=(world.now() + timedelta(days=400)).isoformat()).id == came.id


ANYTHING = st.text(st.characters(codec=None), max_size=40)


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING.filter(bool))
@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_stands_in_the_log(
    world: WorldForTests, said: str, sender: str, recipient: str, reference: str
) -> None:
    came = come_in(world, said, sender, recipient=recipient, reference=reference)
    assert standing(world, came).entry.channel is Channel.SMS
    world.content_store.content(came.content)
    assert come_in(world, said, sender, recipient=recipient, reference=reference).id == came.id


def test_two_workers_with_one_message_make_one_entry(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    a_party(world)
    texts = world.fakes.with_texts()
    assert texts
    raw, again = text(world), text(world, at=(world.now() + timedelta(seconds=3)).isoformat())
    put = world.content_store.put_content
    other: list[Communication] = []

    def after_the_other(*args: Any) -> Any:
        monkeypatch.setattr(world.content_store, "put_content", put)
        other.append(receive_text(world, TEXTS, again))
        return put(*args)

    monkeypatch.setattr(world.content_store, "put_content", after_the_other)
    assert receive_text(world, TEXTS, raw).id == other[0].id
    assert rows("communications") == 1


@pytest.mark.parametrize(
    ("part", "step"),
    [("parties", "save"), ("content_store", "put_content"), ("communications", "commit"), ("addresses", "known")],
)
def test_who_dies_half_way_does_it_again(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, part: str, step: str
) -> None:
    world.fakes.with_texts()
    raw = text(world, sender=STRANGER)
    fails_once(monkeypatch, getattr(world, part), step, Died())
    with pytest.raises(Died):
        receive_text(world, TEXTS, raw)
    came = receive_text(world, TEXTS, raw)
    assert rows("communications") == 1
    assert standing(world, came).entry.sender == STRANGER


# ---- files

PICTURE = ("image/jpeg; name=x", b"\xff\xd8picture")


def test_files_are_documents_of_the_entry(world: WorldForTests) -> None:
    a_party(world)
    texts = world.fakes.with_texts()
    texts.files = {"u1": PICTURE, "u2": ("application/pdf", b"%PDF")}
    came = receive_text(world, TEXTS, text(world, "", media=[["u1", "image/jpeg"], ["u2", "application/pdf"]]))
    entry = standing(world, came).entry
    assert [(one.name, one.media_type) for one in entry.attachments] == [
        ("file-1.jpg", "image/jpeg"),
        ("file-2.pdf", "application/pdf"),
    ]
    assert world.content_store.attachment(entry.attachments[0]) == PICTURE[1]
    document = world.documents.get(entry.attachments[0].id)
    assert document
    assert document.communication_id == came.id
    assert Signal.FILES_MISSING not in entry.hints
    assert standing(world, came).metadata == {}
    receive_text(world, TEXTS, text(world, "", media=[["u1", "image/jpeg"], ["u2", "application/pdf"]]))
    assert texts.fetched == ["u1", "u2"]


@pytest.mark.parametrize("late", [Transient("503"), Permanent("401", FailureCode.CONFIG), Ambiguous("cut off")])
def test_a_file_that_cannot_be_had_now_loses_no_message_and_is_asked_for_again(
    world: WorldForTests, late: ProviderError
) -> None:
    a_party(world)
    texts = world.fakes.with_texts()
    texts.files = {"u1": PICTURE, "u2": late, "u3": PICTURE}
    raw = text(world, "See these", media=[["u1", ""], ["u2", ""], ["u3", ""]])
    with pytest.raises(type(late)):
        receive_text(world, TEXTS, raw)
    [came] = [standing(world, one) for one in _entries()]
    assert [one.name for one in came.entry.attachments] == ["file-1.jpg"]
    assert (came.metadata, Signal.FILES_MISSING in came.entry.hints) == ({"files_left_out": "2"}, True)
    assert world.todos.get(id_for(came.id))
    texts.files["u2"] = PICTURE
    came = standing(world, receive_text(world, TEXTS, raw))
    assert [one.name for one in came.entry.attachments] == ["file-1.jpg", "file-2.jpg", "file-3.jpg"]
    assert (came.metadata, came.entry.hints) == ({}, set())
    assert rows("communications") == 1


@pytest.mark.parametrize(
    "lies",
    [
        Permanent("404"),
        ValueError("another host"),
        ("text/html", b"<script>"),
        ("image/svg+xml", b"<svg/>"),
        ("", b"?"),
        ("image/png", b"x" * (MOST_FILE_BYTES + 1)),
    ],
)
def test_a_file_that_is_not_kept_is_said_to_be_missing(world: WorldForTests, lies: Any) -> None:
    a_party(world)
    world.fakes.with_texts().files = {"u1": lies, "u2": PICTURE}
    came = standing(world, receive_text(world, TEXTS, text(world, media=[["u1", ""], ["u2", ""]])))
    assert [one.name for one in came.entry.attachments] == ["file-2.jpg"]
    assert came.metadata == {"files_left_out": "1"}
    assert Signal.FILES_MISSING in came.entry.hints


def test_how_a_telephone_lays_it_out_is_no_file(world: WorldForTests) -> None:
    a_party(world)
    texts = world.fakes.with_texts()
    texts.files = {"u1": PICTURE}
    came = receive_text(world, TEXTS, text(world, media=[["u0", "application/smil; charset=utf-8"], ["u1", ""]]))
    assert [one.name for one in standing(world, came).entry.attachments] == ["file-1.jpg"]
    assert standing(world, came).metadata == {}


def test_no_more_files_than_a_message_holds(world: WorldForTests) -> None:
    a_party(world)
    texts = world.fakes.with_texts()
    texts.files = {f"u{place}": PICTURE for place in range(30)}
    came = receive_text(world, TEXTS, text(world, media=[[one, ""] for one in texts.files]))
    assert len(standing(world, came).entry.attachments) == len(texts.fetched) == 10
    assert standing(world, came).metadata == {"files_left_out": "20"}


# ---- what it says


def test_whatever_it_says_it_is_kept(world: WorldForTests) -> None:
    a_party(world)
    came = come_in(world, "Half \ud83d a sign,\x00 turned \u202e round\n")
    kept = world.content_store.content(came.content).rendered
    assert (kept.subject, kept.html) == ("", None)
    assert kept.text == "Half ? a sign, turned  round\n"


def _entries() -> list[str]:
    return [one["id"]["S"] for one in client("dynamodb").scan(TableName="communications")["Items"]]
