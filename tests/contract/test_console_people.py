"""Parties as people get them: what is shown, to whom, and what a form does, once; and who sees what of anybody."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from letterbook.domain.access import Grant
from letterbook.domain.communication import Direction
from letterbook.domain.party import Case, Contact, Hold, HoldKind, OptOut, OptOutSource, Party
from letterbook.domain.recipients import Suppression
from letterbook.domain.references import CaseRef, Regarding
from letterbook.domain.status import Status
from letterbook.use_cases.directory.parties import set_preferences
from tests.support import builders
from tests.support.api_client import NOWHERE
from tests.support.aws import Requests, WorldForTests
from tests.support.builders import LONG_NAME, NOW, deed, ref
from tests.support.console_client import ConsoleClient, filled, part_after, words
from tests.support.fakes.sessions import SessionsForTests
from tests.support.steps import a_case, a_contact, a_document, a_party, a_thread, delivered_to

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def ids(people: dict[str, str]) -> dict[str, str]:
    return people


def prefer(world: WorldForTests, party: Party, **changes: Any) -> None:
    set_preferences(world, builders.viewer(), party.id, None, lambda before: replace(before, **changes))


# ---- parties


def test_the_list_finds_by_name_and_kind(jane: ConsoleClient, priya: Party, bank: Party) -> None:
    assert "Priya Raman" in jane.get("/parties").text
    assert LONG_NAME in jane.get("/parties").text
    found = words(jane.get("/parties?q=priya").text)
    assert "Priya Raman" in found
    assert LONG_NAME not in found
    assert "Priya Raman" not in jane.get("/parties?kind=creditor").text
    assert "Nobody found" in jane.get("/parties?q=zzz").text


def test_a_list_of_nobody_says_so(jane: ConsoleClient) -> None:
    assert "Nobody yet" in jane.get("/parties").text


def test_a_list_is_turned_and_turned_back(world: WorldForTests, jane: ConsoleClient) -> None:
    for number in range(51):
        a_party(world, name=f"Number {number}", email=None, mobile=None)
        world.clock.pass_(seconds=1)
    first = jane.get("/parties").text
    [older] = re.findall(r'href="([^"]+)" rel="next"', first)
    second = jane.get(older.replace("&amp;", "&")).text
    assert "Number 0" in second
    [newer] = re.findall(r'href="([^"]+)" rel="prev"', second)
    assert newer == "/parties"
    assert jane.get("/parties?cursor=forged").status == 422


def test_a_party_is_entered_once(jane: ConsoleClient) -> None:
    form = filled(jane.get("/parties/new").text, kind="client", name="Ada Byron", mobile="+44 7700 900127")
    first, second = jane.post("/parties", form), jane.post("/parties", form)
    assert first.status == second.status == 303
    assert part_after(first) == part_after(second)
    shown = words(jane.follow(first).text)
    assert "Ada Byron was entered." in shown
    assert "07700 900127" in shown


def test_what_is_wrong_with_a_party_is_said_beside_it(jane: ConsoleClient) -> None:
    answer = jane.post("/parties", {"kind": "client", "name": "", "email": "nowhere", "language": "English"})
    assert answer.status == 422
    assert re.search(r'<a href="#f-name">Name: Fill this in.</a>', answer.text)
    assert re.search(r'id="f-name"[^>]*aria-describedby="f-name-wrong"[^>]*aria-invalid="true"', answer.text)
    assert ">English</option>" in answer.text
    wrong_address = jane.post("/parties", {"kind": "client", "name": "Ada", "email": "nowhere"})
    assert 'href="#f-email"' in wrong_address.text


def test_a_party_is_changed_and_a_field_emptied(jane: ConsoleClient, priya: Party) -> None:
    path = f"/parties/{priya.id}/edit"
    form = filled(jane.get(path).text, kind="client", name="Priya R. Raman", account_number="10391")
    shown = words(jane.follow(jane.post(path, form)).text)
    assert "Priya R. Raman" in shown
    assert "priya@mailbox.example" not in shown
    behind = jane.post(path, {**form, "name": "Later"})
    assert behind.status == 412
    assert "Somebody changed it meanwhile." in behind.text
    assert jane.post(path, filled(behind.text, kind="client", name="Later")).status == 303


# ---- one party


def test_a_profile_says_first_what_stands_against_writing(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    hold = Hold(kind=HoldKind.BREATHING_SPACE, until=date(2027, 1, 15), reason="Notice BS-20931")
    stop = OptOut(channel="sms", category="reminder", source=OptOutSource.STOP_KEYWORD, at=NOW - timedelta(days=17))
    prefer(world, priya, preferred="email", hold=hold, opt_outs=(stop,), skip=("invoice",))
    delivered_to(world, priya, status=Status.SKIPPED, subject="Payment due")
    text = jane.get(f"/parties/{priya.id}").text
    shown = words(text)
    assert "Breathing space until 15 January 2027: no contact" in shown
    assert "Notice BS-20931." in shown
    assert "See the 1 skipped" in shown
    assert "Prefers email" in shown
    assert "No reminder: replied STOP, 3 November" in shown
    assert "Skipped Invoice" in shown
    assert text.index("Breathing space") < text.index("Timeline")


def test_a_profile_of_somebody_new_is_full_of_sentences(jane: ConsoleClient, priya: Party) -> None:
    shown = words(jane.get(f"/parties/{priya.id}").text)
    for sentence in (
        "Nothing was sent to them and nothing came from them yet",
        "They have written nothing yet that was answered.",
        "Nothing is to be done about them.",
        "Nobody yet: messages go to Priya Raman directly.",
        "They are on no case.",
        "Nobody besides those who see everything.",
    ):
        assert sentence in shown
    for tab, nothing in (
        ("threads", "No thread yet"),
        ("documents", "No document yet"),
        ("communications", "Nothing yet"),
    ):
        assert nothing in jane.get(f"/parties/{priya.id}/{tab}").text


def test_a_party_without_any_address(world: WorldForTests, jane: ConsoleClient) -> None:
    party = a_party(world, email=None, mobile=None)
    assert "Email Not known" in words(jane.get(f"/parties/{party.id}").text)


def test_how_fast_they_are_answered_is_told_to_listeners_too(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    for number, minutes in enumerate((20, 40), start=1):
        delivered_to(
            world, priya, number, status=Status.RECEIVED, direction=Direction.INBOUND, response_minutes=minutes
        )
    text = jane.get(f"/parties/{priya.id}").text
    assert 'aria-label="Median minutes to answer by month: Nov 2026 30"' in text
    assert "Half within 30 minutes" in words(text)


def test_the_tabs_of_a_party(
    world: WorldForTests, jane: ConsoleClient, priya: Party, bank: Party, matter: Case
) -> None:
    case = CaseRef(id=matter.id, reference=matter.reference)
    delivered_to(world, bank, 2, subject="A letter of claim", case=case, client=ref(priya))
    a_thread(world, priya)
    a_document(world, party_id=priya.id)
    path = f"/parties/{priya.id}"
    assert "A letter of claim" in jane.get(f"{path}/communications").text
    assert f"/communications?client_id={priya.id}" in jane.get(f"{path}/communications").text
    assert "Payments" in jane.get(f"{path}/threads").text
    assert "No archived thread" in jane.get(f"{path}/threads?of=archived").text
    assert "Letter of authority.pdf" in jane.get(f"{path}/documents").text
    assert "Party entered" in jane.get(f"{path}/activity").text


def test_an_address_that_bounced_is_shown_and_released(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    bounced = Suppression(
        address="priya@mailbox.example", code="hard_bounce", at=NOW, communication_id="com_1", party_id=priya.id
    )
    world.addresses.suppress(bounced, deed(priya.id))
    path = f"/parties/{priya.id}"
    assert "Set aside 20 November: a message came back" in jane.get(path).text
    shown = words(jane.follow(jane.post(f"{path}/release", {"address": "priya@mailbox.example"})).text)
    assert "priya@mailbox.example may be written to again." in shown
    assert "Set aside" not in shown
    assert jane.post(f"{path}/release", {"address": "other@mailbox.example"}).status == 404


def test_few_requests_for_a_profile(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    delivered_to(world, priya)
    jane.get(f"/parties/{priya.id}")
    with Requests() as asked:
        jane.get(f"/parties/{priya.id}")
    assert len(asked.names) <= 13, asked.names


# ---- contacts


def test_a_contact_is_added_once_changed_and_removed(jane: ConsoleClient, priya: Party) -> None:
    path = f"/parties/{priya.id}/contacts"
    form = filled(jane.get(f"{path}/new").text, name="Ruth Adeyemi", role="Debt adviser", email="ruth@advice.example")
    jane.post(path, form)
    shown = words(jane.follow(jane.post(path, form)).text)
    assert shown.count("Debt adviser, ruth@advice.example") == 1
    [contact_id] = set(re.findall(r"contacts/(con_\w+)", jane.get(f"/parties/{priya.id}").text))
    one = f"{path}/{contact_id}"
    form = filled(jane.get(f"{one}/edit").text.partition('<form class="further"')[0], name="Ruth Halden", primary="1")
    assert "Ruth Halden main contact" in words(jane.follow(jane.post(one, form)).text)
    assert jane.post(one, {"name": ""}).status == 422
    assert "Ruth Halden" not in words(jane.follow(jane.post(f"{one}/remove")).text)


# ---- preferences


def test_opt_outs_are_added_and_lifted_and_a_hold_put_and_lifted(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    stop = OptOut(channel="sms", source=OptOutSource.STOP_KEYWORD, at=NOW - timedelta(days=17))
    kept = OptOut(channel="email", category="marketing", at=NOW - timedelta(days=9))
    prefer(world, priya, opt_outs=(stop, kept))
    path = f"/parties/{priya.id}/preferences"
    sms, _ = re.findall(r'name="lift" value="([^"]+)"', jane.get(path).text)
    wanted = {
        "lift": sms, "preferred": "post", "skip": "invoice, reminder", "hold.kind": "vulnerable",
        "hold.until": "2026-12-31", "hold.reason": "Told us on the telephone",
        "opt_out.channel": "phone", "opt_out.category": "", "opt_out.source": "complaint",
    }  # fmt: skip
    assert jane.post(path, filled(jane.get(path).text, **wanted)).status == 303
    now = world.parties.preferences(priya.id)
    assert [(one.channel, one.source) for one in now.opt_outs] == [("email", "manual"), ("phone", "complaint")]
    assert now.opt_outs[0].at == kept.at
    assert (now.preferred, now.skip) == ("post", ("invoice", "reminder"))
    assert now.hold == Hold(kind=HoldKind.VULNERABLE, until=date(2026, 12, 31), reason="Told us on the telephone")
    jane.post(path, filled(jane.get(path).text, **{"hold.kind": "", "hold.until": "", "hold.reason": ""}))
    assert world.parties.preferences(priya.id).hold is None


def test_what_is_wrong_with_preferences_leads_to_its_field(jane: ConsoleClient, priya: Party) -> None:
    path = f"/parties/{priya.id}/preferences"
    answer = jane.post(
        path, {"skip.other": "invoice, W\u00cf\u00df", "hold.kind": "dispute", "hold.until": "1980-01-01"}
    )
    assert answer.status == 422
    assert 'href="#f-skip-other"' in answer.text
    assert 'href="#f-hold-until"' in answer.text
    assert 'value="invoice, W\u00cf\u00df"' in answer.text
    assert 'href="#f-opt_out-channel"' in jane.post(path, {"opt_out.category": "reminder"}).text
    assert 'href="#f-opt_out-category"' in jane.post(path, {"opt_out.channel": "sms", "opt_out.category": "A B"}).text


def test_preferences_that_others_changed_meanwhile_are_not_overwritten(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    path = f"/parties/{priya.id}/preferences"
    form = filled(jane.get(path).text, preferred="email")
    prefer(world, priya, preferred="post")
    assert jane.post(path, form).status == 412
    assert world.parties.preferences(priya.id).preferred == "post"


def test_an_opt_out_that_others_entered_meanwhile_is_told_and_what_was_to_be_lifted_stays_ticked(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    first = OptOut(channel="sms", source=OptOutSource.STOP_KEYWORD, at=NOW - timedelta(days=17))
    other = OptOut(channel="email", category="marketing", at=NOW)
    prefer(world, priya, opt_outs=(first,))
    path = f"/parties/{priya.id}/preferences"
    [lift] = re.findall(r'name="lift" value="([^"]+)"', jane.get(path).text)
    form = filled(jane.get(path).text, lift=lift)
    prefer(world, priya, opt_outs=(other, first))
    refused = jane.post(path, form)
    assert refused.status == 412
    assert re.search(r"Opt-outs.{0,200}Email marketing", words(refused.text))
    assert re.search(rf'name="lift" value="{re.escape(lift)}" checked', refused.text)
    assert jane.post(path, filled(refused.text, lift=lift)).status == 303
    assert world.parties.preferences(priya.id).opt_outs == (other,)


# ---- who may see and do what


def test_who_sees_some_only_sees_nothing_of_the_others(
    world: WorldForTests, tokens: SessionsForTests, ids: dict[str, str], priya: Party, bank: Party, matter: Case
) -> None:
    stranger = a_party(world, name="Somebody Else")
    other = a_case(world, stranger, reference="DC-OTHER")
    thread = a_thread(world, stranger)
    world.grants.save(Grant(user=ids["agent"], case_id=matter.id), deed(matter.id))
    agent = tokens.let_in(ids["agent"], "agent", "Amy Agent")
    assert "Somebody Else" not in agent.get("/parties").text
    assert "DC-OTHER" not in agent.get("/cases").text
    for hidden in (f"/parties/{stranger.id}", f"/cases/{other.id}", f"/threads/{thread.id}", f"/parties/{NOWHERE}"):
        for tab in ("", "/activity", "/documents") if "threads" not in hidden else ("",):
            assert agent.get(f"{hidden}{tab}").status == 404
    assert agent.get(f"/cases/{matter.id}").status == 200
    seen = agent.get(f"/parties/{bank.id}")
    assert seen.status == 200
    assert "/todos/new" not in seen.text
    assert "Granted to" not in agent.get(f"/cases/{matter.id}").text
    assert agent.post(f"/parties/{stranger.id}/contacts", {"name": "Eve"}).status == 404


def test_leads_see_who_was_granted_it(
    world: WorldForTests, tokens: SessionsForTests, ids: dict[str, str], priya: Party, matter: Case
) -> None:
    for grant in (Grant(user=ids["agent"], party_id=priya.id, restricted=True), Grant(user="gone", case_id=matter.id)):
        world.grants.save(grant, deed(grant.target))
    lead = tokens.let_in(ids["lead"], "lead", "Lea Lead")
    assert "Granted to People's rights Agent Restricted entries too" in words(lead.get(f"/parties/{priya.id}").text)
    assert "Somebody who has left" in lead.get(f"/cases/{matter.id}").text


def test_who_may_only_read_is_offered_nothing_and_refused_everything(
    tokens: SessionsForTests, ids: dict[str, str], priya: Party, matter: Case, world: WorldForTests
) -> None:
    auditor = tokens.let_in(ids["auditor"], "auditor", "Aud Itor")
    thread = a_thread(world, priya)
    for path in (f"/parties/{priya.id}", f"/cases/{matter.id}", f"/threads/{thread.id}", "/parties", "/cases"):
        text = auditor.get(path).text
        content = text.partition("<main")[2]
        assert not re.search(r"<form[^>]*method=\"post\"", content), path
        assert not re.search(r'href="[^"]*(/new|/edit|/preferences|/compose|/log/)', content), path
    for path in (f"/parties/{priya.id}/edit", f"/parties/{priya.id}/preferences", "/parties/new", "/cases/new"):
        assert auditor.get(path).status == 403
    for path in (
        "/parties", f"/parties/{priya.id}/edit", f"/parties/{priya.id}/contacts", f"/parties/{priya.id}/preferences",
        f"/parties/{priya.id}/release", "/cases", f"/cases/{matter.id}/edit", f"/cases/{matter.id}/close", "/threads",
        f"/threads/{thread.id}/archive",
    ):  # fmt: skip
        form = {"kind": "client", "name": "Eve", "reference": "X", "subject": "X", "party_id": priya.id}
        assert auditor.post(path, form).status == 403, path


def test_what_others_wrote_is_never_markup(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    hostile = a_party(world, name=HOSTILE, account_number=HOSTILE, location=HOSTILE, address=HOSTILE)
    a_contact(world, hostile, name=HOSTILE, role=HOSTILE)
    prefer(world, hostile, hold=Hold(kind=HoldKind.DISPUTE, reason=HOSTILE))
    case = a_case(world, hostile, reference=HOSTILE, title=HOSTILE)
    thread = a_thread(world, hostile, subject=HOSTILE)
    about = Regarding(type="invoice", id=HOSTILE.replace("/", "-"), label=HOSTILE)
    delivered_to(world, hostile, subject=HOSTILE, preview=HOSTILE, thread_id=thread.id, regarding=about)
    a_document(world, party_id=hostile.id, name=HOSTILE)
    paths = [
        "/parties", f"/parties/{hostile.id}", *(f"/parties/{hostile.id}/{tab}" for tab in
        ("communications", "threads", "documents", "activity", "edit", "preferences", "contacts/new")),
        "/cases", f"/cases/{case.id}", f"/cases/{case.id}/edit", f"/threads/{thread.id}",
        f"/threads/new?case_id={case.id}", "/subjects/invoice/%3Cscript%3Ealert(1)%3C-script%3E",
    ]  # fmt: skip
    for path in paths:
        answer = jane.get(path)
        assert answer.status == 200, path
        assert HOSTILE not in answer.text, path
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=\"/static/)", answer.text), path


def test_pages_of_one_contact_belong_to_their_party(
    world: WorldForTests, jane: ConsoleClient, priya: Party, bank: Party
) -> None:
    contact: Contact = a_contact(world, bank)
    assert jane.get(f"/parties/{priya.id}/contacts/{contact.id}").status == 404


def test_restricted_is_offered_by_who_may_read_it(
    jane: ConsoleClient, tokens: SessionsForTests, priya: Party, people: dict[str, str]
) -> None:
    here, lead = f"/people/{people['agent']}", tokens.let_in("lead", "lead")
    assert 'name="restricted"' in jane.get(here).text
    assert 'name="restricted"' not in lead.get(here).text
    form = {"target": priya.id, "name": "x", "restricted": "yes"}
    assert lead.post(f"{here}/grant", form).status == 403
