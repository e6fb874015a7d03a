"""Mail that the firm's own people sent from their mail program, with a capture address in bcc."""

from collections.abc import Callable
from typing import Any

import pytest

from letterbook.adapters.inbound_mail.vendor_mail import as_received
from letterbook.adapters.inbound_mail.verdicts import OURS
from letterbook.domain.access import Grant
from letterbook.domain.communication import SYSTEM, Communication, Direction
from letterbook.domain.history import AuditEvent
from letterbook.domain.inbound_email import Verdicts
from letterbook.domain.party import NOBODY, PartyKind
from letterbook.domain.receipts import Signal
from letterbook.domain.references import PartyRef
from letterbook.domain.status import Status
from letterbook.domain.todos import TodoStatus, id_for
from tests.support.aws import WorldForTests, client, make_people
from tests.support.builders import mail
from tests.support.capture import JANE, PASSED, address_of, by_colleague, no_todo, own_address
from tests.support.failing import Died, fails_once
from tests.support.steps import a_case, a_party, an_email, come_in, deliver_queue, send, standing, take_in


@pytest.fixture
def people(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return make_people(monkeypatch)


# ---- what is sent with a capture address


def test_what_a_colleague_sends_is_logged_as_theirs(world: WorldForTests, people: dict[str, str]) -> None:
    priya = a_party(world)
    sent = by_colleague(Bcc=own_address(world, people["lead"]), Subject="The offer", Cc="court@court.example")
    logged = come_in(world, sent)
    entry = logged.entry
    assert (entry.direction, entry.status, entry.party.id) == (Direction.OUTBOUND, Status.LOGGED, priya.id)
    assert (entry.sender, entry.subject, entry.created_by.id) == ("lead@firm.example", "The offer", people["lead"])
    assert [one.address for one in entry.recipients] == ["priya@mailbox.example", "court@court.example"]
    assert no_todo(world, logged)
    assert come_in(world, sent) == logged


@pytest.mark.parametrize(
    "field", ["To", "Cc", "Bcc", "Delivered-To", "X-Original-To", "Envelope-To", "Received"], ids=str.lower
)
def test_wherever_the_capture_address_stands_it_is_found_and_not_shown(
    world: WorldForTests, people: dict[str, str], field: str
) -> None:
    """Outlook leaves nothing of a bcc, so that only the server says it; Gmail leaves its own copy a Bcc."""
    priya = a_party(world)
    address = own_address(world, people["lead"])
    written = (
        f"from mx by inbound.example for <{address}>; Mon, 16 Nov 2026 09:00:00 +0000"
        if field == "Received"
        else address
    )
    fields = {field.replace("-", "_"): f"priya@mailbox.example, {address}" if field == "To" else written}
    logged = come_in(world, by_colleague(**fields))
    assert (logged.entry.status, logged.entry.party.id) == (Status.LOGGED, priya.id)
    assert [one.address for one in logged.entry.recipients] == ["priya@mailbox.example"]


def test_a_case_address_files_it_in_the_case(world: WorldForTests, people: dict[str, str]) -> None:
    priya, bank = a_party(world), a_party(world, PartyKind.CREDITOR, name="Barclays", email="legal@bank.example")
    case = a_case(world, priya, creditors=(bank,))
    to_bank = come_in(world, by_colleague(To="legal@bank.example", Bcc=address_of(world, case)))
    assert (to_bank.entry.party.id, to_bank.entry.case and to_bank.entry.case.id) == (bank.id, case.id)
    assert to_bank.entry.client == PartyRef(id=priya.id, name=priya.name)
    to_court = come_in(world, by_colleague(To="court@court.example", Bcc=address_of(world, case)), "mail/2")
    assert (to_court.entry.party.id, to_court.entry.case and to_court.entry.case.id) == (priya.id, case.id)


def test_the_firms_own_sender_is_not_left_aside(world: WorldForTests, people: dict[str, str]) -> None:
    priya = a_party(world)
    logged = come_in(world, by_colleague(sender="legal@firm.example", Bcc=own_address(world, people["lead"])))
    assert (logged.entry.status, logged.entry.party.id) == (Status.LOGGED, priya.id)
    assert logged.entry.created_by.id == people["lead"]
    assert take_in(world, by_colleague(sender="legal@firm.example"), "mail/2") is None
    case = a_case(world, priya)
    filed = come_in(world, by_colleague(sender="legal@firm.example", Bcc=address_of(world, case)), "mail/3")
    assert (filed.entry.party.id, filed.entry.created_by) == (priya.id, SYSTEM)


def test_a_signature_of_the_domain_is_enough(world: WorldForTests, people: dict[str, str]) -> None:
    a_party(world)
    signed = "amazonses.com; spf=none; dkim=pass header.d=mail.firm.example; dmarc=none header.from=firm.example"
    logged = come_in(world, by_colleague(Bcc=own_address(world, people["lead"]), Authentication_Results=signed))
    assert logged.entry.status is Status.LOGGED


def test_whom_nobody_knows_becomes_a_party_where_its_author_sees_all(
    world: WorldForTests, people: dict[str, str]
) -> None:
    logged = come_in(world, by_colleague(To="new@court.example", Bcc=own_address(world, people["lead"])))
    assert logged.entry.party.name == "new@court.example"


def test_an_answer_from_a_mail_program_answers_what_came_in(world: WorldForTests, people: dict[str, str]) -> None:
    a_party(world)
    came = come_in(world, mail(Message_ID="<1@mailbox.example>"))
    todo = world.todos.get(id_for(came.id))
    assert todo is not None
    assert todo.status is TodoStatus.OPEN
    world.clock.pass_(minutes=5)
    own = own_address(world, people["lead"])
    answer = come_in(
        world, by_colleague(Bcc=own, In_Reply_To="<1@mailbox.example>", Message_ID="<2@firm.example>"), "mail/2"
    )
    assert answer.in_reply_to == came.id
    assert answer.entry.thread_id == standing(world, came).entry.thread_id is not None
    done = world.todos.get(id_for(came.id))
    assert done is not None
    assert (done.status, done.answered_by) == (TodoStatus.DONE, answer.id)
    world.clock.pass_(minutes=5)
    later = come_in(world, mail(In_Reply_To="<2@firm.example>"), "mail/3")
    assert (later.in_reply_to, later.entry.thread_id) == (answer.id, answer.entry.thread_id)


def test_what_went_out_by_us_is_not_logged_again(world: WorldForTests, people: dict[str, str]) -> None:
    ours = send(world, an_email(a_party(world), bcc=(own_address(world, people["lead"]),)))
    deliver_queue(world)
    copy = by_colleague(
        sender="legal@firm.example", Bcc=own_address(world, people["lead"]), Message_ID=f"<{ours.id}@firm.example>"
    )
    assert come_in(world, copy).id == ours.id


def test_a_copy_is_one_entry(world: WorldForTests, people: dict[str, str]) -> None:
    a_party(world)
    sent = by_colleague(Bcc=own_address(world, people["lead"]), Message_ID="<1@firm.example>")
    logged = come_in(world, sent)
    again = come_in(world, b"Received: from another.example\r\n" + sent, "mail/2")
    assert again.id == logged.id


# ---- who may


@pytest.mark.parametrize(
    "results",
    [
        None,
        "amazonses.com; spf=pass; dkim=pass header.d=evil.example; dmarc=none header.from=firm.example",
        "amazonses.com; spf=fail; dkim=none; dmarc=fail header.from=firm.example",
        "amazonses.com; dkim=pass; dmarc=none header.from=firm.example",
        "mx.evil.example; dkim=pass header.d=firm.example; dmarc=pass header.from=firm.example",
        "amazonses.com; dkim=pass header.d=firm.example.evil.example; dmarc=pass header.from=evil.example",
    ],
    ids=["nothing", "another signs", "disowned", "nobody's signature", "another server", "another domain"],
)
@pytest.mark.parametrize("sender", [JANE, "legal@firm.example"], ids=["user", "sender"])
def test_who_only_says_to_be_a_colleague_logs_nothing(
    world: WorldForTests, people: dict[str, str], results: str | None, sender: str
) -> None:
    priya = a_party(world)
    case = a_case(world, priya)
    raw = mail(From=sender, To="priya@mailbox.example", Bcc=address_of(world, case))
    came = come_in(world, raw if results is None else f"Authentication-Results: {results}\r\n".encode() + raw)
    assert (came.entry.direction, came.entry.status) == (Direction.INBOUND, Status.RECEIVED)
    assert (came.entry.party.id, came.entry.case) == (NOBODY, None)
    assert Signal.FORGED in came.entry.hints


def test_a_colleague_beside_another_in_from_is_not_believed(world: WorldForTests, people: dict[str, str]) -> None:
    came = come_in(
        world,
        by_colleague(sender=f"{JANE}, Eve <eve@evil.example>", Bcc=own_address(world, people["lead"])),
    )
    assert came.entry.direction is Direction.INBOUND


def test_a_stranger_who_has_the_address_writes_as_any_stranger(world: WorldForTests, people: dict[str, str]) -> None:
    priya, eve = a_party(world), a_party(world, name="Eve", email="eve@evil.example")
    case = a_case(world, priya)
    came = come_in(
        world,
        mail(
            From="eve@evil.example",
            To=f"priya@mailbox.example, {address_of(world, case)}",
            Authentication_Results=PASSED.format("evil.example"),
        ),
    )
    assert (came.entry.direction, came.entry.party.id, came.entry.case) == (Direction.INBOUND, eve.id, None)
    assert [one.address for one in came.entry.recipients] == ["priya@mailbox.example"]


def test_an_address_that_somebody_made_up_is_none(world: WorldForTests, people: dict[str, str]) -> None:
    a_party(world)
    local, _, domain = own_address(world, people["lead"]).partition("@")
    made_up = f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}"
    assert come_in(world, by_colleague(Bcc=made_up)).entry.direction is Direction.INBOUND


def _disable(people: dict[str, str], user: str) -> None:
    pool = client("cognito-idp").list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    client("cognito-idp").admin_disable_user(UserPoolId=pool, Username=user)


def test_who_may_no_longer_sign_in_logs_nothing(world: WorldForTests, people: dict[str, str]) -> None:
    _disable(people, "lead")
    came = come_in(world, by_colleague(Bcc=own_address(world, people["lead"])))
    assert came.entry.direction is Direction.INBOUND


def test_who_may_not_write_records_logs_nothing(world: WorldForTests, people: dict[str, str]) -> None:
    a_party(world)
    came = come_in(world, by_colleague(sender="auditor@firm.example", Bcc=own_address(world, people["auditor"])))
    assert (came.entry.direction, came.entry.party.id) == (Direction.INBOUND, NOBODY)


# ---- where they may


@pytest.fixture
def grant(world: WorldForTests, people: dict[str, str]) -> Callable[..., None]:
    def granted(**target: Any) -> None:
        event = AuditEvent(about=people["agent"], at=world.now(), actor=SYSTEM, event="granted")
        world.grants.save(Grant(user=people["agent"], **target), event)

    return granted


def by_agent(world: WorldForTests, people: dict[str, str], key: str = "mail/1", **headers: Any) -> Communication:
    usual = {"Bcc": own_address(world, people["agent"])}
    return come_in(world, by_colleague(sender="agent@firm.example", **{**usual, **headers}), key)


def test_an_agent_logs_where_they_may_write(
    world: WorldForTests, people: dict[str, str], grant: Callable[..., None]
) -> None:
    priya, other = a_party(world), a_party(world, name="Other", email="other@mailbox.example")
    bank = a_party(world, PartyKind.CREDITOR, name="Barclays", email="legal@bank.example")
    case = a_case(world, other, creditors=(bank,))
    grant(party_id=priya.id)
    grant(case_id=case.id)
    assert by_agent(world, people).entry.party.id == priya.id
    to_other = by_agent(world, people, "mail/2", To="other@mailbox.example")
    assert to_other.entry.party.id == NOBODY
    in_case = by_agent(world, people, "mail/3", To="legal@bank.example", Bcc=address_of(world, case))
    assert (in_case.entry.party.id, in_case.entry.case and in_case.entry.case.id) == (bank.id, case.id)
    off_case = by_agent(world, people, "mail/4", Bcc=address_of(world, case))
    assert (off_case.entry.party.id, off_case.entry.case and off_case.entry.case.id) == (other.id, case.id)


def test_a_case_that_its_author_does_not_see_is_as_if_none_were_named(
    world: WorldForTests, people: dict[str, str]
) -> None:
    priya = a_party(world)
    case = a_case(world, priya)
    logged = by_agent(world, people, Bcc=address_of(world, case))
    assert (logged.entry.status, logged.entry.party.id, logged.entry.case) == (Status.LOGGED, NOBODY, None)


def test_an_answer_to_what_its_author_does_not_see_answers_nothing(
    world: WorldForTests, people: dict[str, str]
) -> None:
    a_party(world)
    came = come_in(world, mail(Message_ID="<1@mailbox.example>"))
    logged = by_agent(world, people, "mail/2", In_Reply_To="<1@mailbox.example>")
    assert (logged.in_reply_to, logged.entry.party.id, logged.entry.thread_id) == (None, NOBODY, None)
    todo = world.todos.get(id_for(came.id))
    assert todo is not None
    assert todo.status is TodoStatus.OPEN


def test_what_follows_something_restricted_is_restricted(world: WorldForTests, people: dict[str, str]) -> None:
    priya = a_party(world)
    secret = send(world, an_email(priya, restricted=True))
    deliver_queue(world)
    message_id = f"<{secret.id}@firm.example>"
    seen = come_in(
        world,
        by_colleague(sender="admin@firm.example", Bcc=own_address(world, people["admin"]), In_Reply_To=message_id),
    )
    assert (seen.entry.restricted, seen.in_reply_to) == (True, secret.id)
    unseen = come_in(world, by_colleague(Bcc=own_address(world, people["lead"]), In_Reply_To=message_id), "mail/2")
    assert (unseen.entry.restricted, unseen.in_reply_to) == (True, None)


# ---- by whatever way it comes


@pytest.mark.parametrize(
    ("verdicts", "believed"),
    [
        (Verdicts(dkim="pass", dkim_domains=frozenset({"firm.example"})), True),
        (Verdicts(dkim="pass", dkim_domains=frozenset({"evil.example"})), False),
        (Verdicts(dkim="pass"), False),
        (Verdicts(spf="pass"), False),
        (Verdicts(), False),
    ],
)
def test_the_same_holds_for_mail_that_a_provider_posts(
    world: WorldForTests, people: dict[str, str], verdicts: Verdicts, *, believed: bool
) -> None:
    a_party(world)
    written = mail(
        From=JANE, To="priya@mailbox.example", Authentication_Results=f"{OURS}; dmarc=pass header.from=firm.example"
    )
    came = come_in(world, as_received(written, verdicts, [own_address(world, people["lead"])]))
    assert came.entry.direction is (Direction.OUTBOUND if believed else Direction.INBOUND)


def test_who_dies_half_way_logs_it_once(
    world: WorldForTests, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = by_colleague(To="new@court.example", Bcc=own_address(world, people["lead"]))
    fails_once(monkeypatch, world.communications, "commit", Died())
    with pytest.raises(Died):
        take_in(world, sent)
    logged = come_in(world, sent)
    assert logged.entry.party.name == "new@court.example"
    assert come_in(world, sent).id == logged.id
