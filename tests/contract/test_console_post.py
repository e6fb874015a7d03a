"""Letters by post in the console: addresses in parts or lines, how a letter goes, and what it cost."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from letterbook.domain.post import DeliveryProduct, PostalAddress, PostOptions, Price
from letterbook.domain.recipients import Suppression
from tests.support.api_client import ADMIN
from tests.support.aws import WorldForTests
from tests.support.builders import NOW, deed
from tests.support.console_client import LOG, ConsoleClient, words
from tests.support.steps import standing

COMPOSE = "/compose"
LEEDS = "1 Long Row\nLeeds\nLS1 4AP"
FOUR_LINES = "Flat 1\n12 High Street\nHeadingley\nLeeds"
IN_ZURICH = {
    "address.street": "Bahnhofstrasse",
    "address.number": "12",
    "address.postal_code": "8001",
    "address.town": "Zürich",
    "address.country": "CH",
}


@pytest.fixture
def ann(world: WorldForTests) -> Any:
    return ADMIN.post("/v1/parties", {"kind": "client", "name": "Ann Lee", "address": LEEDS}).json


def fields(page: str) -> dict[str, str]:
    """What stands in the inputs of a page."""
    found = re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', page)
    chosen = re.findall(
        r'<select[^>]* name="([^"]+)"[^>]*>.*?(?:<option value="([^"]*)" selected|</select>)', page, re.DOTALL
    )
    area = re.search(r'<textarea id="f-address"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    given = {name: unescape(value) for name, value in (*found, *chosen)}
    return given | {"address": unescape(area[1]) if area else ""}


def letter(party: Any, **changes: Any) -> dict[str, Any]:
    typed = {"channel": "post", "party_id": party["id"], "subject": "Your review", "body": "Dear Ann,"}
    return {**typed, "once": "once-1", "do": "look", **changes}


def sent(world: WorldForTests, answer: Any) -> Any:
    assert answer.status == 303, words(answer.text)
    return standing(world, answer.headers["Location"].split("?")[0].rsplit("/", 1)[1])


def test_a_partys_form_has_its_address_in_parts(jane: ConsoleClient, ann: Any) -> None:
    page = jane.get(f"/parties/{ann['id']}/edit").text
    shown = fields(page)
    assert [shown[f"address.{part}"] for part in ("street", "number", "postal_code", "town")] == [
        "Long Row", "1", "LS1 4AP", "Leeds",
    ]  # fmt: skip
    assert shown["address"] == ""


def test_what_nobody_touched_of_an_address_stays_as_it_was_typed(jane: ConsoleClient, ann: Any) -> None:
    path = f"/parties/{ann['id']}"
    shown = fields(jane.get(f"{path}/edit").text)
    assert jane.post(f"{path}/edit", {**shown, "kind": "client", "name": "Ann Leigh"}).status == 303
    after = ADMIN.get(f"/v1{path}").json
    assert (after["name"], after["address"]) == ("Ann Leigh", LEEDS)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ({**IN_ZURICH, "address": ""}, "Bahnhofstrasse 12\n8001 Zürich\nSWITZERLAND"),
        ({"address": FOUR_LINES.replace("\n", "\r\n")}, FOUR_LINES),
        ({f"address.{part}": "" for part in ("name", "street", "number", "po_box", "postal_code", "town")}, None),
    ],
)
def test_an_address_is_changed_in_parts_or_in_lines_or_taken_away(
    jane: ConsoleClient, ann: Any, typed: dict[str, str], address: str | None
) -> None:
    path = f"/parties/{ann['id']}"
    shown = fields(jane.get(f"{path}/edit").text)
    assert jane.post(f"{path}/edit", {**shown, "kind": "client", **typed}).status == 303
    assert ADMIN.get(f"/v1{path}").json["address"] == address


def test_of_lines_that_have_no_parts_the_parts_are_filled_in_instead(world: WorldForTests, jane: ConsoleClient) -> None:
    party = ADMIN.post("/v1/parties", {"kind": "client", "name": "Ann Lee", "address": FOUR_LINES}).json
    path = f"/parties/{party['id']}"
    shown = fields(jane.get(f"{path}/edit").text)
    assert (shown["address"], shown["address.town"]) == (FOUR_LINES, "")
    assert jane.post(f"{path}/edit", {**shown, "kind": "client", **IN_ZURICH}).status == 303
    assert ADMIN.get(f"/v1{path}").json["postal_address"]["town"] == "Zürich"


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ({"address.town": "x" * 10_000}, "f-address-town"),
        ({"address.street": "\u202e"}, "f-address-street"),
        ({"address.country": "XX"}, "f-address-country"),
        ({"address": "x" * 10_000}, "f-address"),
    ],
)
def test_what_is_wrong_with_an_address_stands_beside_its_field(
    jane: ConsoleClient, ann: Any, typed: dict[str, str], place: str
) -> None:
    path = f"/parties/{ann['id']}/edit"
    refused = jane.post(path, {**fields(jane.get(path).text), "kind": "client", **typed})
    assert refused.status == 422
    assert f'href="#{place}"' in refused.text
    assert f'id="{place}-wrong"' in refused.text


def test_a_letter_by_post_goes_to_their_address_as_the_settings_say(
    world: WorldForTests, jane: ConsoleClient, ann: Any
) -> None:
    page = jane.get(f"{COMPOSE}?party_id={ann['id']}&channel=post").text
    assert "As usual: economy" in page
    shown = {name: value for name, value in fields(page).items() if name.startswith(("address", "post."))}
    looked = jane.post(COMPOSE, letter(ann, **shown))
    assert "Economy: usually there in two to four working days" in words(looked.text)
    assert "the provider names the price once it has it" in words(looked.text)
    made = sent(world, jane.post(COMPOSE, letter(ann, **shown, do="send")))
    assert made.post == PostOptions()
    assert (made.entry.recipients[0].address, made.postal_address.town) == (LEEDS, "Leeds")
    asked = world.content_store.content(made.content).message
    assert asked
    assert (asked.address, asked.postal_address, asked.post) == (None, None, None)


def test_another_address_and_another_way_are_of_that_letter_alone(
    world: WorldForTests, jane: ConsoleClient, ann: Any
) -> None:
    page = jane.get(f"{COMPOSE}?party_id={ann['id']}&channel=post").text
    shown = {name: value for name, value in fields(page).items() if name.startswith("address")}
    wish = {"post.product": "registered", "post.print_mode": "duplex"}
    made = sent(world, jane.post(COMPOSE, letter(ann, **{**shown, **IN_ZURICH}, **wish, do="send")))
    assert made.entry.recipients[0].address.endswith("Bahnhofstrasse 12\n8001 Zürich\nSWITZERLAND")
    assert made.post.product is DeliveryProduct.REGISTERED
    assert ADMIN.get(f"/v1/parties/{ann['id']}").json["address"] == LEEDS


def test_an_incomplete_address_is_told_before_and_refused_beside_its_field(
    world: WorldForTests, jane: ConsoleClient, ann: Any
) -> None:
    told = "United Kingdom: a letter needs a postal code."
    looked = jane.post(COMPOSE, letter(ann, address=FOUR_LINES))
    assert told in words(looked.text)
    assert "address incomplete" in looked.text
    refused = jane.post(COMPOSE, letter(ann, address=FOUR_LINES, do="send"))
    assert refused.status == 422
    assert 'id="f-address-postal_code-wrong"' in refused.text


def test_a_draft_keeps_its_address_and_its_way(world: WorldForTests, jane: ConsoleClient, ann: Any) -> None:
    kept = sent_draft(world, jane, letter(ann, **IN_ZURICH, **{"post.product": "fast"}, do="keep"))
    page = jane.get(f"{LOG}/{kept}/edit").text
    shown = fields(page)
    assert (shown["address.town"], shown["post.product"]) == ("Zürich", "fast")
    form = {name: value for name, value in shown.items() if name.startswith(("address", "post."))}
    made = sent(world, jane.post(f"{LOG}/{kept}/edit", letter(ann, **form, do="send", version=shown["version"])))
    assert made.postal_address.town == "Zürich"
    assert made.post.product is DeliveryProduct.FAST


def sent_draft(world: WorldForTests, jane: ConsoleClient, form: dict[str, Any]) -> str:
    answer = jane.post(COMPOSE, form)
    assert answer.status == 303, words(answer.text)
    return answer.headers["Location"].split("/")[2]


def test_an_entry_says_how_it_went_what_it_cost_and_that_nothing_will_confirm_it(
    world: WorldForTests, jane: ConsoleClient, ann: Any
) -> None:
    made = sent(world, jane.post(COMPOSE, letter(ann, do="send")))
    page = words(jane.get(f"{LOG}/{made.id}").text)
    assert "Economy: usually there in two to four working days" in page
    assert "This product confirms nothing: that it was posted is all that will be known." in page
    assert "One side, black and white" in page
    assert "Price" not in page


@pytest.mark.parametrize(("amount", "shown"), [("1.3", "CHF 1.30"), ("0.0857", "CHF 0.0857"), ("120", "CHF 120.00")])
def test_a_price_is_written_as_people_write_one(amount: str, shown: str) -> None:
    from console.presenters.post import price_words

    assert price_words(Price(amount=Decimal(amount), currency="CHF")) == shown


def test_the_settings_say_how_letters_go(world: WorldForTests, jane: ConsoleClient) -> None:
    shown = fields(jane.get("/settings").text)
    assert shown["post.product"] == "cheap"
    ADMIN.put("/v1/settings", {"post": {"product": "premium", "print_spectrum": "color"}})
    shown = fields(jane.get("/settings").text)
    assert [shown[f"post.{one}"] for one in ("product", "print_mode", "print_spectrum")] == [
        "premium",
        "simplex",
        "color",
    ]


# ---- a letter that came back


MOVED = PostalAddress(name="Ann Lee", street="Short Row", number="2", postal_code="LS2 7AB", town="Leeds")


@pytest.fixture
def returned(world: WorldForTests, jane: ConsoleClient, ann: Any) -> Any:
    """A letter to her that failed, because she lives elsewhere now."""
    made = sent(world, jane.post(COMPOSE, letter(ann, do="send")))
    found = Suppression(
        address=LEEDS, code="returned", at=NOW, communication_id=made.id, party_id=ann["id"], corrected=MOVED
    )
    world.addresses.suppress(found, deed(ann["id"]))
    return made


def test_the_address_that_the_post_named_is_proposed_and_taken_by_one_press(
    world: WorldForTests, jane: ConsoleClient, ann: Any, returned: Any
) -> None:
    path = f"/parties/{ann['id']}"
    page = words(jane.get(path).text)
    assert "Set aside" in page
    assert "The post says that they are now at 2 Short Row, Leeds, LS2 7AB, United Kingdom." in page
    stopped = ADMIN.post(
        "/v1/communications", {"channel": "post", "party_id": ann["id"], "subject": "Again", "body": "Dear Ann,"}
    )
    assert stopped.status == 422
    before = len(ADMIN.get("/v1/communications").json["items"])
    done = jane.follow(jane.post(f"{path}/take-address", {}))
    assert "The next letter to Ann Lee goes to the new address. Nothing was sent by this." in words(done.text)
    assert len(ADMIN.get("/v1/communications").json["items"]) == before
    assert ADMIN.get(f"/v1{path}").json["address"] == "2 Short Row\nLeeds\nLS2 7AB"
    assert sent(world, jane.post(COMPOSE, letter(ann, do="send", once="2"))).postal_address.street == "Short Row"
    assert [one["address"] for one in ADMIN.get("/v1/quarantine").json["items"]] == [LEEDS]


def test_what_was_taken_is_proposed_no_more(jane: ConsoleClient, ann: Any, returned: Any) -> None:
    path = f"/parties/{ann['id']}"
    jane.post(f"{path}/take-address", {})
    assert "The post says" not in jane.get(path).text
    assert jane.post(f"{path}/take-address", {}).status == 409


def test_where_somebody_moved_to_is_no_address_of_who_stayed(jane: ConsoleClient, ann: Any, returned: Any) -> None:
    bob = ADMIN.post("/v1/parties", {"kind": "client", "name": "Bob Lee", "address": ann["address"]}).json
    page = words(jane.get(f"/parties/{bob['id']}").text)
    assert ("Set aside" in page, "Short Row" in page) == (True, False)
    assert jane.post(f"/parties/{bob['id']}/take-address", {}).status == 409
    assert ADMIN.get(f"/v1/parties/{bob['id']}").json["address"] == ann["address"]


def test_the_quarantine_tells_programs_the_address_that_the_post_named(ann: Any, returned: Any) -> None:
    told = ADMIN.get("/v1/quarantine").json["items"][0]
    assert (told["address"], told["corrected"]["postal_code"]) == (LEEDS, "LS2 7AB")


def test_a_postal_address_is_released_as_others_are(jane: ConsoleClient, ann: Any, returned: Any) -> None:
    path = f"/parties/{ann['id']}"
    done = jane.follow(jane.post(f"{path}/release", {"address": LEEDS.replace("\n", "\r\n")}))
    assert "1 Long Row, Leeds, LS1 4AP may be written to again." in words(done.text)
    assert ADMIN.get("/v1/quarantine").json["items"] == []
