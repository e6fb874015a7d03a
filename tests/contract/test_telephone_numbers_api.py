"""Telephone numbers at the border: read in the party's country, else the firm's, wherever one is written; kept as E.164."""

from typing import Any

import pytest

from tests.support.api_client import ADMIN, call, expect_created
from tests.support.aws import WorldForTests

ENTRIES = "/v1/communications"


def a_party_in(country: str | None, **numbers: str) -> Any:
    return expect_created(
        ADMIN.post("/v1/parties", {"kind": "client", "name": "Ada Byron", "country": country, **numbers})
    )


@pytest.mark.parametrize(
    ("country", "numbers", "kept"),
    [
        (None, {"mobile": "07700 900199", "phone": "(0113) 496 0102"}, ("+447700900199", "+441134960102")),
        ("FR", {"mobile": "06 12 34 56 78", "phone": "+44 113 496 0102"}, ("+33612345678", "+441134960102")),
        ("CH", {"mobile": "079 123 45 67", "phone": "0041 44 668 18 00"}, ("+41791234567", "+41446681800")),
    ],
)
def test_numbers_of_a_party_are_of_its_country(
    world: WorldForTests, country: str | None, numbers: dict[str, str], kept: tuple[str, str]
) -> None:
    party = a_party_in(country, **numbers)
    assert (party["mobile"], party["phone"], party["country"]) == (*kept, country)


def test_numbers_of_a_contact_are_of_the_partys_country(world: WorldForTests) -> None:
    contacts = f"/v1/parties/{a_party_in('FR')['id']}/contacts"
    contact = expect_created(ADMIN.post(contacts, {"name": "Jules", "mobile": "06 12 34 56 78"}))
    assert contact["mobile"] == "+33612345678"
    amended = ADMIN.patch(f"{contacts}/{contact['id']}", {"phone": "01 23 45 67 89"})
    assert amended.json["phone"] == "+33123456789"
    assert ADMIN.patch(f"{contacts}/{contact['id']}", {"phone": "0113 496"}).places == [("phone", "invalid_phone")]


def test_what_is_no_number_is_named_and_changes_nothing(world: WorldForTests) -> None:
    party = a_party_in(None, mobile="07700 900199")
    path = f"/v1/parties/{party['id']}"
    refused = ADMIN.patch(path, {"mobile": "0113 496 0102", "phone": "12345"})
    assert (refused.status, refused.places) == (422, [("mobile", "not_mobile"), ("phone", "invalid_phone")])
    assert ADMIN.get(path).json == party
    assert ADMIN.patch(path, {"country": "XX"}).places == [("country", "unknown_country")]


def test_a_number_that_stands_there_stays_when_the_country_changes(world: WorldForTests) -> None:
    party = a_party_in(None, mobile="07700 900199")
    moved = ADMIN.patch(f"/v1/parties/{party['id']}", {"country": "US"}).json
    assert (moved["mobile"], moved["country"]) == ("+447700900199", "US")


def test_an_sms_goes_to_a_number_as_people_write_it(world: WorldForTests) -> None:
    party = a_party_in("FR")
    message = {"channel": "sms", "party_id": party["id"], "body": "Call us", "send_now": False}
    assert expect_created(ADMIN.post(ENTRIES, {**message, "to": "06 12 34 56 78"}))["to"] == ["+33612345678"]
    assert ADMIN.post(ENTRIES, {**message, "to": "06 12"}).places == [("to.0", "invalid_phone")]
    assert ADMIN.post(f"{ENTRIES}/preview", {**message, "to": "0612345678"}).json["recipients"][0]["address"] == (
        "+33612345678"
    )


def test_the_numbers_of_a_call_are_kept_in_one_form(world: WorldForTests) -> None:
    party = a_party_in(None)
    made = expect_created(ADMIN.post(ENTRIES, call(party, from_phone="020 7946 0958", to_phone="0033 1 23 45 67 89")))
    assert (made["phone"]["from_phone"], made["phone"]["to_phone"]) == ("+442079460958", "+33123456789")
    amended = ADMIN.patch(f"{ENTRIES}/{made['id']}", {"to_phone": "0113 496 0102"})
    assert amended.json["phone"]["to_phone"] == "+441134960102"
    assert ADMIN.post(ENTRIES, call(party, from_phone="the office")).places == [("from_phone", "invalid_phone")]


@pytest.mark.parametrize(
    ("sender", "kept"), [("07700 900199", "+447700900199"), ("60777", "60777"), ("Northmoor", "Northmoor")]
)
def test_an_sms_that_came_in_names_who_sent_it(world: WorldForTests, sender: str, kept: str) -> None:
    came = {
        "channel": "sms", "party_id": a_party_in(None)["id"], "direction": "inbound", "from": sender, "body": "STOP",
        "occurred_at": "2026-11-20T09:00:00Z",
    }  # fmt: skip
    assert expect_created(ADMIN.post(ENTRIES, came))["from"] == kept


def test_a_sender_is_a_number_of_the_firms_country(world: WorldForTests) -> None:
    senders = [{"channel": "sms", "address": "07700 900199"}]
    assert ADMIN.put("/v1/settings", {"senders": senders}).json["senders"][0]["address"] == "+447700900199"
    french = [{"channel": "sms", "address": "06 12 34 56 78"}]
    assert ADMIN.put("/v1/settings", {"senders": french, "country": "FR"}).json["senders"][0]["address"] == (
        "+33612345678"
    )
