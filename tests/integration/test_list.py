"""Lists: every filter, the right order, cursors that survive, nobody else's entries, and a bounded number of requests."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from letterbook.domain.access import Grant, Viewer, VisibleScope
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication
from letterbook.domain.filters import CLIENT_LEVEL, Filters
from letterbook.domain.party import Case, Party, PartyKind
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.references import Regarding
from letterbook.domain.status import QuickFilter, Status
from letterbook.domain.templates import TemplateUse
from letterbook.domain.transitions import created
from letterbook.use_cases.reading.list_communications import count_communications, list_communications
from tests.support.aws import Requests, WorldForTests
from tests.support.builders import JANE, NOW, communication, later, viewer
from tests.support.steps import a_case, a_contact, a_party, a_template, an_email, an_sms, deliver_queue, send, tell

ADMIN = viewer()


class Firm:
    """A little firm with an entry of every sort, by name."""

    def __init__(self, world: WorldForTests) -> None:
        self.world = world
        self.john: Party = a_party(world, name="John Smith")
        self.ann: Party = a_party(world, name="Ann Jones")
        self.shop: Party = a_party(world, PartyKind.CUSTOMER, name="Corner Shop")
        self.bank: Party = a_party(world, PartyKind.CREDITOR, name="The Bank")
        self.johns: Case = a_case(world, self.john, creditors=(self.bank,), reference="J-1")
        self.anns: Case = a_case(world, self.ann, creditors=(self.bank,), reference="A-1")
        self.team = a_contact(world, self.bank)
        a_template(world)
        self.entries: dict[str, Communication] = {}
        use = TemplateUse(key="s78-initial", variables={"agreement": "1"})
        self.add(
            "bank about john",
            an_email(self.bank, case_id=self.johns.id, contact_id=self.team.id, subject="", body="", template=use),
        )
        self.add("bank about ann", an_email(self.bank, case_id=self.anns.id, category="dsar"))
        self.add("john in his case", an_email(self.john, case_id=self.johns.id))
        self.add("john himself", an_sms(self.john))
        self.add("shop's invoice", an_email(self.shop, regarding=Regarding(type="invoice", id="7")))
        self.add("a draft", an_email(self.shop, send_now=False), by=viewer(user="user-2"))
        deliver_queue(world)
        self.tell("bank about ann", DeliveryOutcome.HARD_BOUNCE)
        self.tell("john in his case", DeliveryOutcome.DELIVERED)

    def add(self, name: str, message: Any, by: Viewer = ADMIN) -> None:
        self.world.clock.pass_(minutes=1)
        self.entries[name] = send(self.world, message, by=by)

    def tell(self, name: str, fact: DeliveryOutcome) -> None:
        tell(self.world, self.entries[name], RecipientUpdate(fact=fact))

    def names(self, filters: Filters, who: Viewer = ADMIN) -> list[str]:
        by_id = {one.id: name for name, one in self.entries.items()}
        return [by_id[entry.id] for entry in list_communications(self.world, who, filters, limit=50).items]


@pytest.fixture
def firm(world: WorldForTests) -> Firm:
    return Firm(world)


EVERYTHING = ["a draft", "shop's invoice", "john himself", "john in his case", "bank about ann", "bank about john"]


@pytest.mark.covers("A1", "B4")
def test_newest_first(firm: Firm) -> None:
    assert firm.names(Filters()) == EVERYTHING


@pytest.mark.parametrize("most", [1, 99])
def test_what_is_counted_is_what_is_listed(firm: Firm, most: int) -> None:
    """Also where an index tells the number, and where it must not: of what is restricted, and of who sees some only."""
    firm.add("restricted", an_email(firm.shop, send_now=False, restricted=True))
    firm.add("later", an_email(firm.john, send_at=firm.world.now() + timedelta(hours=3)))
    minute = firm.entries["later"].entry.occurred_at
    johns = viewer("agent", sight=VisibleScope.of([Grant(user="u", party_id=firm.john.id)]))
    for who in (ADMIN, viewer("lead"), johns):
        for quick in [(QuickFilter.FAILED,), (QuickFilter.NOT_SENT,), (QuickFilter.COMPLETED,), (*QuickFilter,), ()]:
            for more in (
                {},
                {"until": minute},
                {"since": minute},
                {"channels": (Channel.SMS,)},
                {"show_ignored": True},
            ):
                filters = Filters(quick=quick, **more)
                listed = list_communications(firm.world, who, filters, limit=most)
                counted = count_communications(firm.world, who, filters, most=most)
                assert counted == (len(listed.items), listed.after is not None), (who.role, quick, more)


def test_a_number_reads_nothing(firm: Firm) -> None:
    with Requests() as asked:
        assert count_communications(firm.world, ADMIN, Filters(quick=(QuickFilter.FAILED,)), most=99) == (1, False)
    assert asked.names == ["Query"]


@pytest.mark.covers("B1", "B2", "B3", "B7", "C1", "C2", "C3", "C5", "C6", "C7", "C8", "C10")
def test_every_filter(firm: Firm) -> None:
    minute = timedelta(minutes=1)
    second = firm.entries["bank about ann"].entry.occurred_at
    expected: list[tuple[Filters, set[str]]] = [
        (Filters(parties=(firm.bank.id,)), {"bank about john", "bank about ann"}),
        (Filters(clients=(firm.john.id,)), {"bank about john", "john in his case", "john himself"}),
        (
            Filters(clients=(firm.john.id, firm.ann.id)),
            {"bank about john", "john in his case", "john himself", "bank about ann"},
        ),
        (Filters(contacts=(firm.team.id,)), {"bank about john"}),
        (Filters(cases=(firm.johns.id,)), {"bank about john", "john in his case"}),
        (Filters(cases=(CLIENT_LEVEL,)), {"john himself", "shop's invoice", "a draft"}),
        (Filters(cases=(CLIENT_LEVEL, firm.anns.id)), {"john himself", "shop's invoice", "a draft", "bank about ann"}),
        (Filters(cases=(CLIENT_LEVEL,), clients=(firm.john.id,)), {"john himself"}),
        (Filters(regarding=("invoice:7",)), {"shop's invoice"}),
        (Filters(recipients=(PartyKind.CREDITOR,)), {"bank about john", "bank about ann"}),
        (Filters(channels=(Channel.SMS,)), {"john himself"}),
        (Filters(channels=(Channel.SMS, Channel.EMAIL)), set(EVERYTHING)),
        (Filters(statuses=(Status.FAILED,)), {"bank about ann"}),
        (Filters(statuses=(Status.DELIVERED, Status.DRAFT)), {"john in his case", "a draft"}),
        (Filters(quick=(QuickFilter.FAILED,)), {"bank about ann"}),
        (Filters(quick=(QuickFilter.NOT_SENT,)), {"a draft", "john himself"}),
        (Filters(quick=(QuickFilter.COMPLETED,)), {"john in his case"}),
        (Filters(quick=(QuickFilter.FAILED, QuickFilter.COMPLETED)), {"bank about ann", "john in his case"}),
        (Filters(categories=("dsar",)), {"bank about ann"}),
        (Filters(templates=("s78-initial",)), {"bank about john"}),
        (Filters(authors=("user-2",)), {"a draft"}),
        (Filters(since=second), set(EVERYTHING) - {"bank about john"}),
        (Filters(until=second), {"bank about john", "bank about ann"}),
        (Filters(since=second, until=second + minute), {"bank about ann", "john in his case"}),
        (Filters(parties=(firm.bank.id,), statuses=(Status.SENT,)), {"bank about john"}),
        (Filters(parties=("pty_01JD4QK8V3M2N7R5T9W1X3Y5Z7",)), set()),
    ]
    for filters, names in expected:
        found = firm.names(filters)
        assert set(found) == names, filters
        assert found == [one for one in EVERYTHING if one in names], filters


@pytest.mark.parametrize(
    ("occurred", "day", "on_it"),
    [
        ("2026-03-28T23:59", date(2026, 3, 28), True),
        ("2026-03-29T00:00", date(2026, 3, 29), True),
        ("2026-03-29T22:59", date(2026, 3, 29), True),
        ("2026-03-29T23:00", date(2026, 3, 29), False),
        ("2026-03-29T23:00", date(2026, 3, 30), True),
        ("2026-10-25T23:59", date(2026, 10, 25), True),
    ],
)
@pytest.mark.covers("C4")
def test_a_date_is_a_day_of_the_firm_in_summer_and_winter(
    world: WorldForTests, occurred: str, day: date, on_it: bool
) -> None:
    world.clock.time = datetime.fromisoformat(occurred).replace(tzinfo=UTC)
    made = send(world, an_email(a_party(world)))
    world.clock.pass_(days=3)
    page = list_communications(world, ADMIN, Filters(since=day, until=day), limit=10)
    assert ([one.id for one in page.items] == [made.id]) is on_it


# ---- pages


def pages(world: WorldForTests, filters: Filters, limit: int, who: Viewer = ADMIN) -> Iterator[list[str]]:
    after = None
    while True:
        page = list_communications(world, who, filters, limit=limit, after=after)
        yield [one.id for one in page.items]
        if page.after is None:
            return
        after = page.after


def test_pages_hold_everything_once_and_end(world: WorldForTests) -> None:
    party = a_party(world)
    made = []
    for _ in range(10):
        world.clock.pass_(seconds=1)
        made.append(send(world, an_email(party)).id)
    for filters in (Filters(), Filters(parties=(party.id,))):
        for limit in (1, 3, 5, 10, 50):
            got = list(pages(world, filters, limit))
            assert [one for page in got for one in page] == made[::-1]
            assert all(len(page) <= limit for page in got)
            assert len(got) == -(-10 // limit)


def test_new_entries_do_not_disturb_a_list_that_is_being_read(world: WorldForTests) -> None:
    party = a_party(world)
    made = []
    for _ in range(6):
        world.clock.pass_(seconds=1)
        made.append(send(world, an_email(party)).id)
    got = []
    for page in pages(world, Filters(), 2):
        got += page
        world.clock.pass_(seconds=1)
        send(world, an_email(party))
    assert got == made[::-1]


def test_a_list_goes_back_over_months_and_empty_ones(world: WorldForTests) -> None:
    party = a_party(world)
    made = []
    for month in (2, 3, 9, 11):
        world.clock.time = datetime(2026, month, 28, 12, tzinfo=UTC)
        made.append(send(world, an_email(party)).id)
    world.clock.time = datetime(2028, 1, 15, tzinfo=UTC)
    assert [one for page in pages(world, Filters(), 50) for one in page] == made[::-1]


def test_an_older_entry_than_all_others_is_found_too(world: WorldForTests) -> None:
    party = a_party(world)
    made = []
    for year in (2026, 2020, 2015):
        world.clock.time = datetime(year, 6, 1, tzinfo=UTC)
        made.append(send(world, an_email(party)).id)
    world.clock.time = datetime(2026, 7, 1, tzinfo=UTC)
    assert [one for page in pages(world, Filters(), 50) for one in page] == made


def test_a_filter_that_matches_rarely_reads_a_bounded_number_of_pages(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    from letterbook.use_cases.reading import index_reader

    monkeypatch.setattr(index_reader, "FURTHER_PAGE", 3)
    party = a_party(world)
    rare = send(world, an_email(party, category="rare"))
    for _ in range(60):
        world.clock.pass_(seconds=1)
        send(world, an_email(party))
    requests: list[str] = []
    read = world.communications.page

    def counted(*args: Any, **kwargs: Any) -> Any:
        requests.append("x")
        return read(*args, **kwargs)

    monkeypatch.setattr(world.communications, "page", counted)
    got = []
    for page in pages(world, Filters(categories=("rare",)), 5):
        assert len(requests) <= 9
        requests.clear()
        got += page
    assert got == [rare.id]


# ---- who sees what


@pytest.mark.covers("M2")
def test_an_agent_sees_what_is_granted_through_every_index(firm: Firm) -> None:
    johns_agent = viewer("agent", sight=VisibleScope.of([Grant(user="user-1", party_id=firm.john.id)]))
    seen = {"bank about john", "john in his case", "john himself"}
    assert set(firm.names(Filters(), johns_agent)) == seen
    assert firm.names(Filters(), johns_agent) == [one for one in EVERYTHING if one in seen]
    assert set(firm.names(Filters(parties=(firm.bank.id,)), johns_agent)) == {"bank about john"}
    assert firm.names(Filters(clients=(firm.ann.id,)), johns_agent) == []
    assert firm.names(Filters(cases=(firm.anns.id,)), johns_agent) == []
    assert firm.names(Filters(quick=(QuickFilter.FAILED,)), johns_agent) == []
    case_agent = viewer("agent", sight=VisibleScope.of([Grant(user="user-1", case_id=firm.anns.id)]))
    assert firm.names(Filters(), case_agent) == ["bank about ann"]


def test_an_agent_with_grants_that_overlap_sees_each_entry_once(firm: Firm) -> None:
    grants = [Grant(user="user-1", party_id=firm.john.id), Grant(user="user-1", case_id=firm.johns.id)]
    agent = viewer("agent", sight=VisibleScope.of(grants))
    assert sorted(firm.names(Filters(), agent)) == sorted({"bank about john", "john in his case", "john himself"})


def test_a_stranger_sees_nothing(firm: Firm) -> None:
    assert firm.names(Filters(), viewer("agent", sight=VisibleScope())) == []


@pytest.mark.covers("M2")
def test_restricted_entries_are_absent_for_who_lacks_the_right(firm: Firm) -> None:
    firm.add("a secret", replace(an_email(firm.john), restricted=True))
    assert "a secret" in firm.names(Filters())
    assert "a secret" not in firm.names(Filters(), viewer("lead"))
    assert "a secret" in firm.names(Filters(), viewer("auditor"))


@pytest.mark.parametrize(
    "span",
    [
        Filters(since=later(days=3)),
        Filters(since=later(hours=2), until=later(hours=1)),
        Filters(since=date(2026, 11, 25), until=date(2026, 11, 20)),
    ],
)
def test_a_span_that_ends_before_it_begins_is_empty(firm: Firm, monkeypatch: pytest.MonkeyPatch, span: Filters) -> None:
    """DynamoDB refuses to look between two keys that are the wrong way round; moto does not."""

    def asked(*_: Any, **__: Any) -> None:
        raise AssertionError("the log was asked")

    monkeypatch.setattr(firm.world.communications, "page", asked)
    assert firm.names(span) == []
    assert firm.names(replace(span, parties=(firm.bank.id,))) == []


@pytest.mark.covers("B14")
def test_what_still_collects_its_data_is_hidden_and_the_list_says_how_many(world: WorldForTests) -> None:
    party = a_party(world)
    shown = send(world, an_email(party))
    collects = communication(Status.COLLECTING, party=shown.entry.party)
    world.communications.commit(created(collects, at=NOW, actor=JANE, event="collecting"))
    unseen = communication(Status.COLLECTING)
    world.communications.commit(created(unseen, at=NOW, actor=JANE, event="collecting"))
    everything = list_communications(world, ADMIN, Filters(), limit=50)
    assert ([entry.id for entry in everything.items], everything.hidden) == ([shown.id], 2)
    agent = viewer("agent", sight=VisibleScope.of([Grant(user="u", party_id=party.id)]))
    own = list_communications(world, agent, Filters(), limit=50)
    assert ([entry.id for entry in own.items], own.hidden) == ([shown.id], 1)
    assert list_communications(world, ADMIN, Filters(statuses=(Status.COLLECTING,)), limit=50).items == []
