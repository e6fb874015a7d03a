"""The overview keeps a row for each owner: what others write about the same number moves nothing of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from letterbook.adapters.dynamodb.overview import row_item
from letterbook.domain.access import VisibleScope
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication, Entry
from letterbook.domain.filters import Filters
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.message import MessageRequest, RecordRequest
from letterbook.domain.overview import OverviewRow, Place, any_place_of, place_of
from letterbook.domain.party import Case, Party, PartyKind
from letterbook.domain.references import CaseRef, PartyRef, Regarding
from letterbook.domain.transitions import updated
from letterbook.use_cases.indexing.index import index_communication
from letterbook.use_cases.messages.amend import amend
from letterbook.use_cases.messages.cancel import cancel
from letterbook.use_cases.messages.compose import send_draft
from letterbook.use_cases.messages.delete import delete
from letterbook.use_cases.messages.log_communication import log_communication
from letterbook.use_cases.reading.overview import overview
from letterbook.use_cases.support.update import update_communication
from tests.support.aws import WorldForTests
from tests.support.builders import later, viewer
from tests.support.failing import fails_once
from tests.support.steps import a_case, a_party, an_email, send, standing

INVOICE = Regarding(type="invoice", id="7")


def a_note(world: WorldForTests, party: Party, regarding: Regarding | None = INVOICE, **changes: Any) -> Communication:
    world.clock.pass_(seconds=1)
    record = RecordRequest(channel=Channel.NOTE, party_id=party.id, body="x", regarding=regarding)
    return log_communication(world, viewer(), replace(record, **changes))[0]


def row(world: WorldForTests, owner: Party, key: str = INVOICE.key) -> tuple[int, str] | None:
    """How many, and the latest."""
    thing = world.overview.get(Place(owner.id, key))
    return (thing.attempts, thing.latest_id) if thing and thing.owner else None


def listed(world: WorldForTests, who: Any = None, **filters: Any) -> list[tuple[str, int, str]]:
    page = overview(world, who or viewer(), Filters(**filters), limit=50, after=None)
    return [(one.party.id, one.attempts, one.latest.id) for one in page.items]


def test_a_note_about_anothers_number_makes_a_row_of_its_own(world: WorldForTests) -> None:
    john, ann = a_party(world), a_party(world)
    own = a_note(world, john)
    foreign = a_note(world, ann)
    assert listed(world) == [(ann.id, 1, foreign.id), (john.id, 1, own.id)]
    assert listed(world, parties=(john.id,)) == [(john.id, 1, own.id)]
    again = a_note(world, john)
    assert row(world, john) == (2, again.id)
    delete(world, viewer(), again.id)
    assert row(world, john) == (1, own.id)
    assert row(world, ann) == (1, foreign.id)


def test_a_search_asks_nothing_about_what_would_become_of_what_waits(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = send(world, an_email(a_party(world), subject="Meter", regarding=INVOICE, send_at=later(days=1)))
    index_communication(world, waits.id)
    fails_once(monkeypatch, world.parties, "preferences_of", AssertionError("asked for what no row shows"))
    assert [one[1:] for one in listed(world, words="meter")] == [(1, waits.id)]


def test_what_is_written_to_creditors_stands_in_the_row_of_their_client(world: WorldForTests) -> None:
    john, ann, bank = a_party(world), a_party(world), a_party(world, PartyKind.CREDITOR)
    for_john, for_ann = a_case(world, john, creditors=(bank,)), a_case(world, ann, creditors=(bank,))
    first = a_note(world, bank, case_id=for_john.id)
    second = a_note(world, bank, case_id=for_ann.id)
    assert row(world, john) == (1, first.id)
    assert row(world, ann) == (1, second.id)
    assert row(world, bank) is None
    amend(world, viewer(), second.id, None, lambda asked: replace(asked, case_id=for_john.id))
    assert row(world, john) == (2, second.id)
    assert row(world, ann) == (0, second.id)
    assert [one[1:] for one in listed(world)] == [(2, second.id)]


def test_an_entry_that_moves_to_another_party_moves_its_row(world: WorldForTests) -> None:
    """As filing it anew does: the same entry, with whom it was really."""
    john, ann = a_party(world), a_party(world)
    first, second = a_note(world, john), a_note(world, john)
    _refile(world, second, ann)
    assert row(world, john) == (1, first.id)
    assert row(world, ann) == (1, second.id)


def test_an_entry_that_moves_within_one_client_tells_with_whom_it_is_now(world: WorldForTests) -> None:
    john = a_party(world)
    one, other = a_party(world, PartyKind.CREDITOR), a_party(world, PartyKind.CREDITOR)
    made = a_note(world, one, case_id=a_case(world, john, creditors=(one, other)).id)
    _refile(world, made, other, client=made.entry.client, case=made.entry.case)
    assert row(world, john) == (1, made.id)
    assert listed(world, parties=(other.id,)) == [(other.id, 1, made.id)]
    assert listed(world, parties=(one.id,)) == []


def _refile(
    world: WorldForTests,
    made: Communication,
    party: Party,
    client: PartyRef | None = None,
    case: CaseRef | None = None,
) -> None:
    own = PartyRef(id=party.id, name=party.name)
    with_whom: dict[str, Any] = {"party": replace(own, kind=party.kind), "client": client or own, "case": case}
    update_communication(
        world,
        made.id,
        lambda now: updated(
            now, replace(now, entry=replace(now.entry, **with_whom)), at=world.now(), event="filed elsewhere"
        ),
    )


def test_who_sees_one_client_pages_through_no_row_of_another(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much others write about the same number."""
    monkeypatch.setattr("letterbook.use_cases.reading.overview.COUNTED", 2)
    john, ann = a_party(world), a_party(world)
    own = a_note(world, john)
    for _ in range(5):
        a_note(world, ann)
    agent = viewer("agent", sight=VisibleScope(parties=frozenset({john.id})))
    assert listed(world, agent) == [(john.id, 1, own.id)]


# ---- rows that all owners had together


@pytest.fixture
def shared(world: WorldForTests) -> tuple[Party, Party, Communication, Communication]:
    """A row as it was kept when owners had one together: two entries of John's, then one of Ann's, then John's again."""
    john, ann = a_party(world), a_party(world)
    a_note(world, john)
    foreign = a_note(world, ann)
    latest = a_note(world, john)
    for owner in (john, ann):
        thing = world.overview.get(Place(owner.id, INVOICE.key))
        assert thing is not None
        row_item(thing).delete()
    old = OverviewRow(
        key=INVOICE.key,
        party=latest.entry.party,
        client=latest.entry.client,
        attempts=3,
        latest_id=latest.id,
        version=3,
    )
    row_item(old).save()
    return john, ann, latest, foreign


Shared = tuple[Party, Party, Communication, Communication]


def test_a_row_of_before_is_shown_until_its_owner_writes_again(world: WorldForTests, shared: Shared) -> None:
    john, _, latest, _ = shared
    assert listed(world) == [(john.id, 3, latest.id)]
    made = a_note(world, john)
    assert listed(world) == [(john.id, 3, made.id)]
    assert row(world, john) == (3, made.id)


def test_who_shared_a_row_leaves_it_to_its_owner(world: WorldForTests, shared: Shared) -> None:
    john, ann, latest, _ = shared
    made = a_note(world, ann)
    assert row(world, ann) == (2, made.id)
    assert listed(world) == [(ann.id, 2, made.id), (john.id, 3, latest.id)]


def test_what_goes_out_of_a_row_of_before_leaves_the_rest_counted(world: WorldForTests, shared: Shared) -> None:
    john, ann, latest, foreign = shared
    delete(world, viewer(), latest.id)
    assert row(world, john) is not None
    assert [one[1] for one in listed(world)] == [1]
    delete(world, viewer(), foreign.id)
    assert row(world, ann) is None
    assert [one[0] for one in listed(world)] == [john.id]


# ---- whatever happens, in whatever order, by whomever


@dataclass
class Firm:
    """Two clients and a creditor of both; what was written, and what every row must therefore be."""

    world: WorldForTests
    owners: tuple[Party, ...]
    cases: tuple[Case, ...]
    numbers: tuple[Regarding, ...]
    made: list[str] = field(default_factory=list)

    def entries(self) -> Iterator[Entry]:
        return (one.entry for one in self.standing().values() if one.is_counted)

    def recomputed(self, of: Callable[[Entry], Place | None] = place_of) -> dict[Place, tuple[int, str, str]]:
        found: dict[Place, list[Entry]] = {}
        for entry in self.entries():
            if place := of(entry):
                found.setdefault(place, []).append(entry)
        last = {place: max(all_, key=lambda one: one.id) for place, all_ in found.items()}
        return {place: (len(found[place]), one.id, one.party.id) for place, one in last.items()}

    def standing(self) -> dict[str, Communication]:
        return {one: standing(self.world, one) for one in self.made}

    def kept(self) -> dict[Place, OverviewRow]:
        places = [Place(owner.id, number.key) for owner in self.owners for number in self.numbers]
        rows = {place: self.world.overview.get(place) for place in places}
        return {place: one for place, one in rows.items() if one and one.attempts}


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[str, int, int, int]]:
    deeds = ["note", "note", "draft", "say", "later", "cancel", "about", "restrict", "case", "remove"]
    step = st.tuples(st.sampled_from(deeds), st.integers(0, 3), st.integers(0, 2), st.integers(0, 20))
    return draw(st.lists(step, min_size=2, max_size=12))


def do(firm: Firm, deed: str, whom: int, what: int, which: int) -> None:
    """`whom` is one of the clients, or the creditor in a case of one; what cannot be done now is not."""
    world, who = firm.world, viewer()
    party, case = [(firm.owners[0], None), (firm.owners[1], None), *((firm.owners[2], one) for one in firm.cases)][whom]
    number = [*firm.numbers, None][what]
    about: dict[str, Any] = {"regarding": number, "case_id": case.id if case else None}
    one = standing(world, firm.made[which % len(firm.made)]) if firm.made else None
    world.clock.pass_(seconds=1)
    if deed == "note":
        firm.made.append(a_note(world, party, **about).id)
    elif deed == "draft":
        firm.made.append(send(world, an_email(party, send_now=False, **about)).id)
    elif deed == "later":
        firm.made.append(send(world, an_email(party, send_at=later(days=3), **about)).id)
    elif one is None or one.deleted:
        return
    elif deed == "say" and one.entry.status == "draft":
        send_draft(world, who, one.id)
    elif deed == "cancel" and one.entry.status == "scheduled":
        cancel(world, who, one.id)
    elif one.entry.status == "draft" or one.entry.channel is Channel.NOTE:
        if deed == "remove":
            delete(world, who, one.id)
        elif deed in ("about", "restrict", "case"):
            amend(world, who, one.id, None, _amendment(firm, deed, number, which))


def _amendment(
    firm: Firm, deed: str, number: Regarding | None, which: int
) -> Callable[[MessageRequest | RecordRequest], MessageRequest | RecordRequest]:
    def amended(request: MessageRequest | RecordRequest) -> MessageRequest | RecordRequest:
        if deed == "about":
            return replace(request, regarding=number)
        if deed == "restrict":
            return replace(request, restricted=not request.restricted)
        creditor = request.party_id == firm.owners[2].id
        return replace(request, case_id=firm.cases[which % 2].id if creditor else request.case_id)

    return amended


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps())
def test_each_row_is_what_the_entries_of_its_owner_make_it(
    world: WorldForTests, steps: list[tuple[str, int, int, int]]
) -> None:
    clients = (a_party(world), a_party(world))
    bank = a_party(world, PartyKind.CREDITOR)
    cases = tuple(a_case(world, one, creditors=(bank,)) for one in clients)
    numbers = tuple(Regarding(type="invoice", id=new_id(Kind.TODO, world.now())) for _ in range(2))
    firm = Firm(world, (*clients, bank), cases, numbers)
    for step in steps:
        rows, stood = firm.kept(), firm.standing()
        do(firm, *step)
        kept, stands = firm.kept(), firm.standing()
        assert {at: (one.attempts, one.latest_id, one.party.id) for at, one in kept.items()} == firm.recomputed()
        touched = {
            place_of(one.entry)
            for made, now in stands.items()
            if stood.get(made) != now
            for one in (stood.get(made), now)
            if one
        }
        assert {at: one for at, one in rows.items() if at not in touched} == {
            at: one for at, one in kept.items() if at not in touched
        }
    for client in clients:
        agent = viewer("agent", sight=VisibleScope(parties=frozenset({client.id})))
        own = {place: one for place, one in firm.recomputed(any_place_of).items() if place.owner == client.id}
        told = overview(world, agent, Filters(), limit=50, after=None).items
        assert sorted((one.attempts, one.latest.id, one.party.id) for one in told) == sorted(own.values())
        assert sorted(_read_in_pages(world, Filters(clients=(client.id,)))) == sorted(own.values())


def _read_in_pages(world: WorldForTests, filters: Filters) -> list[tuple[int, str, str]]:
    """Two rows at a time; nothing twice, nothing left out, newest first."""
    found: list[tuple[int, str, str]] = []
    after: str | None = None
    while True:
        page = overview(world, viewer(), filters, limit=2, after=after)
        assert len(page.items) <= 2
        found += [(one.attempts, one.latest.id, one.party.id) for one in page.items]
        after = page.after
        if after is None:
            assert [one[1] for one in found] == sorted({one[1] for one in found}, reverse=True)
            return found
