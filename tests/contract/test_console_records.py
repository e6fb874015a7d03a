"""What happened elsewhere, as it is logged in the console: calls, meetings, notes, and what came in."""

import re
from datetime import date

import pytest

from letterbook.domain.channels import Channel
from letterbook.domain.communication import Direction
from letterbook.domain.party import Party
from letterbook.domain.status import Status
from letterbook.domain.todos import TodoStatus
from tests.support.aws import WorldForTests, rows
from tests.support.console_client import LOG, ConsoleClient, only_entry, words
from tests.support.steps import (
    a_contact,
    a_document,
    a_party,
)

HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}"


@pytest.fixture
def priya(world: WorldForTests) -> Party:
    return a_party(world)


# ---- what happened elsewhere


def test_a_call_with_a_follow_up(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    form = {
        "party_id": priya.id, "direction": "inbound", "occurred_at": "2026-11-20T09:15", "duration_minutes": "12",
        "from_phone": "+44 7700 900127", "outcome": "Will send the statement", "requires_followup": "1",
        "followup_date": "2026-11-27", "followup_notes": "Has it come?", "once": "x",
    }  # fmt: skip
    first, second = (jane.post("/log/call", form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    made = only_entry(world, first)
    assert (made.entry.channel, made.entry.direction, made.entry.subject) == (
        Channel.PHONE,
        Direction.INBOUND,
        "Phone Call",
    )
    assert made.entry.phone is not None
    assert (made.entry.phone.duration_minutes, made.entry.phone.followup_date) == (12, date(2026, 11, 27))
    assert f"{made.entry.occurred_at:%H:%M}" == "09:15"


@pytest.mark.parametrize("said", [{"followup_date": "2026-11-27"}, {"followup_notes": "Has it come?"}])
def test_a_date_or_words_are_a_follow_up_without_its_tick(
    world: WorldForTests, jane: ConsoleClient, priya: Party, said: dict[str, str]
) -> None:
    form = {"party_id": priya.id, "direction": "outbound", "occurred_at": "2026-11-20T09:15", "once": "x", **said}
    assert only_entry(world, jane.post("/log/call", form)).entry.phone.requires_followup
    [todo] = world.todos.page(None, TodoStatus.OPEN, after=None, limit=9).items
    assert todo.title == said.get("followup_notes", f"Follow up: Phone Call, {priya.name}")


def test_what_is_wrong_with_a_record_is_said_beside_it(jane: ConsoleClient, priya: Party) -> None:
    form = {"party_id": priya.id, "direction": "outbound", "outcome": "x" * 101, "duration_minutes": "soon"}
    page = jane.post("/log/call", form)
    assert page.status == 422
    assert {"outcome", "duration_minutes"} <= set(re.findall(r'<li><a href="#(\w+)"', page.text))
    assert "x" * 101 in page.text
    assert jane.post("/log/note", {"party_id": priya.id, "body": ""}).status == 422
    assert rows("communications") == 0


def test_the_minutes_of_a_meeting_follow_from_its_times(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    form = {
        "party_id": priya.id, "subject": "Budget", "meeting_date": "2026-11-19", "start_time": "10:00", "end_time": "11:30",
        "location_type": "in_person", "attendees": "Priya Raman\r\nJane Marsh\r\n", "action_items": "Send the form",
    }  # fmt: skip
    made = only_entry(world, jane.post("/log/meeting", form))
    assert made.entry.meeting is not None
    assert (made.entry.meeting.duration_minutes, made.entry.meeting.attendees) == (90, ("Priya Raman", "Jane Marsh"))
    page = jane.get(f"{LOG}/{made.id}/edit").text
    assert 'value="10:00"' in page
    assert "Priya Raman\nJane Marsh" in page


def test_what_came_in_elsewhere_stands_at_its_real_date(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    document = a_document(world, party_id=priya.id)
    form = {
        "party_id": priya.id, "channel": "post", "from": "Priya Raman", "occurred_at": "2026-11-02T08:00",
        "subject": "Her complaint", "attachments": document.id,
    }  # fmt: skip
    made = only_entry(world, jane.post("/log/inbound", form))
    assert (made.entry.status, f"{made.entry.occurred_at:%d %B}") == (Status.RECEIVED, "02 November")
    assert [one.name for one in made.entry.attachments] == ["Letter of authority.pdf"]
    assert jane.get(f"{LOG}/{made.id}/edit").status == 409


def test_a_note_is_amended_with_what_it_said_before_and_taken_away(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    a_contact(world, priya)
    note = only_entry(world, jane.post("/log/note", {"party_id": priya.id, "body": HOSTILE}))
    edit = f"{LOG}/{note.id}/edit"
    page = jane.get(edit)
    assert "<img" not in page.text
    assert "It stays" not in page.text
    form = {"body": "She called back.", "version": str(note.entry.version)}
    assert jane.post(edit, form).headers["Location"] == f"{LOG}/{note.id}"
    assert "Changed:" in words(jane.get(f"{LOG}/{note.id}").text)
    assert jane.post(edit, form).status == 422
    assert jane.post(f"{LOG}/{note.id}/discard").status == 303
    assert jane.get(edit).status == 404


def test_there_are_four_forms_and_no_other(jane: ConsoleClient, priya: Party) -> None:
    for what in ("call", "meeting", "note", "inbound"):
        page = jane.get(f"/log/{what}?party_id={priya.id}")
        assert page.status == 200
        assert not re.search(r"<style|\sstyle=|\son\w+=", page.text)
    assert jane.get("/log/fax").status == 404
