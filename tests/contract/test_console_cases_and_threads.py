"""Cases, threads and subjects, as people get them: what is shown, and what a form does, once."""

from decimal import Decimal

from letterbook.domain.communication import Direction
from letterbook.domain.party import Case, Party
from letterbook.domain.references import CaseRef, Regarding
from letterbook.domain.status import Status
from letterbook.domain.subjects import RegardedRecord
from letterbook.domain.threads import ThreadStatus
from letterbook.use_cases.directory.subjects import put_subject
from tests.support import builders
from tests.support.aws import WorldForTests
from tests.support.builders import LONG_NAME, ref
from tests.support.console_client import ConsoleClient, filled, part_after, words
from tests.support.steps import a_case, a_party, a_thread, delivered_to

# ---- cases


def test_a_case_shows_who_is_on_it_and_writes_to_its_creditor(
    world: WorldForTests, jane: ConsoleClient, matter: Case, priya: Party, bank: Party
) -> None:
    case = CaseRef(id=matter.id, reference=matter.reference)
    delivered_to(world, bank, subject="A letter of claim", case=case, client=ref(priya))
    text = jane.get(f"/cases/{matter.id}").text
    assert f"/compose?case_id={matter.id}&amp;party_id={bank.id}&amp;channel=email" in text
    shown = words(text)
    assert "A letter of claim" in shown
    assert "Priya Raman client" in shown
    assert f"case_id={matter.id}" in jane.get(f"/cases/{matter.id}/communications").text
    assert "Case opened" in jane.get(f"/cases/{matter.id}/activity").text
    assert "DC-2026-00390: Raman and Northmoor" in words(jane.get("/cases").text)


def test_a_case_is_opened_once_by_names(jane: ConsoleClient, priya: Party, bank: Party) -> None:
    form = filled(
        jane.get(f"/cases/new?party_id={priya.id}").text, reference="DC-1", title="", kind="case",
        party_ids=priya.id, add_creditor="Northmoor",
    )  # fmt: skip
    first, second = jane.post("/cases", form), jane.post("/cases", form)
    assert part_after(first) == part_after(second)
    shown = words(jane.follow(first).text)
    assert "DC-1 was opened." in shown
    assert LONG_NAME in shown


def test_a_name_of_several_is_asked_and_one_of_nobody_refused(world: WorldForTests, jane: ConsoleClient) -> None:
    a_party(world, name="Ann One")
    a_party(world, name="Ann Two")
    several = jane.post("/cases", {"reference": "DC-1", "kind": "case", "add_party": "Ann"})
    assert several.status == 422
    assert "Several have this name: tick the right one." in several.text
    assert "Ann One" in several.text
    assert "Ann Two" in several.text
    nobody = jane.post("/cases", {"reference": "DC-1", "kind": "case", "add_party": "Zoe"})
    assert 'href="#f-add_party"' in nobody.text
    assert 'value="Zoe"' in nobody.text


def test_a_case_is_changed_closed_and_opened_again(jane: ConsoleClient, matter: Case, priya: Party) -> None:
    path = f"/cases/{matter.id}"
    form = filled(
        jane.get(f"{path}/edit").text, reference="DC-2", title="", kind="project", status="open", party_ids=priya.id
    )
    shown = words(jane.follow(jane.post(f"{path}/edit", form)).text)
    assert "DC-2 was changed." in shown
    assert "Nobody stands on the other side yet." in shown
    assert "The case is closed" in words(jane.follow(jane.post(f"{path}/close")).text)
    assert "DC-2 is open again." in words(jane.follow(jane.post(f"{path}/reopen")).text)
    assert jane.post(f"{path}/edit", {**form, "reference": ""}).status == 422
    assert jane.post(f"{path}/explode").status == 404


def test_an_empty_case(world: WorldForTests, jane: ConsoleClient) -> None:
    case = a_case(world)
    shown = words(jane.get(f"/cases/{case.id}").text)
    assert "Nothing was said in this case yet." in shown
    assert "It is run for nobody yet" in shown
    assert "No case yet" not in jane.get("/cases").text


# ---- threads


def test_a_thread_in_the_order_in_which_it_was_said(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    thread = a_thread(world, priya)
    came_in = delivered_to(world, priya, 9, subject="May I pay half?", thread_id=thread.id, direction=Direction.INBOUND,
                   status=Status.RECEIVED)  # fmt: skip
    delivered_to(world, priya, 5, subject="You may", thread_id=thread.id)
    text = jane.get(f"/threads/{thread.id}").text
    assert text.index("May I pay half?") < text.index("You may")
    assert f"/compose?in_reply_to={came_in.id}" in text


def test_a_thread_is_started_once_renamed_archived_and_active_again(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    form = filled(jane.get(f"/threads/new?party_id={priya.id}").text, party_id=priya.id, subject="Winter", kind="email")
    first = jane.post("/threads", form)
    assert part_after(first) == part_after(jane.post("/threads", form))
    path = part_after(first)
    assert f"party_id={priya.id}&amp;thread_id={path.rpartition('/')[2]}" in jane.get(path).text
    named = jane.post(f"{path}/rename", filled(jane.get(path).text, subject="Spring"))
    assert "Spring" in words(jane.follow(named).text)
    assert jane.post(f"{path}/rename", {"subject": ""}).status == 422
    assert "archived" in words(jane.follow(jane.post(f"{path}/archive")).text)
    thread = world.threads.get(path.rpartition("/")[2])
    assert thread is not None
    assert thread.status is ThreadStatus.ARCHIVED
    assert "Active again." in words(jane.follow(jane.post(f"{path}/activate")).text)
    assert jane.post("/threads", {"subject": "Winter", "kind": "email"}).status == 422


# ---- subjects


def test_a_subject_with_its_facts_and_all_attempts(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    about = Regarding(type="invoice", id="INV/1 041", label="Invoice 1041")
    delivered_to(world, priya, 2, subject="Your invoice", regarding=about, status=Status.FAILED)
    delivered_to(world, priya, 1, subject="Your invoice again", regarding=about)
    told = RegardedRecord(type="invoice", id="INV/1 041", party_id=priya.id, label="Invoice 1041", currency="GBP",
                   amount=Decimal("1240.50"), url="https://erp.example/1041")  # fmt: skip
    put_subject(world, builders.viewer(), None, told)
    text = jane.get("/subjects/invoice/INV%2F1%20041").text
    shown = words(text)
    assert "Invoice 1041 Invoice, 2 messages" in shown
    assert "GBP 1,240.50" in shown
    assert "Your invoice again" in shown
    assert 'href="https://erp.example/1041"' in text
    assert jane.get("/subjects/invoice/NONE").status == 404
