"""Letters that a provider prints: what it is handed is all that goes into the envelope, and can be printed."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication
from letterbook.domain.errors import Invalid
from letterbook.domain.message import MessageRequest
from letterbook.domain.party import Party
from letterbook.domain.post import PostWish, PrintMode
from letterbook.domain.status import Status
from letterbook.ports import OutboundMessage
from tests.support.aws import WorldForTests
from tests.support.pdfs import a_pdf
from tests.support.steps import a_document, a_party, deliver_queue, make_documents, send, standing

ADDRESS = "Priya Raman\n1 High Street\nSurbiton\nKT6 4QH"
WIDE = a_pdf().replace(b"595", b"842", 1)


@pytest.fixture
def party(world: WorldForTests) -> Party:
    world.fakes.secrets.add("pingen")
    return a_party(world, address=ADDRESS)


def a_letter(party: Party, *documents: Any, **changes: Any) -> MessageRequest:
    made = MessageRequest(
        channel=Channel.POST,
        party_id=party.id,
        subject="Final notice",
        body="Dear Ms Raman,",
        attachments=tuple(one.id for one in documents),
    )
    return replace(made, **changes)


def posted(world: WorldForTests, message: MessageRequest) -> tuple[Communication, list[OutboundMessage]]:
    made = send(world, message)
    make_documents(world)
    deliver_queue(world, "post")
    return standing(world, made), world.fakes.made["pingen"].taken


def pages(content: bytes) -> int:
    return len(PdfReader(BytesIO(content)).pages)


@pytest.mark.covers("E3")
def test_what_is_enclosed_is_printed_with_the_letter(world: WorldForTests, party: Party) -> None:
    terms, map_ = a_document(world, a_pdf(2), name="Terms.pdf"), a_document(world, a_pdf(), name="Map.pdf")
    made, [parcel] = posted(world, a_letter(party, terms, map_))
    assert made.entry.status is Status.SENT
    assert [(one.name, pages(content)) for one, content in parcel.attachments] == [
        ("Letter.pdf", 4),
        ("Terms.pdf", 2),
        ("Map.pdf", 1),
    ]


@pytest.mark.covers("E3")
def test_a_document_goes_as_it_is(world: WorldForTests, party: Party) -> None:
    notice = a_document(world, a_pdf(3), name="Notice.pdf")
    _, [parcel] = posted(world, a_letter(party, notice, subject="", body=""))
    assert [(one.name, content) for one, content in parcel.attachments] == [("Notice.pdf", a_pdf(3))]


def test_printed_on_both_sides_what_is_enclosed_begins_on_a_sheet_of_its_own(
    world: WorldForTests, party: Party
) -> None:
    notice, terms = a_document(world, a_pdf(), name="Notice.pdf"), a_document(world, a_pdf(), name="Terms.pdf")
    wanted = PostWish(print_mode=PrintMode.DUPLEX)
    _, [parcel] = posted(world, a_letter(party, notice, terms, subject="", body="", post=wanted))
    assert pages(parcel.attachments[0][1]) == 3


@pytest.mark.covers("E3")
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (WIDE, "page 1 is not A4, upright."),
        (a_pdf(password="secret"), "it is encrypted."),
        (b"MZ\x90 a program", "it is no PDF."),
    ],
    ids=["not A4", "encrypted", "no PDF"],
)
def test_what_cannot_be_printed_is_told_before_anybody_is_called(
    world: WorldForTests, party: Party, content: bytes, why: str
) -> None:
    made, taken = posted(world, a_letter(party, a_document(world, content, name="Terms.pdf")))
    failure = made.entry.failure
    assert failure
    assert (made.entry.status, failure.code) == (Status.FAILED, "invalid_document")
    assert failure.words.reason == f"The file cannot be sent as a letter: Terms.pdf: {why}"
    assert taken == []


def test_by_hand_it_may_be_of_any_size(world: WorldForTests, party: Party) -> None:
    made = send(world, a_letter(party, a_document(world, WIDE, name="Plan.pdf"), channel=Channel.MANUAL))
    make_documents(world)
    assert standing(world, made).entry.status is Status.MANUAL_PENDING


def test_what_is_enclosed_must_be_a_pdf(world: WorldForTests, party: Party) -> None:
    terms = a_document(world, a_pdf(), name="Terms.pdf")
    picture = a_document(world, b"\x89PNG", name="Plan.png", media_type="image/png")
    with pytest.raises(Invalid) as refused:
        send(world, a_letter(party, terms, picture))
    assert [(one.field, one.code) for one in refused.value.faults] == [("attachments.1", "not_a_pdf")]
