"""Postal addresses at the border: in lines or in parts, written as their country writes them, whole before a letter is posted."""

from typing import Any

import pytest

from tests.support.api_client import ADMIN, PARTY, expect_created
from tests.support.aws import WorldForTests
from tests.support.steps import standing

LIST = "/v1/communications"
SWISS = {"street": "Bahnhofstrasse", "number": "12", "postal_code": "8001", "town": "Zürich", "country": "CH"}
LEEDS = {"street": "Long Row", "number": "1", "postal_code": "LS1 4AP", "town": "Leeds"}
FOUR_LINES = "Flat 1\n12 High Street\nHeadingley\nLeeds"


def a_party_at(address: Any, **changes: Any) -> Any:
    return expect_created(ADMIN.post("/v1/parties", {**PARTY, "address": address, **changes}))


def letter(party: Any, **changes: Any) -> dict[str, Any]:
    body = {"channel": "post", "party_id": party["id"], "subject": "Your review", "body": "Dear Ms Raman,"}
    return {**body, **changes}


def faults(answer: Any) -> dict[str, str]:
    return {one["field"]: one["code"] for one in answer.json["errors"]}


def test_parts_become_lines_as_their_country_writes_them(world: WorldForTests) -> None:
    made = a_party_at(SWISS)
    assert made["address"] == "Bahnhofstrasse 12\n8001 Zürich\nSWITZERLAND"
    assert made["postal_address"] == {**SWISS, "name": "Priya Raman", "po_box": ""}
    assert ADMIN.get(f"/v1/parties/{made['id']}").json["postal_address"]["town"] == "Zürich"


def test_lines_are_kept_as_they_are_and_split_where_that_is_certain(world: WorldForTests) -> None:
    made = a_party_at("1 Long Row,\nLeeds LS1 4AP")
    assert made["address"] == "1 Long Row,\nLeeds LS1 4AP"
    assert made["postal_address"] == {**LEEDS, "name": "Priya Raman", "po_box": "", "country": "GB"}
    assert a_party_at(FOUR_LINES)["postal_address"] is None


def test_an_amended_address_is_the_one_that_was_given(world: WorldForTests) -> None:
    one = f"/v1/parties/{a_party_at(SWISS)['id']}"
    moved = ADMIN.patch(one, {"address": {**SWISS, "number": "14", "name": "Raman & Co"}}).json
    assert moved["address"].splitlines()[:2] == ["Raman & Co", "Bahnhofstrasse 14"]
    assert moved["postal_address"]["name"] == "Raman & Co"
    renamed = ADMIN.patch(one, {"name": "Priya Rao"}).json
    assert (renamed["address"], renamed["postal_address"]) == (moved["address"], moved["postal_address"])
    in_lines = ADMIN.patch(one, {"address": FOUR_LINES}).json
    assert (in_lines["address"], in_lines["postal_address"]) == (FOUR_LINES, None)
    gone = ADMIN.patch(one, {"address": None}).json
    assert (gone["address"], gone["postal_address"]) == (None, None)


@pytest.mark.parametrize(
    ("address", "field", "code"),
    [
        ({}, "address", "required"),
        ({"name": "Nobody"}, "address", "required"),
        ({**SWISS, "town": "x" * 10_000}, "address.town", "too_long"),
        ({**SWISS, "street": "A\nB"}, "address.street", "control_character"),
        ({**SWISS, "street": "A\x00B"}, "address.street", "control_character"),
        ({**SWISS, "town": "\u202e"}, "address.town", "invisible"),
        ({**SWISS, "number": 12}, "address.number", "wrong_type"),
        ({**SWISS, "country": "XX"}, "address.country", "unknown_country"),
        ({**SWISS, "country": "Switzerland"}, "address.country", "invalid_format"),
        ({**SWISS, "state": "ZH"}, "address.state", "unknown_field"),
        ("x" * 10_000, "address", "too_long"),
        ("Long Row\x07", "address", "control_character"),
        (["Long Row"], "address", "wrong_type"),
        (7, "address", "wrong_type"),
    ],
)
@pytest.mark.parametrize("of", ["party", "message"])
def test_a_hostile_address_is_refused_with_its_field(
    world: WorldForTests, of: str, address: Any, field: str, code: str
) -> None:
    if of == "party":
        answer = ADMIN.post("/v1/parties", {**PARTY, "address": address})
    else:
        answer = ADMIN.post(LIST, letter(a_party_at(LEEDS), address=address))
    assert (answer.status, faults(answer).get(field)) == (422, code), answer.text


def test_what_turns_a_line_is_not_kept(world: WorldForTests) -> None:
    made = a_party_at({**SWISS, "street": "\u202egass\u202c"})
    assert made["postal_address"]["street"] == "gass"


def test_parts_with_null_are_parts_that_are_not_there(world: WorldForTests) -> None:
    assert a_party_at({**SWISS, "number": None, "po_box": None})["address"].splitlines()[0] == "Bahnhofstrasse"


def test_a_letter_goes_to_the_partys_own_address_by_what_the_settings_say(world: WorldForTests) -> None:
    made = ADMIN.post(LIST, letter(a_party_at(SWISS)))
    assert made.status == 202, made.text
    assert made.json["to"] == ["Bahnhofstrasse 12\n8001 Zürich\nSWITZERLAND"]
    assert made.json["postal_address"] == {**SWISS, "name": "Priya Raman", "po_box": ""}
    assert made.json["post"] == {"product": "cheap", "print_mode": "simplex", "print_spectrum": "grayscale"}
    assert made.json["price"] is None


def test_what_is_said_of_one_letter_goes_before_the_settings(world: WorldForTests) -> None:
    ADMIN.put("/v1/settings", {"post": {"product": "fast", "print_mode": "duplex"}})
    world.clock.pass_(minutes=2)
    kept = ADMIN.get("/v1/settings").json["post"]
    assert kept == {"product": "fast", "print_mode": "duplex", "print_spectrum": "grayscale"}
    party = a_party_at(LEEDS)
    made = ADMIN.post(LIST, letter(party, post={"print_spectrum": "color"})).json
    assert made["post"] == {"product": "fast", "print_mode": "duplex", "print_spectrum": "color"}
    answer = ADMIN.post(LIST, letter(party, post={"product": "pigeon"}))
    assert (answer.status, faults(answer)) == (422, {"post.product": "not_one_of"})


def test_only_what_is_posted_says_how(world: WorldForTests) -> None:
    party = a_party_at(LEEDS)
    answer = ADMIN.post(LIST, letter(party, channel="manual", post={"product": "fast"}))
    assert (answer.status, faults(answer)) == (422, {"post": "not_for_channel"})
    by_hand = ADMIN.post(LIST, letter(party, channel="manual")).json
    assert by_hand["post"] is None


@pytest.mark.parametrize(
    ("address", "named"),
    [
        (FOUR_LINES, {"address.postal_code": "missing"}),
        ("LS1 4AP", {"address.town": "missing"}),
        ({"street": "Long Row", "town": "Leeds"}, {"address.postal_code": "missing"}),
        ({"street": "Gasse", "country": "CH"}, {"address.postal_code": "missing", "address.town": "missing"}),
        ({**SWISS, "postal_code": "CH 8001"}, {"address.postal_code": "invalid_postal_code"}),
    ],
)
def test_what_an_address_lacks_is_named_before_the_letter_goes(
    world: WorldForTests, address: Any, named: dict[str, str]
) -> None:
    party = a_party_at(LEEDS)
    refused = ADMIN.post(LIST, letter(party, address=address))
    assert (refused.status, faults(refused)) == (422, named)
    shown = ADMIN.post(f"{LIST}/preview", letter(party, address=address))
    assert (shown.status, shown.json["decision"]["action"]) == (200, "refuse")
    assert shown.json["decision"]["rule"] == "complete_address"
    assert faults(shown) == named
    assert ADMIN.post(LIST, letter(party, channel="manual", address=address)).status in (201, 202)


def test_a_draft_may_lack_what_a_letter_needs_until_it_goes(world: WorldForTests) -> None:
    draft = ADMIN.post(LIST, letter(a_party_at(LEEDS), address={"street": "Long Row"}, send_now=False))
    assert draft.status == 201, draft.text
    one = f"{LIST}/{draft.json['id']}"
    refused = ADMIN.post(f"{one}/send")
    assert (refused.status, set(faults(refused))) == (422, {"address.postal_code", "address.town"})
    amended = ADMIN.patch(one, {"subject": "Another", "address": {**SWISS, "country": "AT", "postal_code": "1010"}})
    assert amended.status == 200, amended.text
    assert amended.json["to"] == ["Bahnhofstrasse 12\n1010 Zürich\nAUSTRIA"]
    assert ADMIN.patch(one, {"subject": "A third"}).json["to"] == amended.json["to"]
    assert ADMIN.post(f"{one}/send").status == 202


def test_a_registered_letter_needs_parts_that_fit_its_form(world: WorldForTests) -> None:
    party, registered = a_party_at(LEEDS), {"product": "registered"}
    unsplit = "Complaints Department\n1 Long Row\nLeeds\nLS1 4AP"
    assert ADMIN.post(LIST, letter(party, address=unsplit)).status == 202
    answer = ADMIN.post(LIST, letter(party, address=unsplit, post=registered))
    assert (answer.status, faults(answer)) == (422, {"address": "needs_parts"})
    long = {**LEEDS, "name": "n" * 46, "street": "s" * 41, "number": "1" * 11, "town": "t" * 26}
    assert ADMIN.post(LIST, letter(party, address=long)).status == 202
    answer = ADMIN.post(LIST, letter(party, address=long, post=registered))
    assert faults(answer) == {f"address.{part}": "too_long" for part in ("name", "street", "number", "town")}
    assert ADMIN.post(LIST, letter(party, post=registered)).status == 202


def test_a_preview_says_how_it_goes_and_what_is_charged_for(world: WorldForTests) -> None:
    shown = ADMIN.post(f"{LIST}/preview", letter(a_party_at(LEEDS), post={"product": "registered"})).json
    assert (shown["cost_class"], shown["post"]["product"]) == ("per_letter", "registered")
    assert shown["delivery_class"].startswith("registered mail, usually there on the next working day")
    assert shown["postal_address"]["postal_code"] == "LS1 4AP"
    email = {"channel": "email", "party_id": a_party_at(LEEDS)["id"], "subject": "Hello", "body": "Hello"}
    assert ADMIN.post(f"{LIST}/preview", email).json["delivery_class"] is None


def test_what_was_sent_to_parts_is_sent_again_there(world: WorldForTests) -> None:
    made = ADMIN.post(LIST, letter(a_party_at(LEEDS), address=SWISS, post={"product": "fast"}, send_now=False)).json
    kept = standing(world, made["id"])
    asked = world.content_store.content(kept.content).message
    assert asked
    assert (asked.postal_address and asked.postal_address.town, asked.post and asked.post.product) == ("Zürich", "fast")


def test_what_came_by_post_is_logged_with_its_lines(world: WorldForTests) -> None:
    logged = ADMIN.post(
        LIST,
        letter(a_party_at(LEEDS), address=SWISS, occurred_at="2026-11-20T10:00:00Z"),
    )
    assert logged.status == 201, logged.text
    assert logged.json["to"] == ["Bahnhofstrasse 12\n8001 Zürich\nSWITZERLAND"]


def test_a_country_line_is_added_to_lines_that_lie_abroad(world: WorldForTests) -> None:
    party = a_party_at("Bahnhofstrasse 12\n8001 Zürich", country="CH")
    assert ADMIN.post(LIST, letter(party)).json["to"] == ["Bahnhofstrasse 12\n8001 Zürich\nSWITZERLAND"]


def test_the_parts_move_with_the_address_when_two_records_become_one(world: WorldForTests) -> None:
    gone, into = a_party_at(SWISS), expect_created(ADMIN.post("/v1/parties", {**PARTY, "email": "p@r.example"}))
    merged = ADMIN.post(f"/v1/parties/{gone['id']}/merge", {"into": into["id"], "reason": "entered twice"})
    assert merged.json["postal_address"]["town"] == "Zürich", merged.text
