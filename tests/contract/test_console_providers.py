"""The page of the providers: how they do, their order, a test message, and what whoever only reads sees."""

import html
import re
from datetime import timedelta

import pytest

from letterbook.adapters.providers import PROVIDERS
from letterbook.domain.channels import Channel
from letterbook.domain.circuit import FAILURE_THRESHOLD
from letterbook.domain.errors import Permanent, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.provider_activity import ProviderAct
from letterbook.use_cases.delivery.routing import record_provider_health
from tests.support.aws import WorldForTests
from tests.support.console_client import ConsoleClient
from tests.support.fakes.sessions import SessionsForTests
from tests.support.lambda_client import Answer
from tests.support.steps import deliver_queue, make_documents

HERE = "/settings/providers"
# Of several channels and vendors: whoever comes next is one of these.
WITH_CREDENTIALS = [name for name, spec in PROVIDERS.items() if spec.credentials]
# Whom a test goes to, by the channels that have one.
SOMEBODY = {
    Channel.EMAIL: "somebody@mailbox.example",
    Channel.SMS: "+447700900123",
    Channel.POST: "Priya Raman, 1 High Street, Surbiton, KT6 4QH",
}
WORDED = [
    (name, code) for name, spec in PROVIDERS.items() if spec.channel in SOMEBODY for code in list(spec.failures)[:2]
]
POSTING = [name for name, spec in PROVIDERS.items() if spec.webhooks]


def line(answer: Answer, name: str) -> str:
    """What stands of one provider."""
    found = re.search(rf'<li id="p-{name}".*?</li>', answer.text, re.DOTALL)
    assert found
    return found[0]


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def form(answer: Answer, channel: str, **more: object) -> dict[str, object]:
    """The form of a channel's order as a browser sends it."""
    version = re.search(r'name="version" value="(\d+)"', answer.text)
    assert version
    routes = re.findall(rf'name="route" value="(\w+)" form="order-{channel}"', answer.text)
    return {"version": version[1], "channel": channel, "route": routes, **more}


def test_every_provider_is_there_and_says_how_it_is_set_up(world: WorldForTests, jane: ConsoleClient) -> None:
    answer = jane.get(HERE)
    assert answer.status == 200
    for name, spec in PROVIDERS.items():
        said = words(line(answer, name))
        assert spec.label in said
        assert (f"make provider NAME={name} STAGE=" in said) is bool(spec.credentials)
        assert ("Send test" in said) is not spec.credentials
    assert f'href="{HERE}"' in jane.get("/settings").text


@pytest.mark.parametrize("name", POSTING)
def test_the_address_of_its_webhook_is_there_to_be_copied(world: WorldForTests, jane: ConsoleClient, name: str) -> None:
    said = line(jane.get(HERE), name)
    for url in world.providers.webhook_urls(name):
        assert f"<code>{url}</code>" in said
        assert f'data-copy="{url}"' in said


def test_what_went_by_it_and_when(world: WorldForTests, jane: ConsoleClient) -> None:
    for act, times in ((ProviderAct.SENT, 3), (ProviderAct.HEARD, 2), (ProviderAct.LOOKED_UP, 1)):
        for _ in range(times):
            world.provider_activity.note("ses", act, world.now() - timedelta(minutes=5))
    world.provider_activity.flush()
    said = words(line(jane.get(HERE), "ses"))
    assert "3 messages, the last 5 minutes ago" in said
    assert "2 posted by it, 1 looked up by us" in said


@pytest.mark.parametrize("name", POSTING[:1])
def test_who_is_asked_more_often_than_heard_has_no_webhook(
    world: WorldForTests, jane: ConsoleClient, name: str
) -> None:
    world.fakes.secrets.add(name)
    assert "probably not entered" not in line(jane.get(HERE), name)
    for _ in range(6):
        world.provider_activity.note(name, ProviderAct.LOOKED_UP, world.now())
    world.provider_activity.flush()
    assert "probably not entered" in line(jane.get(HERE), name)


def test_one_that_rests_says_until_when(world: WorldForTests, jane: ConsoleClient) -> None:
    assert "Well" in words(line(jane.get(HERE), "ses"))
    for _ in range(FAILURE_THRESHOLD):
        record_provider_health(world, "ses", Transient("503"))
    assert re.search(r"Rests until \d\d:\d\d", words(line(jane.get(HERE), "ses")))
    world.clock.pass_(minutes=1)
    assert "Tried again by the next message" in words(line(jane.get(HERE), "ses"))


# ---- the order


@pytest.mark.parametrize(
    ("move", "after"),
    [
        ("up:second", ("second", "ses")),
        ("down:ses", ("second", "ses")),
        ("off:ses", ("second",)),
        ("off:second", ("ses",)),
        ("up:ses", ("ses", "second")),
        ("down:second", ("ses", "second")),
        ("", ("ses", "second")),
        ("up:nobody", ("ses", "second")),
        ("sideways:ses", ("ses", "second")),
    ],
)
def test_a_button_moves_one(world: WorldForTests, jane: ConsoleClient, move: str, after: tuple[str, ...]) -> None:
    world.fakes.with_a_second()
    assert jane.post(f"{HERE}/order", form(jane.get(HERE), "email", move=move)).status == 303
    assert world.settings.latest().routes == {"email": after}


def test_one_that_was_off_is_used_last(world: WorldForTests, jane: ConsoleClient) -> None:
    world.fakes.with_a_second()
    jane.post(f"{HERE}/order", form(jane.get(HERE), "email", move="off:ses"))
    answer = jane.get(HERE)
    assert "not used" in line(answer, "ses")
    assert answer.text.index('id="p-second"') < answer.text.index('id="p-ses"')
    jane.post(f"{HERE}/order", form(answer, "email", move="on:ses"))
    assert world.settings.latest().routes == {"email": ("second", "ses")}


def test_the_order_as_it_was_dragged_is_kept_and_the_other_channels_stay(
    world: WorldForTests, jane: ConsoleClient
) -> None:
    world.fakes.with_a_second()
    jane.post(f"{HERE}/order", form(jane.get(HERE), "sms"))
    jane.post(f"{HERE}/order", form(jane.get(HERE), "email", route=["second", "ses", "second"]))
    assert world.settings.latest().routes == {"sms": ("sns",), "email": ("second", "ses")}


def test_two_people_at_once(world: WorldForTests, jane: ConsoleClient) -> None:
    world.fakes.with_a_second()
    seen = form(jane.get(HERE), "email")
    assert jane.post(f"{HERE}/order", {**seen, "move": "off:ses"}).status == 303
    late = jane.post(f"{HERE}/order", {**seen, "move": "up:second"})
    assert late.status == 412
    assert "Somebody else saved" in late.text
    assert world.settings.latest().routes == {"email": ("second",)}
    assert jane.post(f"{HERE}/order", form(late, "email", move="on:ses")).status == 303
    assert world.settings.latest().routes == {"email": ("second", "ses")}


def test_the_last_one_stays(world: WorldForTests, jane: ConsoleClient) -> None:
    answer = jane.get(HERE)
    assert 'value="off:ses"' not in answer.text
    refused = jane.post(f"{HERE}/order", form(answer, "email", move="off:ses"))
    assert refused.status == 422
    assert 'id="f-routes-email-wrong"' in refused.text


@pytest.mark.parametrize("name", WITH_CREDENTIALS)
def test_one_without_credentials_is_refused_beside_its_channel(
    world: WorldForTests, jane: ConsoleClient, name: str
) -> None:
    channel = PROVIDERS[name].channel
    answer = jane.get(HERE)
    assert f'value="on:{name}"' not in answer.text
    refused = jane.post(f"{HERE}/order", form(answer, channel, move=f"on:{name}"))
    assert refused.status == 422
    said = re.search(rf'id="f-routes-{channel}-wrong">(.*?)</p>', refused.text, re.DOTALL)
    assert said
    assert "it has no credentials yet" in said[1]
    assert world.settings.latest().routes == {}
    world.fakes.secrets.add(name)
    assert jane.post(f"{HERE}/order", form(answer, channel, move=f"on:{name}")).status == 303


def test_what_lost_its_credentials_is_told_of_and_stands_in_nobodys_way(
    world: WorldForTests, jane: ConsoleClient
) -> None:
    name = WITH_CREDENTIALS[0]
    channel = PROVIDERS[name].channel
    world.fakes.secrets.add(name)
    jane.post(f"{HERE}/order", form(jane.get(HERE), channel))
    world.fakes.secrets.discard(name)
    answer = jane.get(HERE)
    assert "it has no credentials any more" in line(answer, name)
    assert jane.post(f"{HERE}/order", form(answer, channel, move=f"off:{name}")).status == 303
    other = next(one for one in world.providers.channels if one != channel)
    assert jane.post(f"{HERE}/order", form(jane.get(HERE), other)).status == 303


@pytest.mark.parametrize("changes", [{"channel": "manual"}, {"channel": ""}, {"channel": "a.b"}, {"route": ["pigeon"]}])
def test_what_no_page_sends_is_refused(world: WorldForTests, jane: ConsoleClient, changes: dict[str, object]) -> None:
    assert jane.post(f"{HERE}/order", {**form(jane.get(HERE), "email"), **changes}).status == 422
    assert world.settings.latest().routes == {}


def test_the_settings_form_leaves_the_order_as_it_is(world: WorldForTests, jane: ConsoleClient) -> None:
    world.fakes.with_a_second()
    jane.post(f"{HERE}/order", form(jane.get(HERE), "email", move="up:second"))
    jane.post("/settings", {"version": str(world.settings.latest().version), "routes.email": "ses"})
    assert world.settings.latest().routes == {"email": ("second", "ses")}


# ---- a test message


def test_a_test_leads_back_and_tells_what_became_of_it(world: WorldForTests, jane: ConsoleClient) -> None:
    world.fakes.with_a_second()
    sent = jane.post(f"{HERE}/second/test", {"to": "somebody@mailbox.example", "once": "1"})
    assert sent.status == 303
    there = sent.headers["Location"].partition("#")[0]
    found = line(jane.get(there), "second")
    assert re.search(r'data-renew="soon"', found)
    assert re.search(r'href="/communications/com_\w+">Test message by', found)
    assert 'class="tested"' not in line(jane.get(there), "ses")
    deliver_queue(world)
    assert (len(world.fakes.made["second"].taken), world.fakes.email.calls) == (1, 0)
    again = jane.post(f"{HERE}/second/test", {"to": "somebody@mailbox.example", "once": "1"})
    assert again.headers["Location"] == sent.headers["Location"]


@pytest.mark.parametrize(("name", "code"), WORDED)
def test_a_failure_is_told_in_the_vendors_own_words_on_both_pages(
    world: WorldForTests, jane: ConsoleClient, name: str, code: str
) -> None:
    spec = PROVIDERS[name]
    world.fakes.secrets.add(name)
    world.fakes.made[name].next.append(Permanent(code, FailureCode.UNKNOWN))
    there = jane.post(f"{HERE}/{name}/test", {"to": SOMEBODY[spec.channel]}).headers["Location"].partition("#")[0]
    make_documents(world)
    deliver_queue(world, spec.channel)
    entry = re.search(r'href="(/communications/com_\w+)"', jane.get(there).text)
    assert entry
    for page in (line(jane.get(there), name), jane.get(entry[1]).text):
        said = html.unescape(page).replace("\u2019", "'")
        # In the middle of a sentence it begins with a small letter.
        assert spec.failures[code].reason.rstrip(".")[1:] in said
        assert spec.failures[code].advice in said


@pytest.mark.parametrize("to", ["", "no address", "x" * 400, "²", "a@b@c"])
def test_whom_nobody_can_write_to_is_said_beside_the_field(world: WorldForTests, jane: ConsoleClient, to: str) -> None:
    refused = jane.post(f"{HERE}/ses/test", {"to": to})
    assert refused.status == 422
    assert 'id="f-ses-to-wrong"' in line(refused, "ses")
    assert 'href="#f-ses-to"' in refused.text


def test_one_without_credentials_tests_nothing(world: WorldForTests, jane: ConsoleClient) -> None:
    refused = jane.post(f"{HERE}/{WITH_CREDENTIALS[0]}/test", {"to": "somebody@mailbox.example"})
    assert refused.status == 409
    assert "it has no credentials yet" in refused.text
    assert jane.post(f"{HERE}/nobody/test", {"to": "somebody@mailbox.example"}).status == 404


def test_a_message_that_was_no_test_is_not_shown_as_one(world: WorldForTests, jane: ConsoleClient) -> None:
    for asked in ("com_01JD4QK8V3M2N7R5T9W1X3Y5Z7", "x", "²"):
        assert 'class="tested"' not in jane.get(f"{HERE}?test={asked}").text


# ---- who only reads


def test_whoever_reads_the_settings_reads_it_without_forms(world: WorldForTests, tokens: SessionsForTests) -> None:
    auditor = tokens.let_in("user-3", "auditor")
    inside = auditor.get(HERE).text.partition("<main")[2].partition("</main>")[0]
    assert "Amazon SES" in inside
    assert "<form" not in inside
    assert "<button" not in re.sub(r"<button[^>]*data-copy.*?</button>", "", inside, flags=re.DOTALL)
    assert f'href="{HERE}"' in auditor.get("/settings").text
    for role in ("lead", "agent"):
        assert tokens.let_in(f"user-of-{role}", role).get(HERE).status == 403
