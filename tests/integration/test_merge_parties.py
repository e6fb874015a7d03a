"""Two records of one party become one: nothing is lost, nobody sees more than before, and whoever dies on the way goes on."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from letterbook.domain.access import Grant, Ownership, Viewer
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Regarding
from letterbook.domain.errors import Conflict, Forbidden, Invalid, NotFound, PartyMerged
from letterbook.domain.failures import FailureCode
from letterbook.domain.filters import Filters
from letterbook.domain.history import first_broken_link
from letterbook.domain.message import RecordRequest
from letterbook.domain.overview import Place
from letterbook.domain.party import Hold, HoldKind, OptOut, OptOutSource, Party, PartyKind
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate, Signal
from letterbook.domain.status import Status
from letterbook.domain.subjects import RegardedRecord
from letterbook.domain.todos import Todo, TodoStatus
from letterbook.ports import ActivityScope
from letterbook.use_cases.delivery.sweep import sweep
from letterbook.use_cases.directory.carry_over import carry_over
from letterbook.use_cases.directory.cases import list_cases
from letterbook.use_cases.directory.documents import list_documents
from letterbook.use_cases.directory.merge_parties import merge_parties, merging_into, preview_merge
from letterbook.use_cases.directory.parties import (
    amend_party,
    list_parties,
    read_preferences,
    set_preferences,
)
from letterbook.use_cases.directory.subjects import put_subject, read_subject
from letterbook.use_cases.directory.suppressions import list_suppressions, unsuppress_address
from letterbook.use_cases.directory.threads import list_threads
from letterbook.use_cases.directory.todos import list_todos, make_todo
from letterbook.use_cases.indexing.index import index_communication
from letterbook.use_cases.messages.compose import send_draft
from letterbook.use_cases.messages.keep_draft import keep_draft
from letterbook.use_cases.messages.log_communication import log_communication
from letterbook.use_cases.messages.resend import resend
from letterbook.use_cases.reading.activity import activity
from letterbook.use_cases.reading.list_communications import list_communications
from letterbook.use_cases.reading.overview import overview
from letterbook.use_cases.reading.read import read
from letterbook.use_cases.support.access import visible_party
from tests.support import builders
from tests.support.at_once import at_once
from tests.support.aws import WorldForTests
from tests.support.builders import agent, mail, viewer
from tests.support.failing import Died, fails_once, overtaken
from tests.support.steps import (
    a_case,
    a_contact,
    a_document,
    a_note,
    a_party,
    a_thread,
    an_email,
    carry_out_orders,
    come_in,
    deliver_queue,
    send,
    standing,
    tell,
)

WHY = "The same person, entered twice"


def two(world: WorldForTests, kind: PartyKind = PartyKind.CLIENT) -> tuple[Party, Party]:
    """The record that goes, and the one that remains."""
    gone = a_party(world, kind, name="P. Raman", email="p.raman@work.example", mobile=None, account_number="A-77")
    world.clock.pass_(seconds=1)
    return gone, a_party(world, kind, name="Priya Raman", account_number=None)


def merged(world: WorldForTests, gone: Party, into: Party, by: Viewer | None = None, **changes: Any) -> Party:
    return merge_parties(world, by or viewer(), gone.id, into.id, WHY, **changes).party


def listed(world: WorldForTests, party: Party, by: Viewer | None = None) -> set[str]:
    page = list_communications(world, by or viewer(), Filters(concerning=party.id), limit=100)
    return {one.id for one in page.items}


def a_todo(world: WorldForTests, party: Party) -> Todo:
    owned = Ownership(party_id=party.id, client_id=None, case_id=None, restricted=False)
    draft = Todo(id="", title="Call back", owned=owned, created_at=world.now(), created_by=builders.JANE)
    return make_todo(world, viewer(), draft, None)[0]


def later(world: WorldForTests) -> None:
    """Nobody is left who had read the record as it was; the sweep has the rest done."""
    world.clock.pass_(minutes=17)
    sweep(world)
    carry_out_orders(world)


def test_all_that_stood_under_it_stands_under_the_other(world: WorldForTests) -> None:
    gone, into = two(world)
    case = a_case(world, gone)
    thread = a_thread(world, gone)
    contact = a_contact(world, gone)
    document = a_document(world, party_id=gone.id)
    about = Regarding(type="invoice", id="7")
    put_subject(world, viewer(), None, RegardedRecord(type="invoice", id="7", party_id=gone.id, label="Fees"))
    put_subject(world, viewer(), None, RegardedRecord(type="invoice", id="8", party_id=gone.id, label="Costs"))
    put_subject(
        world, agent(into), None, RegardedRecord(type="invoice", id="8", party_id=into.id, url="https://a.example/8")
    )
    todo = a_todo(world, gone)
    first = send(world, an_email(gone, regarding=about, thread_id=thread.id))
    second = send(world, an_email(gone, case_id=case.id))
    world.clock.pass_(minutes=1)
    own = send(world, an_email(into, regarding=about))
    before = standing(world, first)

    made = merged(world, gone, into)

    assert (made.id, made.name, made.account_number, made.email) == (into.id, "Priya Raman", "A-77", into.email)
    assert listed(world, into) == {first.id, second.id, own.id}
    after = standing(world, first)
    assert (after.entry.party.id, after.entry.client and after.entry.client.id) == (into.id, into.id)
    assert (after.content, after.entry.occurred_at, after.entry.created_at, after.entry.version) == (
        before.content,
        before.entry.occurred_at,
        before.entry.created_at,
        before.entry.version,
    )
    threads = list_threads(world, viewer(), party_id=into.id, case_id=None, status=None, limit=9, after=None).items
    assert [(one.id, one.messages, one.client_id) for one in threads] == [(thread.id, 1, into.id)]
    assert {one.id for one in world.parties.contacts(into.id)} >= {contact.id}
    assert world.parties.contacts(gone.id) == []
    documents = list_documents(world, viewer(), party_id=into.id, case_id=None, limit=9, after=None).items
    assert [one.id for one in documents] == [document.id]
    cases = list_cases(world, viewer(), into.id, limit=9, after=None).items
    assert [(one.id, one.party_ids, one.client_name) for one in cases] == [(case.id, (into.id,), "Priya Raman")]
    todos = list_todos(world, viewer(), party_id=into.id, status=TodoStatus.OPEN, limit=9, after=None).items
    assert [one.id for one in todos] == [todo.id]
    row = world.overview.get(Place(into.id, "invoice:7"))
    assert row is not None
    assert (row.attempts, row.latest_id, row.party.id) == (2, own.id, into.id)
    retired = world.overview.get(Place(gone.id, "invoice:7"))
    assert retired is None or retired.attempts == 0
    assert read_subject(world, viewer(), "invoice", "7").party_id == into.id
    both = world.subjects.named("invoice", "8")
    assert [(one.party_id, one.label, one.url) for one in both] == [(into.id, "Costs", "https://a.example/8")]


def test_a_trace_stays(world: WorldForTests) -> None:
    gone, into = two(world)
    entry = send(world, an_email(gone))
    world.clock.pass_(minutes=1)
    merged(world, gone, into)
    found = read(world, viewer(), entry.id)
    row = found.history[-1]
    assert (row.event, row.note, row.actor.id) == ("merged", WHY, "user-1")
    assert "P. Raman" in row.was["party"]
    assert found.intact
    assert first_broken_link(world.communications.history(entry.id), standing(world, entry).chain) is None
    page = activity(world, viewer(), ActivityScope(party_id=into.id), limit=50, after=None)
    assert page.items[0].row.event == "party merged"
    assert sorted(one.row.event for one in page.items[1:]) == ["accepted", "party entered", "party entered"]
    newest = page.items[0]
    assert (newest.about, newest.row.note, "P. Raman" in newest.row.was["name"]) == (gone.id, WHY, True)


def test_the_old_id_leads_to_the_one_that_remains(world: WorldForTests) -> None:
    gone, into = two(world)
    merged(world, gone, into)
    with pytest.raises(PartyMerged) as told:
        visible_party(world, viewer(), gone.id)
    assert (told.value.gone, told.value.into) == (gone.id, into.id)
    with pytest.raises(PartyMerged):
        visible_party(world, agent(into), gone.id)
    with pytest.raises(NotFound):
        visible_party(world, agent(), gone.id)
    for look in (
        lambda: list_communications(world, viewer(), Filters(parties=(gone.id,)), limit=9),
        lambda: list_threads(world, viewer(), party_id=gone.id, case_id=None, status=None, limit=9, after=None),
        lambda: list_todos(world, viewer(), party_id=gone.id, status=TodoStatus.OPEN, limit=9, after=None),
        lambda: list_cases(world, viewer(), gone.id, limit=9, after=None),
        lambda: overview(world, viewer(), Filters(parties=(gone.id,)), limit=9, after=None),
    ):
        with pytest.raises(PartyMerged):
            look()
    assert [one.id for one in list_parties(world, viewer(), "", (), limit=9, after=None).items] == [into.id]


@pytest.mark.parametrize("words", ["A-77", "p.raman@work.example", "Priya"])
def test_it_is_found_by_what_either_was_found_by(world: WorldForTests, words: str) -> None:
    gone, into = two(world)
    a_party(world, name="Amir Khan", email="amir@other.example")
    merged(world, gone, into)
    assert [one.id for one in list_parties(world, viewer(), words, (), limit=9, after=None).items] == [into.id]


def test_mail_from_its_addresses_comes_to_the_one_that_remains(world: WorldForTests) -> None:
    gone, into = two(world)
    merged(world, gone, into)
    came = come_in(world, mail(From="P <p.raman@work.example>"))
    assert (came.entry.party.id, came.entry.candidates) == (into.id, ())
    assert came.entry.contact is not None
    assert came.entry.contact.name == "P. Raman"


def test_an_answer_to_what_was_sent_before_finds_its_way(world: WorldForTests) -> None:
    gone, into = two(world)
    sent = send(world, an_email(gone))
    deliver_queue(world)
    merged(world, gone, into)
    came = come_in(world, mail(To=world.fakes.email.taken[-1].reply_to[-1], From="p.raman@work.example"))
    assert (came.entry.party.id, came.in_reply_to) == (into.id, sent.id)


def test_who_names_the_old_record_writes_to_the_one_that_remains(world: WorldForTests) -> None:
    gone, into = two(world)
    merged(world, gone, into)
    assert send(world, an_email(gone)).entry.party.id == into.id
    note = RecordRequest(channel=Channel.NOTE, party_id=gone.id, body="He called.")
    assert log_communication(world, viewer(), note)[0].entry.party.id == into.id
    assert a_thread(world, gone).party_id == into.id
    assert a_case(world, gone).party_ids == (into.id,)


def test_what_cannot_be_meant_of_the_other_is_refused(world: WorldForTests) -> None:
    gone, into = two(world)
    merged(world, gone, into)
    with pytest.raises(PartyMerged):
        a_contact(world, gone)
    with pytest.raises(PartyMerged):
        a_document(world, party_id=gone.id)
    with pytest.raises(PartyMerged):
        put_subject(world, viewer(), None, RegardedRecord(type="invoice", id="7", party_id=gone.id))
    with pytest.raises(PartyMerged):
        amend_party(world, viewer(), gone.id, None, lambda one: replace(one, name="Somebody"))
    with pytest.raises(PartyMerged):
        set_preferences(world, viewer(), gone.id, None, lambda one: replace(one, skip=("invoice",)))


def test_the_stricter_preference_wins(world: WorldForTests) -> None:
    gone, into = two(world)
    stop = OptOut(channel="sms", source=OptOutSource.MANUAL, at=world.now())
    mine = OptOut(channel="email", category="marketing", source=OptOutSource.MANUAL, at=world.now())
    hold = Hold(kind=HoldKind.BREATHING_SPACE, until=date(2027, 1, 31), reason="Moratorium")
    set_preferences(
        world,
        viewer(),
        gone.id,
        None,
        lambda one: replace(one, preferred="sms", opt_outs=(stop,), skip=("invoice",), hold=hold),
    )
    set_preferences(
        world,
        viewer(),
        into.id,
        None,
        lambda one: replace(one, preferred="email", opt_outs=(mine,), skip=("reminder",)),
    )
    merged(world, gone, into)
    kept = read_preferences(world, viewer(), into.id)
    assert (kept.preferred, {one.wish for one in kept.opt_outs}, kept.skip, kept.hold) == (
        "email",
        {stop.wish, mine.wish},
        ("reminder", "invoice"),
        hold,
    )


def test_a_hold_of_either_stops_what_was_on_its_way(world: WorldForTests) -> None:
    gone, into = two(world)
    set_preferences(world, viewer(), gone.id, None, lambda one: replace(one, hold=Hold(kind=HoldKind.SOLICITOR)))
    waiting = send(world, an_email(into))
    merged(world, gone, into)
    deliver_queue(world)
    assert standing(world, waiting).entry.status is Status.SKIPPED


def test_what_is_under_way_goes_on_under_the_one_that_remains(world: WorldForTests) -> None:
    gone, into = two(world)
    queued = send(world, an_email(gone))
    merged(world, gone, into)
    deliver_queue(world)
    sent = standing(world, queued)
    assert (sent.entry.status, sent.entry.party.id, len(world.fakes.email.taken)) == (Status.SENT, into.id, 1)
    tell(world, sent, RecipientUpdate(recipient=None, fact=DeliveryOutcome.DELIVERED))
    assert standing(world, queued).entry.status is Status.DELIVERED


def test_who_merges_while_it_is_sent_sends_it_once(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, into = two(world)
    queued = send(world, an_email(gone))
    overtaken(monkeypatch, world.fakes.email, "send", lambda: merged(world, gone, into))
    deliver_queue(world)
    sent = standing(world, queued)
    assert (sent.entry.status, sent.entry.party.id, len(world.fakes.email.taken)) == (Status.SENT, into.id, 1)


def test_a_complaint_of_what_it_was_sent_is_heard_of_the_one_that_remains(world: WorldForTests) -> None:
    gone, into = two(world)
    sent = send(world, an_email(gone))
    deliver_queue(world)
    merged(world, gone, into)
    tell(world, sent, RecipientUpdate(recipient="p.raman@work.example", signal=Signal.COMPLAINT))
    assert [one.channel for one in world.parties.preferences(into.id).opt_outs] == ["email"]
    assert world.parties.preferences(gone.id).opt_outs == ()


def test_a_draft_and_what_failed_go_to_the_one_that_remains(world: WorldForTests) -> None:
    gone, into = two(world)
    draft = keep_draft(world, viewer(), an_email(gone), None)
    merged(world, gone, into)
    assert send_draft(world, viewer(), draft.id).entry.party.id == into.id
    deliver_queue(world)
    tell(world, draft, RecipientUpdate(recipient=None, fact=DeliveryOutcome.SOFT_BOUNCE))
    again = resend(world, viewer(), draft.id, ())[0]
    assert again.entry.party.id == into.id


def test_creditors_are_merged_with_what_was_written_on_their_clients_behalf(world: WorldForTests) -> None:
    gone, into = two(world, PartyKind.CREDITOR)
    client = a_party(world, name="Cara Lund", email="cara@home.example")
    case = a_case(world, client, creditors=(gone,))
    sent = send(world, an_email(gone, case_id=case.id, regarding=Regarding(type="loan", id="1")))
    merged(world, gone, into)
    assert standing(world, sent).entry.party.id == into.id
    stands = world.cases.get(case.id)
    assert stands is not None
    assert stands.creditor_ids == (into.id,)
    row = world.overview.get(Place(client.id, "loan:1"))
    assert row is not None
    assert (row.attempts, row.party.id) == (1, into.id)
    assert listed(world, client) == {sent.id}


def test_a_client_takes_along_what_was_written_to_creditors_for_it(world: WorldForTests) -> None:
    gone, into = two(world)
    bank = a_party(world, PartyKind.CREDITOR, name="Bank", email="team@bank.example")
    case = a_case(world, gone, creditors=(bank,))
    thread = a_thread(world, bank, case_id=case.id)
    sent = send(world, an_email(bank, case_id=case.id, thread_id=thread.id))
    merged(world, gone, into)
    entry = standing(world, sent).entry
    assert (entry.party.id, entry.client and entry.client.id) == (bank.id, into.id)
    assert listed(world, into, agent(into)) == {sent.id}
    moved = world.threads.get(thread.id)
    assert moved is not None
    assert (moved.party_id, moved.client_id) == (bank.id, into.id)


def test_mail_that_may_be_of_either_is_of_the_one_that_remains(world: WorldForTests) -> None:
    gone = a_party(world, name="P. Raman")
    world.clock.pass_(seconds=1)
    into = a_party(world, name="Priya Raman")
    came = come_in(world, mail())
    assert came.entry.candidates == (gone.id, into.id)
    merged(world, gone, into)
    entry = standing(world, came).entry
    assert (entry.party.id, entry.candidates, entry.apart) == (into.id, (), False)
    later_mail = come_in(world, mail(), "mail/2")
    assert (later_mail.entry.party.id, later_mail.entry.candidates) == (into.id, ())


def test_mail_that_may_be_of_a_third_stays_undecided(world: WorldForTests) -> None:
    first = a_party(world, name="Amir Raman")
    world.clock.pass_(seconds=1)
    gone = a_party(world, name="P. Raman")
    into = a_party(world, name="Priya Raman", email="priya@new.example")
    came = come_in(world, mail())
    assert came.entry.candidates == (first.id, gone.id)
    merged(world, gone, into)
    assert standing(world, came).entry.candidates == (first.id, into.id)


def test_search_finds_it_under_the_one_that_remains(world: WorldForTests) -> None:
    gone, into = two(world)
    note = a_note(world, "The kestrel file", party_id=gone.id)
    merged(world, gone, into)
    index_communication(world, note.id)
    found = list_communications(world, viewer(), Filters(concerning=into.id, words="kestrel"), limit=9)
    assert [one.id for one in found.items] == [note.id]


def test_what_failed_and_the_address_that_bounced_come_along(world: WorldForTests) -> None:
    gone, into = two(world)
    sent = send(world, an_email(gone))
    deliver_queue(world)
    dead = RecipientUpdate(
        recipient="p.raman@work.example", fact=DeliveryOutcome.HARD_BOUNCE, code=FailureCode.INVALID_ADDRESS
    )
    tell(world, sent, dead)
    merged(world, gone, into)
    todos = list_todos(world, agent(into), party_id=into.id, status=TodoStatus.OPEN, limit=9, after=None).items
    assert [one.communication_id for one in todos] == [sent.id]
    aside = list_suppressions(world, agent(into), limit=9, after=None).items
    assert [(one.address, one.party_id) for one in aside] == [("p.raman@work.example", into.id)]
    unsuppress_address(world, agent(into), "p.raman@work.example")
    again = resend(world, viewer(), sent.id, ())[0]
    assert (again.entry.party.id, again.entry.attempt) == (into.id, 2)


def test_how_fast_it_was_answered_is_known_of_the_whole(world: WorldForTests) -> None:
    gone, into = two(world)
    came = come_in(world, mail(From="p.raman@work.example"))
    world.clock.pass_(minutes=30)
    answer = send(world, an_email(gone, in_reply_to=came.id))
    deliver_queue(world)
    index_communication(world, answer.id)
    minutes = world.communications.answered(gone.id, above="com_", limit=9)
    assert [one[1] for one in minutes] == [30]
    merged(world, gone, into)
    assert world.communications.answered(into.id, above="com_", limit=9) == minutes
    assert world.communications.answered(gone.id, above="com_", limit=9) == []


def test_a_filter_of_several_of_which_one_was_merged_leads_on(world: WorldForTests) -> None:
    gone, into = two(world)
    other = a_party(world, name="Other", email="other@home.example")
    send(world, an_email(other))
    merged(world, gone, into)
    with pytest.raises(PartyMerged):
        list_communications(world, viewer(), Filters(parties=(gone.id, other.id)), limit=9)


# Who may, and who sees.


def test_who_was_granted_both_may_merge_them(world: WorldForTests) -> None:
    gone, into = two(world)
    assert merged(world, gone, into, agent(gone, into)).id == into.id


def test_who_sees_one_alone_may_not(world: WorldForTests) -> None:
    gone, into = two(world)
    with pytest.raises(Invalid):
        merged(world, gone, into, agent(gone))
    with pytest.raises(NotFound):
        merged(world, gone, into, agent(into))
    with pytest.raises(Forbidden):
        merged(world, gone, into, viewer("auditor"))
    assert visible_party(world, viewer(), gone.id)


def test_an_agent_does_not_decide_what_others_see(world: WorldForTests) -> None:
    gone, into = two(world)
    world.grants.save(Grant(user="user-3", party_id=into.id), builders.deed(into.id))
    with pytest.raises(Forbidden):
        merged(world, gone, into, agent(gone, into))
    assert merged(world, gone, into, viewer("lead")).id == into.id


def test_an_agent_does_not_change_cases_of_others(world: WorldForTests) -> None:
    gone, into = two(world)
    case = a_case(world, gone)
    with pytest.raises(Forbidden):
        merged(world, gone, into, agent(gone, into))
    assert merged(world, gone, into, agent(gone, into, cases=(case,))).id == into.id


def test_nobody_sees_more_than_before(world: WorldForTests) -> None:
    gone, into = two(world)
    for user, party, restricted in (
        ("only-gone", gone, False),
        ("only-into", into, True),
        ("both", gone, True),
        ("both", into, False),
        ("restricted", gone, True),
        ("restricted", into, True),
    ):
        world.grants.save(
            Grant(user=user, party_id=party.id, restricted=restricted), builders.deed(party.id, party_id=party.id)
        )
    merged(world, gone, into)
    later(world)
    assert {(one.user, one.party_id, one.restricted) for one in world.grants.of_user(None)} == {
        ("both", into.id, False),
        ("restricted", into.id, True),
    }


def test_who_gives_grants_may_open_the_whole_to_who_saw_a_part(world: WorldForTests) -> None:
    gone, into = two(world)
    world.grants.save(Grant(user="only-gone", party_id=gone.id, restricted=True), builders.deed(gone.id))
    merged(world, gone, into, viewer("lead"), keep_grants=True)
    later(world)
    assert {(one.user, one.party_id, one.restricted) for one in world.grants.of_user(None)} == {
        ("only-gone", into.id, False)
    }


def test_what_is_restricted_stays_restricted(world: WorldForTests) -> None:
    gone, into = two(world)
    kept = send(world, an_email(gone, restricted=True))
    merged(world, gone, into)
    assert standing(world, kept).entry.restricted
    assert listed(world, into, agent(into)) == set()


# What cannot be merged.


def test_a_record_is_not_merged_into_itself(world: WorldForTests) -> None:
    party = a_party(world)
    with pytest.raises(Invalid) as told:
        merged(world, party, party)
    assert told.value.faults[0].code == "same_party"


def test_only_two_of_a_kind_are_merged(world: WorldForTests) -> None:
    party, bank = a_party(world), a_party(world, PartyKind.CREDITOR, name="Bank", email="team@bank.example")
    with pytest.raises(Invalid) as told:
        merged(world, party, bank)
    assert told.value.faults[0].code == "other_kind"


def test_said_again_it_is_the_same(world: WorldForTests) -> None:
    gone, into = two(world)
    once = merged(world, gone, into)
    assert merged(world, gone, into) == once
    assert len([one for one in world.communications.activity(ActivityScope(party_id=into.id), after=None, limit=50).items
                if one.row.event == "party merged"]) == 1  # fmt: skip


def test_a_circle_is_no_merge(world: WorldForTests) -> None:
    gone, into = two(world)
    merged(world, gone, into)
    with pytest.raises(Invalid):
        merged(world, into, gone)
    other = a_party(world, name="Other", email="other@home.example")
    with pytest.raises(PartyMerged):
        merged(world, gone, other)


def test_a_chain_of_merges_ends_at_the_last(world: WorldForTests) -> None:
    gone, into = two(world)
    last = a_party(world, name="Priya R", email="priya@third.example")
    sent = send(world, an_email(gone))
    merged(world, gone, into)
    merged(world, into, last)
    assert standing(world, sent).entry.party.id == last.id
    with pytest.raises(PartyMerged) as told:
        visible_party(world, viewer(), gone.id)
    assert told.value.into == last.id
    fourth = a_party(world, name="P R", email="pr@fourth.example")
    assert merged(world, fourth, gone).id == last.id


def test_both_sides_of_a_case_are_not_one(world: WorldForTests) -> None:
    gone, into = two(world)
    a_case(world, gone, creditors=(into,))
    with pytest.raises(Conflict) as told:
        merged(world, gone, into)
    assert told.value.code == "on_both_sides"


def test_two_who_merge_at_once_make_one_merge(world: WorldForTests) -> None:
    gone, into = two(world)
    send(world, an_email(gone))
    send(world, an_email(into))
    pairs = [(gone, into), (into, gone)]
    at_once(2, lambda which: merged(world, *pairs[which]))
    records = [world.parties.get(one.id) for one in (gone, into)]
    remaining = [one for one in records if one and one.merged_into is None]
    assert len(remaining) == 1
    later(world)
    assert len(listed(world, remaining[0])) == 2


# Whoever dies on the way.


@pytest.mark.parametrize(
    ("port", "name"),
    [
        ("merges", "begin"),
        ("merges", "look_again"),
        ("merges", "move_contact"),
        ("cases", "save"),
        ("merges", "move_document"),
        ("threads", "save"),
        ("communications", "commit"),
        ("todos", "save"),
        ("merges", "move_activity"),
    ],
)
@pytest.mark.parametrize("again", [True, False])
def test_who_dies_on_the_way_goes_on(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, port: str, name: str, again: bool
) -> None:
    gone, into = two(world)
    a_case(world, gone)
    a_contact(world, gone)
    document = a_document(world, party_id=gone.id)
    thread = a_thread(world, gone)
    a_todo(world, gone)
    sent = [send(world, an_email(gone, thread_id=thread.id)).id for _ in range(3)]
    fails_once(monkeypatch, getattr(world, port), name, Died())
    with pytest.raises(Died):
        merged(world, gone, into)
    if again or name == "begin":
        merged(world, gone, into)
    else:
        world.clock.pass_(minutes=3)
        sweep(world)
        carry_out_orders(world)
    assert listed(world, into) == {*sent}
    documents = list_documents(world, viewer(), party_id=into.id, case_id=None, limit=9, after=None).items
    assert [one.id for one in documents] == [document.id]
    assert not merging_into(world, viewer(), into.id)
    moved = world.threads.get(thread.id)
    assert moved is not None
    assert (moved.party_id, moved.messages) == (into.id, 3)


def test_what_takes_long_is_said_and_done_by_the_queue(world: WorldForTests) -> None:
    gone, into = two(world)
    sent = {send(world, an_email(gone)).id for _ in range(3)}
    merged(world, gone, into)
    merge = world.merges.get(gone.id)
    assert merge is not None
    assert not carry_over(world, merge, timedelta(0))
    assert merging_into(world, viewer(), into.id) == [gone.id]
    world.clock.pass_(seconds=1)
    sweep(world)
    carry_out_orders(world)
    assert not merging_into(world, viewer(), into.id)
    assert listed(world, into) == sent


def test_what_was_written_by_who_had_read_the_old_record_comes_after(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, into = two(world)
    overtaken(monkeypatch, world.communications, "commit", lambda: merged(world, gone, into))
    late = send(world, an_email(gone))
    assert standing(world, late).entry.party.id == gone.id
    later(world)
    assert standing(world, late).entry.party.id == into.id
    assert world.merges.unfinished() == []


def test_wishes_that_are_told_while_it_is_merged_are_kept(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, into = two(world)
    overtaken(monkeypatch, world.parties, "save_preferences", lambda: merged(world, gone, into))
    set_preferences(world, viewer(), gone.id, None, lambda one: replace(one, hold=Hold(kind=HoldKind.SOLICITOR)))
    later(world)
    held = world.parties.preferences(into.id).hold
    assert held is not None
    assert held.kind is HoldKind.SOLICITOR


def test_a_preview_says_what_would_happen_and_does_nothing(world: WorldForTests) -> None:
    gone, into = two(world)
    send(world, an_email(gone))
    found = preview_merge(world, viewer(), gone.id, into.id)
    assert (found.gone.entries, found.into.entries, found.plan.contact is not None) == (1, 0, True)
    assert world.parties.get(gone.id) == gone
