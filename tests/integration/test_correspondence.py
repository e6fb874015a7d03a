"""Correspondence until it may be sent: its number, its content, its PDF; how it is found."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from letterbook.domain.correspondence import CorrespondenceFilters, CorrespondenceStatus
from letterbook.domain.errors import Conflict, Invalid, NotFound
from letterbook.domain.letter import TypesettingFailed
from letterbook.domain.party import Party
from letterbook.domain.references import Regarding
from letterbook.domain.templates import Variable
from letterbook.domain.todos import TodoStatus
from letterbook.use_cases.correspondence.create import create_by_event, create_correspondence, preview_letter
from letterbook.use_cases.correspondence.recreate import recreate_correspondence
from letterbook.use_cases.correspondence.render import render_correspondence
from letterbook.use_cases.correspondence.send import email_correspondence
from letterbook.use_cases.correspondence.void import void_correspondence
from letterbook.use_cases.directory.find import find
from letterbook.use_cases.directory.parties import amend_party
from letterbook.use_cases.indexing.index import index_communication
from letterbook.use_cases.reading.correspondence import (
    list_correspondence,
    pdf_link,
    read_correspondence,
    read_detail,
)
from tests.support.aws import WorldForTests
from tests.support.builders import agent, viewer
from tests.support.correspondence import (
    a_customer,
    a_letter_template,
    a_type,
    an_invoice,
    asked,
    begun,
    made,
    read,
    standing,
)
from tests.support.failing import fails_once
from tests.support.steps import (
    a_template,
    deliver_queue,
    make_documents,
)

STATUS = CorrespondenceStatus


def another_account(world: WorldForTests, party: Party) -> None:
    amend_party(world, viewer(), party.id, None, lambda before: replace(before, account_number="99"))


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
        ({"pay_by": "2026-12-18", "invoices": [""]}, ("content.invoices.0", "invalid_id")),
        ({"pay_by": "2026-12-18", "invoices": ["1" * 3000]}, ("content.invoices.0", "invalid_id")),
        ({"pay_by": "2026-12-18", "invoices": ["1\x00"]}, ("content.invoices.0", "invalid_id")),
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


@pytest.mark.parametrize(
    ("given", "written"), [(3, "3"), (3.0, "3"), (-0.0, "0"), (0.1, "0.1"), (1e15, "1000000000000000")]
)
def test_a_number_is_written_as_people_write_it(world: WorldForTests, given: float, written: str) -> None:
    variables = (Variable(name="n", example="1"),)
    a_template(world, key="count", channels=("post",), subject="Count", body="There are {{ n }}.", variables=variables)
    a_type(world, key="count", template="count", fields={"properties": {"n": {"type": "number"}}, "required": ["n"]})
    shown = preview_letter(world, viewer(), asked(a_customer(world), type_="count", n=given))
    assert shown.rendered.text.strip() == f"There are {written}."


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
    seen_to = world.todos.get(todo[0].id)
    assert seen_to
    assert seen_to.status is TodoStatus.DONE


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
