"""E-invoices to the French state on the local cloud: what becomes of one, by how its number begins; each is deposited once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.einvoices import Sample, ubl
from tests.support.firm import Firm, eventually
from tests.support.vendors import Vendor, order, send_einvoice, taken_of_many_orders, told

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
_PATIENCE = 400


def invoice(firm: Firm, number: str) -> Any:
    """To a town that takes them there."""
    receiver = {"scheme": "0009", "id": SIRET, "network": "chorus_pro"}
    party = firm.admin.party(kind="customer", name="Commune de Saint-Avold", email=None, einvoice=receiver)
    content = ubl(Sample(number=number, buyer=("0009", SIRET), buyer_siret=SIRET))
    return send_einvoice(firm, "chorus_pro", party, number, content)


@pytest.fixture(scope="module")
def chorus(firm: Firm) -> Vendor:
    return Vendor(firm, "chorus_pro")


def asked(firm: Firm, entry: Any, until: str) -> Any:
    """The page, once Chorus Pro was asked often enough: as the sweep does in hours."""
    page = firm.admin.watch(entry, lambda one: one["status"] not in ("queued", "sending"), _PATIENCE)

    def look() -> Any:
        order(firm, "LookupQueue", entry)
        page = firm.admin.get(f"/v1/communications/{entry['id']}")
        return page if until in (page["status"], *told(page)) else None

    return page if until in (page["status"], *told(page)) else eventually(look, seconds=_PATIENCE, every=3)


@pytest.fixture(scope="module")
def invoices(firm: Firm) -> Entries:
    """One of each: all are under way while the first is looked at."""
    numbers = [*ROWS, "BROKEN-1"]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(numbers, pool.map(lambda number: invoice(firm, number), numbers), strict=True))


@pytest.mark.parametrize("number", ROWS)
def test_what_becomes_of_an_invoice(firm: Firm, chorus: Vendor, invoices: Entries, number: str) -> None:
    status, taken = ROWS[number]
    page = asked(firm, invoices[number], status)
    assert page["provider"] == "chorus_pro"
    made = chorus.taken(page)
    assert [(one["reference"], one["subject"]) for one in made] == [(page["provider_reference"], number)] * taken
    assert len({*told(page)}) == len(told(page))


def test_who_refused_it_and_why_is_told_in_words(firm: Firm, invoices: Entries) -> None:
    by_buyer = asked(firm, invoices["REJECT-1"], "failed")
    assert by_buyer["failure"]["code"] == "recipient_rejected"
    assert "Montant contesté" in by_buyer["failure"]["reason"]
    by_chorus = asked(firm, invoices["INVALID-1"], "rejected")
    assert by_chorus["failure"]["code"] == "content"
    assert "BR-CO-15" in by_chorus["failure"]["reason"]


def test_one_that_chorus_pro_does_not_take_waits(firm: Firm, chorus: Vendor, invoices: Entries) -> None:
    page = firm.admin.watch(
        invoices["BROKEN-1"], lambda one: any(row["event"] == "not taken" for row in one["history"]), 400
    )
    assert (page["provider"], chorus.taken(page)) == ("chorus_pro", [])


def test_a_buyer_who_waits_for_a_document_is_a_todo_until_it_is_there(
    firm: Firm, chorus: Vendor, invoices: Entries
) -> None:
    entry = asked(firm, invoices["PLAIN-1"], "delivered")
    chorus.post("advance", number="PLAIN-1", to="SUSPENDUE", comment="Bon de commande manquant")
    page = asked(firm, entry, "SUSPENDUE")
    assert (page["status"], "action_required" in page["hints"]) == ("delivered", True)
    assert any("Bon de commande manquant" in row["note"] for row in page["history"])
    chorus.post("advance", number="PLAIN-1", to="COMPLETEE")
    page = asked(firm, entry, "COMPLETEE")
    assert (page["status"], "action_required" in page["hints"]) == ("delivered", False)
    chorus.post("advance", number="PLAIN-1", to="MISE_EN_PAIEMENT")
    page = asked(firm, entry, "MISE_EN_PAIEMENT")
    assert page["opened_at"]
    assert told(page)[-4:] == ["MISE_A_DISPOSITION", "SUSPENDUE", "COMPLETEE", "MISE_EN_PAIEMENT"]


def test_whatever_comes_twice_one_invoice_is_deposited(firm: Firm, chorus: Vendor) -> None:
    """Each answer breaks off, and every order comes many times, before and after."""
    chorus.mode("ambiguous")
    entry = invoice(firm, "DOUBLED-1")
    made = taken_of_many_orders(chorus, "EinvoiceQueue", entry, lambda one: asked(firm, one, "delivered"))
    assert len(made) == 1
