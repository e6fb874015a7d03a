"""Correspondence from its beginning to its delivery: its number, its PDF, what carries it, what it completes."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from letterbook.domain.access import Ownership
from letterbook.domain.communication import Regarding
from letterbook.domain.correspondence import Correspondence, CorrespondenceFilters, CorrespondenceStatus
from letterbook.domain.errors import Conflict, Invalid, NotFound
from letterbook.domain.letter import TypesettingFailed
from letterbook.domain.party import Party
from letterbook.domain.status import Status
from letterbook.domain.subjects import RegardedRecord
from letterbook.domain.todos import Todo, TodoStatus
from letterbook.use_cases.correspondence.create import create_by_event, create_correspondence, preview_letter
from letterbook.use_cases.correspondence.deliver import deliver_correspondence
from letterbook.use_cases.correspondence.recreate import recreate_correspondence
from letterbook.use_cases.correspondence.render import render_correspondence
from letterbook.use_cases.correspondence.send import EmailRequest, email_correspondence, post_correspondence
from letterbook.use_cases.correspondence.void import void_correspondence
from letterbook.use_cases.directory.find import find
from letterbook.use_cases.directory.parties import amend_party
from letterbook.use_cases.directory.subjects import put_subject
from letterbook.use_cases.directory.todos import make_todo
from letterbook.use_cases.indexing.index import index_communication
from letterbook.use_cases.messages.declare_delivered import declare_delivered
from letterbook.use_cases.reading.correspondence import (
    list_correspondence,
    pdf_link,
    read_correspondence,
    read_detail,
)
from tests.support.aws import WorldForTests
from tests.support.builders import JANE, agent, viewer
from tests.support.correspondence import (
    a_copying_type,
    a_customer,
    a_letter_template,
    a_type,
    an_invoice,
    asked,
    begun,
    made,
    standing,
)
from tests.support.failing import fails_once
from tests.support.steps import a_contact, a_document, a_party, deliver_queue, make_documents

STATUS = CorrespondenceStatus


def another_account(world: WorldForTests, party: Party) -> None:
    amend_party(world, viewer(), party.id, None, lambda before: replace(before, account_number="99"))


def read(world: WorldForTests, number: str = "12345/C001") -> Correspondence:
    return read_correspondence(world, viewer(), *number.rsplit("/", 1))


# ---- its number


@pytest.mark.covers("J3")
def test_each_party_counts_its_own_from_one(world: WorldForTests) -> None:
    a_type(world)
    one, other = a_customer(world), a_customer(world, "777")
    numbers = [begun(world, party).number for party in (one, other, one)]
    assert numbers == ["12345/C001", "777/C001", "12345/C002"]


@pytest.mark.covers("J3")
def test_a_party_without_an_account_number_is_told_so(world: WorldForTests) -> None:
    a_type(world)
    with pytest.raises(Invalid) as refused:
        begun(world, a_customer(world, ""))
    assert [(one.field, one.code) for one in refused.value.faults] == [("party_id", "no_account_number")]


@pytest.mark.covers("J3")
def test_another_account_number_of_the_party_leads_to_what_it_had_and_counts_on(world: WorldForTests) -> None:
    a_type(world)
    party = a_customer(world)
    first = begun(world, party)
    another_account(world, party)
    second = begun(world, party)
    assert second.number == "99/C002"
    assert read(world, "12345/C001") == read(world, "99/c1") == standing(world, first)


@pytest.mark.covers("J3")
def test_an_account_number_that_goes_to_another_party_leads_each_letter_to_its_own(world: WorldForTests) -> None:
    """The number that a letter bears is that letter's alone, whoever has the account by now."""
    a_type(world)
    old = a_customer(world)
    theirs = begun(world, old)
    another_account(world, old)
    new = a_customer(world, name="Somebody Else")
    own = begun(world, new)
    assert own.number == "12345/C002"
    assert read(world, "12345/C001") == standing(world, theirs)
    with pytest.raises(NotFound):
        read_correspondence(world, agent(new), "12345", "C001")


@pytest.mark.covers("J3")
def test_a_void_one_keeps_its_number(world: WorldForTests) -> None:
    a_type(world)
    party = a_customer(world)
    void_correspondence(world, viewer(), "12345", begun(world, party).number[-4:], reason="Wrong type")
    assert begun(world, party).number == "12345/C002"
    assert read(world).status is STATUS.VOID


# ---- its content


@pytest.mark.covers("J2")
@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ({"note": "x"}, ("content.pay_by", "required")),
        ({"pay_by": "18 December"}, ("content.pay_by", "invalid_date")),
        ({"pay_by": "2026-12-18", "colour": "red"}, ("content.colour", "unknown_field")),
        ({"pay_by": "2026-12-18", "invoices": ["999"]}, ("content.invoices.0", "unknown_subject")),
        ({"pay_by": "2026-12-18", "note": "x" * 20_001}, ("content.note", "too_long")),
        ({"pay_by": True}, ("content.pay_by", "invalid_type")),
    ],
)
def test_content_that_its_form_does_not_take_is_refused_at_the_field(
    world: WorldForTests, content: dict[str, Any], fault: tuple[str, str]
) -> None:
    a_type(world)
    party = a_customer(world)
    with pytest.raises(Invalid) as refused:
        begun(world, party, **content)
    assert [(one.field, one.code) for one in refused.value.faults] == [fault]
    assert world.correspondence.next_ordinal(party.id, "12345") == 1


@pytest.mark.covers("J2")
def test_what_it_names_must_be_the_partys_own(world: WorldForTests) -> None:
    a_type(world)
    party = a_customer(world)
    an_invoice(world, a_customer(world, "777"), "7")
    with pytest.raises(Invalid) as refused:
        begun(world, party, regarding=(Regarding(type="invoice", id="7"),))
    assert refused.value.faults[0].field == "regarding.0"


@pytest.mark.covers("J2")
def test_what_is_begun_keeps_to_the_type_as_it_was(world: WorldForTests) -> None:
    a_type(world)
    party = a_customer(world)
    one = made(world, party)
    a_type(world, fields={"properties": {}}, name="Another")
    recreate_correspondence(world, viewer(), "12345", "C001")
    make_documents(world)
    assert (standing(world, one).status, read_detail(world, viewer(), "12345", "C001").type.name) == (
        STATUS.READY,
        "Notice",
    )


@pytest.mark.covers("J2")
def test_a_type_that_is_not_offered_begins_nothing(world: WorldForTests) -> None:
    a_type(world, enabled=False)
    with pytest.raises(Invalid):
        begun(world, a_customer(world))


def test_whoever_sees_the_party_through_a_case_only_begins_none(world: WorldForTests) -> None:
    a_type(world)
    party = a_customer(world)
    begun(world, party)
    with pytest.raises(Invalid):
        create_correspondence(world, agent(), asked(party))
    with pytest.raises(NotFound):
        read_correspondence(world, agent(), "12345", "C001")
    assert list_correspondence(world, agent(), CorrespondenceFilters(), limit=10).items == []
    assert [
        one.number for one in list_correspondence(world, agent(party), CorrespondenceFilters(), limit=10).items
    ] == ["12345/C001"]


# ---- its PDF


def words_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


@pytest.mark.covers("J4")
def test_the_pdf_is_made_by_itself_and_pinned(world: WorldForTests) -> None:
    a_type(world)
    one = begun(world, a_customer(world))
    assert (one.status, one.versions) == (STATUS.GENERATING, ())
    make_documents(world)
    ready = standing(world, one)
    assert (ready.status, ready.order, [each.version for each in ready.versions]) == (STATUS.READY, None, [1])
    document = ready.versions[0].document
    content = world.content_store.attachment(document)
    assert content.startswith(b"%PDF")
    assert document.name == "Notice 12345-C001.pdf"
    assert "versionId" in pdf_link(world, viewer(), "12345", "C001")


@pytest.mark.covers("J4")
def test_made_twice_it_is_made_once(world: WorldForTests) -> None:
    a_type(world)
    one = begun(world, a_customer(world))
    order = world.queued("render")[0]["correspondence"]
    for _ in range(2):
        render_correspondence(world, order["account"], order["ordinal"])
    assert len(standing(world, one).versions) == 1


@pytest.mark.covers("J4")
def test_a_letter_that_cannot_be_made_fails_in_words_and_asks_somebody(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_type(world)
    party = a_customer(world)
    one = begun(world, party)
    fails_once(monkeypatch, type(world.typesetter), "pdf", TypesettingFailed("more than 200 pages"))
    make_documents(world)
    failed = standing(world, one)
    assert failed.status is STATUS.FAILED
    assert failed.failure
    assert "more than 200 pages" in failed.failure.words.reason
    todo = world.todos.page(party.id, TodoStatus.OPEN, after=None, limit=5).items
    assert ["12345/C001" in each.title for each in todo] == [True]
    with pytest.raises(Conflict):
        email_correspondence(world, viewer(), "12345", "C001")
    recreate_correspondence(world, viewer(), "12345", "C001")
    make_documents(world)
    assert standing(world, one).status is STATUS.READY
    assert world.todos.get(todo[0].id).status is TodoStatus.DONE  # type: ignore[union-attr]


@pytest.mark.covers("J8")
def test_recreating_takes_the_present_template_and_leaves_what_was_sent(world: WorldForTests) -> None:
    a_type(world)
    one = made(world, a_customer(world), pay_by="2026-12-18", note="First")
    email_correspondence(world, viewer(), "12345", "C001")
    a_letter_template(world, "Pay at once. {{ note }}")
    recreate_correspondence(world, viewer(), "12345", "C001")
    make_documents(world)
    again = standing(world, one)
    first, second = (world.content_store.attachment(each.document) for each in again.versions)
    assert (again.status, again.content) == (STATUS.READY, one.content)
    assert ("Pay at once" in words_of(first), "Pay at once" in words_of(second)) == (False, True)
    deliver_queue(world)
    assert world.fakes.email.taken[0].attachments[0][1] == first


def test_the_letter_may_be_looked_at_before_it_is(world: WorldForTests) -> None:
    a_type(world)
    party = a_customer(world)
    seen = preview_letter(world, viewer(), asked(party))
    assert (seen.letter.code, seen.letter.subject) == ("12345/C001", "Your account")
    assert begun(world, party).number == "12345/C001"


# ---- sending it


@pytest.mark.covers("J5", "D6")
def test_one_press_emails_it_to_the_primary_contact_with_its_pdf(world: WorldForTests) -> None:
    a_type(world)
    party = a_customer(world)
    a_contact(world, party, email="accounts@mailbox.example", primary=True)
    one = made(world, party)
    sent, replayed = email_correspondence(world, viewer(), "12345", "C001")
    deliver_queue(world)
    taken = world.fakes.email.taken
    assert (sent.correspondence.status, replayed, len(taken)) == (STATUS.EMAILED, False, 1)
    assert taken[0].to == ("accounts@mailbox.example",)
    assert [content for _, content in taken[0].attachments] == [
        world.content_store.attachment(one.versions[0].document)
    ]
    assert sent.communications == (taken[0].communication_id,)


@pytest.mark.covers("J5", "D6")
def test_a_second_press_sends_nothing_more(world: WorldForTests) -> None:
    a_type(world)
    made(world, a_customer(world))
    first, _ = email_correspondence(world, viewer(), "12345", "C001")
    again, replayed = email_correspondence(world, viewer(), "12345", "C001")
    deliver_queue(world)
    assert (replayed, again.communications, len(world.fakes.email.taken)) == (True, first.communications, 1)


@pytest.mark.covers("J5", "D7")
def test_whoever_asks_for_recipients_and_documents_asks_for_another_email(world: WorldForTests) -> None:
    a_type(world)
    party = a_customer(world)
    made(world, party)
    extra = a_document(world, b"%PDF extra", party_id=party.id)
    email_correspondence(world, viewer(), "12345", "C001")
    asked_for = EmailRequest(
        to=("boss@mailbox.example",), documents=(extra.id,), audit={"reason": "She asked", "details": ""}
    )
    sent, _ = email_correspondence(world, viewer(), "12345", "C001", asked_for)
    deliver_queue(world)
    taken = world.fakes.email.taken[1]
    assert (taken.to, [content for _, content in taken.attachments][1:]) == (("boss@mailbox.example",), [b"%PDF extra"])
    entry = world.communications.get(sent.communications[1])
    assert entry
    assert entry.audit["reason"] == "She asked"


@pytest.mark.covers("J7")
def test_copies_go_as_the_invoices_own_pdfs_without_a_letter(world: WorldForTests) -> None:
    a_copying_type(world)
    party = a_customer(world)
    for number, pdf in (("1", b"%PDF one"), ("2", b"%PDF two"), ("3", None)):
        an_invoice(world, party, number, pdf=pdf)
    made(world, party, type_="copies", invoices=["2", "1", "3"])
    sent, _ = email_correspondence(world, viewer(), "12345", "C001")
    deliver_queue(world)
    assert [content for _, content in world.fakes.email.taken[0].attachments] == [b"%PDF two", b"%PDF one"]
    assert [one.id for one in sent.without_document] == ["3"]


@pytest.mark.covers("J7")
def test_copies_of_which_none_has_a_pdf_are_refused(world: WorldForTests) -> None:
    a_copying_type(world)
    party = a_customer(world)
    an_invoice(world, party, "3")
    made(world, party, type_="copies", invoices=["3"])
    with pytest.raises(Invalid) as refused:
        email_correspondence(world, viewer(), "12345", "C001")
    assert refused.value.faults[0].code == "no_document"


@pytest.mark.covers("J7", "M2")
def test_copies_take_no_pdf_that_is_somebody_elses(world: WorldForTests) -> None:
    a_copying_type(world)
    party, other = a_customer(world), a_party(world, name="Nadia Cole")
    foreign = a_document(world, b"%PDF hers", party_id=other.id)
    told = RegardedRecord(type="invoice", id="1", party_id=party.id, document_id=foreign.id)
    put_subject(world, viewer(), None, told)
    made(world, party, type_="copies", invoices=["1"])
    with pytest.raises(Invalid) as refused:
        email_correspondence(world, viewer(), "12345", "C001")
    assert refused.value.faults[0].code == "no_document"
    assert [one.id for one in read_detail(world, viewer(), "12345", "C001").without_document] == ["1"]


@pytest.mark.covers("J7")
def test_copies_take_the_pdf_that_another_system_uploaded(world: WorldForTests) -> None:
    """It belongs to nobody, and is seen by who sees the invoice."""
    a_copying_type(world)
    party = a_customer(world)
    uploaded = a_document(world, b"%PDF one")
    put_subject(
        world, viewer(), None, RegardedRecord(type="invoice", id="1", party_id=party.id, document_id=uploaded.id)
    )
    made(world, party, type_="copies", invoices=["1"])
    email_correspondence(world, agent(party), "12345", "C001")
    deliver_queue(world)
    assert [content for _, content in world.fakes.email.taken[0].attachments] == [b"%PDF one"]


@pytest.mark.covers("J5")
def test_by_post_its_pdf_is_printed_by_a_person(world: WorldForTests) -> None:
    a_type(world)
    one = made(world, a_customer(world))
    sent, _ = post_correspondence(world, viewer(), "12345", "C001")
    make_documents(world)
    entry = world.communications.get(sent.communications[0])
    assert entry
    assert (sent.correspondence.status, entry.entry.status) == (STATUS.POSTED, Status.MANUAL_PENDING)
    assert [each.id for each in entry.entry.attachments] == [one.versions[0].document.id]
    declare_delivered(world, viewer(), entry.id, reason="Posted", details="", delivered_at=None)
    assert read(world).status is STATUS.POSTED


# ---- delivering it, voiding it


def a_todo(world: WorldForTests, party_id: str, subject: Regarding) -> Todo:
    owned = Ownership(party_id=party_id, client_id=None, case_id=None, restricted=False)
    draft = Todo(id="", title="Chase", owned=owned, subject=subject, created_at=world.now(), created_by=JANE)
    return make_todo(world, viewer(), draft, None)[0]


@pytest.mark.covers("J6")
def test_delivered_by_hand_it_does_what_was_to_do_about_its_invoices(world: WorldForTests) -> None:
    a_type(world)
    party = a_customer(world)
    for number in ("7", "8"):
        an_invoice(world, party, number)
    about = a_todo(world, party.id, Regarding(type="invoice", id="7"))
    another = a_todo(world, party.id, Regarding(type="invoice", id="8"))
    made(world, party, pay_by="2026-12-18", invoices=["7"])
    posted, _ = post_correspondence(world, viewer(), "12345", "C001")
    make_documents(world)
    done = deliver_correspondence(world, viewer(), "12345", "C001", reason="Handed over", details="At the door")
    assert (done.status, done.audit) == (STATUS.DELIVERED, {"reason": "Handed over", "details": "At the door"})
    todos = {one.id: one for one in (world.todos.get(about.id), world.todos.get(another.id)) if one}
    assert (todos[about.id].status, todos[about.id].done_by) == (TodoStatus.DONE, "12345/C001")
    assert todos[another.id].status is TodoStatus.OPEN
    entry = world.communications.get(posted.communications[0])
    assert entry
    assert entry.entry.status is Status.DELIVERED


@pytest.mark.covers("J5")
def test_what_is_void_goes_nowhere(world: WorldForTests) -> None:
    a_type(world)
    made(world, a_customer(world))
    void_correspondence(world, viewer(), "12345", "C001", reason="Wrong type")
    for act in (email_correspondence, post_correspondence, recreate_correspondence, deliver_correspondence):
        with pytest.raises(Conflict) as refused:
            act(world, viewer(), "12345", "C001")
        assert refused.value.code == "void"


# ---- finding it


@pytest.mark.covers("J3")
def test_its_number_finds_it_and_what_carried_it_at_once(world: WorldForTests) -> None:
    a_type(world)
    party = a_customer(world)
    made(world, party)
    sent, _ = email_correspondence(world, viewer(), "12345", "C001")
    index_communication(world, sent.communications[0])
    another_account(world, party)
    for words in ("12345/C001", "99/C001"):
        found = find(world, viewer(), words, limit=5)
        assert [one.number for one in found.correspondence] == ["12345/C001"]
        assert [one.id for one in found.entries.items] == list(sent.communications)


def test_lists_are_narrowed_and_go_on_where_they_ended(world: WorldForTests) -> None:
    a_type(world)
    party, other = a_customer(world), a_customer(world, "777")
    for one in (party, other, party, party):
        begun(world, one)
        world.clock.pass_(days=1)
    listed = list_correspondence(world, viewer(), CorrespondenceFilters(party_id=party.id), limit=2)
    rest = list_correspondence(world, viewer(), CorrespondenceFilters(party_id=party.id), limit=2, after=listed.after)
    assert [one.number for one in (*listed.items, *rest.items)] == ["12345/C003", "12345/C002", "12345/C001"]
    everybody = list_correspondence(world, viewer(), CorrespondenceFilters(), limit=10).items
    assert [one.number for one in everybody] == ["12345/C003", "12345/C002", "777/C001", "12345/C001"]
    day = CorrespondenceFilters(since=date(2026, 11, 21), until=date(2026, 11, 22))
    assert [one.number for one in list_correspondence(world, viewer(), day, limit=10).items] == [
        "12345/C002",
        "777/C001",
    ]


# ---- by itself


@pytest.mark.covers("I5")
def test_an_event_begins_one_once_however_late_it_is_told_again(world: WorldForTests) -> None:
    a_type(world)
    party = a_customer(world)
    first = create_by_event(world, "evt-1", asked(party))
    world.clock.pass_(days=3)
    assert create_by_event(world, "evt-1", asked(party)).number == first.number
    assert create_by_event(world, "evt-2", replace(asked(party))).number == "12345/C002"
