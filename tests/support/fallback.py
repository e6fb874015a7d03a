"""Messages that may go by another channel, and firms and people who want them to."""

from dataclasses import replace
from typing import Any

from letterbook.domain.channels import Channel
from letterbook.domain.message import MessageRequest
from letterbook.domain.party import Party, Preferences
from letterbook.domain.templates import TemplateUse
from tests.support.aws import WorldForTests
from tests.support.builders import deed, organisation
from tests.support.steps import a_template


def by_template(world: WorldForTests, party: Party, **changes: Any) -> MessageRequest:
    """A message that may go as an email, as an SMS or as a letter."""
    a_template(world, key="review", channels=("email", "sms"), subject="Your review", body="It is due.", variables=())
    return replace(
        MessageRequest(channel=Channel.EMAIL, party_id=party.id, template=TemplateUse(key="review", variables={})),
        **changes,
    )


def wants(world: WorldForTests, party: Party, **changes: Any) -> None:
    world.parties.save_preferences(party.id, Preferences(version=1, **changes), deed(party.id))


def firm(world: WorldForTests, **changes: Any) -> None:
    world.settings.save(organisation(version=2, **changes))
