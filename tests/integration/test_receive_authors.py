"""Whose a mail becomes: nobody's letter is dropped, and nobody writes as somebody else."""

from typing import Any

import pytest

from letterbook.domain.message import MessageRequest
from letterbook.domain.party import NOBODY, PartyKind
from letterbook.domain.receipts import Signal
from letterbook.domain.todos import id_for
from tests.support.aws import INBOUND, WorldForTests, rows
from tests.support.builders import mail
from tests.support.steps import a_party, an_email, come_in, deliver_queue, send, standing, take_in

PASSED = "amazonses.com; spf=pass; dkim=pass header.i=@{0}; dmarc=pass header.from={0}"
FAILED = "amazonses.com; spf=fail; dkim=none; dmarc=fail header.from={0}"


def title_of(world: WorldForTests, communication_id: str) -> str | None:
    todo = world.todos.get(id_for(communication_id))
    return todo.title if todo else None


def asked(world: WorldForTests, message: MessageRequest) -> str:
    """The address that the message asks answers to be sent to."""
    communication = send(world, message)
    deliver_queue(world)
    taken = next(one for one in world.fakes.email.taken if one.communication_id == communication.id)
    return next(one for one in taken.reply_to if one.endswith(INBOUND))


def test_who_writes_another_address_into_their_name_is_themselves_and_marked(world: WorldForTests) -> None:
    priya = a_party(world)
    came = come_in(
        world,
        mail(From='"priya@mailbox.example" <eve@evil.example>', Authentication_Results=PASSED.format("evil.example")),
    )
    assert came.entry.sender == "eve@evil.example"
    assert came.entry.party.id != priya.id
    assert came.entry.party.name == "eve@evil.example"
    assert Signal.FORGED in came.entry.hints


def test_what_nobody_is_named_in_is_an_entry_that_a_person_files(world: WorldForTests) -> None:
    first = come_in(world, mail(From="nobody", Subject="My debts"))
    second = come_in(world, b"", "mail/2")
    assert (first.entry.party.id, second.entry.party.id) == (NOBODY, NOBODY)
    assert (first.entry.sender, first.entry.party.name) == ("", "Unknown sender")
    assert title_of(world, first.id) == "Unknown sender wrote: My debts"
    assert come_in(world, b"", "mail/2") == second


def test_a_list_that_wrote_our_address_into_from_is_believed_where_we_vouch_for_it(world: WorldForTests) -> None:
    priya = a_party(world)
    came = come_in(
        world,
        mail(
            From="'Priya Raman' via Legal <legal@firm.example>",
            X_Original_From="Priya Raman <priya@mailbox.example>",
            List_Id="<legal.firm.example>",
            Precedence="list",
            Authentication_Results=PASSED.format("firm.example"),
        ),
    )
    assert (came.entry.party.id, came.entry.sender) == (priya.id, "priya@mailbox.example")
    assert came.entry.hints == set()
    assert title_of(world, came.id) == "Priya Raman wrote: Your letter"


def test_what_only_says_so_is_nobodys_and_marked(world: WorldForTests) -> None:
    priya = a_party(world)
    came = come_in(
        world,
        mail(
            From="'Priya Raman' via Legal <legal@firm.example>",
            Reply_To="priya@mailbox.example",
            Authentication_Results=FAILED.format("firm.example"),
        ),
    )
    assert came.entry.party.id == NOBODY != priya.id
    assert Signal.FORGED in came.entry.hints
    assert came.reply_to == "priya@mailbox.example"
    assert title_of(world, came.id) is not None


def test_our_token_places_what_a_list_passed_on(world: WorldForTests) -> None:
    bank = a_party(world, PartyKind.CREDITOR, name="Barclays", email="legal@bank.example")
    to = asked(world, an_email(bank))
    came = come_in(world, mail(To=to, From="'Ann' via Legal <legal@firm.example>", Reply_To="ann@bank.example"))
    assert (came.entry.party.id, came.entry.sender) == (bank.id, "ann@bank.example")


def test_a_mail_server_is_nobodys_customer(world: WorldForTests) -> None:
    came = come_in(world, mail(From="Mail Delivery System <MAILER-DAEMON@mx.bank.example>", Return_Path="<>"))
    assert came.entry.party.id == NOBODY


# ---- where an answer goes


def test_an_answer_goes_where_the_sender_wants_it(world: WorldForTests) -> None:
    priya = a_party(world)
    came = come_in(world, mail(Reply_To="Priya <priya.raman@mailbox.example>"))
    assert came.reply_to == "priya.raman@mailbox.example"
    assert came.entry.hints == set()
    answer = send(world, an_email(priya, in_reply_to=came.id))
    assert [one.address for one in answer.entry.recipients] == ["priya.raman@mailbox.example"]


def test_an_answer_to_another_organisation_is_warned_of(world: WorldForTests) -> None:
    a_party(world)
    came = come_in(world, mail(Reply_To="payments@elsewhere.example"))
    assert came.entry.hints == {Signal.REPLY_ELSEWHERE}


def test_an_answer_to_forged_mail_goes_to_the_party(world: WorldForTests) -> None:
    priya = a_party(world)
    came = come_in(world, mail(Reply_To="eve@evil.example", Authentication_Results=FAILED.format("mailbox.example")))
    answer = send(world, an_email(priya, in_reply_to=came.id))
    assert [one.address for one in answer.entry.recipients] == ["priya@mailbox.example"]


def test_a_reply_to_that_is_the_sender_says_nothing_more(world: WorldForTests) -> None:
    a_party(world)
    assert come_in(world, mail(Reply_To="PRIYA@mailbox.example")).reply_to is None


# ---- once


def copy_of(raw: bytes, *fields: str) -> bytes:
    """The same mail as it came another way."""
    return b"".join(f"{one}\r\n".encode() for one in fields) + raw


def test_one_mail_that_comes_by_two_addresses_is_one_entry_of_both(world: WorldForTests) -> None:
    a_party(world)
    raw = mail(files=[("a.pdf", "application/pdf", b"%PDF")])
    first = come_in(world, copy_of(raw, "Delivered-To: one@in.firm.example"))
    world.clock.pass_(minutes=5)
    second = come_in(world, copy_of(raw, "Delivered-To: two@in.firm.example", "Received: from a.example"), "mail/2")
    assert second.id == first.id
    assert [one.address for one in second.entry.recipients] == [
        "legal@firm.example",
        "one@in.firm.example",
        "two@in.firm.example",
    ]
    assert rows("communications") == 1
    assert come_in(world, copy_of(raw, "Delivered-To: two@in.firm.example"), "mail/3") == standing(world, second)


def test_a_copy_is_known_after_the_day_of_its_key_too(world: WorldForTests) -> None:
    a_party(world)
    raw = mail()
    first = come_in(world, raw)
    world.clock.pass_(days=2)
    assert come_in(world, copy_of(raw, "X-Forwarded: yes"), "mail/2").id == first.id


def test_two_copies_at_the_same_moment_are_one_entry(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both look for the other before either has entered the log."""
    a_party(world)
    raw = mail()
    commit = world.communications.commit

    def after_the_other(*args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(world.communications, "commit", commit)
        world.clock.pass_(seconds=1)
        come_in(world, copy_of(raw, "Delivered-To: two@in.firm.example"), "mail/2")
        commit(*args, **kwargs)

    monkeypatch.setattr(world.communications, "commit", after_the_other)
    came = come_in(world, copy_of(raw, "Delivered-To: one@in.firm.example"))
    assert rows("communications") == 1
    assert {one.address for one in standing(world, came).entry.recipients} == {
        "legal@firm.example",
        "one@in.firm.example",
        "two@in.firm.example",
    }


def test_who_writes_a_message_id_that_they_have_seen_drops_nobodys_mail(world: WorldForTests) -> None:
    a_party(world)
    first = come_in(world, mail("I owe nothing.", Message_ID="<1@mailbox.example>"))
    second = come_in(world, mail("I owe it all.", Message_ID="<1@mailbox.example>"), "mail/2")
    assert first.id != second.id


def test_sixty_recipients_are_sixty_and_a_limit_says_so(world: WorldForTests) -> None:
    a_party(world)
    everybody = [f"n{number}@firm.example" for number in range(60)]
    came = come_in(world, mail(To=", ".join(everybody)))
    assert [one.address for one in came.entry.recipients] == everybody
    more = ", ".join(f"n{number}@firm.example" for number in range(400))
    cut = come_in(world, mail(To=more), "mail/2")
    assert 250 <= len(cut.entry.recipients) < 400
    assert Signal.TRUNCATED in cut.entry.hints
    assert "recipients" in cut.metadata["left_unread"]


def test_what_ses_puts_there_to_try_a_rule_is_nothing(world: WorldForTests) -> None:
    assert take_in(world, mail(), "mail/AMAZON_SES_SETUP_NOTIFICATION") is None
    assert rows("communications") == 0
