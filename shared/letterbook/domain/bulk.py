"""What becomes of many that are asked for at once."""

from dataclasses import dataclass
from enum import StrEnum


class BulkAction(StrEnum):
    """What is done to each. Only the system itself orders to fall back."""

    RESEND = "resend"
    SEND = "send"
    FALL_BACK = "fall_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRefusal:
    id: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkResult:
    """The ids that are on their way, and those that are refused."""

    accepted: tuple[str, ...]
    refused: tuple[BulkRefusal, ...]
