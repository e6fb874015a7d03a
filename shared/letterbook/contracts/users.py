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
    id: str
    name: str
    role: str
    rights: list[Permission]
