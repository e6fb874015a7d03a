"""What the firm's letters bear is set with the firm's settings; its logo is looked into first, and stays what it was."""

from typing import Any

import pytest

from letterbook.domain.access import Grant
from letterbook.domain.letter import letterhead_of
from tests.support.api_client import ADMIN, email, expect_created
from tests.support.aws import WorldForTests
from tests.support.builders import deed
from tests.support.changing import everything
from tests.support.lambda_client import Answer, Caller

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
AGENT = Caller(user="user-7", role="agent")
NOTHING = {"registration": "", "colour": "#1f3a5f", "phone": "", "email": "", "logo": None}


def uploaded(world: WorldForTests, content: bytes = SVG, media_type: str = "image/svg+xml", **of: Any) -> str:
    """The id of a document that belongs to nobody."""
    named = {"name": "logo.svg", "media_type": media_type, "bytes": len(content), **of}
    made = expect_created(ADMIN.post("/v1/documents", named))
    document = world.documents.get(made["id"])
    assert document is not None
    world.content_store.stage(document, content)
    return document.id


def put(**letterhead: Any) -> Answer:
    return ADMIN.put("/v1/settings", {"letterhead": letterhead})


def letterhead() -> Any:
    return ADMIN.get("/v1/settings").json["letterhead"]


def test_a_firm_that_set_nothing_has_a_letterhead_to_begin_with(world: WorldForTests) -> None:
    assert letterhead() == NOTHING


def test_what_is_set_is_told_and_the_rest_stays(world: WorldForTests) -> None:
    said = {"registration": "Authorised by the SRA, no. 123456", "colour": "#AA0033", "phone": "+44 20 7946 0000"}
    assert put(**said).status == 200
    assert put(email="post@firm.example").status == 200
    assert letterhead() == {**NOTHING, **said, "colour": "#aa0033", "email": "post@firm.example"}


def test_what_was_read_can_be_put_back(world: WorldForTests) -> None:
    put(logo=uploaded(world), registration="Company 1")
    read = ADMIN.get("/v1/settings").json
    assert ADMIN.put("/v1/settings", read).json["letterhead"] == read["letterhead"]


@pytest.mark.parametrize(
    ("letterhead", "at", "code"),
    [
        ({"colour": "red"}, "letterhead.colour", "invalid_format"),
        ({"colour": "#12345g"}, "letterhead.colour", "invalid_format"),
        ({"email": "nobody"}, "letterhead.email", "invalid_email"),
        ({"registration": "two\nlines"}, "letterhead.registration", "control_character"),
        ({"logo": "logo.png"}, "letterhead.logo", "invalid_id"),
        ({"logo": "doc_01JD4QK8V3M2N7R5T9W1X3Y5Z7"}, "letterhead.logo", "unknown_document"),
        ({"slogan": "We care"}, "letterhead.slogan", "unknown_field"),
    ],
)
def test_what_is_no_letterhead_is_refused_where_it_stands(
    world: WorldForTests, letterhead: dict[str, Any], at: str, code: str
) -> None:
    before = everything()
    answer = put(**letterhead)
    assert (answer.status, answer.places) == (422, [(at, code)])
    assert everything() == before


# ---- the logo


def test_a_logo_is_pinned_by_version_and_digest(world: WorldForTests) -> None:
    logo = uploaded(world)
    assert put(logo=logo).json["letterhead"]["logo"] == logo
    pinned = letterhead_of(world.settings.latest()).logo
    assert pinned is not None
    assert world.content_store.attachment(pinned) == SVG


def test_a_letterhead_of_yesterday_keeps_its_logo(world: WorldForTests) -> None:
    put(logo=uploaded(world))
    yesterday = letterhead_of(world.settings.latest()).logo
    put(logo=uploaded(world, SVG.replace(b"9", b"8")))
    put(logo=None)
    assert letterhead()["logo"] is None
    assert yesterday is not None
    assert world.content_store.attachment(yesterday) == SVG


def test_a_logo_of_before_is_the_logo_again(world: WorldForTests) -> None:
    first = uploaded(world)
    put(logo=first)
    put(logo=uploaded(world, SVG.replace(b"9", b"8")))
    assert put(logo=first).json["letterhead"]["logo"] == first


def test_what_is_put_there_later_is_not_the_logo(world: WorldForTests) -> None:
    logo = uploaded(world)
    document = world.documents.get(logo)
    assert document is not None
    world.content_store.stage(document, SVG.replace(b"9", b"8"))
    put(logo=logo)
    pinned = letterhead_of(world.settings.latest()).logo
    assert pinned is not None
    assert world.content_store.attachment(pinned) == SVG


def test_everybody_who_reads_sees_the_logo(world: WorldForTests) -> None:
    logo = uploaded(world)
    assert AGENT.get(f"/v1/documents/{logo}").status == 404
    put(logo=logo)
    assert AGENT.get(f"/v1/documents/{logo}").status == 302


@pytest.mark.parametrize(
    ("content", "media_type", "code"),
    [
        (SVG.replace(b"<path", b"<script/><path"), "image/svg+xml", "forbidden_element"),
        (SVG.replace(b"d=", b"onload="), "image/svg+xml", "forbidden_attribute"),
        (b"\xff\xd8\xff\xe0 a JPEG", "image/png", "invalid_picture"),
        (b"%PDF-1.7", "application/pdf", "unsupported_picture"),
        (b"x" * 500_001, "image/png", "too_large"),
    ],
)
def test_what_is_no_picture_to_be_printed_is_no_logo_and_is_not_kept(
    world: WorldForTests, content: bytes, media_type: str, code: str
) -> None:
    document_id = uploaded(world, content, media_type)
    answer = put(logo=document_id, registration="Company 1")
    assert (answer.status, answer.places) == (422, [("letterhead.logo", code)])
    assert letterhead() == NOTHING
    document = world.documents.get(document_id)
    assert document is not None
    assert not document.is_stored


def test_what_was_announced_and_not_uploaded_is_no_logo(world: WorldForTests) -> None:
    announced = {"name": "logo.svg", "media_type": "image/svg+xml", "bytes": 9}
    document = expect_created(ADMIN.post("/v1/documents", announced))
    assert put(logo=document["id"]).places == [("letterhead.logo", "not_uploaded")]


def test_fifty_megabytes_are_refused_before_anything_is_uploaded(world: WorldForTests) -> None:
    announced = {"name": "logo.png", "media_type": "image/png", "bytes": 50 * 1024 * 1024}
    assert ADMIN.post("/v1/documents", announced).status in (413, 422)


def test_what_belongs_to_a_party_is_no_logo(world: WorldForTests, party: Any) -> None:
    """Everybody would see it."""
    theirs = uploaded(world, party_id=party["id"])
    assert put(logo=theirs).places == [("letterhead.logo", "belongs_to_somebody")]


def test_what_a_message_took_up_is_no_logo(world: WorldForTests, party: Any) -> None:
    document = uploaded(world)
    expect_created(ADMIN.post("/v1/communications", email(party, attachments=[document])))
    assert put(logo=document).places == [("letterhead.logo", "belongs_to_somebody")]


def test_the_logo_can_be_attached_like_any_document_that_is_seen(world: WorldForTests, party: Any) -> None:
    world.grants.save(Grant(user="user-7", party_id=party["id"]), deed())
    logo = uploaded(world)
    put(logo=logo)
    sent = expect_created(AGENT.post("/v1/communications", email(party, attachments=[logo])))
    assert [one["id"] for one in sent["attachments"]] == [logo]
    assert put(logo=logo).status == 200
