"""What is to become of a message, and why: kept on the entry, shown as "Why?", and the answer of preview."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Action(StrEnum):
    SEND = "send"
    SCHEDULE = "schedule"
    SKIP = "skip"
    FALLBACK = "fallback"
    MANUAL = "manual"
    REFUSE = "refuse"


PASSED = "pass"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """One rule that was asked: its name, `pass` or the action it wants, and why."""

    rule: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`rule` is the one that decided, `default` where none objected. `settings_version` are the settings it was made under."""

    action: Action = Action.SEND
    rule: str = "default"
    reason: str = "Nothing stands against it."
    scheduled_for: datetime | None = None
    settings_version: int = 0
