"""Composing in the console: looked at by the code that sends, sent once, kept as a draft; and logging what happened elsewhere."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from letterbook.domain.access import Grant
from letterbook.domain.party import Hold, HoldKind, Party, PartyKind, Preferences
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.status import Status
from letterbook.domain.templates import Variable
from tests.support.aws import Requests, WorldForTests, rows
from tests.support.builders import NOW, deed, mail
from tests.support.console_client import ConsoleClient, only_entry, words
from tests.support.fakes.sessions import SessionsForTests
from tests.support.lambda_client import Answer
from tests.support.steps import (
    a_case,
    a_document,
    a_party,
    a_template,
    an_email,
    deliver_queue,
    send,
    standing,
    take_in,
    tell,
)

LOG, COMPOSE = "/communications", "/compose"
HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}"


@pytest.fixture
def priya(world: WorldForTests) -> Party:
    return a_party(world)


@pytest.fixture
def bank(world: WorldForTests) -> Party:
    return a_party(world, PartyKind.CREDITOR, name="Castlegate Finance", email="legal@castlegate.example", mobile=None)


def letter(party: Party, **changes: Any) -> dict[str, Any]:
    """The form, as a browser sends it."""
    typed = {"channel": "email", "party_id": party.id, "subject": "Your review", "body": "Dear **Priya**,"}
    return {**typed, "once": "once-1", "do": "send", **changes}


def strip(answer: Answer) -> str:
    found = re.search(r'<section class="decision".*?</section>', answer.text, re.DOTALL)
    assert found, answer.text
    return words(found[0])


# ---- whom


def test_it_begins_with_whom_found_by_name(
    world: WorldForTests, jane: ConsoleClient, priya: Party, bank: Party
) -> None:
    everybody = jane.get(COMPOSE)
    assert "Castlegate Finance" in everybody.text
    found = words(jane.get(f"{COMPOSE}?words=raman").text)
    assert "Priya Raman" in found
    assert "Castlegate" not in found
    assert "Nobody is called that" in jane.get(f"{COMPOSE}?words=zzz").text


def test_of_a_case_its_creditors_stand_first(
    world: WorldForTests, jane: ConsoleClient, priya: Party, bank: Party
) -> None:
    case = a_case(world, priya, creditors=(bank,))
    page = jane.get(f"{COMPOSE}?case_id={case.id}").text
    assert page.index("Castlegate Finance") < page.index("Priya Raman")
    assert f"case_id={case.id}&amp;party_id={bank.id}" in page


@pytest.mark.parametrize(
    "path", [COMPOSE, f"{COMPOSE}?party_id=pty_01JD4QK8V3M2N7R5T9W1X3Y5Z7", "/log/note", "/log/call"]
)
def test_who_may_only_read_writes_nothing(tokens: SessionsForTests, path: str) -> None:
    assert tokens.let_in("auditor-1", "auditor").get(path).status == 403


def test_whom_one_may_not_see_is_not_there(world: WorldForTests, tokens: SessionsForTests, priya: Party) -> None:
    ben = tokens.let_in("ben", "agent")
    assert "Priya" not in ben.get(COMPOSE).text
    assert ben.get(f"{COMPOSE}?party_id={priya.id}").status == 404
    assert ben.post(COMPOSE, letter(priya)).status in (404, 422)
    assert ben.get(f"/log/note?party_id={priya.id}").status == 404
    assert rows("communications") == 0
    world.grants.save(Grant(user="ben", party_id=priya.id), deed(priya.id))
    assert ben.get(f"{COMPOSE}?party_id={priya.id}").status == 200


# ---- what it would look like, and what would become of it


def test_an_empty_form_says_what_is_missing_and_what_would_happen(jane: ConsoleClient, priya: Party) -> None:
    page = jane.get(f"{COMPOSE}?party_id={priya.id}")
    assert page.status == 200
    assert "Not ready: Subject and text are missing." in strip(page)
    assert "it goes now by email to priya@mailbox.example" in strip(page)
    assert "Send email" in strip(page)
    assert 'href="#subject"' in page.text
    assert 'id="subject"' in page.text


def test_a_creditor_of_a_case_is_written_by_template(
    world: WorldForTests, jane: ConsoleClient, priya: Party, bank: Party
) -> None:
    case = a_case(world, priya, creditors=(bank,))
    a_template(world, key="newsletter", category="general", variables=(), body="Hello.", subject="News")
    a_template(world, body="For {{ client_name }}: {{ agreement }}.", variables=(Variable(name="agreement"),))
    page = jane.get(f"{COMPOSE}?party_id={bank.id}&case_id={case.id}")
    assert "Email a creditor" in words(page.text)
    assert "DC-2026-00390" in page.text
    assert re.search(r'<option value="s78-initial" selected>', page.text)
    assert page.text.index("s78-initial") < page.text.index("newsletter")
    assert "Not ready: Agreement is missing." in strip(page)
    assert "&lt;mark&gt;Agreement&lt;/mark&gt;" in page.text
    assert re.search(r'id="v-client_name" name="v-client_name" value="Priya Raman"', page.text)
    assert "from the case" in page.text


def test_what_the_record_knows_follows_the_case(
    world: WorldForTests, jane: ConsoleClient, priya: Party, bank: Party
) -> None:
    case = a_case(world, priya, creditors=(bank,))
    other = a_case(world, a_party(world, name="Daniel Okoro"), creditors=(bank,), reference="DC-2")
    a_template(world, subject="For {{ client_name }}", body="Hello.", variables=())
    form = letter(bank, template="s78-initial", case_id=case.id, do="review")
    known = {"v-client_name": "Priya Raman", "k-client_name": "Priya Raman"}
    assert "For Daniel Okoro" in jane.post(COMPOSE, {**form, **known, "case_id": other.id}).text
    typed = {"v-client_name": "Mrs Raman", "k-client_name": "Priya Raman"}
    assert "For Mrs Raman" in jane.post(COMPOSE, {**form, **typed}).text


def test_each_channel_says_when_it_would_go(
    world: WorldForTests, jane: ConsoleClient, priya: Party, bank: Party
) -> None:
    def ways(party: Party) -> dict[str, str]:
        return dict(
            re.findall(
                r'<small id="way-(\w+)" data-look>([^<]*)</small>', jane.get(f"{COMPOSE}?party_id={party.id}").text
            )
        )

    assert ways(priya) == {
        "email": "goes now",
        "sms": "goes now",
        "post": "no address known",
        "einvoice": "no address known",
        "manual": "makes a to-do",
    }
    assert ways(bank)["sms"] == "no mobile known"
    world.clock.time = NOW + timedelta(hours=9)
    assert ways(priya)["sms"] == "Monday 09:00"
    hold = Hold(kind=HoldKind.SOLICITOR, until=date(2027, 1, 15))
    world.parties.save_preferences(priya.id, Preferences(hold=hold, version=1), deed(priya.id))
    assert set(ways(priya).values()) == {"on hold"}


def test_an_sms_says_how_long_it_is_and_when_it_goes(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    world.clock.time = NOW + timedelta(hours=9)
    page = jane.post(COMPOSE, letter(priya, channel="sms", body="x" * 171, do="review"))
    assert "171 characters, 2 segments" in words(page.text)
    assert "Goes Monday 09:00 by SMS to 07700 900127." in strip(page)
    assert "Schedule SMS" in strip(page)


def test_only_who_may_sends_urgently_or_in_spite_of_a_hold(
    world: WorldForTests, tokens: SessionsForTests, jane: ConsoleClient, priya: Party
) -> None:
    hold = Preferences(hold=Hold(kind=HoldKind.SOLICITOR), version=1)
    world.parties.save_preferences(priya.id, hold, deed(priya.id))
    world.grants.save(Grant(user="ben", party_id=priya.id), deed(priya.id))
    ben = tokens.let_in("ben", "agent")
    form = letter(priya, channel="sms", do="review")
    assert 'name="override_hold"' in jane.post(COMPOSE, form).text
    assert 'name="urgent"' in jane.post(COMPOSE, form).text
    theirs = ben.post(COMPOSE, form)
    assert not re.search('name="(override_hold|urgent)"', theirs.text)
    assert "is represented by a solicitor" in strip(theirs)
    assert "Send" not in strip(theirs)
    tried = ben.post(COMPOSE, letter(priya, channel="sms", override_hold="They asked for it."))
    assert tried.status == 403
    assert rows("communications") == 0
    made = only_entry(world, jane.post(COMPOSE, letter(priya, override_hold="They asked for it.")))
    assert made.override_hold == "They asked for it."


def test_looking_answers_only_what_changes_and_writes_nothing(jane: ConsoleClient, priya: Party) -> None:
    answer = jane.post(COMPOSE, letter(priya, do="look"), letterbook_fragment="1")
    assert "Goes now" in strip(answer)
    assert 'id="view"' in answer.text
    assert 'name="subject"' not in answer.text
    assert rows("communications") == 0


def test_as_the_email_or_as_plain_text(jane: ConsoleClient, priya: Party) -> None:
    framed = jane.post(COMPOSE, letter(priya, do="review")).text
    assert re.search(r"<iframe [^>]*sandbox [^>]*srcdoc=", framed)
    assert "&lt;strong&gt;Priya&lt;/strong&gt;" in framed
    assert "<iframe" not in jane.post(COMPOSE, {**letter(priya, do="review"), "as": "text"}).text


def test_what_somebody_types_is_only_ever_text(jane: ConsoleClient, priya: Party) -> None:
    for as_ in ("html", "text"):
        form = letter(priya, subject=HOSTILE, body=HOSTILE, to=HOSTILE, cc=HOSTILE, category=HOSTILE, do="review")
        page = jane.post(COMPOSE, {**form, "as": as_}).text
        assert "<img" not in page
        assert "49" not in re.sub(r"\w{20,}|\.[0-9a-f]{10}\.", "", page).replace("&#39;", "")
    assert "<img" not in jane.get(f"{COMPOSE}?party_id={priya.id}&subject={'%3Cimg%20src=x%3E'}").text
    assert "<img" not in jane.get(f"{COMPOSE}?words=%3Cimg%3E").text


def test_recipients_are_chips_that_can_be_taken_off(jane: ConsoleClient, priya: Party) -> None:
    form = letter(priya, to=["a@x.example", "b@x.example, c@x.example"], cc="", do="review")
    page = jane.post(COMPOSE, form).text
    assert re.findall(r'type="hidden" name="to" value="([^"]*)"', page) == ["a@x.example", "b@x.example", "c@x.example"]
    fewer = jane.post(COMPOSE, {**form, "drop": "to:b@x.example"}).text
    assert "b@x.example" not in fewer


# ---- sending


def test_sent_and_seen(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    made = only_entry(world, jane.post(COMPOSE, letter(priya, audit_reason="Asked for by telephone")))
    assert (made.entry.status, made.entry.subject) == (Status.QUEUED, "Your review")
    assert made.audit["reason"] == "Asked for by telephone"
    assert len(world.queued("email")) == 1


def test_a_form_sent_twice_is_sent_once(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    first, second = (jane.post(COMPOSE, letter(priya)) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(world.queued("email")) == 1


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(jane: ConsoleClient, priya: Party) -> None:
    page = jane.post(COMPOSE, letter(priya, subject="", body="Kept words", to="nobody", send_at="2026-11-19T10:00"))
    assert page.status == 422
    assert 'class="summary"' in page.text
    assert '<a href="#subject">Subject is missing.</a>' in page.text
    assert re.search(r'id="subject"[^>]*aria-describedby="subject-wrong"[^>]*aria-invalid="true"', page.text)
    assert "Kept words" in page.text
    page = jane.post(COMPOSE, letter(priya, to="nobody", send_at="2026-11-19T10:00"))
    assert {"to", "send_at"} <= set(re.findall(r'<li><a href="#(\w+)"', page.text))
    assert rows("communications") == 0


def test_send_at_is_on_the_organisations_clock(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    made = only_entry(world, jane.post(COMPOSE, letter(priya, send_at="2027-06-01T09:30")))
    assert made.entry.status is Status.SCHEDULED
    assert f"{made.entry.scheduled_for:%Y-%m-%dT%H:%M}" == "2027-06-01T08:30"


def test_documents_of_the_case_can_be_attached(
    world: WorldForTests, jane: ConsoleClient, priya: Party, bank: Party
) -> None:
    case = a_case(world, priya, creditors=(bank,))
    document = a_document(world, case_id=case.id, name="Authority.pdf")
    page = jane.get(f"{COMPOSE}?party_id={bank.id}&case_id={case.id}").text
    assert re.search(rf'type="checkbox" name="attachments" value="{document.id}"', page)
    made = only_entry(world, jane.post(COMPOSE, letter(bank, case_id=case.id, attachments=[document.id])))
    assert [one.name for one in made.entry.attachments] == ["Authority.pdf"]


def test_a_file_goes_straight_to_the_vault(
    world: WorldForTests, tokens: SessionsForTests, jane: ConsoleClient, priya: Party
) -> None:
    policy = jane.get(f"{COMPOSE}?party_id={priya.id}").headers["Content-Security-Policy"]
    assert f"connect-src 'self' {world.content_store.origin}" in policy
    told = {"name": "Scan.pdf", "media_type": "application/pdf", "bytes": "4", "party_id": priya.id}
    answer = jane.post("/compose/document", told)
    assert answer.status == 201
    assert answer.json["upload_url"].startswith(world.content_store.origin)
    assert jane.post("/compose/document", {**told, "bytes": "99999999"}).json == {
        "error": "A file has between 1 byte and 18 MB."
    }
    assert tokens.let_in("ben", "agent").post("/compose/document", told).status == 422


# ---- drafts


def test_a_draft_is_kept_opened_changed_and_sent(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    draft = only_entry(world, jane.post(COMPOSE, letter(priya, do="keep")))
    edit = f"{LOG}/{draft.id}/edit"
    assert draft.entry.status is Status.DRAFT
    page = jane.get(edit)
    assert "Your review" in page.text
    form = letter(priya, subject="Your second review", version=str(draft.entry.version))
    assert jane.post(edit, {**form, "do": "keep"}).headers["Location"] == edit
    again = standing(world, draft)
    assert (again.entry.subject, again.entry.status) == ("Your second review", Status.DRAFT)
    refused = jane.post(edit, form)
    assert refused.status == 422
    assert "Somebody else changed this draft meanwhile" in refused.text
    sent = jane.post(edit, {**form, "version": str(again.entry.version)})
    assert sent.headers["Location"] == f"{LOG}/{draft.id}"
    assert standing(world, draft).entry.status is Status.QUEUED
    assert jane.get(edit).status == 409


def test_a_draft_may_lack_what_a_message_may_not(world: WorldForTests, jane: ConsoleClient, bank: Party) -> None:
    a_template(world)
    form = letter(bank, template="s78-initial", do="keep")
    draft = only_entry(world, jane.post(COMPOSE, form))
    page = jane.post(f"{LOG}/{draft.id}/edit", {**form, "do": "send", "version": "1"})
    assert page.status == 422
    assert '<a href="#v-agreement">Agreement is missing.</a>' in page.text


# ---- from what is there


def test_a_reply_goes_to_whoever_wrote_in_the_same_thread(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    came = take_in(world, mail("Thank you.", Subject="Your letter"))
    assert came is not None
    assert "Reply…" in jane.get(f"{LOG}/{came.id}").text
    page = jane.get(f"{LOG}/{came.id}/reply").text
    assert 'value="Re: Your letter"' in page
    assert f'name="in_reply_to" value="{came.id}"' in page
    form = letter(priya, in_reply_to=came.id, to="priya@mailbox.example", subject="Re: Your letter")
    made = only_entry(world, jane.post(COMPOSE, form))
    assert made.in_reply_to == came.id
    assert made.entry.thread_id == standing(world, came).entry.thread_id is not None


@pytest.mark.covers("D13")
def test_a_correction_is_a_new_message_linked_to_the_old(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    before = send(world, an_email(priya, subject="Your date"))
    deliver_queue(world)
    assert "Send a correction…" in jane.get(f"{LOG}/{before.id}").text
    page = jane.get(f"{LOG}/{before.id}/correct").text
    assert 'value="Correction: Your date"' in page
    assert "Dear Sir," in page
    made = only_entry(world, jane.post(COMPOSE, letter(priya, in_reply_to=before.id)))
    assert (made.in_reply_to, standing(world, before).entry.subject) == (before.id, "Your date")


def test_what_is_too_old_to_be_sent_again_is_begun_anew(
    world: WorldForTests, jane: ConsoleClient, priya: Party
) -> None:
    before = send(world, an_email(priya, subject="Long ago"))
    deliver_queue(world)
    tell(world, before, RecipientUpdate(fact=DeliveryOutcome.DELIVERED))
    world.clock.time = NOW + timedelta(days=61)
    asked = jane.get(f"{LOG}/{before.id}/resend")
    assert asked.headers["Location"] == f"{LOG}/{before.id}/anew"
    page = jane.follow(asked)
    assert 'value="Long ago"' in page.text
    assert "It is older than 60 days" in page.text


def test_a_look_asks_for_little(world: WorldForTests, jane: ConsoleClient, priya: Party) -> None:
    """It is asked for with every pause of somebody who writes."""
    jane.post(COMPOSE, letter(priya, do="look"))
    with Requests() as looking:
        jane.post(COMPOSE, letter(priya, do="look"))
    assert len(looking.names) <= 4, looking.names
    with Requests() as whole:
        jane.get(f"{COMPOSE}?party_id={priya.id}")
    assert len(whole.names) <= 12, whole.names


def test_a_link_that_somebody_changed_shows_a_form_all_the_same(jane: ConsoleClient, priya: Party) -> None:
    nonsense = "case_id=cas_%3Cimg%3E&contact_id=x&regarding=nothing&template=none&channel=fax&thread_id=y"
    page = jane.get(f"{COMPOSE}?party_id={priya.id}&{nonsense}")
    assert page.status == 200
    assert "Not ready:" in strip(page)
    assert "<img" not in page.text
    assert jane.post(COMPOSE, letter(priya, channel="fax", case_id="x", do="send")).status == 422
    assert jane.get(f"/log/call?party_id={priya.id}&{nonsense}").status == 200
