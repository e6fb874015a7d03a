"""What if a worker dies over an export? It is made in the end, once and whole, or says that it could not be."""

import gc
import logging
from functools import cache
from random import Random
from typing import Any

import pytest

from letterbook.adapters import aws
from letterbook.domain.access import Viewer
from letterbook.domain.exports import Export, ExportFailure, ExportFormat, ExportStatus
from letterbook.domain.filters import Filters
from letterbook.use_cases.delivery.sweep import sweep
from letterbook.use_cases.exports.make_export import make_export
from letterbook.use_cases.exports.order_export import order_export
from letterbook.use_cases.exports.read_export import export_url, read_export
from tests.support.aws import WorldForTests, client
from tests.support.builders import mail, viewer
from tests.support.exports import fetched, folders
from tests.support.failing import Died, fails_once, overtaken
from tests.support.steps import a_party, come_in, make_exports

ME: Viewer = viewer()


@cache
def large_mail() -> bytes:
    """With more than one part of an upload, however it is packed. Written once: it takes a while."""
    return mail("Here.", files=[("Scan.bin", "application/octet-stream", Random(1).randbytes(9_000_000))])


def order(world: WorldForTests, *, large: bool = False) -> Export:
    a_party(world)
    come_in(world, large_mail() if large else mail("Here."), "mail/1")
    come_in(world, mail("And here."), "mail/2")
    return order_export(world, ME, ExportFormat.ZIP, Filters(), None)[0]


def after_a_while(world: WorldForTests, minutes: int = 8) -> None:
    """The sweep comes each minute, and the worker takes what it finds."""
    for _ in range(minutes):
        world.clock.pass_(minutes=1)
        sweep(world)
        make_exports(world)


def assert_made_once(world: WorldForTests, export: Export) -> None:
    done = read_export(world, ME, export.id)
    assert (done.status, done.rows) == (ExportStatus.DONE, 2)
    assert len(folders(fetched(export_url(world, ME, done)))) == 2
    assert world.queued("export") == []


def files(world: WorldForTests) -> list[str]:
    listed = client("s3").list_objects_v2(Bucket="vault", Prefix="exports/")
    return [one["Key"] for one in listed.get("Contents", [])]


def begun() -> int:
    """How many files were begun in parts, and neither finished nor given up."""
    return len(client("s3").list_multipart_uploads(Bucket="vault").get("Uploads", []))


def test_dying_between_order_and_queue_loses_nothing(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_once(monkeypatch, world.queues, "enqueue_export", Died())
    with pytest.raises(Died):
        order(world)
    [export] = world.exports.of_user(ME.id)
    after_a_while(world)
    assert_made_once(world, export)


def test_the_queue_refusing_is_not_the_callers_trouble(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_once(monkeypatch, world.queues, "enqueue_export", ConnectionError())
    export = order(world)
    after_a_while(world)
    assert_made_once(world, export)


@pytest.mark.parametrize(
    ("owner", "write"),
    [
        (lambda world: world.exports, "save"),
        (lambda world: world.content_store, "content"),
        (lambda world: world.content_store, "attachment"),
        (lambda _: aws.s3(), "create_multipart_upload"),
        (lambda _: aws.s3(), "upload_part"),
        (lambda _: aws.s3(), "complete_multipart_upload"),
    ],
)
@pytest.mark.parametrize("error", [Died(), RuntimeError("it broke")])
def test_a_worker_that_dies_anywhere_leaves_no_half_file_and_another_makes_it(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, owner: Any, write: str, error: BaseException
) -> None:
    export = order(world, large=True)
    fails_once(monkeypatch, owner(world), write, error)
    with pytest.raises(type(error)):
        make_exports(world)
    gc.collect()
    assert (files(world), begun()) == ([], 0)
    after_a_while(world)
    assert_made_once(world, export)
    assert (len(files(world)), begun()) == (1, 0)


def test_dying_before_it_is_told_that_the_file_is_there_makes_another(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = order(world)
    works, saves = world.exports.save, iter([False, True])

    def save(changed: Export) -> None:
        if next(saves, False):
            raise Died
        works(changed)

    monkeypatch.setattr(world.exports, "save", save)
    with pytest.raises(Died):
        make_exports(world)
    assert read_export(world, ME, export.id).status is ExportStatus.RUNNING
    after_a_while(world)
    assert_made_once(world, export)


def test_an_order_that_comes_twice_is_made_once(world: WorldForTests) -> None:
    export = order(world)
    make_exports(world)
    made = files(world)
    make_export(world, export.id)
    assert (files(world), read_export(world, ME, export.id).tries) == (made, 1)


def test_while_one_worker_has_it_no_other_begins(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    export = order(world)
    overtaken(monkeypatch, world.content_store, "content", lambda: make_export(world, export.id))
    make_exports(world)
    assert_made_once(world, export)
    assert read_export(world, ME, export.id).tries == 1


def test_a_slow_worker_that_was_taken_for_dead_overwrites_nothing(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = order(world)

    def others() -> None:
        after_a_while(world)
        assert_made_once(world, export)

    overtaken(monkeypatch, world.content_store, "content", others)
    make_export(world, export.id)
    done = read_export(world, ME, export.id)
    assert (done.tries, done.file) == (2, f"{export.id}/2.zip")
    assert_made_once(world, export)


def test_a_worker_that_tells_how_far_it_is_keeps_it(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    export = order(world)
    works = world.content_store.content
    seen = []

    def slowly(ref: Any) -> Any:
        world.clock.pass_(minutes=2)
        sweep(world)
        seen.append(read_export(world, ME, export.id).progress)
        return works(ref)

    monkeypatch.setattr(world.content_store, "content", slowly)
    make_exports(world)
    assert seen == [0, 50]
    assert_made_once(world, export)
    assert read_export(world, ME, export.id).tries == 1


def test_what_three_workers_die_over_has_failed(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    export = order(world)

    def dies(_: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(world.content_store, "content", dies)
    for _ in range(20):
        world.clock.pass_(minutes=1)
        sweep(world)
        for each in world.queued("export"):
            try:
                make_export(world, each["export_id"])
            except RuntimeError:
                logging.getLogger(__name__).info("it broke again")
    failed = read_export(world, ME, export.id)
    assert (failed.status, failed.failure, failed.tries) == (ExportStatus.FAILED, ExportFailure.GIVEN_UP, 3)


def test_what_no_worker_takes_for_hours_has_failed(world: WorldForTests) -> None:
    export = order(world)
    world.queued("export")
    for _ in range(14):
        world.clock.pass_(minutes=30)
        sweep(world)
        world.queued("export")
    assert read_export(world, ME, export.id).failure is ExportFailure.GIVEN_UP
