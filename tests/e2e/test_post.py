"""Letters by post on the local cloud: what becomes of one, by what a line of its address says; and that it is printed once."""

import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.support.firm import Firm

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


def pingen(firm: Firm, path: str) -> str:
    return f"{firm.endpoints['simulators']['pingen']['url']}{path}"


def printed(firm: Firm, entry: Any) -> list[Any]:
    """The letters that were made of an entry."""
    kept = requests.get(pingen(firm, "/_sim/messages"), timeout=10).json()
    return [one for one in kept if one["communication_id"] == entry["id"]]


def mode(firm: Firm, name: str | None) -> None:
    assert requests.put(pingen(firm, "/_sim/mode"), json={"mode": name}, timeout=10).ok


@pytest.fixture(scope="module")
def letters(firm: Firm) -> Entries:
    """One of each: all are under way while the first is looked at."""
    lines = [*ROWS, "Mute", "Broken", "Unpaid"]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(lines, pool.map(lambda line: letter(firm, line), lines), strict=True))


@pytest.mark.parametrize("line", ROWS)
def test_what_becomes_of_a_letter(firm: Firm, letters: Entries, line: str) -> None:
    page = firm.admin.follow(letters[line], ROWS[line], seconds=240)
    assert page["provider"] == "pingen"
    made = printed(firm, page)
    assert len(made) == (0 if line in NOT_TAKEN else 1)
    for one in made:
        assert one["reference"] == page["provider_reference"]
        assert one["to"][0].splitlines()[1:6] == ["Priya Raman", *page["to"][0].splitlines()]
    events = [row["event"] for row in page["history"] if row["actor"]["role"] == "provider"]
    assert len({*events}) == len(events)


def test_why_it_failed_is_told_in_words(firm: Firm, letters: Entries) -> None:
    told = {
        line: firm.admin.follow(letters[line], ROWS[line], seconds=240)["failure"]
        for line in ("Undeliverable", "Unprintable", "Invalid")
    }
    assert {line: (one["code"], one["reason"]) for line, one in told.items()} == {
        "Undeliverable": ("returned", "The post could not deliver the letter."),
        "Unprintable": ("content", "Pingen cannot open the file."),
        "Invalid": ("invalid_address", "Pingen takes the address for none."),
    }


def test_its_price_stands_with_it(firm: Firm, letters: Entries) -> None:
    page = firm.admin.follow(letters["High Street House"], "delivered", seconds=240)
    assert page["price"] == {"amount": "1.03", "currency": "GBP"}


def test_of_one_that_nobody_tells_of_a_look_up_does(firm: Firm, letters: Entries) -> None:
    page = firm.admin.follow(letters["Mute"], "sent", seconds=240)
    body = json.dumps({"communication_id": page["id"]})
    firm.aws("sqs").send_message(QueueUrl=firm.physical("LookupQueue"), MessageBody=body)
    firm.admin.follow(page, "delivered")
    assert len(printed(firm, page)) == 1


def test_what_waits_for_money_is_somebodys_to_do(firm: Firm, letters: Entries) -> None:
    page = firm.admin.watch(letters["Unpaid"], lambda one: "action_required" in one["hints"], seconds=240)
    assert page["status"] == "sent"
    todos = firm.admin.get("/v1/todos", status="open")["items"]
    [todo] = [one for one in todos if one["communication_id"] == page["id"]]
    assert todo["title"].startswith("Add money to the account at Pingen")


def test_one_that_pingen_does_not_take_waits(firm: Firm, letters: Entries) -> None:
    page = firm.admin.watch(
        letters["Broken"], lambda one: any(row["event"] == "not taken" for row in one["history"]), seconds=240
    )
    assert (page["status"], printed(firm, page)) == ("queued", [])
    assert firm.admin.post(f"/v1/communications/{page['id']}/cancel")["status"] == "cancelled"


def test_whatever_comes_twice_one_letter_is_printed(firm: Firm) -> None:
    """Each answer breaks off, and every order comes five times, before and after."""
    mode(firm, "ambiguous")
    entry = letter(firm, "High Street House")
    queue = firm.physical("PostQueue")
    for _ in range(5):
        firm.aws("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps({"communication_id": entry["id"]}))
        time.sleep(0.5)
    page = firm.admin.follow(entry, "delivered", seconds=240)
    for _ in range(5):
        firm.aws("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps({"communication_id": entry["id"]}))
    mode(firm, None)
    time.sleep(5)
    assert len(printed(firm, page)) == 1
