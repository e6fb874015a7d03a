"""E-invoices to Peppol on the local cloud: what becomes of one, by how its number begins; and that it is sent once."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
import requests

from tests.support.einvoices import Sample, ubl
from tests.support.firm import Firm, eventually
from tests.support.vendors import Vendor, order, send_einvoice, taken_of_many_orders, told

BUYER, NOBODY = ("0208", "0987654394"), ("0088", "9900000000004")
ROWS = {
    "PLAIN-1": "delivered",
    "SLOW-1": "delivered",
    "REJECT-1": "failed",
    "INVALID-1": "rejected",
    "AMBIGUOUS-1": "delivered",
    "THROTTLED-1": "delivered",
    "GARBLED-1": "delivered",
}
NOT_TAKEN = {"INVALID-1"}
Entries = dict[str, Any]


def invoice(firm: Firm, number: str, receiver: tuple[str, str] = BUYER, **sample: Any) -> Any:
    """To a party that takes them there."""
    scheme, identifier = receiver
    party = firm.admin.party(
        kind="customer", name="Moulin & Fils", email=None, einvoice={"scheme": scheme, "id": identifier}
    )
    content = ubl(Sample(number=number, buyer=receiver, **sample))
    return send_einvoice(firm, "peppol", party, number, content)


@pytest.fixture(scope="module")
def storecove(firm: Firm) -> Vendor:
    return Vendor(firm, "storecove")


@pytest.fixture(scope="module")
def invoices(firm: Firm) -> Entries:
    """One of each: all are under way while the first is looked at."""
    numbers = [*ROWS, "MUTE-1", "BROKEN-1"]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(numbers, pool.map(lambda number: invoice(firm, number), numbers), strict=True))


@pytest.mark.parametrize("number", ROWS)
def test_what_becomes_of_an_invoice(firm: Firm, storecove: Vendor, invoices: Entries, number: str) -> None:
    page = firm.admin.follow(invoices[number], ROWS[number], seconds=400)
    assert page["provider"] == "storecove"
    made = storecove.taken(page)
    assert len(made) == (0 if number in NOT_TAKEN else 1)
    for one in made:
        # Where the answer was lost, the guid came with the first event.
        assert one["reference"] == page["provider_reference"]
        assert (one["to"], one["subject"]) == (["0208:0987654394"], number)
    assert len({*told(page)}) == len(told(page))


def test_who_refused_it_and_why_is_told_in_words(firm: Firm, invoices: Entries) -> None:
    by_buyer = firm.admin.follow(invoices["REJECT-1"], "failed", seconds=400)
    assert by_buyer["failure"]["code"] == "recipient_rejected"
    assert "Purchase order 4711 is closed." in by_buyer["failure"]["reason"]
    assert by_buyer["delivered_at"]
    by_network = firm.admin.follow(invoices["INVALID-1"], "rejected", seconds=400)
    assert by_network["failure"]["code"] == "content"
    assert "BR-CO-15" in by_network["failure"]["reason"]


def test_of_one_that_nobody_tells_of_a_look_up_does(firm: Firm, storecove: Vendor, invoices: Entries) -> None:
    page = firm.admin.follow(invoices["MUTE-1"], "sent", seconds=400)
    order(firm, "LookupQueue", page)
    firm.admin.follow(page, "delivered")
    assert len(storecove.taken(page)) == 1


def test_one_that_storecove_does_not_take_waits_for_it_alone(firm: Firm, storecove: Vendor, invoices: Entries) -> None:
    page = firm.admin.watch(
        invoices["BROKEN-1"], lambda one: sum(row["event"] == "handed over again" for row in one["history"]) > 1, 400
    )
    assert (page["status"], page["provider"], storecove.taken(page)) == ("sending", "storecove", [])


def test_nobody_is_there_who_takes_it(firm: Firm, storecove: Vendor) -> None:
    page = firm.admin.follow(invoice(firm, "NOBODY-1", NOBODY), "rejected", seconds=400)
    assert (page["failure"]["code"], storecove.taken(page)) == ("no_route", [])


def test_what_the_buyer_says_later_stands_in_the_history(firm: Firm, storecove: Vendor, invoices: Entries) -> None:
    entry = firm.admin.follow(invoices["PLAIN-1"], "delivered", seconds=400)
    storecove.post("events", number="PLAIN-1", event="under_query", details="Which order?")
    storecove.post("events", number="PLAIN-1", event="paid", details="")
    page = firm.admin.watch(entry, lambda one: "paid" in told(one), 400)
    assert page["status"] == "delivered"
    assert page["opened_at"]
    notes = [row["note"] for row in page["history"]]
    assert "The buyer has the invoice under query: Which order?" in notes
    assert "The buyer says that the invoice is paid." in notes


def test_what_proves_that_it_arrived_is_kept_with_it(firm: Firm, invoices: Entries) -> None:
    """What the other side signed, and the invoice in the bytes that it got."""
    page = firm.admin.watch(invoices["PLAIN-1"], lambda one: one["evidence"], 400)
    kept = {one["name"]: one["id"] for one in page["evidence"]}
    assert {*kept} == {"Evidence.json", "Evidence.xml", "Delivered 1.xml"}
    place = firm.admin.ask("GET", f"/v1/documents/{kept['Delivered 1.xml']}").headers["Location"]
    assert b"PLAIN-1" in requests.get(place, timeout=10).content


def test_what_is_posted_besides_counts_once(firm: Firm, storecove: Vendor) -> None:
    storecove.put("push", on=True)
    try:
        page = firm.admin.follow(invoice(firm, "PUSHED-1"), "delivered", seconds=400)
        eventually(lambda: is_emptied(storecove))
    finally:
        storecove.put("push", on=False)
    assert told(firm.admin.get(f"/v1/communications/{page['id']}")).count("succeeded") == 1


def is_emptied(storecove: Vendor) -> bool:
    """Whether nothing stands in the queue of events any more."""
    headers = {"Authorization": f"Bearer {storecove.credentials['api_key']}"}
    return requests.get(f"{storecove.url}/webhook_instances/", headers=headers, timeout=10).status_code == 204


def test_whatever_comes_twice_one_invoice_is_sent(firm: Firm, storecove: Vendor) -> None:
    """Each answer breaks off, and every order comes many times, before and after."""
    storecove.mode("ambiguous")
    entry = invoice(firm, "DOUBLED-1")
    follow = partial(firm.admin.follow, status="delivered", seconds=400)
    assert len(taken_of_many_orders(storecove, "EinvoiceQueue", entry, follow)) == 1
