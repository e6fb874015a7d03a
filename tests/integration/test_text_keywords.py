"""STOP, START and HELP by SMS: what each changes, who is told, and that it happens once in whatever order it is handed over."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings as hypothesis_settings, strategies as st

from letterbook.domain.communication import Direction
from letterbook.domain.errors import Permanent
from letterbook.domain.failures import FailureCode
from letterbook.domain.history import AuditEvent
from letterbook.domain.party import Hold, HoldKind, OptOut, OptOutSource
from letterbook.domain.receipts import Signal
from letterbook.domain.status import Status
from letterbook.domain.todos import TodoStatus, id_for
from letterbook.ports import ActivityScope, Index
from letterbook.use_cases.directory.parties import set_preferences
from letterbook.use_cases.inbound.receive_text import receive_text
from letterbook.use_cases.indexing.index import index_communication
from tests.support.aws import WorldForTests, rows
from tests.support.builders import NOW, organisation, viewer
from tests.support.failing import Died, after_a_while, fails_once
from tests.support.fakes.providers import TEXTS
from tests.support.steps import a_party, an_sms, deliver_queue, send, standing
from tests.support.texts import OURS, PRIYA, come_in, text

STOP = OptOutSource.STOP_KEYWORD


def sources(world: WorldForTests, party_id: str) -> list[str]:
    return [one.source for one in world.parties.preferences(party_id).opt_outs]


def answers(world: WorldForTests) -> list[str]:
    """What went out by SMS, as the provider was handed it."""
    deliver_queue(world, "sms")
    by = world.fakes.made.get(TEXTS)
    return [one.rendered.text for one in by.taken] if by else []


def wish(world: WorldForTests, party_id: str, *opt_outs: OptOut, **changes: Any) -> None:
    set_preferences(
        world,
        viewer(),
        party_id,
        None,
        lambda now: replace(now.with_opt_outs(opt_outs), version=now.version + 1, **changes),
    )


# ---- STOP


@pytest.mark.covers("H2")
def test_stop_opts_out_and_is_confirmed_once_all_the_same(world: WorldForTests) -> None:
    priya = a_party(world, language="fr")
    came = come_in(world, "Arrêt.")
    [standing_] = world.parties.preferences(priya.id).opt_outs
    assert standing_ == OptOut(channel="sms", source=STOP, at=came.entry.occurred_at)
    [said] = answers(world)
    assert said.startswith("The Firm : vous n'aurez plus de SMS")
    [answer] = [one for one in _entries(world, priya.id) if one.direction is Direction.OUTBOUND]
    assert (answer.status, answer.sender, answer.signals) == (Status.SENT, "THEFIRM", {Signal.KEYWORD})
    assert [one.address for one in answer.recipients] == [PRIYA]
    assert answer.thread_id == standing(world, came).entry.thread_id is not None
    assert standing(world, answer.id).in_reply_to == came.id
    come_in(world, "Arrêt.")
    assert len(answers(world)) == 1
    # Nothing else goes.
    assert send(world, an_sms(priya)).entry.status is Status.SKIPPED


def test_it_is_in_the_audit(world: WorldForTests) -> None:
    priya = a_party(world)
    came = come_in(world, "stop")
    happened = world.communications.activity(ActivityScope(party_id=priya.id), after=None, limit=50)
    deeds = [one.row for one in happened.items if isinstance(one.row, AuditEvent)]
    [deed] = [one for one in deeds if one.event == "opted out"]
    assert (deed.actor.id, deed.note) == (TEXTS, "sms by stop_keyword")
    [row] = [one for one in world.communications.history(came.id) if one.event == "received"]
    assert row.note == "Opts out by it"


def test_what_the_vendor_answers_we_do_not(world: WorldForTests) -> None:
    priya = a_party(world)
    come_in(world, "STOP", keyword="stop", answered=True)
    assert sources(world, priya.id) == [STOP]
    assert answers(world) == []


def test_what_the_vendor_takes_for_an_order_is_one(world: WorldForTests) -> None:
    priya = a_party(world)
    come_in(world, "Genoeg", keyword="stop", reference="1")
    assert sources(world, priya.id) == [STOP]
    world.clock.pass_(minutes=1)
    come_in(world, "yes", keyword="start", answered=True, reference="2")
    assert sources(world, priya.id) == []


def test_a_word_in_a_letter_stops_nothing(world: WorldForTests) -> None:
    priya = a_party(world)
    came = come_in(world, "Please stop the bailiffs")
    assert sources(world, priya.id) == []
    assert answers(world) == []
    assert came.entry.signals == set()


def test_everybody_who_has_the_number_is_opted_out_and_in_again(world: WorldForTests) -> None:
    people = [a_party(world), a_party(world, name="Anil Raman", email="anil@mailbox.example")]
    came = come_in(world, "stop", reference="1")
    assert [sources(world, one.id) for one in people] == [[STOP], [STOP]]
    assert came.entry.candidates
    assert len(answers(world)) == 1
    world.clock.pass_(minutes=1)
    come_in(world, "start", reference="2")
    assert [sources(world, one.id) for one in people] == [[], []]


def test_a_stranger_who_wants_nothing_is_a_party_that_wants_nothing(world: WorldForTests) -> None:
    came = come_in(world, "stop", sender="+447700900188")
    assert sources(world, came.entry.party.id) == [STOP]


# ---- START


def test_start_lifts_what_stop_set_and_nothing_else(world: WorldForTests) -> None:
    priya = a_party(world)
    complaint = OptOut(channel="sms", source=OptOutSource.COMPLAINT, at=NOW)
    about_invoices = OptOut(channel="sms", category="invoice", source=STOP, at=NOW)
    by_email = OptOut(channel="email", source=STOP, at=NOW)
    wish(world, priya.id, complaint, about_invoices, by_email)
    come_in(world, "stop", reference="1")
    assert len(sources(world, priya.id)) == 4
    world.clock.pass_(minutes=1)
    come_in(world, "start", reference="2")
    assert {*world.parties.preferences(priya.id).opt_outs} == {complaint, about_invoices, by_email}


def test_start_lifts_nothing_that_a_person_set(world: WorldForTests) -> None:
    priya = a_party(world)
    wish(world, priya.id, OptOut(channel="sms", at=NOW))
    come_in(world, "unstop")
    assert sources(world, priya.id) == ["manual"]


def test_what_a_person_lifted_an_older_stop_does_not_set_again(world: WorldForTests) -> None:
    priya = a_party(world)
    come_in(world, "stop")
    world.clock.pass_(minutes=5)
    wish(world, priya.id)
    world.clock.pass_(minutes=5)
    receive_text(world, TEXTS, text(world, "stop", at=NOW.isoformat()))
    assert sources(world, priya.id) == []


def test_a_yes_takes_back_a_stop_and_is_an_answer_otherwise(world: WorldForTests) -> None:
    priya = a_party(world)
    asked = come_in(world, "Yes!", reference="1")
    assert asked.entry.signals == set()
    assert world.parties.preferences(priya.id).version == 0
    world.clock.pass_(minutes=1)
    come_in(world, "stop", reference="2", keyword="stop", answered=True)
    world.clock.pass_(minutes=1)
    come_in(world, "yes", reference="3")
    come_in(world, "yes", reference="3")
    assert sources(world, priya.id) == []
    # Who takes a yes for an order answers it.
    assert answers(world) == []


def test_start_is_confirmed_and_messages_go_again(world: WorldForTests) -> None:
    priya = a_party(world)
    come_in(world, "stop", reference="1")
    world.clock.pass_(minutes=1)
    come_in(world, "start", reference="2")
    assert answers(world) == [
        "The Firm: you will get no more SMS from us. Reply START to get them again.",
        "The Firm: you will get our SMS again. Reply STOP to end them.",
    ]
    assert send(world, an_sms(priya)).entry.status is Status.QUEUED


def test_start_lets_a_number_be_written_to_again_that_a_provider_refused_since_stop(world: WorldForTests) -> None:
    priya = a_party(world)
    world.fakes.sms.next.append(Permanent("opted out", FailureCode.OPTED_OUT))
    send(world, an_sms(priya))
    deliver_queue(world, "sms")
    assert sources(world, priya.id) == [STOP]
    assert world.addresses.suppressed([PRIYA])
    world.clock.pass_(minutes=1)
    come_in(world, "start")
    assert sources(world, priya.id) == []
    assert send(world, an_sms(priya)).entry.status is Status.QUEUED


WORDS = st.lists(st.tuples(st.sampled_from(["stop", "start", "help"]), st.integers(0, 5)), min_size=1, max_size=5)


@given(WORDS.flatmap(lambda words: st.tuples(st.just(words), st.permutations([*range(len(words)), 0]))))
@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_whatever_order_and_however_often_the_last_word_counts(
    world: WorldForTests, drawn: tuple[list[tuple[str, int]], list[int]]
) -> None:
    words, order = drawn
    world.clock.pass_(days=1)
    start, number = world.now(), f"+44770090{rows('directory') % 10_000:04}"
    world.clock.pass_(hours=1)
    priya = a_party(world, mobile=number, email=None)
    world.fakes.with_texts()
    before, taken = len(answers(world)), rows("communications")
    for place in order:
        word, minute = words[place]
        at = (start + timedelta(minutes=minute, milliseconds=place)).isoformat()
        receive_text(world, TEXTS, text(world, word, number, reference=f"{start} {place}", at=at))
    said = [
        word
        for _, word in sorted(((minute, place), word) for place, (word, minute) in enumerate(words))
        if word != "help"
    ]
    assert sources(world, priya.id) == ([STOP] if said and said[-1] == "stop" else [])
    assert rows("communications") - taken == 2 * len(words)
    assert len(answers(world)) - before == len(words)


# ---- HELP


def test_help_is_answered_even_to_who_opted_out_and_stays_to_be_read(world: WorldForTests) -> None:
    priya = a_party(world)
    wish(world, priya.id, OptOut(channel="sms", at=NOW))
    came = come_in(world, "HELP")
    assert answers(world) == [
        "The Firm: we write to you by SMS about your matter. legal@firm.example. Reply STOP to end our SMS."
    ]
    todo = world.todos.get(id_for(came.id))
    assert todo
    assert (todo.title, todo.status) == ("Priya Raman wrote: HELP", TodoStatus.OPEN)


def test_what_goes_by_itself_answers_nobody(world: WorldForTests) -> None:
    priya = a_party(world)
    asked = come_in(world, "When is my hearing?", reference="1")
    world.clock.pass_(minutes=3)
    word = come_in(world, "help", reference="2")
    answers(world)
    for one in _entries(world, priya.id):
        index_communication(world, one.id)
    assert standing(world, asked).entry.response_minutes is None
    assert standing(world, word).entry.response_minutes is None


def test_two_machines_that_answer_each_other_come_to_an_end(world: WorldForTests) -> None:
    a_party(world)
    for number in range(13):
        world.clock.pass_(minutes=1)
        come_in(world, "help", reference=str(number))
    assert len(answers(world)) == 10
    world.clock.pass_(hours=2)
    come_in(world, "help", reference="later")
    assert len(answers(world)) == 11


# ---- the answer


def test_it_comes_from_where_they_wrote_to(world: WorldForTests) -> None:
    ours = replace(organisation().senders[1], address=OURS)
    world.settings.save(organisation(version=2, senders=(*organisation().senders, ours)))
    priya = a_party(world)
    world.clock.pass_(minutes=2)
    come_in(world, "aide")
    [answer] = [one for one in _entries(world, priya.id) if one.direction is Direction.OUTBOUND]
    assert answer.sender == OURS


def test_it_goes_by_who_handed_the_word_over_whatever_the_routes(world: WorldForTests) -> None:
    world.settings.save(organisation(version=2, routes={"sms": ("sns",)}))
    a_party(world)
    come_in(world, "stop")
    assert len(answers(world)) == 1
    assert world.fakes.sms.calls == 0


def test_at_night_too(world: WorldForTests) -> None:
    a_party(world)
    world.clock.pass_(hours=14)
    come_in(world, "stop")
    assert len(answers(world)) == 1


def test_who_must_not_be_contacted_is_not(world: WorldForTests) -> None:
    priya = a_party(world)
    wish(world, priya.id, hold=Hold(kind=HoldKind.BREATHING_SPACE))
    come_in(world, "stop")
    assert sources(world, priya.id) == [STOP]
    assert answers(world) == []
    [answer] = [one for one in _entries(world, priya.id) if one.direction is Direction.OUTBOUND]
    assert (answer.status, answer.decision.rule) == (Status.SKIPPED, "contact_hold")


def test_a_firm_without_a_sender_says_nothing(world: WorldForTests) -> None:
    world.settings.save(organisation(version=2, senders=()))
    priya = a_party(world)
    world.clock.pass_(minutes=2)
    come_in(world, "stop")
    assert sources(world, priya.id) == [STOP]


@pytest.mark.parametrize(
    ("part", "step"),
    [
        ("parties", "save_preferences"),
        ("content_store", "put_content"),
        ("communications", "commit"),
        ("queues", "send"),
    ],
)
def test_who_dies_half_way_is_made_good(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, part: str, step: str
) -> None:
    priya = a_party(world)
    world.fakes.with_texts()
    raw = text(world, "stop")
    fails_once(monkeypatch, getattr(world, part), step, Died())
    with pytest.raises(Died):
        receive_text(world, TEXTS, raw)
    receive_text(world, TEXTS, raw)
    assert sources(world, priya.id) == [STOP]
    after_a_while(world)
    assert len(answers(world)) == 1


def test_who_dies_between_the_entry_and_its_answer_answers_once(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_party(world)
    world.fakes.with_texts()
    raw = text(world, "stop")
    fails_once(monkeypatch, world.communications, "page", Died())
    with pytest.raises(Died):
        receive_text(world, TEXTS, raw)
    receive_text(world, TEXTS, raw)
    assert len(answers(world)) == 1


def _entries(world: WorldForTests, party_id: str) -> Any:
    page = world.communications.page(Index.PARTY, party_id, above="com_", below="com_Z", limit=100)
    return page.items
