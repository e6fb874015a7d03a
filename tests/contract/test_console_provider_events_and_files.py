"""What lies behind an entry: the provider's own words, and files."""

from letterbook.use_cases.delivery.record_receipt import process_provider_event
from tests.support.aws import WorldForTests
from tests.support.console_client import ConsoleClient
from tests.support.steps import a_document, a_party, an_email, deliver_queue, send, ses_event

LOG = "/communications"


def test_what_the_provider_said_can_be_read_word_for_word(world: WorldForTests, jane: ConsoleClient) -> None:
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    assert "word for word" not in jane.get(f"{LOG}/{made.id}").text
    process_provider_event(world, "ses", ses_event("delivery", made), waited=False)
    assert f"{LOG}/{made.id}/events" in jane.get(f"{LOG}/{made.id}").text
    shown = jane.get(f"{LOG}/{made.id}/events")
    assert "smtpResponse" in shown.text
    assert made.id in shown.text


def test_a_document_is_looked_at_only_where_it_can_run_nothing(world: WorldForTests, jane: ConsoleClient) -> None:
    party = a_party(world)
    scan = a_document(world, party_id=party.id)
    trap = a_document(world, party_id=party.id, name="trap.html", media_type="text/html")
    assert "=inline" in jane.get(f"/documents/{scan.id}?look=1").headers["Location"]
    assert "response-content-type=application" in jane.get(f"/documents/{scan.id}?look=1").headers["Location"]
    assert "=attachment" in jane.get(f"/documents/{scan.id}").headers["Location"]
    assert "=attachment" in jane.get(f"/documents/{trap.id}?look=1").headers["Location"]
    page = jane.get(f"/parties/{party.id}/documents").text
    assert (page.count("look=1"), page.count("trap.html")) == (1, 1)
