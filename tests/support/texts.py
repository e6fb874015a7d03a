"""Text messages that come in, for tests."""

import json
from typing import Any

from letterbook.domain.communication import Communication
from letterbook.use_cases.inbound.receive_text import receive_text
from tests.support.aws import WorldForTests
from tests.support.fakes.providers import TEXTS

PRIYA = "+447700900127"
STRANGER = "+447700900188"
OURS = "+447700900001"


def text(world: WorldForTests, said: str = "I can come.", sender: str = PRIYA, **changes: Any) -> str:
    """As the provider hands it over."""
    given = {"reference": "m-1", "sender": sender, "recipient": OURS, "text": said, "at": world.now().isoformat()}
    return json.dumps(given | changes)


def come_in(world: WorldForTests, said: str = "I can come.", sender: str = PRIYA, **changes: Any) -> Communication:
    world.fakes.with_texts()
    return receive_text(world, TEXTS, text(world, said, sender, **changes))
