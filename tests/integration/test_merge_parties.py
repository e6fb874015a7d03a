"""Two records of one party become one: nothing is lost, nobody sees more than before, and whoever dies on the way goes on."""

from dataclasses import replace
from datetime import date

import pytest

from letterbook.domain.channels import Channel
from letterbook.domain.errors import NotFound, PartyMerged
from letterbook.domain.failures import FailureCode
from letterbook.domain.filters import Filters
from letterbook.domain.history import first_broken_link
from letterbook.domain.message import RecordRequest
from letterbook.domain.overview import Place
from letterbook.domain.party import Hold, HoldKind, OptOut, OptOutSource, PartyKind
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate, Signal
from letterbook.domain.references import Regarding
from letterbook.domain.status import Status
from letterbook.domain.subjects import RegardedRecord
from letterbook.domain.todos import TodoStatus
from letterbook.ports import ActivityScope
from letterbook.use_cases.directory.cases import list_cases
from letterbook.use_cases.directory.documents import list_documents
from letterbook.use_cases.directory.parties import (
    amend_party,
    list_parties,
    read_preferences,
    set_preferences,
)
from letterbook.use_cases.directory.subjects import put_subject, read_subject
from letterbook.use_cases.directory.suppressions import list_suppressions, unsuppress_address
from letterbook.use_cases.directory.threads import list_threads
from letterbook.use_cases.directory.todos import list_todos
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
from tests.support.aws import WorldForTests
from tests.support.builders import agent, mail, viewer
from tests.support.failing import overtaken
from tests.support.merging import WHY, a_todo, listed, merged, two
from tests.support.steps import (
    a_case,
    a_contact,
    a_document,
    a_note,
    a_party,
    a_thread,
    an_email,
    come_in,
    deliver_queue,
    send,
    standing,
    tell,
)


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


def test_it_is_found_by_the_old_name_alone(world: WorldForTests) -> None:
    gone = a_party(world, name="Zenobia Quill", email="z@home.example")
    into = a_party(world, name="Priya Raman", email="z@home.example", account_number=None)
    merged(world, gone, into)
    assert world.parties.contacts(into.id) == []
    assert [one.id for one in list_parties(world, viewer(), "Zenobia Quill", (), limit=9, after=None).items] == [
        into.id
    ]
    amend_party(world, viewer(), into.id, None, lambda one: replace(one, name="Priya R"))
    assert [one.id for one in list_parties(world, viewer(), "Quill", (), limit=9, after=None).items] == [into.id]
