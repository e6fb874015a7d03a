"""What somebody saw attached in the console is what goes: the form holds its digest, and asks for it."""

import re
from hashlib import sha256
from typing import Any

import pytest

from letterbook.domain.message import CommunicationRequest
from letterbook.domain.party import Document, Party
from tests.support.aws import WorldForTests
from tests.support.console_client import ConsoleClient, words
from tests.support.lambda_client import Answer
from tests.support.steps import a_document, a_party, standing

CONTENT = b"%PDF of authority"
DIGEST, OTHER = sha256(CONTENT).hexdigest(), sha256(b"other").hexdigest()
COMPOSE, LOG = "/compose", "/communications"


@pytest.fixture
def priya(world: WorldForTests) -> Party:
    return a_party(world)


@pytest.fixture
def document(world: WorldForTests, priya: Party) -> Document:
    return a_document(world, CONTENT, party_id=priya.id, name="Authority.pdf")


def filled(priya: Party, document: Document, **changes: Any) -> dict[str, Any]:
    typed = {
        "channel": "email",
        "party_id": priya.id,
        "subject": "Your review",
        "body": "Dear Priya,",
        "once": "once-1",
    }
    return {**typed, "attachments": document.id, "do": "review", **changes}


def shown(answer: Answer) -> dict[str, str]:
    """The digests that the page asks for, by the form's own fields."""
    return dict(re.findall(r'name="(sha256-\w+)" value="(\w*)"', answer.text))


def asked(world: WorldForTests, answer: Answer) -> CommunicationRequest:
    assert answer.status == 303, words(answer.text)
    made = standing(world, answer.headers["Location"].split("/")[2])
    request = world.content_store.content(made.content).request
    assert request is not None
    return request


def test_what_is_attached_is_sent_as_the_page_showed_it(
    world: WorldForTests, jane: ConsoleClient, priya: Party, document: Document
) -> None:
    assert shown(jane.get(f"{COMPOSE}?party_id={priya.id}")) == {}
    page = jane.post(COMPOSE, filled(priya, document))
    assert shown(page) == {f"sha256-{document.id}": DIGEST}
    made = jane.post(COMPOSE, filled(priya, document, do="send", **shown(page)))
    assert asked(world, made).digests == {document.id: DIGEST}


def test_what_is_attached_is_shown_with_its_digest_even_where_nothing_can_be_sent(
    jane: ConsoleClient, priya: Party, document: Document
) -> None:
    page = jane.post(COMPOSE, filled(priya, document, to="nobody", do="send"))
    assert page.status == 422
    assert shown(page) == {f"sha256-{document.id}": DIGEST}


@pytest.mark.parametrize("do", ["send", "keep", "review"])
def test_what_changed_is_told_and_shown_as_it_is_now(
    jane: ConsoleClient, priya: Party, document: Document, do: str
) -> None:
    page = jane.post(COMPOSE, filled(priya, document, do=do, **{f"sha256-{document.id}": OTHER}))
    assert page.status == (200 if do == "review" else 422)
    assert "Authority.pdf is not the file that was looked at." in words(page.text)
    assert shown(page) == {f"sha256-{document.id}": DIGEST}
    assert "Dear Priya," in page.text
    assert jane.post(COMPOSE, filled(priya, document, do="send", once="again", **shown(page))).status == 303


def test_a_draft_is_sent_as_its_page_showed_it(
    world: WorldForTests, jane: ConsoleClient, priya: Party, document: Document
) -> None:
    kept = jane.post(COMPOSE, filled(priya, document, do="keep"))
    path = kept.headers["Location"]
    page = jane.follow(kept)
    assert shown(page) == {f"sha256-{document.id}": DIGEST}
    version = re.findall(r'name="version" value="(\d+)"', page.text)[0]
    changed = jane.post(path, filled(priya, document, do="send", version=version, **{f"sha256-{document.id}": OTHER}))
    assert changed.status == 422
    assert "is not the file that was looked at" in words(changed.text)
    sent = jane.post(path, filled(priya, document, do="send", version=version, **shown(page)))
    assert asked(world, sent).digests == {document.id: DIGEST}


def test_a_note_is_logged_with_what_its_form_showed(
    world: WorldForTests, jane: ConsoleClient, priya: Party, document: Document
) -> None:
    page = jane.post("/log/note", {"party_id": priya.id, "body": "", "attachments": document.id})
    assert shown(page) == {f"sha256-{document.id}": DIGEST}
    note = {"party_id": priya.id, "body": "x", "attachments": document.id}
    changed = jane.post("/log/note", {**note, f"sha256-{document.id}": OTHER})
    assert (changed.status, shown(changed)) == (422, shown(page))
    assert asked(world, jane.post("/log/note", {**note, **shown(page)})).digests == {document.id: DIGEST}
