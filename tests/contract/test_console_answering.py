"""Answering in the console: what is answered stands beside it, its TODO is done by it, the thread shows what was said."""

import re
from typing import Any

import pytest

from letterbook.domain.access import Grant
from letterbook.domain.communication import Communication
from letterbook.domain.party import Party
from letterbook.domain.todos import TodoStatus, id_for
from letterbook.use_cases.directory.todos import read_todo
from tests.support.aws import WorldForTests
from tests.support.builders import deed, mail, viewer
from tests.support.console_client import LOG, ConsoleClient, words
from tests.support.fakes.sessions import SessionsForTests
from tests.support.steps import come_in, standing

QUESTION = (
    "Dear Jane,\n\nhow much is left?\n\nOn Mon, 23 Nov 2026 at 14:03, Jane Doe wrote:\n> Dear Priya,\n> we wrote."
)


@pytest.fixture
def question(world: WorldForTests, priya: Party) -> Communication:
    return come_in(world, mail(QUESTION, Subject="My statement", From="Priya Raman <priya@mailbox.example>"))


def answer(question: Communication, **changes: Any) -> dict[str, Any]:
    entry = question.entry
    written = {"channel": "email", "party_id": entry.party.id, "in_reply_to": entry.id, "to": "priya@mailbox.example"}
    return {**written, "subject": "Re: My statement", "body": "Dear Priya,", "once": "once-1", "do": "send", **changes}


def strip(page: str) -> str:
    return words(page.partition('id="strip"')[2].partition("</section>")[0])


# ---- beside it


def test_what_is_answered_stands_beside_the_answer_with_its_quotations_folded(
    jane: ConsoleClient, question: Communication
) -> None:
    page = jane.get(f"{LOG}/{question.id}/reply").text
    beside = page.partition('id="answered"')[2].partition("</details>\n</article>")[0]
    own, _, quoted = beside.partition('<details class="quoted">')
    assert "how much is left?" in own
    assert "we wrote." not in own
    assert "we wrote." in quoted
    assert re.search(r'<textarea id="body"[^>]* autofocus', page)


def test_what_is_written_stays_and_what_is_answered_too_when_something_is_wrong(
    jane: ConsoleClient, question: Communication
) -> None:
    page = jane.post("/compose", answer(question, to="nobody"))
    assert page.status == 422
    assert "how much is left?" in page.text
    assert "autofocus" not in page.text.partition('id="body"')[2].partition(">")[0]


def test_who_may_not_see_what_is_answered_is_not_shown_it(
    world: WorldForTests, tokens: SessionsForTests, question: Communication, bank: Party
) -> None:
    world.grants.save(Grant(user="agent", party_id=bank.id), deed(bank.id))
    agent = tokens.let_in("agent", "agent")
    assert agent.get(f"{LOG}/{question.id}/reply").status == 404
    page = agent.get(f"/compose?party_id={bank.id}&in_reply_to={question.id}").text
    assert "how much is left?" not in page


# ---- what it does


def test_the_answer_does_the_todo_and_its_page_opens_it_again(
    world: WorldForTests, jane: ConsoleClient, question: Communication
) -> None:
    sent = jane.post("/compose", answer(question))
    todo_id = id_for(question.id)
    assert read_todo(world, viewer(), todo_id).status is TodoStatus.DONE
    page = jane.follow(sent).text
    assert "Done by this answer: Priya Raman wrote: My statement" in words(page)
    opened = jane.post(f"/todos/{todo_id}/reopen", {"back": sent.headers["Location"]})
    assert opened.headers["Location"] == sent.headers["Location"]
    assert read_todo(world, viewer(), todo_id).status is TodoStatus.OPEN
    assert "Done by this answer" not in words(jane.follow(opened).text)


# ---- its thread


def test_an_entry_leads_to_its_thread_which_shows_whole_texts(
    world: WorldForTests, jane: ConsoleClient, question: Communication
) -> None:
    long = "Dear Priya,\n\n" + " ".join(f"word{n}" for n in range(400))
    sent = jane.post("/compose", answer(question, body=long))
    entry = standing(world, sent.headers["Location"].split("/")[2]).entry
    for one in (question.id, entry.id):
        page = jane.get(f"{LOG}/{one}").text
        assert f'<a href="/threads/{entry.thread_id}">My statement</a>' in page
        assert "In thread My statement 2 messages" in words(page)
    thread = jane.get(f"/threads/{entry.thread_id}").text
    first, second = re.findall(r'<details class="whole"( open)?>', thread)
    assert (first, second) == ("", " open")
    assert "word399" in thread
    assert re.search(r'<details class="quoted"><summary>Quoted text <span class="q">On Mon, 23 Nov', thread)
    assert "how much is left?" in thread


def test_a_thread_of_more_than_a_page_opens_none_of_the_earlier_ones(
    world: WorldForTests, jane: ConsoleClient, question: Communication
) -> None:
    thread_id = ""
    for number in range(21):
        world.clock.pass_(seconds=1)
        sent = jane.post("/compose", answer(question, body=f"Answer {number}.", once=f"once-{number}"))
        thread_id = standing(world, sent.headers["Location"].split("/")[2]).entry.thread_id or ""
    newest = jane.get(f"/threads/{thread_id}").text
    assert "Answer 20." in newest
    assert "how much is left?" not in newest
    link = re.search(r'href="([^"]+)">Earlier messages', newest)
    assert link
    earlier = jane.get(link[1].replace("&amp;", "&")).text
    assert "how much is left?" in earlier
    assert '<details class="whole" open' not in earlier


# ---- what came in as HTML


def test_html_is_shown_formatted_at_once_with_its_text_folded_below(world: WorldForTests, jane: ConsoleClient) -> None:
    came = come_in(
        world, mail("Plain words", html="<p>Rich <b>words</b><img src='https://pictures.example/a.png'></p>")
    )
    page = jane.get(f"{LOG}/{came.id}").text
    assert re.search(r'<iframe class="paper" sandbox title="Content" height="\d+"', page)
    assert "Plain words" in page.partition('<summary class="small">As plain text</summary>')[2]
    assert "Pictures from elsewhere are not loaded" in page
    assert "<b>words</b>" in jane.get(f"{LOG}/{came.id}/content").text


def test_what_we_sent_is_shown_formatted_where_text_alone_would_lose_something(
    jane: ConsoleClient, question: Communication
) -> None:
    plain = jane.post("/compose", answer(question, body="Dear Priya,", once="a"))
    rich = jane.post("/compose", answer(question, body="Dear Priya,\n\n- one\n- two", once="b"))
    assert "<iframe" not in jane.follow(plain).text
    assert "<iframe" in jane.follow(rich).text


# ---- what it speaks of


def test_a_letter_that_speaks_of_an_attachment_and_has_none_asks_once(
    world: WorldForTests, jane: ConsoleClient, question: Communication
) -> None:
    form = answer(question, body="Dear Priya,\n\nplease find attached your statement.")
    assert "Nothing is attached: it says “attached”" in strip(jane.post("/compose", {**form, "do": "look"}).text)
    asked = jane.post("/compose", form)
    assert asked.status == 422
    assert "It says “attached”, and nothing is attached." in words(asked.text)
    assert 'href="#attached"' in asked.text
    assert 'value="send-without"' in asked.text
    once = re.findall(r'name="once" value="([^"]+)"', asked.text)[0]
    sent = jane.post("/compose", {**form, "once": once, "do": "send-without"})
    assert sent.status == 303
    assert standing(world, sent.headers["Location"].split("/")[2]).entry.group == "in_progress"


@pytest.mark.parametrize(
    "changes",
    [
        {"body": "As you wrote:\n\n> please find attached the form"},
        {"channel": "sms", "to": "+447700900123", "body": "The form is attached.", "subject": ""},
        {"body": "The form is attached.", "do": "keep"},
    ],
)
def test_what_others_wrote_what_takes_no_files_and_a_draft_are_not_asked_about(
    jane: ConsoleClient, question: Communication, changes: dict[str, str]
) -> None:
    assert jane.post("/compose", answer(question, **changes)).status == 303


def test_a_letter_with_its_attachment_is_not_asked_about(jane: ConsoleClient, question: Communication) -> None:
    form = answer(question, body="The form is attached.")
    sent = jane.post_files("/compose", form, [("Form.pdf", "application/pdf", b"%PDF")])
    assert sent.status == 303, words(sent.text)
    assert "Form.pdf" in jane.follow(sent).text
