"""Many who do the same at the same moment: one makes it, or each is heard; nobody meets a defect."""

from dataclasses import replace

import pytest

from letterbook.domain.errors import Conflict
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.use_cases.admin.settings import update_settings
from letterbook.use_cases.admin.templates import put_template
from letterbook.use_cases.directory.cases import amend_case
from letterbook.use_cases.directory.parties import amend_party
from letterbook.use_cases.directory.threads import amend_thread
from letterbook.use_cases.messages.amend import amend
from letterbook.use_cases.messages.resend import resend
from tests.support import builders
from tests.support.at_once import at_once
from tests.support.aws import WorldForTests
from tests.support.steps import a_case, a_party, a_thread, an_email, deliver_queue, send, standing, tell

MANY = 12


@pytest.mark.parametrize("again", [False, True])
def test_twelve_who_resend_at_once_make_one(world: WorldForTests, again: bool) -> None:
    failed = send(world, an_email(a_party(world)))
    deliver_queue(world)
    tell(world, standing(world, failed), RecipientUpdate(fact=DeliveryOutcome.HARD_BOUNCE))
    world.clock.pass_(minutes=5)
    done = at_once(MANY, lambda _: resend(world, builders.viewer(), failed.id, (), again=again))
    refused = [one for one in done if isinstance(one, Exception)]
    assert len(refused) == MANY - 1
    assert {getattr(one, "code", repr(one)) for one in refused} <= {"already_sent_again", "not_resendable"}
    assert all(isinstance(one, Conflict) for one in refused)
    assert len(world.queued("email")) == 1


def test_each_who_amends_without_a_version_is_heard(world: WorldForTests) -> None:
    """Nobody's amendment is lost, and nobody is turned away."""
    party = a_party(world)
    case, thread = a_case(world, party), a_thread(world, party)
    draft = send(world, an_email(party, send_now=False))
    me = builders.viewer()

    def party_amended(which: int) -> object:
        return amend_party(world, me, party.id, None, lambda before: replace(before, name=f"{before.name}.{which}"))

    assert not [one for one in at_once(MANY, party_amended) if isinstance(one, Exception)]
    found = world.parties.get(party.id)
    assert found
    assert sorted(found.name.split(".")[1:], key=int) == [str(one) for one in range(MANY)]
    for amended in (
        lambda which: amend_case(world, me, case.id, None, lambda before: replace(before, title=f"{which}")),
        lambda which: amend_thread(world, me, thread.id, None, subject=f"{which}", status=None),
        lambda which: amend(world, me, draft.id, None, lambda before: replace(before, subject=f"{which}")),
        lambda _: put_template(world, me, builders.template()),
        lambda which: update_settings(world, me, None, lambda before: replace(before, name=f"{which}")),
    ):
        answers = at_once(MANY, amended)
        assert not [one for one in answers if isinstance(one, Exception)]
