"""What entries and what belongs to them refer to: a party, a contact, a thing of another system."""

from letterbook.contracts.fields import View
from letterbook.domain.party import PartyKind
from letterbook.domain.references import Regarding


class PartyRefView(View):
    id: str
    kind: PartyKind | None
    name: str


class NamedView(View):
    id: str
    name: str


class RegardingView(View):
    type: str
    id: str
    label: str
    url: str | None

    @classmethod
    def of(cls, regarding: Regarding) -> "RegardingView":
        words = f"{regarding.type.replace('_', ' ').capitalize()} {regarding.id}"
        return cls(type=regarding.type, id=regarding.id, label=regarding.label or words, url=regarding.url)
