"""A letter that is ready to be printed by a provider, and the workers that see to it."""

from dataclasses import replace
from typing import Any

from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication, DeliveryState, Recipient
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.retries import FIRST_SWEEP_DELAY
from letterbook.domain.status import Status
from letterbook.domain.templates import Rendered
from letterbook.domain.transitions import created
from letterbook.ports import Content
from letterbook.use_cases.delivery.look_up import look_up
from letterbook.use_cases.delivery.sweep import sweep
from tests.support import builders
from tests.support.aws import WorldForTests
from tests.support.steps import a_party, deliver_queue

LINES = "Priya Raman\n1 High Street\nLeeds LS1 1UR"


def a_queued_letter(world: WorldForTests, **changes: Any) -> Communication:
    """Its document is made; its order to be printed was lost, so that the sweep has to find it."""
    now = world.now()
    entry = builders.entry(
        id=new_id(Kind.COMMUNICATION, now),
        created_at=now,
        channel=Channel.POST,
        status=Status.QUEUED,
        party=builders.ref(a_party(world)),
        recipients=(Recipient(address=LINES),),
        **changes,
    )
    content = world.content_store.put_content(
        entry.id, Content(rendered=Rendered(subject="Reminder", text="Dear Ms Raman,"))
    )
    work = DeliveryState(check_at=now + FIRST_SWEEP_DELAY, since=now)
    made = replace(builders.communication(), entry=entry, content=content, work=work)
    change = created(made, at=now, actor=builders.JANE, event="accepted")
    world.communications.commit(change)
    return change.after


def time_passes(world: WorldForTests, minutes: int, every: int = 1) -> None:
    """The sweep comes, and workers take what it finds."""
    for _ in range(0, minutes, every):
        world.clock.pass_(minutes=every)
        sweep(world)
        deliver_queue(world, "post")
        for order in world.queued("lookup"):
            if one := order.get("communication_id"):
                look_up(world, one)


def hours(world: WorldForTests, number: int) -> None:
    """Longer than any worker's patience."""
    time_passes(world, 60 * number, every=60)
