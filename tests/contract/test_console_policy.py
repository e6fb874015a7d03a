"""One answer for what will happen: tiles, strip, preview and Send of the console, and the API, say the same of a message."""

import re
from typing import Any

import pytest

from letterbook.domain.organisation import Sender
from letterbook.domain.party import OptOut, Party, Preferences
from letterbook.domain.recipients import Suppression
from letterbook.domain.status import Status
from letterbook.domain.templates import Variable
from tests.support.api_client import ADMIN
from tests.support.aws import WorldForTests, rows
from tests.support.builders import NOW, deed, organisation
from tests.support.console_client import ConsoleClient, only_entry, words
from tests.support.lambda_client import Answer
from tests.support.steps import a_document, a_party, a_template

COMPOSE = "/compose"


@pytest.fixture
def priya(world: WorldForTests) -> Party:
    return a_party(world)


def form(party: Party, **changes: Any) -> dict[str, Any]:
    typed = {"channel": "email", "was": "email", "party_id": party.id, "subject": "Your review", "body": "Dear Priya,"}
    return {**typed, "once": "once-1", "do": "review", **changes}


def strip(answer: Answer) -> str:
    found = re.search(r'<section class="decision".*?</section>', answer.text, re.DOTALL)
    assert found, answer.text
    return words(found[0])


def tiles(answer: Answer) -> dict[str, str]:
    return dict(re.findall(r'<small id="way-(\w+)" data-look>([^<]*)</small>', answer.text))


def opts_out(world: WorldForTests, party: Party, **changes: Any) -> None:
    out = OptOut(**{"channel": "email", "at": NOW, **changes})
    world.parties.save_preferences(party.id, Preferences(opt_outs=(out,), version=1), deed(party.id))


@pytest.mark.parametrize(
    "lacking",
    [
        {"template": "dsar-initial"},
        {"body": ""},
        {"subject": "", "body": ""},
        {"body": "Dear {{ name }},"},
        {"to": "no address"},
        {"send_at": "2020-01-01T09:00"},
        {"template": "there-is-none"},
    ],
    ids=str,
)
def test_who_opted_out_is_told_of_before_anything_that_is_missing(
    world: WorldForTests, jane: ConsoleClient, priya: Party, lacking: dict[str, str]
) -> None:
    a_template(world, key="dsar-initial", variables=(Variable(name="what"),), body="About {{ what }}")
    opts_out(world, priya)
    for do in ("review", "look"):
        answer = jane.post(COMPOSE, form(priya, do=do, **lacking))
        assert "opted out of email" in strip(answer)
        assert "missing" not in strip(answer)
        assert tiles(answer)["email"] == "opted out"
    sent = jane.post(COMPOSE, form(priya, do="send", **lacking))
    if sent.status == 303:
        made = only_entry(world, sent).entry
        assert (made.status, made.decision.rule) == (Status.SKIPPED, "opt_out")
    else:
        assert "opted out of email" in strip(sent)
        assert "error" not in sent.text
        assert rows("communications") == 0


def test_the_api_says_the_same_with_a_variable_missing(world: WorldForTests, priya: Party) -> None:
    a_template(world, key="dsar-initial", variables=(Variable(name="what"),), body="About {{ what }}")
    opts_out(world, priya)
    body = {"channel": "email", "party_id": priya.id, "template": {"key": "dsar-initial"}}
    told = ADMIN.post("/v1/communications/preview", body).json
    assert (told["decision"]["action"], told["decision"]["rule"]) == ("skip", "opt_out")
    assert told["missing_variables"]


def test_a_category_that_only_the_template_tells_counts_for_the_channels_too(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    a_template(world, category="dsar", channels=("email", "sms"))
    opts_out(world, priya, channel="sms", category="dsar")
    answer = jane.post(COMPOSE, form(priya, template="s78-initial", **{"v-agreement": "your data"}))
    assert tiles(answer)["sms"] == "opted out"
    assert "Goes now" in strip(answer)


def test_an_address_that_is_set_aside_is_told_of_by_its_channel_before_it_is_chosen(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    found = Suppression(
        address="priya@mailbox.example", code="invalid_address", at=NOW, party_id=priya.id,
        communication_id="com_01JD4QK8V3M2N7R5T9W1X3Y5Z7",
    )  # fmt: skip
    world.addresses.suppress(found, deed(priya.id))
    answer = jane.post(COMPOSE, form(priya, channel="sms", was="sms"))
    assert tiles(answer) == {
        "email": "address set aside", "sms": "goes now", "post": "no address known", "einvoice": "no address known",
        "manual": "makes a to-do",
    }  # fmt: skip
    by_email = jane.post(COMPOSE, form(priya, to="priya@mailbox.example", subject=""))
    assert "Cannot be sent by email" in strip(by_email)
    assert tiles(by_email)["email"] == "address set aside"
    other = jane.post(COMPOSE, form(priya, to="priya@elsewhere.example"))
    assert ("Goes now" in strip(other), tiles(other)["email"]) == (True, "goes now")


def test_a_firm_without_a_sender_for_a_channel_says_so_on_its_tile(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    world.settings.save(organisation(senders=(Sender(channel="email", address="legal@firm.example"),), version=2))
    assert tiles(jane.post(COMPOSE, form(priya)))["sms"] == "no sender"


def test_another_channel_drops_what_belonged_to_the_first(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    document = a_document(world, party_id=priya.id)
    left_over = {
        "to": "priya@mailbox.example", "cc": "bank@lender.example", "attachments": document.id, "sender": "legal@firm.example",
    }  # fmt: skip
    shown = jane.post(COMPOSE, form(priya, channel="sms", **left_over))
    assert "Goes now by SMS to 07700 900127." in strip(shown)
    assert "priya@mailbox.example" not in shown.text
    assert "Dear Priya," in shown.text
    made = only_entry(world, jane.post(COMPOSE, form(priya, channel="sms", do="send", **left_over)))
    assert (made.entry.channel, made.entry.subject, made.entry.attachments) == ("sms", "", ())
    assert [one.address for one in made.entry.recipients] == ["+447700900127"]
    kept = world.content_store.content(made.content).message
    assert kept is not None
    assert (kept.subject, kept.to, kept.cc, kept.body) == ("", (), (), "Dear Priya,")


def test_a_template_that_the_other_channel_does_not_take_is_dropped_with_its_values(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    a_template(world)
    shown = jane.post(
        COMPOSE, form(priya, channel="sms", body="", template="s78-initial", **{"v-agreement": "your data"})
    )
    assert 'name="v-agreement"' not in shown.text
    assert "Not ready: Text is missing." in strip(shown)
