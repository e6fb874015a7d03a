"""Users, and the one who asks."""

from letterbook.contracts.fields import (
    View,
)
from letterbook.domain.access import Permission


class UserView(View):
    id: str
    username: str
    name: str
    role: str


class MeView(View):
    """What is sent from a mail program with `capture_address` in bcc is logged; null where no domain takes mail in."""

    id: str
    name: str
    role: str
    rights: list[Permission]
    capture_address: str | None = None
