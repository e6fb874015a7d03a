"""Correspondence on its way: what carries it, once; what it completes, and what becomes of it when it is void."""

import pytest

from letterbook.domain.access import Ownership
from letterbook.domain.correspondence import NUMBER, CorrespondenceStatus
from letterbook.domain.errors import Conflict, Invalid
from letterbook.domain.references import Regarding
from letterbook.domain.status import Status
from letterbook.domain.subjects import RegardedRecord
from letterbook.domain.todos import Todo, TodoStatus, id_for
from letterbook.use_cases.correspondence.deliver import deliver_correspondence
from letterbook.use_cases.correspondence.recreate import recreate_correspondence
from letterbook.use_cases.correspondence.send import EmailRequest, email_correspondence, post_correspondence
from letterbook.use_cases.correspondence.void import void_correspondence
from letterbook.use_cases.directory.subjects import put_subject
from letterbook.use_cases.directory.todos import make_todo
from letterbook.use_cases.messages.compose import compose
from letterbook.use_cases.messages.declare_delivered import declare_delivered
from letterbook.use_cases.messages.resend import resend
from letterbook.use_cases.reading.correspondence import (
    read_detail,
)
from tests.support.aws import WorldForTests
from tests.support.builders import JANE, MAILBOX_FULL, agent, viewer
from tests.support.correspondence import (
    a_copying_type,
    a_customer,
    a_type,
    an_invoice,
    made,
    read,
)
from tests.support.steps import (
    a_contact,
    a_document,
    a_party,
    an_email,
    deliver_queue,
    make_documents,
    standing as entry_standing,
    tell,
)

STATUS = CorrespondenceStatus


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


@pytest.mark.covers("J5", "D6")
def test_what_failed_and_was_sent_again_by_its_entry_is_not_sent_by_a_press_too(world: WorldForTests) -> None:
    a_type(world)
    made(world, a_customer(world))
    first, _ = email_correspondence(world, viewer(), "12345", "C001")
    deliver_queue(world)
    tell(world, entry_standing(world, first.communications[0]), MAILBOX_FULL)
    resend(world, viewer(), first.communications[0], ())
    _, replayed = email_correspondence(world, viewer(), "12345", "C001")
    deliver_queue(world)
    assert (replayed, len(world.fakes.email.taken)) == (True, 2)


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


@pytest.mark.covers("J6")
def test_it_is_not_delivered_while_the_letter_to_be_posted_is_being_made(world: WorldForTests) -> None:
    """Else somebody would be told to print what was handed over already."""
    a_type(world)
    made(world, a_customer(world))
    posted, _ = post_correspondence(world, viewer(), "12345", "C001")
    with pytest.raises(Conflict) as refused:
        deliver_correspondence(world, viewer(), "12345", "C001")
    assert (refused.value.code, read(world).status) == ("not_ready", STATUS.POSTED)
    make_documents(world)
    deliver_correspondence(world, viewer(), "12345", "C001")
    assert entry_standing(world, posted.communications[0]).entry.status is Status.DELIVERED


@pytest.mark.covers("J5")
def test_what_has_not_gone_is_cancelled_when_it_is_void(world: WorldForTests) -> None:
    a_type(world)
    made(world, a_customer(world))
    email, _ = email_correspondence(world, viewer(), "12345", "C001")
    posted, _ = post_correspondence(world, viewer(), "12345", "C001")
    make_documents(world)
    by_hand = posted.communications[-1]
    void_correspondence(world, viewer(), "12345", "C001", reason="Wrong invoices")
    deliver_queue(world)
    assert world.fakes.email.taken == []
    statuses = {entry_standing(world, one).entry.status for one in (email.communications[0], by_hand)}
    todo = world.todos.get(id_for(by_hand))
    assert todo
    assert (statuses, todo.status) == ({Status.CANCELLED}, TodoStatus.DONE)


@pytest.mark.covers("J5")
def test_what_carried_a_void_one_is_not_sent_again(world: WorldForTests) -> None:
    a_type(world)
    party = a_customer(world)
    made(world, party)
    first, _ = email_correspondence(world, viewer(), "12345", "C001")
    deliver_queue(world)
    tell(world, entry_standing(world, first.communications[0]), MAILBOX_FULL)
    void_correspondence(world, viewer(), "12345", "C001", reason="Wrong invoices")
    with pytest.raises(Conflict) as refused:
        resend(world, viewer(), first.communications[0], ())
    assert refused.value.code == "void"
    # Whoever writes the number of a letter beside their own message learns nothing of it, and is not held up by it.
    own = compose(world, viewer(), an_email(party, metadata={NUMBER: "12345/C001"}))[0]
    deliver_queue(world)
    tell(world, entry_standing(world, own), MAILBOX_FULL)
    assert resend(world, viewer(), own.id, ())[0].entry.attempt == 2
