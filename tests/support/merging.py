"""Two records of one party, and how they become one."""

from typing import Any

from letterbook.domain.access import Ownership, Viewer
from letterbook.domain.filters import Filters
from letterbook.domain.party import Party, PartyKind
from letterbook.domain.todos import Todo
from letterbook.use_cases.delivery.sweep import sweep
from letterbook.use_cases.directory.merge_parties import merge_parties
from letterbook.use_cases.directory.todos import make_todo
from letterbook.use_cases.reading.list_communications import list_communications
from tests.support import builders
from tests.support.aws import WorldForTests
from tests.support.builders import viewer
from tests.support.steps import (
    a_party,
    carry_out_orders,
)

WHY = "The same person, entered twice"


def two(world: WorldForTests, kind: PartyKind = PartyKind.CLIENT) -> tuple[Party, Party]:
    """The record that goes, and the one that remains."""
    gone = a_party(world, kind, name="P. Raman", email="p.raman@work.example", mobile=None, account_number="A-77")
    world.clock.pass_(seconds=1)
    return gone, a_party(world, kind, name="Priya Raman", account_number=None)


def merged(world: WorldForTests, gone: Party, into: Party, by: Viewer | None = None, **changes: Any) -> Party:
    return merge_parties(world, by or viewer(), gone.id, into.id, WHY, **changes).party


def listed(world: WorldForTests, party: Party, by: Viewer | None = None) -> set[str]:
    page = list_communications(world, by or viewer(), Filters(concerning=party.id), limit=100)
    return {one.id for one in page.items}


def a_todo(world: WorldForTests, party: Party) -> Todo:
    owned = Ownership(party_id=party.id, client_id=None, case_id=None, restricted=False)
    draft = Todo(id="", title="Call back", owned=owned, created_at=world.now(), created_by=builders.JANE)
    return make_todo(world, viewer(), draft, None)[0]


def later(world: WorldForTests) -> None:
    """Nobody is left who had read the record as it was; the sweep has the rest done."""
    world.clock.pass_(minutes=17)
    sweep(world)
    carry_out_orders(world)
