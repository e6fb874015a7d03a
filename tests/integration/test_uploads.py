"""What was put first where a document is uploaded is the document, whenever and by whomever it is looked at."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
import requests

from letterbook.adapters.content_store import S3ContentStore
from letterbook.domain.errors import ConcurrentUpdate, Conflict, CorruptContent, Invalid
from letterbook.domain.party import Document
from letterbook.use_cases.directory.attachments import looked_at
from letterbook.use_cases.directory.documents import STAGED_FOR, download_link, uploaded
from letterbook.use_cases.messages.compose import compose
from letterbook.use_cases.messages.preview import preview
from tests.support.aws import WorldForTests, client
from tests.support.builders import viewer
from tests.support.failing import overtaken
from tests.support.steps import a_document, a_party, an_email, assert_nothing_happened, deliver_queue, send

FIRST, SECOND = b"What was agreed", b"Something other"
DIGEST = sha256(FIRST).hexdigest()


def put(document: Document, content: bytes) -> None:
    client("s3").put_object(Bucket="vault", Key=f"staging/{document.id}", Body=content)


@pytest.fixture
def document(world: WorldForTests) -> Document:
    """One that something else was put over."""
    made = a_document(world, FIRST)
    put(made, SECOND)
    return made


def test_a_message_takes_what_was_put_first(world: WorldForTests, document: Document) -> None:
    made = send(world, an_email(a_party(world), attachments=(document.id,)))
    deliver_queue(world)
    assert [content for _, content in world.fakes.email.taken[0].attachments] == [FIRST]
    assert [one.sha256 for one in made.entry.attachments] == [DIGEST]


def test_a_download_is_of_what_was_put_first(world: WorldForTests, document: Document) -> None:
    link = download_link(world, viewer(), document.id)
    assert requests.get(link, timeout=5).content == FIRST
    preview(world, viewer(), an_email(a_party(world), attachments=(document.id,)))
    assert requests.get(download_link(world, viewer(), document.id), timeout=5).content == FIRST


def test_a_preview_looks_at_what_was_put_first_and_once(
    world: WorldForTests, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = an_email(a_party(world), attachments=(document.id,))
    assert [one.sha256 for one in preview(world, viewer(), message).about.documents] == [DIGEST]
    assert_nothing_happened(world)
    monkeypatch.setattr(S3ContentStore, "look_at", None)
    monkeypatch.setattr(S3ContentStore, "first_put", None)
    assert [one.sha256 for one in preview(world, viewer(), message).about.documents] == [DIGEST]
    assert [one.sha256 for one in send(world, message).entry.attachments] == [DIGEST]


def test_the_first_of_more_versions_than_one_answer_holds(
    world: WorldForTests, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "2")
    for _ in range(5):
        put(document, SECOND)
    known = looked_at(world, document)
    assert known is not None
    assert known.sha256 == DIGEST


def test_the_store_is_asked_only_of_what_nobody_knows_and_once_of_each(
    world: WorldForTests, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, looked = a_document(world, FIRST, uploaded=False), looked_at(world, a_document(world, FIRST))
    assert looked is not None
    asked: list[str] = []
    first_put = S3ContentStore.first_put

    def counted(store: S3ContentStore, one: Document) -> str | None:
        asked.append(one.id)
        return first_put(store, one)

    monkeypatch.setattr(S3ContentStore, "first_put", counted)
    assert uploaded(world, iter([document, lost, looked])) == [document, looked]
    assert sorted(asked) == sorted([document.id, lost.id])
    assert uploaded(world, [looked]) == [looked]
    assert len(asked) == 2


def test_what_lies_at_a_longer_address_is_another_document(world: WorldForTests) -> None:
    document = a_document(world, FIRST, uploaded=False)
    put(replace(document, id=f"{document.id}0"), SECOND)
    assert world.content_store.first_put(document) is None
    put(document, FIRST)
    assert send(world, an_email(a_party(world), attachments=(document.id,))).entry.attachments[0].sha256 == DIGEST


def test_what_was_put_first_outlives_its_being_deleted_over(world: WorldForTests, document: Document) -> None:
    client("s3").delete_object(Bucket="vault", Key=f"staging/{document.id}")
    put(document, SECOND)
    assert send(world, an_email(a_party(world), attachments=(document.id,))).entry.attachments[0].sha256 == DIGEST


def test_an_upload_is_taken_up_within_its_time_only(world: WorldForTests, document: Document) -> None:
    """Its versions may lie there a while longer."""
    world.clock.pass_(seconds=STAGED_FOR / timedelta(seconds=1))
    with pytest.raises(Invalid) as refused:
        send(world, an_email(a_party(world), attachments=(document.id,)))
    assert [(one.field, one.code) for one in refused.value.faults] == [("attachments.0", "unknown_document")]


def test_what_cannot_be_sent_for_its_size_is_not_looked_at(world: WorldForTests) -> None:
    documents = [a_document(world, uploaded=False, bytes=10 * 1024 * 1024) for _ in range(2)]
    shown = preview(world, viewer(), an_email(a_party(world), attachments=tuple(one.id for one in documents)))
    assert shown.ruling.decision.rule == "size"


def test_a_preview_tells_what_was_put_in_another_size(world: WorldForTests) -> None:
    document = a_document(world, b"four", uploaded=False)
    put(document, b"longer than four")
    message = an_email(a_party(world), attachments=(document.id,))
    for ask in (preview, compose):
        with pytest.raises(Invalid) as refused:
            ask(world, viewer(), message)
        assert [(one.field, one.code) for one in refused.value.faults] == [("attachments.0", "size_mismatch")]


def test_nothing_is_taken_up_where_one_of_several_was_changed(world: WorldForTests, document: Document) -> None:
    good = a_document(world)
    attached = (good.id, document.id)
    message = an_email(a_party(world), attachments=attached, digests={document.id: sha256(SECOND).hexdigest()})
    with pytest.raises(Conflict) as refused:
        compose(world, viewer(), message)
    assert [(one.field, one.code) for one in refused.value.faults] == [("attachments.1", "document_changed")]
    assert_nothing_happened(world)
    assert "Contents" not in client("s3").list_objects_v2(Bucket="vault", Prefix="documents/")


@pytest.fixture
def meanwhile(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Something that happens just before the next document is saved, once."""

    def arrange(happens: Callable[[], object]) -> None:
        overtaken(monkeypatch, world.documents, "save", happens)

    return arrange


def test_two_who_look_and_send_at_once_mean_one_content(
    world: WorldForTests, document: Document, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    message = an_email(a_party(world), attachments=(document.id,))
    meanwhile(lambda: preview(world, viewer(), message))
    made = send(world, message)
    assert [(one.sha256, bool(one.object_version)) for one in made.entry.attachments] == [(DIGEST, True)]
    kept = world.documents.get(document.id)
    assert kept is not None
    assert (kept.object_version, kept.sha256) == (made.entry.attachments[0].object_version, DIGEST)


def test_who_looks_while_another_sends_sees_what_was_sent(
    world: WorldForTests, document: Document, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    message = an_email(a_party(world), attachments=(document.id,))
    meanwhile(lambda: send(world, message))
    assert [one.sha256 for one in preview(world, viewer(), message).about.documents] == [DIGEST]
    kept = world.documents.get(document.id)
    assert kept is not None
    assert kept.is_stored


def test_others_who_keep_writing_are_given_way(
    world: WorldForTests, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    def moved(*_: object, **__: object) -> None:
        raise ConcurrentUpdate(document.id)

    monkeypatch.setattr(world.documents, "save", moved)
    with pytest.raises(ConcurrentUpdate):
        looked_at(world, document)


def test_an_upload_that_is_not_what_was_looked_at_is_not_taken_up(world: WorldForTests, document: Document) -> None:
    known = looked_at(world, document)
    assert known is not None
    with pytest.raises(CorruptContent):
        world.content_store.store_upload(replace(known, sha256=sha256(SECOND).hexdigest()))
