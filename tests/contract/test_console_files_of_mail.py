"""What came with a mail, in the console: pictures in their place, and a word beside what would run."""

import base64
import re

import pytest

from letterbook.contracts.answers import is_too_large
from letterbook.domain.communication import Communication
from tests.support.api_client import ADMIN
from tests.support.aws import WorldForTests
from tests.support.console_client import LOG, ConsoleClient
from tests.support.steps import come_in

MAIL = b"""From: Ann <ann@bank.example>
To: legal@firm.example
Subject: Terms
Message-ID: <1@bank.example>
Content-Type: multipart/related; boundary=b

--b
Content-Type: text/html; charset=utf-8

<p>Before<img src="CID:logo%40bank.example" alt="Our logo"><p>After<img src="cid:page@bank.example"><img src=cid:no@where>
<a href="cid:logo@bank.example">a</a>src="cid:logo@bank.example"
--b
Content-Type: image/png; name="logo.png"
Content-ID: <logo@bank.example>
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--b
Content-Type: text/html; name="page.html"
Content-ID: <page@bank.example>

<script>x()</script>
--b
Content-Type: application/octet-stream; name="unused.png"
Content-ID: <unused@bank.example>

x
--b--
"""


@pytest.fixture
def entry(world: WorldForTests) -> Communication:
    return come_in(world, MAIL)


def test_a_picture_stands_in_its_place(jane: ConsoleClient, entry: Communication) -> None:
    """Nothing more is fetched than before: the frame is of no origin, and has no cookie."""
    frame = jane.get(f"{LOG}/{entry.id}/content")
    assert '<p>Before<img src="data:image/png;base64,iVBORw0KGgo=" alt="Our logo"></p><p>After' in frame.text
    assert "img-src data:; frame-ancestors" in frame.headers["Content-Security-Policy"]


def test_as_many_pictures_are_shown_as_fit_into_an_answer(world: WorldForTests, jane: ConsoleClient) -> None:
    content = base64.b64encode(b"x" * 300_000)
    mail = MAIL.replace(b"iVBORw0KGgo=", content).replace(b"<p>Before", b'<img src="cid:logo@bank.example">' * 400)
    frame = jane.get(f"{LOG}/{come_in(world, mail).id}/content").text
    assert 10 < frame.count("data:image/png") < 20
    assert frame.count('src="cid:logo@bank.example"') > 380
    assert not is_too_large(frame)


def test_nothing_but_a_picture_is_put_in_its_place(jane: ConsoleClient, entry: Communication) -> None:
    frame = jane.get(f"{LOG}/{entry.id}/content").text
    assert '<img src="cid:page@bank.example">' in frame
    assert '<img src="cid:no@where">' in frame
    assert 'href="cid' not in frame
    assert 'src="cid:logo@bank.example"' in frame


def test_its_own_pictures_are_none_from_elsewhere(jane: ConsoleClient, entry: Communication) -> None:
    assert "Pictures from elsewhere" not in jane.get(f"{LOG}/{entry.id}").text


def test_a_file_that_would_run_is_told(jane: ConsoleClient, entry: Communication) -> None:
    page = jane.get(f"{LOG}/{entry.id}").text
    rows = re.findall(r"<li>.*?</li>", page[page.index('class="files"') :], re.DOTALL)
    told = [re.sub(r"<[^>]+>", "", one) for one in rows if "A program" in one]
    assert len(told) == 1
    assert "page.html" in told[0]


def test_the_api_tells_both(world: WorldForTests, entry: Communication) -> None:
    shown = ADMIN.get(f"/v1/communications/{entry.id}").json["attachments"]
    assert [(one["name"], one["content_id"], one["dangerous"]) for one in shown] == [
        ("logo.png", "logo@bank.example", False),
        ("page.html", "page@bank.example", True),
        ("unused.png", "", False),
    ]
