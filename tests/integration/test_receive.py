"""Mail that comes in: whose it is, what it answers, what becomes of its files, and that it enters the log once."""

import importlib
import json
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from letterbook.adapters.inbound_mail import S3Mailbox
from letterbook.adapters.providers import ses
from letterbook.adapters.providers.mime_message import mime
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication, Direction
from letterbook.domain.message import MessageRequest
from letterbook.domain.party import PartyKind
from letterbook.domain.receipts import Signal
from letterbook.domain.references import Regarding
from letterbook.domain.search_terms import Query
from letterbook.domain.status import Status
from letterbook.domain.todos import TodoStatus, id_for
from letterbook.use_cases.directory.threads import read_thread
from letterbook.use_cases.indexing.index import index_communication
from letterbook.use_cases.reading.read import read
from tests.support.aws import INBOUND, WorldForTests, client, rows
from tests.support.builders import mail, viewer
from tests.support.failing import Died, fails_once
from tests.support.lambda_client import invoke, sample
from tests.support.steps import a_case, a_contact, a_party, an_email, come_in, deliver_queue, send, standing, take_in


def sent(world: WorldForTests, message: MessageRequest) -> Communication:
    communication = send(world, message)
    deliver_queue(world)
    world.clock.pass_(minutes=30)
    return standing(world, communication)


def reply_address(world: WorldForTests, communication: Communication) -> str:
    """As it stood in the message that went out."""
    return next(
        one
        for parcel in world.fakes.email.taken
        if parcel.communication_id == communication.id
        for one in parcel.reply_to
        if one.endswith(INBOUND)
    )


# ---- when it came


def test_mail_is_not_older_than_what_happened_before_in_the_same_second(world: WorldForTests) -> None:
    before = datetime.now(UTC)
    client("s3").put_object(Bucket="inbound", Key="mail/1", Body=mail())
    taken = S3Mailbox("inbound").fetch("mail/1")
    assert taken
    assert before <= taken.at < datetime.now(UTC) + timedelta(seconds=1)


# ---- what it answers


@pytest.mark.covers("L2", "A1")
def test_an_answer_to_the_reply_address_stands_in_the_thread_of_what_it_answers(world: WorldForTests) -> None:
    client_, bank = a_party(world), a_party(world, PartyKind.CREDITOR, name="Barclays", email="legal@bank.example")
    case = a_case(world, client_, creditors=(bank,))
    asked = sent(
        world,
        an_email(bank, case_id=case.id, subject="Section 78", category="s78", regarding=Regarding(type="case", id="7")),
    )
    came = come_in(world, mail(To=reply_address(world, asked), From="Somebody Else <other@bank.example>"))
    entry, first = came.entry, standing(world, asked).entry
    assert (entry.direction, entry.status, entry.channel) == (Direction.INBOUND, Status.RECEIVED, Channel.EMAIL)
    assert (entry.party.id, entry.sender, came.in_reply_to) == (bank.id, "other@bank.example", asked.id)
    assert (entry.case, entry.client) == (first.case, first.client)
    assert (entry.category, entry.regarding) == ("s78", first.regarding)
    assert entry.thread_id == first.thread_id is not None
    thread = read_thread(world, viewer(), entry.thread_id or "")
    assert (thread.subject, thread.messages, thread.kind) == ("Section 78", 2, "email")
    assert thread.preview == "Thank you for your letter."


def test_the_secret_of_a_reply_address_is_shown_to_nobody(world: WorldForTests) -> None:
    asked = sent(world, an_email(a_party(world)))
    came = come_in(world, mail(To=reply_address(world, asked)))
    assert [one.address for one in came.entry.recipients] == [f"reply@{INBOUND}"]


def test_an_answer_that_names_our_message_is_known_by_it(world: WorldForTests) -> None:
    """Amazon SES gives each mail a Message-ID of its own, made of its reference."""
    asked = sent(world, an_email(a_party(world)))
    message_id = ses.message_id(asked.entry.provider_reference or "")
    came = come_in(world, mail(In_Reply_To=f"<{message_id}>"))
    assert came.in_reply_to == asked.id
    again = come_in(world, mail(References=f"<x@y.example> <{message_id}>"), "mail/2")
    assert again.in_reply_to == asked.id
    thread = read_thread(world, viewer(), again.entry.thread_id or "")
    assert thread.messages == 3


def test_a_relay_that_keeps_our_own_message_id_is_understood(world: WorldForTests) -> None:
    asked = sent(world, an_email(a_party(world)))
    assert come_in(world, mail(In_Reply_To=f"<{asked.id}@firm.example>")).in_reply_to == asked.id


def test_an_id_of_ours_that_somebody_wrote_otherwise_is_the_same(world: WorldForTests) -> None:
    """In capitals, without brackets, folded within."""
    asked = sent(world, an_email(a_party(world)))
    by_ses = ses.message_id(asked.entry.provider_reference or "")
    for place, given in enumerate((f"<{asked.id}@FIRM.EXAMPLE>".upper(), f"<{by_ses}>".upper(), by_ses)):
        assert come_in(world, mail(In_Reply_To=given), f"mail/{place}").in_reply_to == asked.id
    folded = mail().replace(
        b"Subject:", f"References: <x@y.example>\r\n <{by_ses[:9]}\r\n {by_ses[9:]}>\r\nSubject:".encode()
    )
    assert come_in(world, folded, "mail/9").in_reply_to == asked.id


def test_the_subject_alone_tells_nothing(world: WorldForTests) -> None:
    asked = sent(world, an_email(a_party(world), subject="Section 78"))
    came = come_in(world, mail(Subject="Re: Section 78"))
    assert (came.in_reply_to, came.entry.thread_id) == (None, None)
    assert standing(world, asked).entry.thread_id is None


def test_a_reply_address_that_somebody_made_up_tells_nothing(world: WorldForTests) -> None:
    asked = sent(world, an_email(a_party(world)))
    genuine = reply_address(world, asked)
    local, _, domain = genuine.partition("@")
    for place, address in enumerate(
        (f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}", f"{local}@evil.example")
    ):
        assert come_in(world, mail(To=address), f"mail/{place}").in_reply_to is None
    assert come_in(world, mail(To=genuine.upper()), "mail/9").in_reply_to == asked.id


def test_what_they_wrote_before_joins_when_they_name_it_themselves(world: WorldForTests) -> None:
    """The Message-ID of a stranger is no secret: it counts only for who took part."""
    a_party(world)
    first = come_in(world, mail(Message_ID="<1@mailbox.example>"))
    world.clock.pass_(minutes=1)
    second = come_in(world, mail(References="<1@mailbox.example>"), "mail/2")
    assert second.in_reply_to == first.id
    assert second.entry.thread_id == standing(world, first).entry.thread_id is not None
    other = come_in(world, mail(References="<1@mailbox.example>", From="eve@evil.example"), "mail/3")
    assert other.in_reply_to is None


def test_our_answer_to_what_came_in_is_threaded_too_and_names_it(world: WorldForTests) -> None:
    party = a_party(world)
    came = come_in(world, mail(Message_ID="<1@mailbox.example>", Subject="AW: Re: My debts"))
    answer = sent(world, an_email(party, in_reply_to=came.id))
    assert answer.entry.thread_id == standing(world, came).entry.thread_id
    thread = read_thread(world, viewer(), answer.entry.thread_id or "")
    assert (thread.subject, thread.messages) == ("My debts", 2)
    parcel = world.fakes.email.taken[-1]
    assert parcel.answers == ("1@mailbox.example",)
    assert parcel.message_id == f"{answer.id}@firm.example"
    made = message_from_bytes(mime(parcel), policy=policy.default)
    assert made["In-Reply-To"] == "<1@mailbox.example>"


def test_what_we_asked_answers_to_be_sent_to_stays_beside_our_own_address(world: WorldForTests) -> None:
    asked = sent(world, an_email(a_party(world), reply_to="jane@firm.example"))
    assert world.fakes.email.taken[-1].reply_to == ("jane@firm.example", reply_address(world, asked))


def test_an_answer_to_a_restricted_message_is_restricted_and_begins_no_thread(world: WorldForTests) -> None:
    asked = sent(world, an_email(a_party(world), restricted=True))
    came = come_in(world, mail(To=reply_address(world, asked)))
    assert came.entry.restricted
    assert came.entry.thread_id is None
    assert rows("threads") == 0


# ---- whom it is from


def test_mail_of_a_contact_is_the_partys_and_names_the_contact(world: WorldForTests) -> None:
    bank = a_party(world, PartyKind.CREDITOR, name="Barclays", email="legal@bank.example")
    contact = a_contact(world, bank, email="team@bank.example")
    came = come_in(world, mail(From="TEAM@bank.example"))
    assert came.entry.party.id == bank.id
    assert came.entry.contact is not None
    assert came.entry.contact.id == contact.id


def test_of_several_with_one_address_it_is_who_had_it_first(world: WorldForTests) -> None:
    first, second = a_party(world), a_party(world)
    send(world, an_email(second))
    came = come_in(world, mail())
    assert (came.entry.party.id, came.entry.candidates) == (first.id, (first.id, second.id))
    assert came.entry.hints == {Signal.AMBIGUOUS_SENDER}


def test_who_writes_for_the_first_time_becomes_a_party_once(world: WorldForTests) -> None:
    came = come_in(world, mail(From="Amir Khan <amir@new.example>"))
    again = come_in(world, mail(From="amir@NEW.example"), "mail/2")
    assert (came.entry.party.name, came.entry.sender) == ("Amir Khan", "amir@new.example")
    assert again.entry.party.id == came.entry.party.id


@pytest.mark.parametrize(
    "raw",
    [
        mail(From="amir@new.example", X_SES_Spam_Verdict="FAIL"),
        mail(From="legal@firm.example"),
    ],
    ids=["a stranger's spam", "our own"],
)
def test_what_nobody_wants_is_left_where_it_came_in(world: WorldForTests, raw: bytes) -> None:
    assert take_in(world, raw) is None
    assert (rows("communications"), rows("directory")) == (0, 0)
    assert client("s3").get_object(Bucket="inbound", Key="mail/1")["Body"].read() == raw


def test_mail_that_is_gone_is_no_reason_to_fail(world: WorldForTests) -> None:
    client("s3").put_object(Bucket="inbound", Key="mail/1", Body=mail())
    client("s3").delete_object(Bucket="inbound", Key="mail/1")
    handler = importlib.import_module("inbound.handler")
    assert handler.batch(sample("inbound/mail.json")) == {"batchItemFailures": []}


# ---- what it says


@pytest.mark.covers("A7")
def test_all_of_it_is_kept_and_its_files_become_documents(world: WorldForTests) -> None:
    a_party(world)
    raw = mail("See the file.", html="<p onclick='x()'>See <b>the</b> file.<script>x()</script></p>", files=[
        ("../Statement.pdf", "application/pdf", b"%PDF-1.7"), ("", "image/png", b"png")])  # fmt: skip
    came = come_in(world, raw)
    content = world.content_store.content(came.content)
    assert content.rendered.text.strip() == "See the file."
    assert (content.rendered.html or "").strip() == "<p>See <b>the</b> file.</p>"
    assert content.original is not None
    kept = client("s3").get_object(Bucket="vault", Key=content.original.key)["Body"].read()
    assert kept == raw
    first, second = came.entry.attachments
    assert (first.name, first.media_type, first.bytes) == ("Statement.pdf", "application/pdf", 8)
    assert second.name == "attachment-2.png"
    assert world.content_store.attachment(first) == b"%PDF-1.7"
    document = world.documents.get(first.id)
    assert document is not None
    assert document.communication_id == came.id


def test_files_in_which_something_harmful_was_found_are_left_out(world: WorldForTests) -> None:
    a_party(world)
    came = come_in(world, mail(X_SES_Virus_Verdict="FAIL", files=[("a.exe", "application/zip", b"MZ")]))
    assert came.entry.attachments == ()
    assert came.entry.hints == {Signal.INFECTED}
    assert came.metadata == {"files_left_out": "1"}


def test_a_forged_sender_is_marked(world: WorldForTests) -> None:
    a_party(world)
    came = come_in(
        world, mail(Authentication_Results="amazonses.com; spf=fail; dmarc=fail header.from=mailbox.example")
    )
    assert came.entry.hints == {Signal.FORGED}


# ---- who hears of it


def todo_of(world: WorldForTests, communication: Communication) -> object:
    todo = world.todos.get(id_for(communication.id))
    return todo and (todo.title, todo.assignee, todo.status)


def test_the_author_is_told_of_an_answer_and_somebody_of_what_answers_nothing(world: WorldForTests) -> None:
    asked = sent(world, an_email(a_party(world)))
    answer = come_in(world, mail(To=reply_address(world, asked)))
    assert todo_of(world, answer) == ("Priya Raman answered: Your letter", "user-1", TodoStatus.OPEN)
    other = come_in(world, mail(), "mail/2")
    assert todo_of(world, other) == ("Priya Raman wrote: Your letter", None, TodoStatus.OPEN)


AUTOMATIC = [
    {"Auto_Submitted": "auto-replied"},
    {"Precedence": "bulk"},
    {"X_Autoreply": "yes"},
    {"Return_Path": "<>"},
]


@pytest.mark.parametrize("headers", AUTOMATIC, ids=[next(iter(one)) for one in AUTOMATIC])
def test_what_came_by_itself_is_marked_asks_nothing_and_waits_for_no_answer(
    world: WorldForTests, headers: dict[str, str]
) -> None:
    party = a_party(world)
    asked = sent(world, an_email(party))
    came = come_in(world, mail(To=reply_address(world, asked), **headers))
    assert came.entry.hints == {Signal.AUTO_REPLY}
    assert todo_of(world, came) is None
    answer = sent(world, an_email(party))
    index_communication(world, answer.id)
    assert standing(world, came).entry.response_minutes is None


@pytest.mark.parametrize(
    "headers",
    [
        {"List_Id": "<credit.bank.example>", "Precedence": "list"},
        {"List_Id": "<credit.bank.example>", "Precedence": "bulk"},
        {"X_Auto_Response_Suppress": "All"},
        {"Auto_Submitted": "no (a person wrote it)"},
    ],
)
def test_a_person_who_answers_is_a_person_whatever_their_list_adds(
    world: WorldForTests, headers: dict[str, str]
) -> None:
    asked = sent(world, an_email(a_party(world)))
    came = come_in(world, mail(To=reply_address(world, asked), **headers))
    assert came.entry.hints == set()
    assert todo_of(world, came) == ("Priya Raman answered: Your letter", "user-1", TodoStatus.OPEN)


# ---- once


def test_the_same_mail_enters_the_log_once(world: WorldForTests) -> None:
    asked = sent(world, an_email(a_party(world)))
    raw = mail(To=reply_address(world, asked), files=[("a.pdf", "application/pdf", b"%PDF")])
    first = come_in(world, raw)
    counted = rows("communications"), rows("history"), rows("directory"), rows("work")
    assert come_in(world, raw) == first
    assert (rows("communications"), rows("history"), rows("directory"), rows("work")) == counted


DEATHS = [
    ("content_store", "store"),
    ("documents", "save"),
    ("content_store", "put_original"),
    ("content_store", "put_content"),
    ("communications", "commit"),
    ("parties", "save"),
]


@pytest.mark.parametrize(("part", "method"), DEATHS, ids=[f"{part}.{method}" for part, method in DEATHS])
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_whoever_dies_on_the_way_leaves_it_to_be_taken_in_once(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, part: str, method: str, late: bool
) -> None:
    owner = getattr(world, part)
    works = getattr(owner, method)

    def dies(*args: object, **kwargs: object) -> None:
        monkeypatch.setattr(owner, method, works)
        if late:
            works(*args, **kwargs)
        raise Died

    raw = mail(From="amir@new.example", files=[("a.pdf", "application/pdf", b"%PDF")])
    monkeypatch.setattr(owner, method, dies)
    with pytest.raises(Died):
        take_in(world, raw)
    come_in(world, raw)
    assert rows("communications") == 1
    assert len(come_in(world, raw).entry.attachments) == 1
    parties = world.parties.found(Query.of("amir@new.example", "GB"), (), below=None, limit=9).items
    assert len(parties) == 1


def test_what_fails_stays_on_the_queue(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    event = sample("inbound/mail.json")
    key = json.loads(event["Records"][0]["body"])["Records"][0]["s3"]["object"]["key"]
    client("s3").put_object(Bucket="inbound", Key=key, Body=mail())
    a_party(world)
    fails_once(monkeypatch, world.communications, "commit", RuntimeError("throttled"))
    assert invoke("inbound", event) == {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]}
    assert invoke("inbound", event) == {"batchItemFailures": []}
    assert rows("communications") == 1


def test_the_first_word_of_s3_only_tries_whether_we_are_there(world: WorldForTests) -> None:
    event = sample("inbound/mail.json")
    event["Records"][0]["body"] = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "inbound"})
    assert invoke("inbound", event) == {"batchItemFailures": []}


def test_it_is_read_like_any_other_entry(world: WorldForTests) -> None:
    a_party(world)
    came = come_in(world, mail())
    opened = read(world, viewer(), came.id)
    assert [row.event for row in opened.history] == ["received"]
    assert opened.content.subject == "Your letter"
    index_communication(world, came.id)
    assert world.search.indexed(came.id) is not None


@pytest.mark.parametrize(
    ("raw", "sender"), [(b"j\xe9an@new.example", ""), ("j\u00e9an@new.example".encode(), "j\u00e9an@new.example")]
)
def test_addresses_of_raw_bytes_are_text_or_none(world: WorldForTests, raw: bytes, sender: str) -> None:
    a_party(world)
    made = come_in(world, b"Cc: " + raw + b"\r\n" + mail())
    assert [one.address for one in made.entry.recipients] == ["legal@firm.example", *([sender] if sender else [])]
