"""Letters by post on the local cloud: what becomes of one, by what a line of its address says; and that it is printed once."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from tests.support.firm import Firm
from tests.support.vendors import Vendor, order, taken_of_many_orders, told

ROWS = {
    "High Street House": "delivered",
    "Slow": "delivered",
    "Undeliverable": "failed",
    "Unprintable": "rejected",
    "Invalid": "rejected",
    "Ambiguous": "delivered",
    "Throttled": "delivered",
    "Garbled": "delivered",
    "Twice": "delivered",
}
# Refused while we wait for the answer.
NOT_TAKEN = {"Invalid"}
Entries = dict[str, Any]


def letter(firm: Firm, line: str, **changes: Any) -> Any:
    """To an address of its own: one that letters come back from is written to no more."""
    where = f"{line}\n{secrets.randbelow(100_000)} High Street\nSurbiton\nKT6 4QH"
    party = firm.admin.party(name="Priya Raman", email=None, address=where)
    body = {"channel": "post", "party_id": party["id"], "subject": "Final notice", "body": f"Dear Ms Raman, {line}."}
    return firm.admin.post("/v1/communications", {**body, **changes})


@pytest.fixture(scope="module")
def pingen(firm: Firm) -> Vendor:
    return Vendor(firm, "pingen")


@pytest.fixture(scope="module")
def letters(firm: Firm) -> Entries:
    """One of each: all are under way while the first is looked at."""
    lines = [*ROWS, "Mute", "Broken", "Unpaid"]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(lines, pool.map(lambda line: letter(firm, line), lines), strict=True))


@pytest.mark.parametrize("line", ROWS)
def test_what_becomes_of_a_letter(firm: Firm, pingen: Vendor, letters: Entries, line: str) -> None:
    page = firm.admin.follow(letters[line], ROWS[line], seconds=240)
    assert page["provider"] == "pingen"
    made = pingen.taken(page)
    assert len(made) == (0 if line in NOT_TAKEN else 1)
    for one in made:
        assert one["reference"] == page["provider_reference"]
        assert one["to"][0].splitlines()[1:6] == ["Priya Raman", *page["to"][0].splitlines()]
    assert len({*told(page)}) == len(told(page))


def test_why_it_failed_is_told_in_words(firm: Firm, letters: Entries) -> None:
    failures = {
        line: firm.admin.follow(letters[line], ROWS[line], seconds=240)["failure"]
        for line in ("Undeliverable", "Unprintable", "Invalid")
    }
    assert {line: (one["code"], one["reason"]) for line, one in failures.items()} == {
        "Undeliverable": ("returned", "The post could not deliver the letter."),
        "Unprintable": ("content", "Pingen cannot open the file."),
        "Invalid": ("invalid_address", "Pingen takes the address for none."),
    }


def test_its_price_stands_with_it(firm: Firm, letters: Entries) -> None:
    page = firm.admin.follow(letters["High Street House"], "delivered", seconds=240)
    assert page["price"] == {"amount": "1.03", "currency": "GBP"}


def test_of_one_that_nobody_tells_of_a_look_up_does(firm: Firm, pingen: Vendor, letters: Entries) -> None:
    page = firm.admin.follow(letters["Mute"], "sent", seconds=240)
    order(firm, "LookupQueue", page)
    firm.admin.follow(page, "delivered")
    assert len(pingen.taken(page)) == 1


def test_what_waits_for_money_is_somebodys_to_do(firm: Firm, letters: Entries) -> None:
    page = firm.admin.watch(letters["Unpaid"], lambda one: "action_required" in one["hints"], seconds=240)
    assert page["status"] == "sent"
    todos = firm.admin.get("/v1/todos", status="open")["items"]
    [todo] = [one for one in todos if one["communication_id"] == page["id"]]
    assert todo["title"].startswith("Add money to the account at Pingen")


def test_one_that_pingen_does_not_take_waits(firm: Firm, pingen: Vendor, letters: Entries) -> None:
    page = firm.admin.watch(
        letters["Broken"], lambda one: any(row["event"] == "not taken" for row in one["history"]), seconds=240
    )
    assert (page["status"], pingen.taken(page)) == ("queued", [])
    assert firm.admin.post(f"/v1/communications/{page['id']}/cancel")["status"] == "cancelled"


def test_whatever_comes_twice_one_letter_is_printed(firm: Firm, pingen: Vendor) -> None:
    """Each answer breaks off, and every order comes many times, before and after."""
    pingen.mode("ambiguous")
    entry = letter(firm, "High Street House")
    follow = partial(firm.admin.follow, status="delivered", seconds=240)
    assert len(taken_of_many_orders(pingen, "PostQueue", entry, follow)) == 1
