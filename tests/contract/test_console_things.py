"""What it is about, columns, filters in every tab, a contact's page; and pages that name people and things, never their ids."""

import re
from dataclasses import replace
from decimal import Decimal
from html import unescape

import pytest

from letterbook.contracts.subjects import SubjectBody
from letterbook.domain.access import Grant
from letterbook.domain.communication import Actor
from letterbook.domain.party import Case, Contact, Party
from letterbook.domain.references import CaseRef, PartyRef
from letterbook.domain.status import Status
from letterbook.use_cases.directory.cases import amend_case
from letterbook.use_cases.directory.grants import put_grant
from letterbook.use_cases.directory.subjects import put_subject
from tests.support import builders
from tests.support.aws import WorldForTests
from tests.support.console_client import LOG, ConsoleClient, filled, words
from tests.support.fakes.sessions import SessionsForTests
from tests.support.steps import a_contact, delivered_to

_ID = re.compile(r"\b[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}\b|\b[0-9a-f]{8}-[0-9a-f-]{27}\b")


def seen(html: str) -> str:
    """What stands on a page to be read: not what is for paper alone."""
    return words(re.sub(r'<p class="on-paper">.*?</p>|<title>.*?</title>', " ", html, flags=re.DOTALL))


def named(contact: Contact) -> PartyRef:
    return PartyRef(id=contact.id, name=contact.name)


# ---- about


@pytest.mark.parametrize("form", ["/compose", "/log/call", "/log/meeting", "/log/note", "/log/inbound"])
def test_every_form_offers_what_the_party_has_and_another_by_its_number(
    world: WorldForTests, jane: ConsoleClient, priya: Party, form: str
) -> None:
    subject = SubjectBody(party_id=priya.id, label="Invoice of May", url="https://erp.example/7")
    put_subject(world, builders.viewer(), None, subject.subject("invoice", "7"))
    text = jane.get(f"{form}?party_id={priya.id}").text
    assert '<option value="invoice:7">Invoice of May</option>' in text
    assert 'name="about_number"' in text
    chosen = jane.get(f"{form}?party_id={priya.id}&regarding=invoice:7").text
    assert '<option value="invoice:7" selected>Invoice of May</option>' in chosen
    assert f'href="/subjects/invoice/7?of={priya.id}"' in chosen
    assert 'href="https://erp.example/7"' in chosen


def test_a_thing_is_made_with_what_is_logged_about_it(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    form = filled(
        jane.get(f"/log/note?party_id={priya.id}").text, body="They asked.", about_kind="Purchase order",
        about_number="PO 7/1", about_label="Chairs", about_url="https://erp.example/po/7",
    )  # fmt: skip
    made = jane.follow(jane.post("/log/note", form)).text
    assert ">Chairs</a>" in made
    [subject] = world.subjects.named("purchase_order", "PO 7/1")
    assert (subject.party_id, subject.label, subject.url) == (priya.id, "Chairs", "https://erp.example/po/7")
    assert "Chairs" in jane.get(f"/compose?party_id={priya.id}").text


def test_what_another_system_told_is_never_written_over(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    told = SubjectBody(party_id=priya.id, label="Invoice of May", amount=Decimal("12.50")).subject("invoice", "7")
    put_subject(world, builders.viewer(), None, told)
    typed = {"about_kind": "invoice", "about_number": "7", "about_label": "Mine", "about_url": ""}
    form = filled(jane.get(f"/log/note?party_id={priya.id}").text, body="They asked.", **typed)
    refused = jane.post("/log/note", form)
    assert refused.status == 422
    assert "It is known already" in refused.text
    assert 'value="Mine"' in refused.text
    assert world.subjects.named("invoice", "7")[0].label == "Invoice of May"


@pytest.mark.parametrize(
    ("field", "value"), [("about_kind", "§§"), ("about_number", ""), ("about_url", "javascript:alert(1)")]
)
def test_a_thing_that_cannot_be_called_so_is_told_beside_its_field(
    world: WorldForTests, jane: ConsoleClient, priya: Party, field: str, value: str
) -> None:
    typed = {"about_kind": "invoice", "about_number": "7", "about_label": "", "about_url": "", field: value}
    form = filled(jane.get(f"/log/note?party_id={priya.id}").text, body="They asked.", **typed)
    refused = jane.post("/log/note", form)
    assert refused.status == 422
    assert f'id="{field}-wrong"' in refused.text
    looked = jane.post("/compose", {"party_id": priya.id, "channel": "email", "do": "review", **typed})
    assert looked.status == 200
    assert f'href="#{field}"' in looked.text
    assert world.subjects.named("invoice", "7") == []


# ---- columns


def test_columns_are_each_ones_own_wherever_they_sign_in(
    world: WorldForTests, tokens: SessionsForTests, jane: ConsoleClient, priya: Party
) -> None:
    delivered_to(world, priya, category="dsar", sent_at=builders.NOW)
    usual = jane.get(LOG).text
    assert '<th class="c-case"' in usual
    assert '<th class="c-sent"' not in usual
    chosen = jane.post(f"{LOG}/columns", {"column": ["sent", "category", "zwingli"], "back": f"{LOG}?channel=email"})
    assert chosen.headers["Location"] == f"{LOG}?channel=email"
    elsewhere = tokens.let_in().get(LOG).text
    assert '<th class="c-sent"' in elsewhere
    assert '<th class="c-case"' not in elsewhere
    assert '<td class="c-category" role="cell">DSAR</td>' in elsewhere
    assert '<th class="c-sent"' in jane.get(f"/parties/{priya.id}/communications").text
    auditor = tokens.let_in("user-of-auditor", "auditor")
    assert '<th class="c-sent"' not in auditor.get(LOG).text
    assert auditor.post(f"{LOG}/columns", {"column": ["opened"]}).status == 303
    assert '<th class="c-opened"' in auditor.get(LOG).text
    assert jane.post(f"{LOG}/columns", {"back": "//elsewhere.example"}).headers["Location"] == LOG


# ---- filters in every tab


def test_the_tabs_of_a_party_a_case_and_a_contact_are_filtered_as_the_log_is(
    world: WorldForTests, jane: ConsoleClient, priya: Party, matter: Case
) -> None:
    ruth = a_contact(world, priya, name="Ruth Raman")
    of = {
        "case": CaseRef(id=matter.id, reference=matter.reference),
        "contact": named(ruth),
        "client": builders.ref(priya),
    }
    delivered_to(world, priya, 1, subject="Arrived", **of)
    delivered_to(world, priya, 2, subject="Came back", status=Status.FAILED, **of)
    tabs = (
        f"/parties/{priya.id}/communications",
        f"/cases/{matter.id}/communications",
        f"/parties/{priya.id}/contacts/{ruth.id}/communications",
    )
    for tab in tabs:
        whole, failed = words(jane.get(tab).text), words(jane.get(f"{tab}?group=failed").text)
        assert "Arrived" in whole
        assert "Came back" in whole
        assert "Came back" in failed
        assert "Arrived" not in failed
        month = jane.get(f"{tab}?when=last_month").text
        assert "Nothing matches" in month
        assert "Remove filter: Last month" in month
        assert f'action="{tab}"' in jane.get(f"{tab}/filter").text
        assert jane.get(f"{tab}?group=nonsense").status == 422
        assert jane.get(f"{tab}?channel=&group=failed").headers["Location"] == f"{tab}?group=failed"


def test_a_case_shows_its_own_whatever_the_address_asks(
    world: WorldForTests, jane: ConsoleClient, priya: Party, matter: Case
) -> None:
    delivered_to(world, priya, subject="Elsewhere")
    assert "Elsewhere" not in jane.get(f"/cases/{matter.id}/communications?case_id=none").text


def test_a_contact_has_a_page_with_its_timeline(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    ruth = a_contact(world, priya, name="Ruth Raman", role="Daughter")
    delivered_to(world, priya, 1, subject="To Ruth", contact=named(ruth))
    delivered_to(world, priya, 2, subject="To Priya")
    delivered_to(world, priya, 3, subject="Only begun", contact=named(ruth), status=Status.DRAFT)
    shown = words(jane.get(f"/parties/{priya.id}/contacts/{ruth.id}").text)
    assert "Daughter at Priya Raman" in shown
    assert "To Ruth" in shown
    assert "To Priya" not in shown
    assert "Only begun" not in shown
    assert f"/parties/{priya.id}/contacts/{ruth.id}/edit" in jane.get(f"/parties/{priya.id}/contacts/{ruth.id}").text


# ---- names, never ids


def test_what_happened_is_told_by_names(
    world: WorldForTests, jane: ConsoleClient, tokens: SessionsForTests, people: dict[str, str], priya: Party,
    bank: Party, matter: Case,
) -> None:  # fmt: skip
    grant = Grant(user=people["agent"], party_id=priya.id, restricted=True)
    put_grant(world, builders.viewer(), grant)
    amend_case(world, builders.viewer(), matter.id, None, lambda case: replace(case, creditor_ids=()))
    activity = seen(jane.get(f"/parties/{priya.id}/activity").text)
    assert re.search(r"Granted By [\w ]+, admin\. \w+[\w ]*, restricted entries too", activity)
    assert bank.name in seen(jane.get(f"/cases/{matter.id}/activity").text)
    auditor = tokens.let_in("user-of-auditor", "auditor")
    entry = delivered_to(world, priya, case=CaseRef(id=matter.id, reference=matter.reference))
    pages = (
        LOG, f"{LOG}/overview", f"{LOG}/{entry.id}", f"{LOG}/views", f"/parties/{priya.id}", f"/cases/{matter.id}",
        f"/parties/{priya.id}/activity", f"/cases/{matter.id}/activity", f"/people/{people['agent']}", "/people",
        f"{LOG}?party_id={bank.id}&case_id={matter.id}&client_id={priya.id}",
    )  # fmt: skip
    for who in (jane, auditor):
        for address in pages:
            answer = who.get(address)
            assert answer.status == 200, address
            assert not _ID.findall(unescape(seen(answer.text))), address


def test_an_entry_says_who_sent_it_in_which_role_and_when_in_which_zone(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    by = Actor(id="user-9", name="Priya Nair", role="agent")
    entry = delivered_to(world, priya, sent_at=builders.NOW, created_by=by)
    shown = words(jane.get(f"{LOG}/{entry.id}").text)
    assert "Sent by Priya Nair (agent)" in shown
    assert re.search(r"Sent 20 November 2026, \d\d:\d\d GMT", shown)


def test_a_page_says_on_paper_what_it_is_and_who_printed_it(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    entry = delivered_to(world, priya)
    text = jane.get(f"{LOG}/{entry.id}").text
    assert f"Entry {entry.id}" in text
    assert re.search(r"Printed by Jane Marsh \(admin\), \d+ \w+ 2026, \d\d:\d\d GMT", text)
    assert 'media="print"' in text
