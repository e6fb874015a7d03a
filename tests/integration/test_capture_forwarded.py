"""Mail that the firm's own people forward, as an attachment, to a capture address."""

from base64 import encodebytes
from datetime import UTC, datetime
from typing import Any

import pytest

from letterbook.domain.communication import Direction
from letterbook.domain.party import NOBODY
from letterbook.domain.status import Status
from tests.support.aws import WorldForTests, make_people
from tests.support.builders import mail
from tests.support.capture import PASSED, address_of, forwarded, no_todo, own_address
from tests.support.failing import Died
from tests.support.steps import a_case, a_party, come_in, standing, take_in


@pytest.fixture
def people(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return make_people(monkeypatch)


def inner(**headers: Any) -> bytes:
    usual = {"Date": "Mon, 02 Nov 2026 10:00:00 +0100", "To": "lead@firm.example", "Message_ID": "<in@mailbox.example>"}
    return mail("I accept.", **{**usual, "Subject": "Your offer", **headers})


def test_what_is_forwarded_as_an_attachment_is_logged_as_received(world: WorldForTests, people: dict[str, str]) -> None:
    priya = a_party(world)
    outer = forwarded(world, own_address(world, people["lead"]), inner())
    logged = come_in(world, outer)
    entry = logged.entry
    assert (entry.direction, entry.status, entry.party.id) == (Direction.INBOUND, Status.RECEIVED, priya.id)
    assert (entry.sender, entry.subject, entry.preview) == ("priya@mailbox.example", "Your offer", "I accept.")
    assert entry.occurred_at == datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert entry.created_by.id == people["lead"]
    assert [one.address for one in entry.recipients] == ["lead@firm.example"]
    assert logged.metadata["forwarded_with"] == "For the file."
    row = world.communications.history(logged.id)[0]
    assert row.note == "forwarded by Lead"
    assert no_todo(world, logged)
    assert come_in(world, outer).id == come_in(world, outer, "mail/2").id == logged.id


def as_part(fields: str, raw: bytes) -> bytes:
    """A mail to the capture address `{to}`, with one part that has these fields."""
    head = (
        "Authentication-Results: amazonses.com; dmarc=pass header.from=firm.example\r\n"
        "From: Jane Marsh <lead@firm.example>\r\nTo: {to}\r\nSubject: Fwd\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    )
    return f"{head}--b\r\n{fields}\r\n\r\n".encode() + raw + b"\r\n--b--\r\n"


@pytest.mark.parametrize(
    ("fields", "encoded"),
    [
        (
            'Content-Type: message/rfc822\r\nContent-Disposition: attachment;\r\n\tcreation-date="Mon, 02 Nov 2026 09:00:00 GMT"',
            False,
        ),
        (
            'Content-Type: message/rfc822; name="Your offer.eml"\r\nContent-Disposition: attachment; filename="Your offer.eml"',
            False,
        ),
        (
            'Content-Disposition: attachment;\r\n\tfilename="Your offer.eml"\r\nContent-Type: message/rfc822; x-unix-mode=0666',
            False,
        ),
        ("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64", True),
        ('Content-Type: application/octet-stream; name="Your offer.eml"\r\nContent-Transfer-Encoding: base64', True),
    ],
    ids=["outlook", "gmail", "apple mail", "base64", "bytes"],
)
def test_each_mail_program_forwards_in_its_own_way(
    world: WorldForTests, people: dict[str, str], fields: str, *, encoded: bool
) -> None:
    priya = a_party(world)
    to = own_address(world, people["lead"]).encode()
    within = encodebytes(inner()) if encoded else inner()
    logged = come_in(world, as_part(fields, within).replace(b"{to}", to))
    assert (logged.entry.direction, logged.entry.party.id) == (Direction.INBOUND, priya.id)
    assert (logged.entry.subject, logged.entry.preview) == ("Your offer", "I accept.")


def test_a_colleague_forwards_into_a_case(world: WorldForTests, people: dict[str, str]) -> None:
    priya = a_party(world)
    case = a_case(world, priya)
    from_court = inner(From="clerk@court.example")
    logged = come_in(world, forwarded(world, address_of(world, case), from_court))
    assert (logged.entry.party.id, logged.entry.sender) == (priya.id, "clerk@court.example")
    assert logged.entry.case is not None
    assert logged.entry.case.id == case.id


def test_what_an_agent_forwards_of_whom_they_do_not_see_waits_for_somebody(
    world: WorldForTests, people: dict[str, str]
) -> None:
    a_party(world)
    outer = forwarded(world, own_address(world, people["agent"]), inner(), sender="agent@firm.example")
    assert come_in(world, outer).entry.party.id == NOBODY


def test_who_dies_between_two_that_were_forwarded_logs_each_once(
    world: WorldForTests, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    a_party(world)
    other = inner(Message_ID="<2@mailbox.example>", Subject="Again")
    outer = forwarded(world, own_address(world, people["lead"]), inner(), other)
    works = world.content_store.put_original
    taken: list[str] = []

    def dies_at_the_second(communication_id: str, raw: bytes) -> Any:
        taken.append(communication_id)
        if len(taken) == 2:
            raise Died
        return works(communication_id, raw)

    monkeypatch.setattr(world.content_store, "put_original", dies_at_the_second)
    with pytest.raises(Died):
        take_in(world, outer)
    first = come_in(world, outer)
    assert first.id == taken[0]
    assert len(taken) == 3
    assert standing(world, taken[2]).entry.subject == "Again"


def test_several_that_are_forwarded_together_are_several(world: WorldForTests, people: dict[str, str]) -> None:
    a_party(world)
    other = inner(Message_ID="<2@mailbox.example>", Subject="Again")
    outer = forwarded(world, own_address(world, people["lead"]), inner(), other)
    come_in(world, outer)
    found = [
        world.communications.find_by_provider_reference("mail", one)
        for one in ("in@mailbox.example", "2@mailbox.example")
    ]
    assert all(found)
    assert found[0] != found[1]


def test_what_came_in_before_is_not_logged_again(world: WorldForTests, people: dict[str, str]) -> None:
    a_party(world)
    came = come_in(world, inner())
    rewritten = inner().replace(b"I accept.", b"I accept. \r\n-- \r\nSeen by a gateway")
    assert come_in(world, forwarded(world, own_address(world, people["lead"]), rewritten), "mail/2").id == came.id


@pytest.mark.parametrize("date", ["Mon, 02 Nov 2099 10:00:00 +0100", "Mon, 02 Nov 1970 10:00:00 +0000", "soon", ""])
def test_what_has_not_happened_stands_where_it_was_forwarded(
    world: WorldForTests, people: dict[str, str], date: str
) -> None:
    a_party(world)
    logged = come_in(world, forwarded(world, own_address(world, people["lead"]), inner(Date=date)))
    assert abs((logged.entry.occurred_at - world.now()).total_seconds()) < 2


def test_what_stands_within_a_forwarded_mail_vouches_for_nothing(world: WorldForTests, people: dict[str, str]) -> None:
    priya = a_party(world)
    told = inner(Authentication_Results=PASSED.format("mailbox.example"), X_SES_Spam_Verdict="FAIL")
    logged = come_in(world, forwarded(world, own_address(world, people["lead"]), told))
    assert (logged.entry.party.id, logged.entry.hints) == (priya.id, frozenset())


def test_a_mail_of_their_own_that_is_forwarded_is_theirs(world: WorldForTests, people: dict[str, str]) -> None:
    priya = a_party(world)
    own = inner(From="lead@firm.example", To="priya@mailbox.example")
    logged = come_in(world, forwarded(world, own_address(world, people["lead"]), own))
    assert (logged.entry.direction, logged.entry.party.id) == (Direction.OUTBOUND, priya.id)


def test_a_mail_beside_a_letter_to_somebody_is_an_attachment_of_it(
    world: WorldForTests, people: dict[str, str]
) -> None:
    priya = a_party(world)
    outer = forwarded(world, "priya@mailbox.example", inner(), Bcc=own_address(world, people["lead"]))
    logged = come_in(world, outer)
    assert (logged.entry.direction, logged.entry.party.id) == (Direction.OUTBOUND, priya.id)
    assert [one.name for one in logged.entry.attachments] == ["Your offer.eml"]


def test_what_a_stranger_forwards_is_their_own_mail(world: WorldForTests, people: dict[str, str]) -> None:
    priya = a_party(world)
    case = a_case(world, priya)
    outer = forwarded(
        world,
        address_of(world, case),
        inner(),
        sender="eve@evil.example",
        Authentication_Results=PASSED.format("evil.example"),
    )
    came = come_in(world, outer)
    assert (came.entry.sender, came.entry.case) == ("eve@evil.example", None)
    assert came.entry.party.id != priya.id
    assert world.communications.find_by_provider_reference("mail", "in@mailbox.example") is None
