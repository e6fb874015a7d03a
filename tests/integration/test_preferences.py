"""Whose wishes a message respects: of everybody who has an address that it goes to."""

from typing import Any

import pytest

from letterbook.domain.bulk import BulkAction
from letterbook.domain.communication import Communication
from letterbook.domain.errors import Conflict
from letterbook.domain.message import MessageRequest
from letterbook.domain.party import Hold, HoldKind, OptOut, Party, Preferences
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.status import Status
from letterbook.use_cases.directory.parties import set_preferences
from letterbook.use_cases.messages.bulk import order_bulk
from letterbook.use_cases.messages.compose import send_draft
from letterbook.use_cases.messages.preview import preview
from letterbook.use_cases.messages.resend import resend
from tests.support.aws import WorldForTests, client, rows
from tests.support.builders import agent, party as a_draft, viewer
from tests.support.steps import a_party, an_email, an_sms, carry_out_orders, deliver_queue, send, standing, tell

HOME = "home@mailbox.example"


def forget_holders(world: WorldForTests) -> None:
    """As the record was before it was written down who has an address."""
    table = client("dynamodb")
    for item in table.scan(TableName="directory")["Items"]:
        if item["kind"]["S"] == "holders":
            table.delete_item(TableName="directory", Key={name: item[name] for name in ("id", "kind")})


def _sent(world: WorldForTests, message: MessageRequest) -> Communication:
    made = send(world, message)
    deliver_queue(world)
    world.clock.pass_(minutes=1)
    return standing(world, made)


OPTED_OUT = {"opt_outs": (OptOut(channel="email", at=a_draft().created_at),)}
HELD = {"hold": Hold(kind=HoldKind.VULNERABLE, reason="Zwingli is ill")}


def with_wishes(world: WorldForTests, **wishes: Any) -> Party:
    """Somebody who has the address and wants no messages."""
    made = a_party(world, name="Zwingli", email=HOME, mobile="+447700900555")
    set_preferences(world, viewer(), made.id, None, lambda _: Preferences(**wishes))
    return made


@pytest.mark.parametrize("role", ["to", "cc", "bcc"])
def test_a_hold_is_asked_of_everybody_who_has_an_address_it_goes_to(world: WorldForTests, role: str) -> None:
    with_wishes(world, **HELD)
    message = an_email(a_party(world), **{"to": ("x@free.example",), role: ("Home@mailbox.example",)})
    with pytest.raises(Conflict) as told:
        send(world, message)
    assert told.value.code == "contact_hold"
    assert rows("communications") == 0
    assert preview(world, viewer(), message).ruling.decision.rule == "contact_hold"


def test_opting_out_is_asked_of_everybody_who_has_an_address_it_goes_to(world: WorldForTests) -> None:
    with_wishes(world, **OPTED_OUT)
    made = send(world, an_email(a_party(world), cc=(HOME,)))
    assert (made.entry.status, made.entry.decision.rule) == (Status.SKIPPED, "opt_out")
    assert send(world, an_email(a_party(world), to=("home+x@mailbox.example",))).entry.status is Status.QUEUED


def test_of_whom_one_may_not_see_no_reason_tells(world: WorldForTests) -> None:
    with_wishes(world, **HELD, **OPTED_OUT)
    own = a_party(world)
    ruling = preview(world, agent(own), an_email(own, to=(HOME,))).ruling
    told = " ".join(one.reason for one in ruling.trace)
    assert f"Somebody who has the address {HOME} must not be contacted." in told
    for secret in ("Zwingli", "ill", "vulnerable"):
        assert secret not in told


def test_a_hold_of_another_is_overridden_by_right_as_any_is(world: WorldForTests) -> None:
    with_wishes(world, **HELD)
    message = an_email(a_party(world), to=(HOME,), override_hold="A court order")
    assert send(world, message).entry.status is Status.QUEUED


def test_a_number_is_an_address_too(world: WorldForTests) -> None:
    with_wishes(world, **HELD)
    with pytest.raises(Conflict):
        send(world, an_sms(a_party(world), to=("+447700900555",)))


@pytest.mark.parametrize("wishes", [HELD, OPTED_OUT], ids=["hold", "opt-out"])
def test_it_is_asked_again_before_it_goes(world: WorldForTests, wishes: dict[str, Any]) -> None:
    made = send(world, an_email(a_party(world), to=("x@free.example",), cc=(HOME,)))
    with_wishes(world, **wishes)
    deliver_queue(world)
    assert standing(world, made).entry.status is Status.SKIPPED
    assert world.fakes.email.taken == []


def test_it_is_asked_when_a_draft_is_sent_and_when_it_is_said_again(world: WorldForTests) -> None:
    party = a_party(world)
    draft = send(world, an_email(party, to=(HOME,), send_now=False))
    again = _sent(world, an_email(party, to=(HOME,)))
    with_wishes(world, **HELD)
    with pytest.raises(Conflict):
        send_draft(world, viewer(), draft.id)
    world.clock.pass_(minutes=1)
    with pytest.raises(Conflict):
        resend(world, viewer(), _delivered(world, again).id, ())


def _delivered(world: WorldForTests, communication: Communication) -> Communication:
    tell(world, communication, RecipientUpdate(recipient=HOME, fact=DeliveryOutcome.DELIVERED))
    return standing(world, communication)


def test_it_is_asked_of_each_that_many_order_at_once(world: WorldForTests) -> None:
    draft = send(world, an_email(a_party(world), to=(HOME,), send_now=False))
    with_wishes(world, **HELD)
    order_bulk(world, viewer(), BulkAction.SEND, [draft.id], None)
    carry_out_orders(world)
    assert standing(world, draft).entry.status is Status.DRAFT


def test_it_is_asked_of_parties_from_before_it_was_written_down(world: WorldForTests) -> None:
    with_wishes(world, **HELD)
    forget_holders(world)
    with pytest.raises(Conflict):
        send(world, an_email(a_party(world), to=(HOME,)))


def test_who_alone_has_the_address_costs_no_further_request(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = a_party(world)
    asked: list[Any] = []
    monkeypatch.setattr(world.parties, "preferences_of", asked.append)
    send(world, an_email(party))
    deliver_queue(world)
    assert (len(world.fakes.email.taken), asked) == (1, [])
