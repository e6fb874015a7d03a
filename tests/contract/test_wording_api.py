"""What is typed is what is sent, through the API and the console: letters, SMS, amounts."""

import html
import re
from typing import Any

import pytest

from tests.support.api_client import ADMIN, TEMPLATE, email, expect_created
from tests.support.aws import WorldForTests
from tests.support.console_client import ConsoleClient, words

PREVIEW, MESSAGES = "/v1/communications/preview", "/v1/communications"


def sms(party: Any, **changes: Any) -> dict[str, Any]:
    return {"channel": "sms", "party_id": party["id"], **changes}


# ---- letters

TYPED = "Dear Ms O\u2019Neill,\r\n\r\n3. 5. 9. at \\\\server\\share, jane_doe@x.example <jane@x>\r\n--\r\nJane"


def test_a_letter_is_what_was_typed(world: WorldForTests, party: Any) -> None:
    shown = ADMIN.post(PREVIEW, email(party, body=TYPED)).json["rendered"]
    kept = ADMIN.get(f"{MESSAGES}/{expect_created(ADMIN.post(MESSAGES, email(party, body=TYPED)))['id']}").json["body"]
    for one in (shown, kept):
        assert one["text"] == TYPED.replace("\r\n", "\n")
        page = re.sub(r"<[^>]+>", "", re.sub(r"<br>\n", "\n", one["html"].partition("<body")[2].partition(">")[2]))
        assert html.unescape(page).split() == TYPED.split()


def test_the_console_shows_the_same_and_says_what_is_formatted(
    world: WorldForTests, party: Any, jane: ConsoleClient
) -> None:
    form = {"channel": "email", "party_id": party["id"], "subject": "S", "body": TYPED, "do": "review", "as": "text"}
    page = jane.post("/compose", form)
    assert "\\\\server\\share, jane_doe@x.example <jane@x> -- Jane" in words(page.text)
    assert "**bold**" in words(page.text)


# ---- SMS


def test_an_sms_is_written_plainly_and_says_so(world: WorldForTests, party: Any) -> None:
    typed = "It\u2019s due \u2013 \u201ctoday\u201d\u2026\r\nRing\u00a0us.\u200b"
    plain = 'It\'s due - "today"...\nRing us.'
    shown = ADMIN.post(PREVIEW, sms(party, body=typed)).json
    assert (shown["rendered"]["text"], shown["sms"]["encoding"], shown["segments"]) == (plain, "gsm7", 1)
    assert shown["sms_changes"] == [
        "line breaks of other systems became plain",
        "tabs and blanks of special widths became plain",
        "signs that nobody sees were left out",
        "typographic quotes became plain",
        "typographic dashes became plain",
        "ellipses became three dots",
    ]
    made = expect_created(ADMIN.post(MESSAGES, sms(party, body=typed)))
    assert ADMIN.get(f"{MESSAGES}/{made['id']}").json["body"]["text"] == plain
    assert made["sms"] == shown["sms"]


@pytest.mark.parametrize("typed", ["\u200b", " \u00a0\t", "\u2060\ufeff\n"])
def test_an_sms_of_nothing_that_is_seen_is_not_sent(world: WorldForTests, party: Any, typed: str) -> None:
    refused = ADMIN.post(MESSAGES, sms(party, body=typed))
    assert (refused.status, refused.places) == (422, [("body", "required")])


def test_a_firm_may_keep_its_typography(world: WorldForTests, party: Any) -> None:
    assert ADMIN.get("/v1/settings").json["sms_plain_typography"] is True
    assert ADMIN.put("/v1/settings", {"sms_plain_typography": False}).json["sms_plain_typography"] is False
    shown = ADMIN.post(PREVIEW, sms(party, body="It\u2019s\u00a0due")).json
    assert (shown["rendered"]["text"], shown["sms"]["encoding"], shown["sms_beyond"]) == (
        "It\u2019s due",
        "ucs2",
        ["\u2019"],
    )


def test_an_sms_of_a_template_too(world: WorldForTests, party: Any) -> None:
    body = TEMPLATE | {"channels": ["sms"], "subject": None, "body": "It\u2019s about\n{{ what }}."}
    assert ADMIN.put("/v1/templates/note", body).status == 201
    use = {"key": "note", "variables": {"what": "\u201cx\u201d\nand y"}}
    assert ADMIN.post(PREVIEW, sms(party, template=use)).json["rendered"]["text"] == 'It\'s about "x"\nand y.'


def test_the_console_says_what_became_of_an_sms(world: WorldForTests, party: Any, jane: ConsoleClient) -> None:
    form = {"channel": "sms", "party_id": party["id"], "body": "It\u2019s \u00ea", "do": "review"}
    said = words(jane.post("/compose", form).text)
    assert "6 characters, 1 segment. It holds signs beyond the usual alphabet, so a segment holds less: \u00ea." in said
    assert "Typographic quotes became plain." in said


# ---- amounts

INVOICE = TEMPLATE | {
    "body": "You owe {{ amount | money }} by {{ due | date }}.",
    "subject": "Your invoice",
    "variables": [{"name": "amount", "example": "1250.00"}, {"name": "due", "example": "2026-11-20"}],
}


@pytest.mark.parametrize("spoilt", ["12,50", "NaN", "Infinity", "1e5", "12.345,67", "$5", ""])
def test_what_a_value_spoils_is_named_and_never_sent(world: WorldForTests, party: Any, spoilt: str) -> None:
    assert ADMIN.put("/v1/templates/invoice", INVOICE).status == 201
    use = {"key": "invoice", "variables": {"amount": spoilt, "due": "2026-12-01"}}
    asked = {"channel": "email", "party_id": party["id"], "template": use}
    shown = ADMIN.post(PREVIEW, asked)
    assert (shown.status, shown.json["decision"]["action"], shown.json["decision"]["rule"]) == (
        200,
        "refuse",
        "variables",
    )
    assert "no number as English writes it, such as 1,250.50" in shown.json["decision"]["reason"]
    assert "You owe [amount] by 1 December 2026." in shown.json["rendered"]["text"]
    refused = ADMIN.post(MESSAGES, asked)
    assert (refused.status, refused.places) == (422, [("template.variables.amount", "invalid_number")])


def test_several_spoilt_values_are_all_named(world: WorldForTests, party: Any) -> None:
    assert ADMIN.put("/v1/templates/invoice", INVOICE).status == 201
    use = {"key": "invoice", "variables": {"amount": "twelve", "due": "soon"}}
    refused = ADMIN.post(MESSAGES, {"channel": "email", "party_id": party["id"], "template": use})
    assert refused.places == [
        ("template.variables.amount", "invalid_number"),
        ("template.variables.due", "invalid_date"),
    ]


@pytest.mark.parametrize(("amount", "said"), [("1,250.50", "£1,250.50"), ("1250.5", "£1,250.50"), ("£12", "£12.00")])
def test_amounts_as_they_are_written(world: WorldForTests, party: Any, amount: str, said: str) -> None:
    assert ADMIN.put("/v1/templates/invoice", INVOICE).status == 201
    use = {"key": "invoice", "variables": {"amount": amount, "due": "2026-12-01"}}
    shown = ADMIN.post(PREVIEW, {"channel": "email", "party_id": party["id"], "template": use}).json
    assert f"You owe {said} by" in shown["rendered"]["text"]


def test_the_console_leads_to_the_value(world: WorldForTests, party: Any, jane: ConsoleClient) -> None:
    assert ADMIN.put("/v1/templates/invoice", INVOICE).status == 201
    form = {
        "channel": "email",
        "party_id": party["id"],
        "template": "invoice",
        "v-amount": "12,50",
        "v-due": "2026-12-01",
        "do": "send",
        "once": "1",
    }
    page = jane.post("/compose", form)
    assert page.status == 422
    assert 'href="#v-amount"' in page.text
    assert "12,50 is no number as English writes it" in page.text
    assert "<mark>Amount</mark>" in html.unescape(page.text)


def test_a_template_is_saved_with_examples_that_it_can_use(world: WorldForTests) -> None:
    spoilt = INVOICE | {"variables": [{"name": "due", "example": "2026-11-20"}, {"name": "amount", "example": "12,50"}]}
    refused = ADMIN.put("/v1/templates/invoice", spoilt)
    assert (refused.status, refused.places) == (422, [("variables.1.example", "invalid_number")])
