"""Types of correspondence in the console: made of rows or as a schema, shown by their example, offered at once."""

import pytest

from letterbook.domain.party import Party
from tests.support.aws import WorldForTests
from tests.support.console_client import ConsoleClient, words
from tests.support.correspondence_pages import form_of, new
from tests.support.fakes.sessions import SessionsForTests

TYPE = {
    "key": "reminder",
    "name": "Reminder",
    "template": "notice",
    "message": "",
    "category": "reminder",
    "attaches": "letter",
    "enabled": "1",
    "fields": "{}",
    "fields.0.name": "pay_by",
    "fields.0.label": "To be paid by",
    "fields.0.kind": "date",
    "fields.0.required": "1",
    "fields.0.example": "2026-12-18",
    "fields.1.name": "note",
    "fields.1.kind": "text",
    "fields.1.hint": "As it will read",
    "fields.2.name": "",
    "version": "0",
}
TYPES = "/settings/correspondence"


@pytest.mark.covers("J1")
def test_a_type_is_made_of_rows_and_offered_at_once(world: WorldForTests, jane: ConsoleClient, customer: Party) -> None:
    assert "Notice" in jane.get(TYPES).text
    looked = jane.post(f"{TYPES}/new", {**TYPE, "do": "preview"})
    assert looked.status == 200
    assert '<img class="sheet"' in looked.text, "its example is shown as the letter"
    saved = jane.post(f"{TYPES}/new", {**TYPE, "do": "save"})
    assert (saved.status, saved.headers["Location"]) == (303, f"{TYPES}/reminder")
    form = jane.get(new(customer, "reminder")).text
    assert 'aria-required="true"' in form
    assert "As it will read" in form


@pytest.mark.covers("J2")
def test_the_key_of_a_type_cannot_be_changed(world: WorldForTests, jane: ConsoleClient, customer: Party) -> None:
    page = jane.get(f"{TYPES}/notice")
    assert 'name="key"' not in page.text
    saved = jane.post(f"{TYPES}/notice", {**TYPE, "key": "other", "version": "1", "do": "save"})
    assert saved.headers["Location"] == f"{TYPES}/notice"
    assert jane.get(f"{TYPES}/other").status == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"key": "Not a key"}, "key"),
        ({"key": "notice"}, "key"),
        ({"name": ""}, "name"),
        ({"template": "no-such"}, "template"),
        ({"template": ""}, "template"),
        ({"fields.0.name": "pay by"}, "fields-0-name"),
        ({"fields.1.name": "pay_by"}, "fields-1-name"),
        ({"fields.0.example": "soon"}, "fields-0-example"),
        ({"fields.0.kind": "choice", "fields.0.choices": ""}, "fields-0-choices"),
    ],
)
def test_what_is_wrong_with_a_type_stands_beside_it(
    jane: ConsoleClient, customer: Party, change: dict[str, str], field: str
) -> None:
    refused = jane.post(f"{TYPES}/new", {**TYPE, **change, "do": "save"})
    assert refused.status == 422
    assert f'id="f-{field}-wrong"' in refused.text, words(refused.text)


def test_experts_write_the_schema_and_see_it_as_rows_again(jane: ConsoleClient, customer: Party) -> None:
    in_json = jane.post(f"{TYPES}/new", {**TYPE, "do": "json"})
    assert "&#34;format&#34;: &#34;date&#34;" in in_json.text
    rows = [name for name in TYPE if name.startswith("fields")]
    plain = {name: value for name, value in TYPE.items() if name not in rows}
    wrong = jane.post(f"{TYPES}/new", {**plain, "as_json": "1", "fields": "{", "do": "save"})
    assert wrong.status == 422
    assert "This is not JSON. Line 1" in words(wrong.text)
    schema = '{"properties": {"pay_by": {"type": "string", "format": "date"}}, "examples": [{"pay_by": "2026-12-18"}]}'
    back = jane.post(f"{TYPES}/new", {**plain, "as_json": "1", "fields": schema, "do": "rows"})
    assert 'name="fields.0.name" value="pay_by"' in back.text
    assert jane.post(f"{TYPES}/new", {**plain, "as_json": "1", "fields": schema, "do": "save"}).status == 303


def test_who_saves_a_type_after_somebody_else_is_shown_what_they_saved(jane: ConsoleClient, customer: Party) -> None:
    page = jane.get(f"{TYPES}/notice")
    typed = {**TYPE, **form_of(page), "name": "Mine", "do": "save"}
    assert jane.post(f"{TYPES}/notice", {**TYPE, "version": "1", "name": "Theirs", "do": "save"}).status == 303
    overtaken = jane.post(f"{TYPES}/notice", typed)
    assert overtaken.status == 412
    assert "Saved meanwhile by somebody else" in overtaken.text
    assert "Theirs" in overtaken.text


def test_who_may_not_manage_templates_reads_the_types_alone(
    world: WorldForTests, tokens: SessionsForTests, people: dict[str, str], customer: Party
) -> None:
    agent = tokens.let_in(people["agent"], "agent")
    listed = agent.get(TYPES)
    assert listed.status == 200
    assert f"{TYPES}/" not in listed.text.partition("<main")[2]
    assert agent.get(f"{TYPES}/notice").status == 403
