"""E-invoices to the French state on the local cloud: what becomes of one, by how its number begins; each is deposited once."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.support.einvoices import Sample, ubl
from tests.support.firm import Firm

XML, SIRET = "application/xml", "73282932000074"
# What it stands at once Chorus Pro was asked, and how many deposits it took.
ROWS = {
    "PLAIN-1": ("delivered", 1),
    "SLOW-1": ("delivered", 1),
    "REJECT-1": ("failed", 1),
    "INVALID-1": ("rejected", 1),
    "AMBIGUOUS-1": ("delivered", 1),
    "THROTTLED-1": ("delivered", 1),
    "GARBLED-1": ("delivered", 1),
    "MUTE-1": ("delivered", 1),
}
Entries = dict[str, Any]


def invoice(firm: Firm, number: str) -> Any:
    """To a town that takes them there."""
    receiver = {"scheme": "0009", "id": SIRET, "network": "chorus_pro"}
    party = firm.admin.party(kind="customer", name="Commune de Saint-Avold", email=None, einvoice=receiver)
    content = ubl(Sample(number=number, buyer=("0009", SIRET), buyer_siret=SIRET))
    announced = {"name": f"{number}.xml", "media_type": XML, "bytes": len(content), "party_id": party["id"]}
    document = firm.admin.post("/v1/documents", announced)
    put = requests.put(document["upload_url"], data=content, headers={"Content-Type": XML}, timeout=10)
    assert put.status_code == 200
    body = {"channel": "einvoice", "network": "chorus_pro", "party_id": party["id"], "document_id": document["id"]}
    return firm.admin.post("/v1/communications", body)


def chorus(firm: Firm, path: str) -> str:
    return f"{firm.endpoints['simulators']['chorus_pro']['url']}{path}"


def deposits(firm: Firm, entry: Any) -> list[Any]:
    """What Chorus Pro took of an entry."""
    kept = requests.get(chorus(firm, "/_sim/messages"), timeout=10).json()
    return [one for one in kept if one["communication_id"] == entry["id"]]


def mode(firm: Firm, name: str | None) -> None:
    assert requests.put(chorus(firm, "/_sim/mode"), json={"mode": name}, timeout=10).ok


def advance(firm: Firm, number: str, to: str, comment: str = "") -> None:
    """What the buyer does with it."""
    told = {"number": number, "to": to, "comment": comment}
    assert requests.post(chorus(firm, "/_sim/advance"), json=told, timeout=10).ok


def asked(firm: Firm, entry: Any, until: str) -> Any:
    """The page, once Chorus Pro was asked often enough: as the sweep does in hours."""
    order = json.dumps({"communication_id": entry["id"]})
    page = firm.admin.watch(entry, lambda one: one["status"] not in ("queued", "sending"), 400)
    deadline = time.monotonic() + 400
    while until not in (page["status"], *told(page)):
        assert time.monotonic() < deadline, f"still {page['status']}: {told(page)}"
        firm.aws("sqs").send_message(QueueUrl=firm.physical("LookupQueue"), MessageBody=order)
        time.sleep(3)
        page = firm.admin.get(f"/v1/communications/{entry['id']}")
    return page


def told(page: Any) -> list[str]:
    return [row["event"] for row in page["history"] if row["actor"]["role"] == "provider"]


@pytest.fixture(scope="module")
def invoices(firm: Firm) -> Entries:
    """One of each: all are under way while the first is looked at."""
    numbers = [*ROWS, "BROKEN-1"]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(numbers, pool.map(lambda number: invoice(firm, number), numbers), strict=True))


@pytest.mark.parametrize("number", ROWS)
def test_what_becomes_of_an_invoice(firm: Firm, invoices: Entries, number: str) -> None:
    status, taken = ROWS[number]
    page = asked(firm, invoices[number], status)
    assert page["provider"] == "chorus_pro"
    made = deposits(firm, page)
    assert [(one["reference"], one["subject"]) for one in made] == [(page["provider_reference"], number)] * taken
    assert len({*told(page)}) == len(told(page))


def test_who_refused_it_and_why_is_told_in_words(firm: Firm, invoices: Entries) -> None:
    by_buyer = asked(firm, invoices["REJECT-1"], "failed")
    assert by_buyer["failure"]["code"] == "recipient_rejected"
    assert "Montant contesté" in by_buyer["failure"]["reason"]
    by_chorus = asked(firm, invoices["INVALID-1"], "rejected")
    assert by_chorus["failure"]["code"] == "content"
    assert "BR-CO-15" in by_chorus["failure"]["reason"]


def test_one_that_chorus_pro_does_not_take_waits(firm: Firm, invoices: Entries) -> None:
    page = firm.admin.watch(
        invoices["BROKEN-1"], lambda one: any(row["event"] == "not taken" for row in one["history"]), 400
    )
    assert (page["provider"], deposits(firm, page)) == ("chorus_pro", [])


def test_a_buyer_who_waits_for_a_document_is_a_todo_until_it_is_there(firm: Firm, invoices: Entries) -> None:
    entry = asked(firm, invoices["PLAIN-1"], "delivered")
    advance(firm, "PLAIN-1", "SUSPENDUE", "Bon de commande manquant")
    page = asked(firm, entry, "SUSPENDUE")
    assert (page["status"], "action_required" in page["hints"]) == ("delivered", True)
    assert any("Bon de commande manquant" in row["note"] for row in page["history"])
    advance(firm, "PLAIN-1", "COMPLETEE")
    page = asked(firm, entry, "COMPLETEE")
    assert (page["status"], "action_required" in page["hints"]) == ("delivered", False)
    advance(firm, "PLAIN-1", "MISE_EN_PAIEMENT")
    page = asked(firm, entry, "MISE_EN_PAIEMENT")
    assert page["opened_at"]
    assert told(page)[-4:] == ["MISE_A_DISPOSITION", "SUSPENDUE", "COMPLETEE", "MISE_EN_PAIEMENT"]


def test_whatever_comes_twice_one_invoice_is_deposited(firm: Firm) -> None:
    """Each answer breaks off, and every order comes five times, before and after."""
    mode(firm, "ambiguous")
    entry = invoice(firm, "DOUBLED-1")
    queue, order = firm.physical("EinvoiceQueue"), json.dumps({"communication_id": entry["id"]})
    for _ in range(5):
        firm.aws("sqs").send_message(QueueUrl=queue, MessageBody=order)
    page = asked(firm, entry, "delivered")
    for _ in range(5):
        firm.aws("sqs").send_message(QueueUrl=queue, MessageBody=order)
    mode(firm, None)
    time.sleep(5)
    assert len(deposits(firm, page)) == 1
