"""Entries are taken away as a ZIP: one, many, all that match a filter; with what the viewer may see, and told what is left out."""

import io
import re
import zipfile
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from letterbook.domain.access import Grant
from letterbook.domain.communication import Communication
from letterbook.domain.party import Party
from letterbook.use_cases.messages import archive
from tests.support.aws import Requests, WorldForTests, client
from tests.support.builders import deed, mail
from tests.support.console_client import LOG, ConsoleClient, words
from tests.support.fakes.sessions import SessionsForTests
from tests.support.lambda_client import Answer
from tests.support.steps import a_document, come_in

FILES = [("Statement.pdf", "application/pdf", b"%PDF statement"), ("statement.PDF", "application/pdf", b"%PDF other")]


@pytest.fixture
def came(world: WorldForTests, priya: Party) -> Communication:
    return come_in(world, mail("Here it is.", html="<p>Here <b>it</b> is.</p>", files=FILES, Subject="My statement"))


def opened(answer: Answer) -> dict[str, bytes]:
    """The archive that a redirect of the store leads to, by the names in it."""
    assert answer.status == 303, words(answer.text)
    address = urlsplit(answer.headers["Location"])
    asked = parse_qs(address.query)
    assert "attachment" in unquote(asked["response-content-disposition"][0])
    kept = client("s3").get_object(Bucket="vault", Key=unquote(address.path[1:]), VersionId=asked["versionId"][0])
    with zipfile.ZipFile(io.BytesIO(kept["Body"].read())) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def folders(found: dict[str, Any]) -> set[str]:
    return {name.partition("/")[0] for name in found if "/" in name}


def test_one_entry_comes_with_its_text_its_layout_and_its_documents(jane: ConsoleClient, came: Communication) -> None:
    assert f'href="/download/zip?id={came.id}"' in jane.get(f"{LOG}/{came.id}").text
    found = opened(jane.get(f"/download/zip?id={came.id}"))
    [folder] = folders(found)
    assert folder.endswith("Email from Priya Raman, My statement")
    inside = {name.partition("/")[2]: content for name, content in found.items() if "/" in name}
    assert set(inside) == {"Message.txt", "Message.html", "Statement.pdf", "statement (2).PDF"}
    assert (inside["Statement.pdf"], inside["statement (2).PDF"]) == (b"%PDF statement", b"%PDF other")
    assert b"Here it is." in inside["Message.txt"]
    assert b"Content-Security-Policy" in inside["Message.html"]
    assert found["Contents.txt"].count(b"My statement/") == 4


def test_many_and_a_filter_are_told_before_they_are_made(
    world: WorldForTests, jane: ConsoleClient, came: Communication
) -> None:
    other = come_in(world, mail("Another.", Subject="Another"), "mail/2")
    page = jane.get(f"/download?id={came.id}&id={other.id}&filter=direction%3Dinbound")
    assert "Download 2 entries" in words(page.text)
    assert "2 documents of 24 bytes" in words(page.text)
    every = re.search(r'href="(/download\?all=1[^"]+)"', page.text)
    assert every
    for address in (
        f"/download/zip?id={came.id}&id={other.id}",
        every[1].replace("&amp;", "&").replace("?", "/zip?", 1),
    ):
        assert len(folders(opened(jane.get(address)))) == 2
    assert "Download" in jane.get(LOG).text


def test_what_does_not_fit_is_named(jane: ConsoleClient, came: Communication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 15)
    told = words(jane.get(f"/download?id={came.id}").text)
    assert "Left out statement.PDF" in told
    found = opened(jane.get(f"/download/zip?id={came.id}"))
    assert b"Left out (1):\nstatement.PDF" in found["Contents.txt"]


def test_who_may_not_see_an_entry_or_a_document_does_not_get_it(
    world: WorldForTests, tokens: SessionsForTests, came: Communication, priya: Party, bank: Party
) -> None:
    agent = tokens.let_in("agent", "agent")
    for path in ("/download", "/download/zip"):
        assert agent.get(f"{path}?id={came.id}").status == 404
    world.grants.save(Grant(user="agent", party_id=priya.id), deed(priya.id))
    assert len(opened(agent.get(f"/download/zip?id={came.id}"))) == 5
    jane = tokens.let_in()
    theirs = a_document(world, party_id=bank.id, name="Bank only.pdf")
    note = {"party_id": priya.id, "body": "See it.", "attachments": theirs.id, "once": "once-1"}
    logged = jane.post("/log/note", note).headers["Location"].split("/")[2]
    found = opened(agent.get(f"/download/zip?id={logged}"))
    assert not [name for name in found if "Bank only" in name]
    assert b"Bank only.pdf: it is not open to you" in found["Contents.txt"]


def test_each_document_and_each_entry_is_asked_for_once(
    world: WorldForTests, jane: ConsoleClient, came: Communication, priya: Party
) -> None:
    more = [(f"{n}.pdf", "application/pdf", b"%PDF") for n in range(4)]
    other = come_in(world, mail("Another.", files=[*FILES, *more], Subject="Another"), "mail/2")
    shared = a_document(world, party_id=priya.id, name="Shared.pdf")
    notes = [
        jane.post("/log/note", {"party_id": priya.id, "body": body, "attachments": shared.id, "once": body})
        for body in ("One", "Two")
    ]
    ids = [came.id, other.id, *(one.headers["Location"].split("/")[2] for one in notes)]
    numbers = []
    for asked in (ids[:1], ids[:2], ids):
        with Requests() as requests:
            assert jane.get(f"/download?{'&'.join(f'id={one}' for one in asked)}").status == 200
        numbers.append(requests.names.count("GetItem"))
    # An entry with its six documents, then two that have one document between them and need no entry to be opened.
    assert [numbers[1] - numbers[0], numbers[2] - numbers[1]] == [1 + 6, 1]


def test_who_only_reads_takes_away_what_they_read(tokens: SessionsForTests, came: Communication) -> None:
    assert opened(tokens.let_in("aud", "auditor").get(f"/download/zip?id={came.id}"))


@pytest.mark.parametrize(
    "query", ["", "?id=none", "?all=1&filter=status%3Dnonsense", f"?all=1&filter={'a%3D1%26' * 200}"]
)
def test_nothing_selected_and_filters_that_are_none_are_refused(
    jane: ConsoleClient, came: Communication, query: str
) -> None:
    for path in ("/download", "/download/zip"):
        assert 400 <= jane.get(f"{path}{query}").status < 500
