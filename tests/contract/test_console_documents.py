"""Documents are put in wherever something is logged, on a case and on a party: by script, and with the form where there is none."""

from typing import Any

import pytest

from letterbook.domain.party import Case, Party
from letterbook.use_cases.directory.documents import STAGED_FOR, list_documents
from tests.support.api_client import ADMIN
from tests.support.aws import WorldForTests
from tests.support.builders import viewer
from tests.support.console_client import ConsoleClient, only_entry, words
from tests.support.steps import a_document

PDF = ("Form.pdf", "application/pdf", b"%PDF \x00\xff\r\n--not-a-boundary")


def names(world: WorldForTests, **owner: Any) -> list[str]:
    given = {"party_id": None, "case_id": None, **owner}
    return [one.name for one in list_documents(world, viewer(), **given, limit=50, after=None).items]


# ---- on a party and a case


@pytest.mark.parametrize("of", ["party", "case"])
def test_a_file_is_put_in_with_the_form_and_kept(
    world: WorldForTests, jane: ConsoleClient, priya: Party, matter: Case, of: str
) -> None:
    owner = {"party_id": priya.id} if of == "party" else {"case_id": matter.id}
    path = f"/parties/{priya.id}/documents" if of == "party" else f"/cases/{matter.id}/documents"
    assert '<form class="putting"' in jane.get(path).text
    form = {**owner, "once": "once-1"}
    first, again = (jane.post_files("/documents", form, [PDF, ("a.txt", "text/plain", b"a")]) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"] == path
    assert "2 documents put in." in words(jane.follow(first).text)
    activity = words(jane.get(path.replace("documents", "activity")).text)
    assert activity.count("Document put in") == 2
    world.clock.pass_(seconds=STAGED_FOR.total_seconds() + 1)
    assert sorted(names(world, **owner)) == ["Form.pdf", "a.txt"]


def test_what_was_put_in_is_what_is_downloaded(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    jane.post_files("/documents", {"party_id": priya.id, "once": "once-1"}, [PDF])
    [document] = list_documents(world, viewer(), party_id=priya.id, case_id=None, limit=5, after=None).items
    assert (document.name, document.media_type, document.bytes) == ("Form.pdf", "application/pdf", len(PDF[2]))
    assert document.is_stored


def test_no_file_and_nobody_are_told(jane: ConsoleClient, priya: Party) -> None:
    told = jane.post("/documents", {"party_id": priya.id})
    assert told.status == 422
    assert "No file was chosen." in words(told.text)
    assert jane.post_files("/documents", {}, [PDF]).status == 404
    assert jane.get("/documents/new").status == 404
    assert "Put in documents" in jane.get(f"/documents/new?party_id={priya.id}").text


def test_what_is_too_large_for_a_form_says_so(jane: ConsoleClient, priya: Party) -> None:
    told = jane.post_files("/documents", {"party_id": priya.id}, [("a.bin", "application/pdf", b"x" * 4_100_000)])
    assert (told.status, "4 MB in all" in words(told.text)) == (422, True)
    assert jane.post_files("/documents", {}, [("a.bin", "application/pdf", b"x" * 4_400_000)]).status == 413


@pytest.mark.parametrize(
    ("name", "media_type", "kept"),
    [
        ("C:\\scans\\Form.pdf", "application/pdf", ("Form.pdf", "application/pdf")),
        ("../../etc/passwd", "no type at all", ("passwd", "application/octet-stream")),
        ("Ünïcode ☂.TXT", "TEXT/PLAIN", ("Ünïcode ☂.TXT", "text/plain")),
    ],
)
def test_a_file_is_called_as_it_was_without_its_folders(
    world: WorldForTests, jane: ConsoleClient, priya: Party, name: str, media_type: str, kept: tuple[str, str]
) -> None:
    answer = jane.post_files("/documents", {"party_id": priya.id}, [(name, media_type, b"x")])
    assert answer.status == 303, words(answer.text)
    [document] = list_documents(world, viewer(), party_id=priya.id, case_id=None, limit=5, after=None).items
    assert (document.name, document.media_type) == kept


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", "LS0="),
        ("multipart/form-data; boundary=b", "LS1i"),
        ("multipart/form-data; boundary=b", "not base64"),
        ("multipart/mixed; boundary=b", "LS1iLS0="),
        ("multipart/form-data; boundary=b", ""),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(jane: ConsoleClient, content_type: str, body: str) -> None:
    headers = {"content_type": content_type, "origin": f"https://{jane.host}"}
    assert 400 <= jane.ask("POST", "/documents", body, headers=headers, encoded=True).status < 500


# ---- with what is logged or written


@pytest.mark.parametrize("what", ["call", "meeting", "note", "inbound"])
def test_whatever_is_logged_takes_files_with_its_form(
    world: WorldForTests, jane: ConsoleClient, priya: Party, what: str
) -> None:
    page = jane.get(f"/log/{what}?party_id={priya.id}").text
    assert 'enctype="multipart/form-data"' in page
    assert '<input type="file" name="file" multiple>' in page
    own = {
        "call": {"direction": "outbound", "body": "Rang."},
        "meeting": {"subject": "Review", "meeting_date": "2026-11-19", "start_time": "14:00", "end_time": "15:00"},
        "note": {"body": "She rang."},
        "inbound": {
            "channel": "post",
            "from": "Priya",
            "subject": "Letter",
            "body": "",
            "occurred_at": "2026-11-19T09:00",
        },
    }[what]
    made = jane.post_files(f"/log/{what}", {"party_id": priya.id, "once": "once-1", **own}, [PDF])
    assert [one.name for one in only_entry(world, made).entry.attachments] == ["Form.pdf"]


def test_a_form_with_something_wrong_keeps_the_files_that_came_with_it(jane: ConsoleClient, priya: Party) -> None:
    page = jane.post_files("/log/note", {"party_id": priya.id, "body": "", "once": "once-1"}, [PDF])
    assert page.status == 422
    assert "Form.pdf" in page.text.partition('id="attached"')[2]


def test_what_is_written_takes_files_and_shows_them(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    form = {"channel": "email", "party_id": priya.id, "subject": "Hello", "body": "Dear", "once": "once-1"}
    looked = jane.post_files("/compose", {**form, "do": "review"}, [PDF])
    assert looked.status == 200
    assert 'aria-label="Remove Form.pdf"' in looked.text
    made = jane.post_files("/compose", {**form, "do": "send"}, [PDF])
    assert [one.name for one in only_entry(world, made).entry.attachments] == ["Form.pdf"]


# ---- kept by script, and by the API


def test_what_was_uploaded_to_a_party_is_kept_by_the_api(world: WorldForTests, priya: Party) -> None:
    kept, lost, absent = (
        a_document(world, party_id=priya.id, name=name, uploaded=name != "absent")
        for name in ("kept", "lost", "absent")
    )
    for _ in range(2):
        answer = ADMIN.post(f"/v1/documents/{kept.id}/keep")
        assert (answer.status, answer.json["id"]) == (200, kept.id)
    refused = ADMIN.post(f"/v1/documents/{absent.id}/keep")
    assert (refused.status, refused.json["code"]) == (409, "not_uploaded")
    world.clock.pass_(seconds=STAGED_FOR.total_seconds() + 1)
    assert names(world, party_id=priya.id) == ["kept"]
    assert ADMIN.post(f"/v1/documents/{lost.id}/keep").status == 404


def test_what_belongs_to_nobody_is_kept_with_a_message_only(world: WorldForTests) -> None:
    refused = ADMIN.post(f"/v1/documents/{a_document(world).id}/keep")
    assert (refused.status, refused.json["code"]) == (409, "belongs_to_nobody")
