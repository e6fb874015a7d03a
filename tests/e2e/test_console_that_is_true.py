"""What was put right, said in time, taken back, found and handed over, on the real template: with the functions' own rights."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.support.exports import unpacked
from tests.support.firm import Firm, Screen, User, eventually

LIST = "/v1/communications"
# Longer than a request takes, and short enough to wait for.
UNDO_SECONDS = 6
PDF = b"%PDF-1.7 a statement"


@pytest.fixture(scope="module", autouse=True)
def undo(firm: Firm) -> Iterator[float]:
    """When all functions know the setting, by the monotonic clock: settings are kept for half a minute, so it is set first."""
    firm.admin.put("/v1/settings", {"undo_seconds": UNDO_SECONDS})
    yield time.monotonic() + 31
    firm.admin.put("/v1/settings", {"undo_seconds": 0})


@pytest.fixture(scope="module")
def screen(firm: Firm) -> Screen:
    return firm.screen("admin")


def one(of: Any, verb: str = "") -> str:
    return f"{LIST}/{of['id']}{verb}"


def bounced(admin: User, **changes: Any) -> Any:
    """What came back from a party's only address, which is right by now."""
    party = admin.party()
    path = f"/v1/parties/{party['id']}"
    assert admin.ask("PATCH", path, {"email": f"bounce+{party['id']}@simulator.amazonses.com"}).ok
    body = {"channel": "email", "party_id": party["id"], "subject": "Your review", "body": "?", **changes}
    failed = admin.follow(admin.post(LIST, body), "failed")
    assert admin.ask("PATCH", path, {"email": f"success+{party['id']}@simulator.amazonses.com"}).ok
    return failed


def todos(admin: User, of: Any, status: str = "open") -> list[Any]:
    listed = admin.get("/v1/todos", party_id=of["party"]["id"], status=status)["items"]
    return [each for each in listed if each["communication_id"] == of["id"]]


def ids(admin: User, of: Any, **filters: Any) -> list[str]:
    return [each["id"] for each in admin.get(LIST, party_id=of["party"]["id"], **filters)["items"]]


def entry_on(answer: requests.Response) -> dict[str, str]:
    """Whose page it is."""
    return {"id": urlsplit(answer.url).path.split("/")[2]}


# ---- put right


def test_an_attempt_that_arrives_settles_what_bounced(firm: Firm, screen: Screen) -> None:
    admin = firm.admin
    failed = bounced(admin)
    eventually(lambda: todos(admin, failed))
    assert ids(admin, failed, group="failed") == [failed["id"]]
    again = admin.post(one(failed, "/resend"), {})
    admin.follow(again, "delivered")
    told = admin.watch(failed, lambda page: page["settled_by"] is not None)
    assert (told["status"], told["settled_by"]) == ("failed", again["id"])
    assert ids(admin, failed, group="failed") == []
    assert ids(admin, failed, settled="true") == [failed["id"]]
    [done] = todos(admin, failed, "done")
    assert done["done_by"].startswith("attempt 2, delivered ")
    assert todos(admin, failed) == []
    refused = admin.ask("POST", one(failed, "/resend"), {})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_sent_again")
    page = screen.get(f"/communications/{failed['id']}").text
    assert f'href="/communications/{again["id"]}"' in page
    assert "Send another copy" in page


def test_somebody_saw_to_it_and_takes_that_back(firm: Firm, screen: Screen) -> None:
    admin = firm.admin
    failed = bounced(admin)
    eventually(lambda: todos(admin, failed))
    assert admin.post(one(failed, "/seen-to"), {"note": "telephoned her"})["seen_to"]["note"] == "telephoned her"
    assert ids(admin, failed, group="failed") == todos(admin, failed) == []
    assert "telephoned her" in screen.get(f"/communications/{failed['id']}").text
    screen.post(f"/communications/{failed['id']}/take-back", {})
    assert ids(admin, failed, group="failed") == [failed["id"]]
    assert len(todos(admin, failed)) == 1


def test_many_resent_at_once_leave_out_what_is_settled_and_who_wants_none(firm: Firm) -> None:
    admin = firm.admin
    good, settled, out = (bounced(admin) for _ in range(3))
    admin.follow(admin.post(one(settled, "/resend"), {}), "delivered")
    admin.watch(settled, lambda page: page["settled_by"] is not None)
    admin.put(f"/v1/parties/{out['party']['id']}/preferences", {"opt_outs": [{"channel": "email"}]})
    answer = admin.post(f"{LIST}/resend", {"ids": [good["id"], settled["id"], out["id"]]})
    assert answer["accepted"] == [good["id"]]
    refused = {each["id"]: each["code"] for each in answer["refused"]}
    assert refused == {settled["id"]: "already_sent_again", out["id"]: "opt_out"}
    admin.watch(good, lambda page: page["settled_by"] is not None)
    assert [len(admin.get(one(each))["attempts"]) for each in (good, settled, out)] == [2, 2, 1]


# ---- answered


def test_an_answer_does_what_there_was_to_do_and_that_can_be_undone(firm: Firm, screen: Screen) -> None:
    admin = firm.admin
    party = admin.party(email="anna@mailbox.example")
    asked = admin.follow(admin.email(party), "delivered")
    [mail] = firm.mail_of(asked["id"])
    requests.post(
        f"{firm.endpoints['ses_url']}/messages/{mail['message_id']}/reply", json={"text": "When?"}, timeout=10
    )
    [came] = eventually(lambda: admin.get(LIST, party_id=party["id"], direction="inbound")["items"])
    [todo] = eventually(lambda: todos(admin, came))
    assert "When?" in screen.get(f"/communications/{came['id']}/reply").text
    admin.email(party, in_reply_to=came["id"])
    [done] = eventually(lambda: todos(admin, came, "done"))
    assert (done["id"], todos(admin, came)) == (todo["id"], [])
    screen.post(f"/todos/{todo['id']}/reopen", {})
    assert [each["id"] for each in todos(admin, came)] == [todo["id"]]


# ---- said in time


def test_a_message_that_waits_says_at_once_that_its_party_wants_none(firm: Firm) -> None:
    admin = firm.admin
    party = admin.party(mobile="07700 900143")
    assert party["mobile"] == "+447700900143"
    at = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    waits = admin.post(LIST, {"channel": "sms", "party_id": party["id"], "body": "Hello", "send_at": at})
    path = f"/v1/parties/{party['id']}/preferences"

    def decided() -> set[str]:
        [row] = admin.get(LIST, party_id=party["id"])["items"]
        return {each["decision"]["action"] for each in (admin.get(one(waits)), row)}

    assert decided() == {"schedule"}
    kept = admin.put(path, {"opt_outs": [{"channel": "sms"}]})
    assert decided() == {"skip"}
    stale = admin.ask("PUT", path, {"preferred": "email", "version": kept["version"] - 1})
    assert stale.status_code == 412
    changed = admin.put(path, {"preferred": "email", "version": kept["version"]})
    assert changed["opt_outs"] == kept["opt_outs"]
    admin.put(path, {"opt_outs": [], "version": changed["version"]})
    assert decided() == {"schedule"}
    admin.post(one(waits, "/cancel"))


def test_an_amount_that_is_none_is_refused_and_named(firm: Firm) -> None:
    admin = firm.admin
    template: dict[str, Any] = {
        "category": "invoice",
        "language": "en",
        "channels": ["email"],
        "subject": "Your invoice",
    }
    template |= {"body": "You owe {{ amount | money }}.", "variables": [{"name": "amount", "example": "1250.00"}]}
    admin.put("/v1/templates/amount-owed", template)
    use = {"key": "amount-owed", "variables": {"amount": "NaN"}}
    body = {"channel": "email", "party_id": admin.party()["id"], "template": use}
    shown = admin.post(f"{LIST}/preview", body)
    assert (shown["decision"]["action"], shown["decision"]["rule"]) == ("refuse", "variables")
    assert admin.ask("POST", LIST, body).status_code == 422


# ---- found


@pytest.mark.parametrize("words", ["07700 900144", "+44 7700 900144", "0044 7700-900144"])
def test_a_telephone_number_finds_whose_it_is_however_it_is_written(firm: Firm, screen: Screen, words: str) -> None:
    party = firm.admin.party(name="Bea Nowak", mobile="+447700900144")
    eventually(lambda: party["id"] in [each["id"] for each in firm.admin.get("/v1/parties", q=words)["items"]])
    shown = screen.session.get(f"{screen.console_url}/search", params={"q": words}, timeout=60).text
    assert f'href="/parties/{party["id"]}"' in shown


def test_words_of_scripts_without_spaces_are_found(firm: Firm) -> None:
    admin = firm.admin
    party = admin.party(name="横浜港運株式会社")
    case = admin.post("/v1/cases", {"reference": "E2E-CJK", "title": "横浜港の賃料", "party_ids": [party["id"]]})
    note = {"channel": "note", "party_id": party["id"], "body": "審判所は来週開かれます。"}
    made = admin.post(LIST, note)
    found(admin, "/v1/parties", "港運", party)
    found(admin, "/v1/cases", "賃料", case)
    found(admin, LIST, "審判所", made)


def found(admin: User, path: str, words: str, wanted: Any) -> None:
    eventually(lambda: [each["id"] for each in admin.get(path, q=words)["items"]] == [wanted["id"]])


# ---- put in and handed over


def test_a_document_is_kept_on_a_party_and_goes_away_with_its_entry(firm: Firm, screen: Screen) -> None:
    admin = firm.admin
    party = admin.party()
    screen.post(
        "/documents",
        {"party_id": party["id"], "once": "e2e-put"},
        files={"file": ("Statement.pdf", PDF, "application/pdf")},
    )
    [document] = admin.get("/v1/documents", party_id=party["id"])["items"]
    kept = requests.get(admin.ask("GET", f"/v1/documents/{document['id']}").headers["Location"], timeout=10)
    assert (document["name"], kept.content) == ("Statement.pdf", PDF)
    form = {"party_id": party["id"], "body": "See her statement.", "attachments": document["id"], "once": "e2e-note"}
    logged = entry_on(screen.post("/log/note", form))
    ordered = urlsplit(screen.post("/exports", {"id": logged["id"], "once": "e2e-take"}).url).path
    eventually(lambda: "Download (ZIP)" in screen.get(ordered).text)
    inside = {name.rpartition("/")[2]: file for name, file in unpacked(screen.get(f"{ordered}/file").content).items()}
    assert inside["Statement.pdf"] == PDF
    assert b"See her statement." in inside["Message.txt"]


def test_what_a_script_has_put_in_is_kept_too(firm: Firm, screen: Screen) -> None:
    party = firm.admin.party()
    body = {"name": "a.pdf", "media_type": "application/pdf", "bytes": len(PDF), "party_id": party["id"]}
    document = firm.admin.post("/v1/documents", body)
    headers = {"Content-Type": "application/pdf"}
    assert requests.put(document["upload_url"], data=PDF, headers=headers, timeout=10).ok
    assert screen.post(f"/documents/{document['id']}/keep", {}).status_code == 201


def test_the_frame_that_shows_a_letter_is_of_no_origin_and_gets_its_style(screen: Screen) -> None:
    [style] = set(re.findall(r'href="(/static/style[^"]+)"', screen.get("/compose").text))
    assert screen.get(style, Origin="null").headers["Content-Type"].startswith("text/css")


# ---- what is one's own


def test_views_and_columns_are_kept_for_their_owner_alone(firm: Firm, screen: Screen) -> None:
    name = "Failed mail"
    screen.post("/communications/views", {"name": name, "query": "group=failed&channel=email"})
    assert name in screen.get("/communications").text
    assert name not in firm.screen("lead").get("/communications").text
    screen.post("/communications/views/remove", {"name": name})
    assert name not in screen.get("/communications").text


# ---- kept, sent, and taken back: last, when the firm's setting is known everywhere


def letter(party: Any, once: str) -> dict[str, str]:
    typed = {"channel": "email", "party_id": party["id"], "subject": "Your review", "body": "Dear Priya,"}
    return {**typed, "do": "send", "once": once}


def test_what_is_written_is_kept_as_a_draft_by_itself_and_once(firm: Firm, screen: Screen) -> None:
    party = firm.admin.party()
    for body in ("Dear", "Dear Priya,"):
        screen.post("/compose", letter(party, "e2e-draft") | {"do": "autosave", "body": body})
    [draft] = firm.admin.get(LIST, party_id=party["id"])["items"]
    assert draft["status"] == "draft"


def test_what_was_sent_can_be_taken_back_until_it_goes(firm: Firm, screen: Screen, undo: float) -> None:
    admin = firm.admin
    # Nothing tells from outside when a function reads its settings again.
    time.sleep(max(0.0, undo - time.monotonic()))
    party = admin.party()
    taken_back = entry_on(screen.post("/compose", letter(party, "e2e-undo")))
    goes = entry_on(screen.post("/compose", letter(party, "e2e-goes")))
    assert "Undone. It was not sent." in screen.post(f"/communications/{taken_back['id']}/undo", {}).text
    not_before = datetime.fromisoformat(admin.get(one(goes))["not_before"])
    arrived = admin.follow(goes, "delivered")
    assert datetime.fromisoformat(arrived["sent_at"]) >= not_before.replace(microsecond=0)
    assert "It has already gone." in screen.post(f"/communications/{goes['id']}/undo", {}).text
    assert admin.get(one(taken_back))["status"] == "cancelled"
    assert (len(firm.mail_of(taken_back["id"])), len(firm.mail_of(goes["id"]))) == (0, 1)
