"""What is too much, too deep, or turns and hides, through the API and the console: a plain answer at once, or harmless."""

from dataclasses import replace
from typing import Any

import pytest

from letterbook.adapters.rendering.renderer import TemplateRenderer
from letterbook.contracts.answers import MAX_ANSWER_BYTES
from letterbook.domain.templates import Rendered
from letterbook.ports import Content
from letterbook.use_cases.directory.documents import download_link
from tests.support.api_client import ADMIN, TEMPLATE, email, expect_created
from tests.support.aws import WorldForTests
from tests.support.builders import mail, viewer
from tests.support.console_client import ConsoleClient
from tests.support.steps import a_document, a_party, a_template, an_email, come_in, send

TOO_MUCH = {
    "emphasis in emphasis": ("*a " * 300 + " a*" * 300, 422, "too_complex"),
    "brackets": ("[" * 100_000, 422, "too_complex"),
    "quotes in quotes": (">" * 1_000 + "a", 422, "too_complex"),
    "lines": ("a\r" * 10_001, 413, "too_large"),
}


@pytest.mark.parametrize("case", TOO_MUCH)
@pytest.mark.parametrize("more", [{}, {"send_now": False}], ids=["to be sent", "a draft"])
def test_a_text_that_is_too_much_is_refused_with_its_field(
    world: WorldForTests, party: Any, case: str, more: dict[str, Any]
) -> None:
    body, status, code = TOO_MUCH[case]
    for path in ("/v1/communications", "/v1/communications/preview"):
        refused = ADMIN.post(path, email(party, body=body, **more))
        assert (refused.status, refused.places) == (status, [("body", code)]), path


def test_a_draft_is_not_amended_into_what_is_too_much(world: WorldForTests, party: Any) -> None:
    draft = expect_created(ADMIN.post("/v1/communications", email(party, send_now=False)))
    address = f"/v1/communications/{draft['id']}"
    refused = ADMIN.patch(address, {"body": "[" * 100_000})
    assert (refused.status, refused.places) == (422, [("body", "too_complex")])
    assert ADMIN.get(address).json["version"] == draft["version"]


def test_a_letter_by_hand_is_held_to_the_same(world: WorldForTests, party: Any) -> None:
    letter = {"channel": "manual", "party_id": party["id"], "subject": "S", "body": "~~a " * 60_000}
    assert ADMIN.post("/v1/communications", letter).places == [("body", "too_complex")]


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_a_template_times_its_values_names_the_value(world: WorldForTests, party: Any, channel: str) -> None:
    body = TEMPLATE | {"channels": ["email", "sms"], "body": "{{ what }} " * 1_000}
    assert ADMIN.put("/v1/templates/long", body).status in (200, 201)
    use = {"key": "long", "variables": {"what": "a" * 10_000}}
    message = {"channel": channel, "party_id": party["id"], "template": use}
    for path in ("/v1/communications", "/v1/communications/preview"):
        refused = ADMIN.post(path, message)
        assert (refused.status, refused.places) == (413, [("template.variables.what", "too_large")])


@pytest.mark.parametrize("body", ["{{ what }}" * 9_000, "{{ what" + " | upper" * 10_000 + " }}", "[" * 60_000])
def test_a_template_that_is_too_much_is_not_saved(world: WorldForTests, body: str) -> None:
    refused = ADMIN.put("/v1/templates/long", TEMPLATE | {"body": body})
    assert (refused.status, refused.places) == (422, [("body", "too_complex")])
    assert ADMIN.get("/v1/templates/long").status == 404


def test_a_draft_that_became_too_much_fails_alone(world: WorldForTests) -> None:
    """Its template has a new version since: sending it is refused, and it stays a draft."""
    party = a_party(world)
    a_template(world, key="note", subject="S", body="{{ what }}")
    use = {"key": "note", "variables": {"what": "a" * 10_000}}
    asked = {"channel": "email", "party_id": party.id, "template": use, "send_now": False}
    draft = expect_created(ADMIN.post("/v1/communications", asked))
    a_template(world, key="note", subject="S", body="{{ what }} " * 1_000)
    refused = ADMIN.post(f"/v1/communications/{draft['id']}/send")
    assert (refused.status, refused.places) == (413, [("template.variables.what", "too_large")])
    assert ADMIN.get(f"/v1/communications/{draft['id']}").json["status"] == "draft"


@pytest.mark.parametrize("fault", [RecursionError, MemoryError, OverflowError])
def test_what_python_cannot_read_is_the_senders_to_mend(
    world: WorldForTests, party: Any, jane: ConsoleClient, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    def fails(*_: object, **__: object) -> Rendered:
        raise fault

    monkeypatch.setattr(TemplateRenderer, "free_text", fails)
    for path in ("/v1/communications", "/v1/communications/preview"):
        refused = ADMIN.post(path, email(party))
        assert (refused.status, refused.json["code"]) == (422, "too_complex")
    form = {"channel": "email", "party_id": party["id"], "subject": "S", "body": "B", "do": "send", "once": "1"}
    assert jane.post("/compose", form).status == 422


@pytest.mark.parametrize("raw", ["[" * 100_000, '{"a":' * 100_000, '{"name":' + "[" * 100_000 + "]" * 100_000 + "}"])
def test_json_without_a_bottom_is_malformed(world: WorldForTests, raw: str) -> None:
    for method, path in (("POST", "/v1/parties"), ("POST", "/v1/communications"), ("PUT", "/v1/templates/x")):
        assert ADMIN.ask(method, path, raw=raw).status in (400, 422)


def test_bytes_that_are_no_base64_are_malformed(world: WorldForTests) -> None:
    assert ADMIN.ask("POST", "/v1/parties", raw="a", base64_=True).status == 400


# ---- what is kept already opens


def kept(world: WorldForTests, monkeypatch: pytest.MonkeyPatch, text: str, html: str | None) -> str:
    """An entry whose content was kept before there were limits."""
    sent = send(world, an_email(a_party(world)))
    content = world.content_store.put_content(sent.id, Content(rendered=Rendered(subject="S", text=text, html=html)))
    read = world.content_store.content
    monkeypatch.setattr(world.content_store, "content", lambda _: read(content))
    return sent.id


@pytest.mark.parametrize(
    ("text", "html"),
    [("a" * 1_000_000, '<p class="a">' * 600_000), ('"' * 4_000_000, None), ("ש" * 3_000_000, "ש" * 3_000_000)],
    ids=["much HTML", "much text", "much of both"],
)
def test_an_entry_of_any_size_opens(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, jane: ConsoleClient, text: str, html: str | None
) -> None:
    communication_id = kept(world, monkeypatch, text, html)
    shown = ADMIN.get(f"/v1/communications/{communication_id}")
    assert shown.status == 200
    assert shown.json["body"]["truncated"] is True
    assert text.startswith(shown.json["body"]["text"])
    assert len(shown.text) < MAX_ANSWER_BYTES
    page = jane.get(f"/communications/{communication_id}?as=text")
    assert page.status == 200
    assert "longer than a page holds" in page.text
    assert jane.get(f"/communications/{communication_id}/content").status in (200, 404)


def test_an_entry_of_ordinary_size_is_whole(world: WorldForTests, party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", email(party, body="word " * 2_000)))
    body = ADMIN.get(f"/v1/communications/{made['id']}").json["body"]
    assert (body["truncated"], len(body["text"].split())) == (False, 2_000)


def test_an_answer_that_is_more_than_is_handed_over_says_so(
    world: WorldForTests, party: Any, jane: ConsoleClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letterbook.contracts.answers.MAX_ANSWER_BYTES", 100)
    refused = ADMIN.get("/v1/parties")
    assert (refused.status, refused.json["code"]) == (413, "answer_too_large")


def test_what_was_made_is_not_said_to_have_failed(
    world: WorldForTests, party: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letterbook.contracts.answers.MAX_ANSWER_BYTES", 100)
    made = ADMIN.post("/v1/communications", email(party))
    assert (made.status, made.text) == (202, "")
    assert made.headers["Location"].startswith("/v1/communications/com_")


def test_html_that_came_in_and_would_grow_does_not(world: WorldForTests) -> None:
    formatting = "".join(f"<b lang=a{number}>" for number in range(300))
    came = come_in(world, mail(html=f"<p>{formatting}" + "<p>x" * 3_000))
    html = ADMIN.get(f"/v1/communications/{came.id}").json["body"]["html"]
    assert len(html) < 60_000


def test_html_that_cannot_be_shown_is_text_with_a_hint(world: WorldForTests, jane: ConsoleClient) -> None:
    came = come_in(world, mail("", html="<div>" * 5_000 + "Pay me"))
    shown = ADMIN.get(f"/v1/communications/{came.id}").json
    assert (shown["body"]["html"], shown["body"]["text"].strip(), shown["hints"]) == (None, "Pay me", ["truncated"])
    assert "the original is kept" in jane.get(f"/communications/{came.id}").text


# ---- nothing turns, nothing hides

TURNED = "\u202efdp.exe\u2066\u200b\U000e0041"


def test_names_are_kept_as_they_are_seen(world: WorldForTests) -> None:
    party = expect_created(
        ADMIN.post("/v1/parties", {"kind": "client", "name": f"Otto {TURNED}", "email": "o@mailbox.example"})
    )
    assert party["name"] == "Otto fdp.exe"
    contact = expect_created(ADMIN.post(f"/v1/parties/{party['id']}/contacts", {"name": TURNED}))
    assert contact["name"] == "fdp.exe"
    case = expect_created(
        ADMIN.post("/v1/cases", {"reference": f"DC-{TURNED}", "title": TURNED, "party_ids": [party["id"]]})
    )
    assert (case["reference"], case["title"]) == ("DC-fdp.exe", "fdp.exe")
    file = {"name": f"invoice{TURNED}", "media_type": "application/pdf", "bytes": 5, "party_id": party["id"]}
    assert ADMIN.get(f"/v1/documents/{expect_created(ADMIN.post('/v1/documents', file))['id']}").status in (
        200,
        302,
        404,
        409,
    )
    assert [one["name"] for one in ADMIN.get("/v1/documents", party_id=party["id"]).json["items"]] == ["invoicefdp.exe"]
    sent = expect_created(ADMIN.post("/v1/communications", email(party, subject=f"About {TURNED}")))
    assert sent["subject"] == "About fdp.exe"


@pytest.mark.parametrize("name", ["\u200b", "\u2060\ufeff", "\u3164", "\u202e\u202c", "\U000e0041\U000e0042", "\u00ad"])
def test_a_name_that_nobody_sees_is_refused(world: WorldForTests, name: str) -> None:
    refused = ADMIN.post("/v1/parties", {"kind": "client", "name": name})
    assert (refused.status, refused.places) == (422, [("name", "invisible")])


def test_what_came_in_is_named_by_what_is_seen(world: WorldForTests) -> None:
    raw = mail(
        From="=?utf-8?q?Bank=E2=80=AE_knaB?= <bank@bank.example>",
        Subject="=?utf-8?q?Pay_=E2=80=AE001_now?=",
        files=[("invoice\u202efdp.exe", "application/pdf", b"%PDF")],
    )
    came = come_in(world, raw)
    assert (came.entry.party.name, came.entry.subject) == ("Bank knaB", "Pay 001 now")
    assert [one.name for one in came.entry.attachments] == ["invoicefdp.exe"]


def test_no_page_of_the_console_turns_whatever_was_kept(world: WorldForTests, jane: ConsoleClient) -> None:
    """Names and texts of before they were cleaned where they come in."""
    party = a_party(world, name="Otto \u202enwO")
    a_document(world, name="a\u202efdp.exe", party_id=party.id)
    sent = send(world, replace(an_email(party), subject="Pay \u202e001", body="All \u2067of it\u202e 100 GBP."))
    for address in (
        f"/communications/{sent.id}",
        "/communications",
        f"/parties/{party.id}",
        f"/parties/{party.id}/documents",
    ):
        page = jane.get(address)
        assert page.status == 200
        assert not {"\u202e", "\u2066", "\u2067"} & set(page.text), address
    framed = jane.get(f"/communications/{sent.id}/content")
    assert not {"\u202e", "\u2067"} & set(framed.text)


def test_a_download_is_named_by_what_is_seen(world: WorldForTests) -> None:
    document = a_document(world, name="a\u202efdp.exe", party_id=a_party(world).id)
    assert "%E2%80%AE" not in download_link(world, viewer(), document.id)


def test_right_to_left_text_arrives_as_it_was_written(world: WorldForTests, party: Any) -> None:
    body = "שלום, \u200fהחשבון (12) שולם."
    made = expect_created(ADMIN.post("/v1/communications", email(party, subject="חשבון 12", body=body)))
    shown = ADMIN.get(f"/v1/communications/{made['id']}").json
    assert (shown["subject"], shown["body"]["text"]) == ("חשבון 12", body)
