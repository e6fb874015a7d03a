"""What came in and stands in the wrong place is filed anew: with all that goes with it, told in full to who may know."""

from typing import Any

import pytest

from letterbook.domain.access import Viewer
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication, Direction
from letterbook.domain.errors import Conflict, Forbidden, Invalid, NotFound
from letterbook.domain.filters import Filters
from letterbook.domain.message import RecordRequest
from letterbook.domain.overview import Place
from letterbook.domain.party import Party, PartyKind
from letterbook.domain.receipts import Signal
from letterbook.domain.references import Regarding
from letterbook.domain.todos import id_for
from letterbook.ports import ActivityScope
from letterbook.use_cases.directory.documents import download_link
from letterbook.use_cases.indexing.index import index_communication
from letterbook.use_cases.messages.log_communication import log_communication
from letterbook.use_cases.messages.refile import refile
from letterbook.use_cases.reading.activity import activity
from letterbook.use_cases.reading.list_communications import list_communications
from letterbook.use_cases.reading.read import read, read_version
from letterbook.use_cases.reading.statistics import stats
from tests.support.aws import WorldForTests, rows
from tests.support.builders import agent, mail, viewer
from tests.support.failing import Died, overtaken
from tests.support.steps import a_case, a_contact, a_party, an_email, come_in, deliver_queue, send, standing, take_in

PDF = ("a.pdf", "application/pdf", b"%PDF")


def answered(world: WorldForTests, party: Party, **changes: Any) -> Communication:
    """An answer of the party to a message of ours, in its thread."""
    send(world, an_email(party, **changes))
    deliver_queue(world)
    world.clock.pass_(minutes=5)
    return come_in(world, mail(To=world.fakes.email.taken[-1].reply_to[-1], files=[PDF]))


def ids(world: WorldForTests, by: Viewer, **filters: Any) -> set[str]:
    return {one.id for one in list_communications(world, by, Filters(**filters), limit=50).items}


def told(world: WorldForTests, by: Viewer, party: Party) -> list[str]:
    page = activity(world, by, ActivityScope(party_id=party.id), limit=50, after=None)
    return [f"{one.row.event} {one.row.note}".strip() for one in page.items]


def test_it_moves_with_its_thread_its_todo_and_its_documents(world: WorldForTests) -> None:
    wrong, right = a_party(world, name="Priya Raman"), a_party(world, name="John Doe", email="john@home.example")
    came = answered(world, wrong)
    old_thread = came.entry.thread_id or ""
    made = refile(world, viewer(), came.id, party_id=right.id, reason="A new address of his")
    entry = made.entry
    assert (entry.party.id, entry.client and entry.client.id, entry.case, entry.thread_id) == (
        right.id,
        right.id,
        None,
        None,
    )
    assert (entry.subject, entry.occurred_at, entry.created_at) == (
        came.entry.subject,
        came.entry.occurred_at,
        came.entry.created_at,
    )
    assert (made.content, entry.attachments) == (came.content, came.entry.attachments)
    thread = world.threads.get(old_thread)
    assert thread is not None
    assert thread.messages == 1
    assert ids(world, viewer(), parties=(right.id,)) == {came.id}
    assert came.id not in ids(world, viewer(), parties=(wrong.id,))
    todo = world.todos.get(id_for(came.id))
    assert todo is not None
    assert (todo.title, todo.owned) == ("John Doe answered: Your letter", entry.ownership)
    document = entry.attachments[0].id
    assert download_link(world, agent(right), document)
    with pytest.raises(NotFound):
        download_link(world, agent(wrong), document)


def test_it_joins_the_thread_and_the_case_that_are_named(world: WorldForTests) -> None:
    wrong, right = a_party(world), a_party(world, name="John Doe", email="john@home.example")
    case = a_case(world, right)
    theirs = answered(world, right, case_id=case.id)
    world.clock.pass_(minutes=1)
    came = come_in(world, mail(), "mail/2")
    made = refile(
        world,
        viewer(),
        came.id,
        party_id=right.id,
        case_id=case.id,
        thread_id=theirs.entry.thread_id,
        reason="His case",
    )
    assert made.entry.case is not None
    assert made.entry.case.id == case.id
    thread = world.threads.get(made.entry.thread_id or "")
    assert thread is not None
    assert (thread.messages, thread.latest_id, thread.last_activity_at) == (3, came.id, came.entry.occurred_at)
    assert wrong.id == came.entry.party.id


def test_the_history_says_from_where_and_why_to_who_saw_it_there(world: WorldForTests) -> None:
    wrong, right = a_party(world, name="Priya Raman"), a_party(world, name="John Doe", email="john@home.example")
    came = come_in(world, mail())
    refile(world, viewer(), came.id, party_id=right.id, reason="It is of somebody else")
    row = read(world, viewer(), came.id).history[-1]
    assert (row.event, row.note, row.actor.id) == ("filed", "It is of somebody else", "user-1")
    assert "Priya Raman" in row.was["party"]
    opened = read(world, agent(right), came.id)
    assert opened.intact
    assert set(opened.history[-1].was.values()) == {""}
    with pytest.raises(NotFound):
        read_version(world, agent(right), came.id, 1)
    assert read_version(world, agent(wrong, right), came.id, 1).subject == "Your letter"


def test_whom_it_was_taken_from_is_told_that_it_went_and_not_where_to(world: WorldForTests) -> None:
    wrong, right = a_party(world, name="Priya Raman"), a_party(world, name="John Doe", email="john@home.example")
    came = come_in(world, mail())
    world.clock.pass_(minutes=1)
    refile(world, viewer(), came.id, party_id=right.id, reason="John Doe wrote it")
    assert told(world, agent(wrong), wrong) == ["filed elsewhere", "party entered"]
    page = activity(world, agent(wrong), ActivityScope(party_id=wrong.id), limit=9, after=None)
    assert all("John" not in str(one) and right.id not in str(one) for one in page.items)
    assert told(world, agent(right), right)[0] == "filed John Doe wrote it"


def test_what_was_not_seen_under_its_party_is_not_told_of_there(world: WorldForTests) -> None:
    first, second = a_party(world), a_party(world)
    came = come_in(world, mail())
    refile(world, viewer(), came.id, party_id=second.id, reason="She wrote of her own matter")
    assert told(world, agent(first), first) == ["party entered"]


def test_it_says_whose_an_ambiguous_mail_is(world: WorldForTests) -> None:
    first, second = a_party(world, name="Priya Raman"), a_party(world, name="Amir Raman")
    contact = a_contact(world, second, email="priya@mailbox.example", name="Home")
    came = come_in(world, mail())
    assert came.entry.hints == {Signal.AMBIGUOUS_SENDER}
    made = refile(world, agent(first, second), came.id, party_id=second.id, reason="He signed it")
    assert (made.entry.party.id, made.entry.candidates, made.entry.hints) == (second.id, (), frozenset())
    assert made.entry.contact is not None
    assert made.entry.contact.id == contact.id
    assert ids(world, agent(second)) == {came.id}
    assert ids(world, agent(first)) == set()
    index_communication(world, came.id)
    assert sum(stats(world, viewer(), 2).counts.values()) == 1


def test_it_can_be_said_that_who_had_the_address_first_wrote_it(world: WorldForTests) -> None:
    first, second = a_party(world), a_party(world)
    came = come_in(world, mail())
    assert ids(world, agent(first)) == set()
    refile(world, agent(first, second), came.id, party_id=first.id, reason="She signed it")
    assert ids(world, agent(first)) == {came.id}


def test_what_it_was_about_stays_with_whose_matter_that_is(world: WorldForTests) -> None:
    wrong, right = a_party(world), a_party(world, name="John Doe", email="john@home.example")
    came = answered(world, wrong, regarding=Regarding(type="invoice", id="7"))
    row = world.overview.get(Place(wrong.id, "invoice:7"))
    assert row is not None
    assert row.attempts == 2
    made = refile(world, viewer(), came.id, party_id=right.id, reason="His")
    assert made.entry.regarding is None
    row = world.overview.get(Place(wrong.id, "invoice:7"))
    assert row is not None
    assert (row.attempts, row.party.id) == (1, wrong.id)


def test_asked_again_it_stays_as_it_is(world: WorldForTests) -> None:
    a_party(world)
    right = a_party(world, name="John Doe", email="john@home.example")
    came = come_in(world, mail())
    once = refile(world, viewer(), came.id, party_id=right.id, reason="His")
    counted = rows("communications"), rows("history"), rows("work"), rows("threads")
    assert refile(world, viewer(), came.id, party_id=right.id, reason="His") == once
    assert (rows("communications"), rows("history"), rows("work"), rows("threads")) == counted


def test_what_is_restricted_stays_restricted(world: WorldForTests) -> None:
    wrong, right = a_party(world), a_party(world, name="John Doe", email="john@home.example")
    came = answered(world, wrong, restricted=True)
    with pytest.raises(NotFound):
        refile(world, agent(wrong, right), came.id, party_id=right.id, reason="His")
    assert refile(world, viewer(), came.id, party_id=right.id, reason="His").entry.restricted
    assert told(world, agent(wrong), wrong) == ["party entered"]


@pytest.mark.parametrize("event", ["sent", "draft", "call"])
def test_only_what_came_in_is_filed_anew(world: WorldForTests, event: str) -> None:
    party, other = a_party(world), a_party(world, name="John Doe", email="john@home.example")
    call = RecordRequest(channel=Channel.PHONE, party_id=party.id, direction=Direction.INBOUND, body="He called.")
    made = (
        log_communication(world, viewer(), call)[0]
        if event == "call"
        else send(world, an_email(party, send_now=event == "sent"))
    )
    with pytest.raises(Conflict) as refused:
        refile(world, viewer(), made.id, party_id=other.id, reason="His")
    assert refused.value.code == "not_refilable"
    assert standing(world, made) == made


def test_a_letter_that_somebody_logged_as_received_is_filed_anew(world: WorldForTests) -> None:
    party, other = a_party(world), a_party(world, name="John Doe", email="john@home.example")
    letter = RecordRequest(channel=Channel.POST, party_id=party.id, direction=Direction.INBOUND, body="By post.")
    made = log_communication(world, viewer(), letter)[0]
    assert refile(world, viewer(), made.id, party_id=other.id, reason="His").entry.party.id == other.id


# ---- who may


def test_who_sees_it_only_through_a_case_takes_it_from_nobody(world: WorldForTests) -> None:
    client_, bank = a_party(world), a_party(world, PartyKind.CREDITOR, name="Barclays", email="legal@bank.example")
    case = a_case(world, client_, creditors=(bank,))
    came = answered(world, bank, case_id=case.id)
    with pytest.raises(Forbidden):
        refile(world, agent(client_), came.id, party_id=client_.id, reason="Hers")
    assert standing(world, came).entry.party.id == bank.id


def test_who_may_not_write_records_files_nothing(world: WorldForTests) -> None:
    a_party(world)
    right = a_party(world, name="John Doe", email="john@home.example")
    came = come_in(world, mail())
    with pytest.raises(Forbidden):
        refile(world, viewer("auditor"), came.id, party_id=right.id, reason="His")


def test_a_place_out_of_sight_is_like_one_that_is_not_there(world: WorldForTests) -> None:
    party, hidden = a_party(world), a_party(world, name="John Doe", email="john@home.example")
    case, thread = a_case(world, hidden), answered(world, hidden).entry.thread_id
    came = come_in(world, mail(), "mail/2")

    def places(by: Viewer, **place: Any) -> list[tuple[str, str]]:
        with pytest.raises(Invalid) as refused:
            refile(world, by, came.id, **{"party_id": party.id, "reason": "x", **place})
        return [(one.field, one.code) for one in refused.value.faults]

    me = agent(party)
    unknown = {"party_id": "pty_" + "0" * 26, "case_id": "cas_" + "0" * 26, "thread_id": "thr_" + "0" * 26}
    out_of_sight = {"party_id": hidden.id, "case_id": case.id, "thread_id": thread}
    for name in unknown:
        assert places(me, **{name: out_of_sight[name]}) == places(viewer(), **{name: unknown[name]})
    assert standing(world, came) == came


def test_nobody_files_it_where_they_would_not_see_it(world: WorldForTests) -> None:
    client_, bank = a_party(world), a_party(world, PartyKind.CREDITOR, name="Barclays", email="legal@bank.example")
    case = a_case(world, client_, creditors=(bank,))
    came = come_in(world, mail())
    with pytest.raises(Invalid) as refused:
        refile(world, agent(client_), came.id, party_id=bank.id, reason="Theirs")
    assert refused.value.faults[0].code == "out_of_sight"
    made = refile(world, agent(client_), came.id, party_id=bank.id, case_id=case.id, reason="Theirs")
    assert ids(world, agent(client_)) == {made.id}


# ---- what if somebody dies, or is faster


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_whoever_dies_on_the_way_has_done_all_or_nothing(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    wrong, right = a_party(world), a_party(world, name="John Doe", email="john@home.example")
    came = answered(world, wrong)
    works = world.communications.commit

    def dies(*args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(world.communications, "commit", works)
        if late:
            works(*args, **kwargs)
        raise Died

    monkeypatch.setattr(world.communications, "commit", dies)
    with pytest.raises(Died):
        refile(world, viewer(), came.id, party_id=right.id, reason="His")
    thread, todo = world.threads.get(came.entry.thread_id or ""), world.todos.get(id_for(came.id))
    assert thread is not None
    assert todo is not None
    where = standing(world, came).entry.party.id
    expected = (right.id, 1, right.id) if late else (wrong.id, 2, wrong.id)
    assert (where, thread.messages, todo.owned.party_id) == expected
    refile(world, viewer(), came.id, party_id=right.id, reason="His")
    assert [row.event for row in world.communications.history(came.id)] == ["received", "filed"]


def test_two_who_file_it_at_once_leave_it_in_one_place(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = a_party(world)
    one, two = (a_party(world, name=name, email=f"{name}@home.example") for name in ("john", "amir"))
    came = answered(world, wrong)

    overtaken(
        monkeypatch,
        world.communications,
        "commit",
        lambda: refile(world, viewer(), came.id, party_id=two.id, reason="Faster"),
    )
    refile(world, viewer(), came.id, party_id=one.id, reason="Slower")
    opened = read(world, viewer(), came.id)
    assert opened.intact
    assert [row.note for row in opened.history] == ["", "Faster", "Slower"]
    assert opened.communication.entry.party.id == one.id
    thread = world.threads.get(came.entry.thread_id or "")
    assert thread is not None
    assert thread.messages == 1


def test_spam_of_a_stranger_that_names_our_message_is_still_left_aside(world: WorldForTests) -> None:
    asked = answered(world, a_party(world)).in_reply_to
    raw = mail(From="eve@evil.example", In_Reply_To=f"<{asked}@firm.example>", X_SES_Spam_Verdict="FAIL")
    assert take_in(world, raw, "mail/3") is None
