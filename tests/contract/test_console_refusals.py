"""Whatever is refused leads back to what it is about, as it stands by then: there is no page from which nothing leads on."""

import re
from importlib import import_module

import pytest

from console.app.lazy_pages import sections
from console.app.routing import pages
from letterbook.domain.status import Status
from tests.support.a_firm import Firm, a_firm
from tests.support.aws import WorldForTests
from tests.support.console_client import LOG, ConsoleClient, words
from tests.support.fakes.sessions import SessionsForTests
from tests.support.steps import entered

NOW = "See how it stands now"


@pytest.fixture
def there(world: WorldForTests, people: dict[str, str]) -> Firm:
    return a_firm(world, people["agent"])


def links(text: str) -> list[str]:
    """Where the content of a page leads to."""
    return re.findall(r'<a [^>]*href="([^"]+)"', text.partition("<main")[2].partition("</main>")[0])


@pytest.mark.parametrize("verb", ["cancel", "discard", "deliver", "edit", "send"])
def test_what_is_not_possible_any_more_shows_the_entry_as_it_is(
    world: WorldForTests, jane: ConsoleClient, verb: str
) -> None:
    made = entered(world, status=Status.DELIVERED)
    for answer in (jane.post(f"{LOG}/{made.id}/{verb}", {"reason": "By hand"}), jane.get(f"{LOG}/{made.id}/{verb}")):
        assert answer.status == 409, verb
        assert "That is not possible any more" in words(answer.text)
        assert made.subject in words(answer.text)
        assert "Delivered" in words(answer.text)
        assert f"{LOG}/{made.id}" in links(answer.text)
        assert f'action="{LOG}/{made.id}/{verb}' not in answer.text
        assert f'data-address="{LOG}/{made.id}"' in answer.text


def test_who_may_only_read_is_shown_the_entry_too(world: WorldForTests, tokens: SessionsForTests) -> None:
    made = entered(world, status=Status.QUEUED)
    refused = tokens.let_in("user-2", "auditor").post(f"{LOG}/{made.id}/cancel")
    assert refused.status == 403
    assert made.subject in words(refused.text)
    assert f"{LOG}/{made.id}" in links(refused.text)


def test_what_somebody_may_not_see_shows_nothing_of_itself(
    world: WorldForTests, there: Firm, tokens: SessionsForTests, people: dict[str, str]
) -> None:
    hidden = entered(world, status=Status.QUEUED, subject="Not for everybody")
    refused = tokens.let_in(people["agent"], "agent").post(f"{LOG}/{hidden.id}/cancel")
    assert refused.status == 404
    assert "Not for everybody" not in refused.text
    assert LOG in links(refused.text)


def test_a_script_is_told_in_few_words(world: WorldForTests, jane: ConsoleClient) -> None:
    made = entered(world, status=Status.DELIVERED)
    told = jane.get(f"{LOG}/{made.id}/cancel", letterbook_fragment="1")
    assert told.status == 409
    assert "<html" not in told.text
    assert f'href="{LOG}/{made.id}"' in told.text
    assert made.subject not in told.text


def test_every_form_that_is_refused_leads_on(there: Firm, jane: ConsoleClient) -> None:
    """With nothing filled in, and about things that are not there: whatever it says, it leads to more than the start."""
    nobody = "01JD4QK8V3M2N7R5T9W1X3Y5Z7"
    parts = {
        "communication_id": f"com_{nobody}", "party_id": f"pty_{nobody}", "contact_id": f"con_{nobody}",
        "case_id": f"cas_{nobody}", "thread_id": f"thr_{nobody}", "todo_id": f"tdo_{nobody}", "document_id": f"doc_{nobody}",
        "user": "nobody", "key": "no-such", "verb": "resend", "what": "call",
    }  # fmt: skip
    jane.get("/")
    for section in sections():
        import_module(f"console.pages.{section}")
    routes = [one for one in pages.routes if one.method == "POST"]
    assert len(routes) > 30
    for route in routes:
        path = re.sub(r"\(\?P<(\w+)>\[\^/\]\+\)", lambda found: parts.get(found[1], "x1"), route.pattern.pattern)
        path = path.replace("\\", "")
        answer = jane.post(path, {"once": "1"})
        if answer.status < 400 or "json" in answer.headers["Content-Type"]:
            continue
        assert answer.status < 500, (path, answer.status)
        assert set(links(answer.text)) - {"/"}, (path, answer.status)


def test_a_write_from_elsewhere_leads_back_too(world: WorldForTests, jane: ConsoleClient) -> None:
    made = entered(world, status=Status.QUEUED)
    refused = jane.ask("POST", f"{LOG}/{made.id}/cancel", {}, headers={"origin": "https://evil.example"})
    assert refused.status == 403
    assert made.subject not in refused.text
    assert f"{LOG}/{made.id}" in links(refused.text)


def test_what_is_refused_below_a_party_a_case_and_a_thread(there: Firm, jane: ConsoleClient) -> None:
    refused = jane.post(f"/parties/{there.party}/release", {"address": ""})
    assert refused.status == 422
    assert f"/parties/{there.party}" in links(refused.text)
