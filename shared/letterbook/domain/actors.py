"""Who does things."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did something: a user, or one of ours (`system`), or a provider by its name (`provider`)."""

    id: str
    name: str
    role: str


SYSTEM = Actor(id="letterbook", name="Letterbook", role="system")
