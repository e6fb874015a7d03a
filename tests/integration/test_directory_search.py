"""Parties, cases and subjects found by their words: all that hold them, nothing that does not, and only what one may see."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from letterbook.adapters.dynamodb import directory_renewal
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.domain.access import Grant, Viewer, VisibleScope
from letterbook.domain.party import Case, PartyKind
from letterbook.domain.references import Regarding
from letterbook.domain.subjects import RegardedRecord
from letterbook.use_cases.directory.cases import amend_case, list_cases
from letterbook.use_cases.directory.find import find
from letterbook.use_cases.directory.parties import amend_party, list_parties, remove_contact
from letterbook.use_cases.directory.subjects import find_subjects, known_subjects, put_subject
from letterbook.use_cases.indexing.index import index_communication, reindex_directory
from tests.support.aws import Requests, WorldForTests
from tests.support.builders import viewer
from tests.support.failing import Died, fails_once, overtaken
from tests.support.steps import a_case, a_contact, a_note, a_party, an_email, send

JANE = viewer()


def parties(world: WorldForTests, q: str, who: Viewer = JANE) -> list[str]:
    """The names of all of them, two at a time, newest first."""
    names: list[str] = []
    after: str | None = None
    while True:
        page = list_parties(world, who, q, (), limit=2, after=after)
        names += [one.name for one in page.items]
        after = page.after
        if after is None:
            return names


def cases(world: WorldForTests, q: str, who: Viewer = JANE) -> list[str]:
    return [one.reference for one in list_cases(world, who, None, limit=50, after=None, words=q).items]


def subjects(world: WorldForTests, q: str, who: Viewer = JANE) -> list[str]:
    return [one.id for one in find_subjects(world, who, q, limit=50)]


def granted(*grants: Grant) -> Viewer:
    return viewer("agent", sight=VisibleScope.of(grants))


# ---- parties


@pytest.mark.parametrize(
    "q",
    [
        *("soren", "SØREN", "o’neill", "oneill", "neill sør", "O'Neill Søren"),
        *("07700 900123", "+44 7700 900123", "0044 7700900123", "(0113) 496-0102", "496 0102", "0113 49"),
        *("AC-1", "ac1", "soren@mailbox.example", "mailbox", "kovács", "team@bank.example"),
    ],
)
def test_a_party_is_found_by_name_number_address_and_contact(world: WorldForTests, q: str) -> None:
    party = a_party(
        world, name="Søren O’Neill", email="soren@mailbox.example", mobile="+447700900123", phone="+441134960102",
        account_number="AC-1",
    )  # fmt: skip
    a_contact(world, party, name="Anna Kovacs")
    a_party(world, name="Somebody Else", email="else@letterbox.example", mobile=None)
    assert parties(world, q) == ["Søren O’Neill"]


@pytest.mark.parametrize("name", ["Will", "The Who", "IT Works", "株式会社山田"])
def test_a_name_of_common_words_is_found(world: WorldForTests, name: str) -> None:
    a_party(world, name=name)
    assert parties(world, name) == parties(world, name[:2]) == [name]


def test_all_of_many_are_found_newest_first(world: WorldForTests) -> None:
    for number in range(7):
        a_party(world, name=f"John Smith {number}", email=None, mobile=None)
        a_party(world, name=f"John Brown {number}", email=None, mobile=None)
        world.clock.pass_(seconds=1)
    assert parties(world, "smith john") == [f"John Smith {number}" for number in reversed(range(7))]


def test_what_a_party_or_a_contact_is_called_no_more_finds_it_no_more(world: WorldForTests) -> None:
    party = a_party(world, name="Priya Raman", mobile=None)
    contact = a_contact(world, party, name="Anna Kovacs", email="anna@bank.example")
    amend_party(world, JANE, party.id, None, lambda one: replace(one, name="Priya Sharma"))
    assert (parties(world, "raman"), parties(world, "sharma anna")) == ([], ["Priya Sharma"])
    remove_contact(world, JANE, party.id, contact.id)
    assert (parties(world, "anna"), parties(world, "priya")) == ([], ["Priya Sharma"])


def test_who_sees_some_finds_only_those(world: WorldForTests) -> None:
    own, other, bank = a_party(world, name="Amy One"), a_party(world, name="Amy Two"), a_party(world, name="Amy Bank")
    case = a_case(world, other, creditors=(bank,), reference="AMY-1")
    a_case(world, a_party(world), reference="AMY-2")
    assert parties(world, "amy", granted(Grant(user="u", party_id=own.id))) == ["Amy One"]
    through_a_case = granted(Grant(user="u", case_id=case.id))
    assert sorted(parties(world, "amy", through_a_case)) == ["Amy Bank", "Amy Two"]
    assert cases(world, "amy", through_a_case) == ["AMY-1"]
    assert parties(world, "amy", granted()) == cases(world, "amy", granted()) == []


def test_what_more_is_called_so_than_is_read_is_narrowed_down_by_the_other_words(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letterbook.adapters.dynamodb.directory_search.MOST_FOUND", 5)
    for number in range(9):
        a_party(world, name=f"John {'Rare' if number == 7 else 'Brown'}", email=None, mobile=None)
    assert parties(world, "john rare") == ["John Rare"]


# ---- cases and subjects


@pytest.mark.parametrize("q", ["dc-2026-00390", "DC202600390", "00390", "arrears", "ram arr", "priya"])
def test_a_case_is_found_by_reference_title_and_client(world: WorldForTests, q: str) -> None:
    a_case(world, a_party(world, name="Priya Raman"), reference="DC-2026-00390", title="Arrears of rent")
    a_case(world, a_party(world, name="Nobody"), reference="X-1", title="Another matter")
    assert cases(world, q) == ["DC-2026-00390"]


def test_a_case_is_found_by_what_it_is_called_now(world: WorldForTests) -> None:
    case = a_case(world, a_party(world), reference="OLD-1")
    amend_case(world, JANE, case.id, None, lambda one: replace(one, reference="NEW-1"))
    assert (cases(world, "old"), cases(world, "new")) == ([], ["NEW-1"])
    amend_case(world, JANE, case.id, None, lambda one: replace(one, reference="OLD-1"))
    assert (cases(world, "old"), cases(world, "new")) == (["OLD-1"], [])


def test_whoever_dies_before_a_case_is_kept_leaves_nothing_that_is_found(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = a_party(world)
    fails_once(monkeypatch, world.cases, "save", Died())
    with pytest.raises(Died):
        a_case(world, client, reference="GONE-1")
    assert cases(world, "gone") == []


def test_a_subject_is_found_by_number_and_label_by_who_sees_its_party(world: WorldForTests) -> None:
    ann, bob = a_party(world, name="Ann"), a_party(world, name="Bob")
    own, other = granted(Grant(user="u", party_id=ann.id)), granted(Grant(user="u", party_id=bob.id))
    for party, label, who in ((ann, "Roof repairs", own), (bob, "Kitchen", other)):
        put_subject(world, who, None, RegardedRecord(type="invoice", id="2025-00123", party_id=party.id, label=label))
    assert subjects(world, "2025-00123") == subjects(world, "202500123") == ["2025-00123"] * 2
    assert subjects(world, "invoice roof") == ["2025-00123"]
    assert (subjects(world, "2025", own), subjects(world, "kitchen", own)) == (["2025-00123"], [])


def test_a_subject_that_becomes_anothers_is_found_by_its_new_words_alone(world: WorldForTests) -> None:
    ann, bob = a_party(world, name="Ann"), a_party(world, name="Bob")
    for party, label in ((ann, "Roof"), (bob, "Kitchen")):
        put_subject(world, JANE, None, RegardedRecord(type="invoice", id="7", party_id=party.id, label=label))
    assert (subjects(world, "roof"), subjects(world, "kitchen")) == ([], ["7"])
    assert subjects(world, "7", granted(Grant(user="u", party_id=ann.id))) == []


# ---- all at once


def test_parties_cases_numbers_and_messages_are_found_together(world: WorldForTests) -> None:
    party = a_party(world, name="Zwingli", mobile=None)
    a_case(world, party, reference="ZWINGLI-1")
    put_subject(world, JANE, None, RegardedRecord(type="invoice", id="77", party_id=party.id, label="Zwingli 77"))
    a_note(world, "Zwingli rang", party_id=party.id)
    a_note(world, "Zwingli, and nobody may read it", party_id=party.id, restricted=True)
    with Requests() as asked:
        found = find(world, viewer("lead"), "zwing", limit=5)
    assert [one.name for one in found.parties.items] == ["Zwingli"]
    assert [one.reference for one in found.cases.items] == ["ZWINGLI-1"]
    assert [one.id for one in found.subjects] == ["77"]
    assert dict(found.names) == {party.id: "Zwingli"}
    assert [one.preview for one in found.entries.items] == ["Zwingli rang"]
    assert len(asked.names) <= 16
    nothing = find(world, granted(), "zwing", limit=5)
    assert (nothing.parties.items, nothing.cases.items, nothing.subjects, nothing.entries.items) == ([], [], [], [])


def test_a_number_that_nobody_told_of_is_found_through_its_messages(world: WorldForTests) -> None:
    message = send(world, an_email(a_party(world), regarding=Regarding(type="invoice", id="2025-00999")))
    index_communication(world, message.id)
    assert [one.id for one in find(world, JANE, "2025-00999", limit=5).subjects] == ["2025-00999"]


# ---- made anew


def clues() -> dict[tuple[str, str], str | None]:
    return {(one.id, one.kind): one.data for one in DirectoryItem.scan() if one.kind.startswith("clue#")}


def test_what_is_found_by_words_is_made_anew(world: WorldForTests) -> None:
    party = a_party(world, name="Søren O’Neill")
    a_contact(world, party, name="Anna Kovacs")
    a_case(world, party, reference="DC-1")
    put_subject(world, JANE, None, RegardedRecord(type="invoice", id="7", party_id=party.id))
    before = clues()
    for id_, kind in before:
        if "#address#" not in kind and "#account#" not in kind:
            DirectoryItem(id_, kind).delete()
    assert parties(world, "søren") == cases(world, "dc-1") == subjects(world, "7") == []
    after = reindex_directory(world, None, at_most=3)
    while after:
        after = reindex_directory(world, after, at_most=3)
    assert clues() == before
    assert (parties(world, "søren anna"), cases(world, "dc-1"), subjects(world, "7")) == (
        ["Søren O’Neill"],
        ["DC-1"],
        ["7"],
    )


def test_making_it_anew_brings_no_word_back_that_a_change_took_away(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = a_party(world, name="Priya Raman")

    def others() -> None:
        amend_party(world, JANE, party.id, None, lambda one: replace(one, name="Priya Sharma"))

    overtaken(monkeypatch, directory_renewal, "commit", others)
    reindex_directory(world, None, at_most=200)
    assert (parties(world, "raman"), parties(world, "sharma")) == ([], ["Priya Sharma"])


def test_who_sees_some_asks_once_which_cases_they_see(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    party = a_party(world, name="Zwingli", mobile=None)
    case = a_case(world, party, reference="ZWINGLI-1")
    put_subject(world, JANE, None, RegardedRecord(type="invoice", id="77", party_id=party.id, label="Zwingli 77"))
    asked: list[str] = []
    of_party = world.cases.of_party

    def counted(party_id: str) -> Sequence[Case]:
        asked.append(party_id)
        return of_party(party_id)

    monkeypatch.setattr(world.cases, "of_party", counted)
    found = find(world, granted(Grant(user="u", party_id=party.id)), "zwing", limit=5)
    assert ([one.id for one in found.cases.items], [one.id for one in found.subjects]) == ([case.id], ["77"])
    assert [one.id for one in found.parties.items] == [party.id]
    assert asked == [party.id]


def test_who_sees_a_creditor_through_a_case_does_not_list_what_it_has_with_others(world: WorldForTests) -> None:
    client, other = a_party(world, name="Amy One"), a_party(world, name="Amy Two")
    bank = a_party(world, name="Roof Bank", kind=PartyKind.CREDITOR)
    case = a_case(world, client, creditors=(bank,), reference="AMY-1")
    a_case(world, other, creditors=(bank,), reference="AMY-2")
    for of, number in ((client, "1"), (other, "2"), (bank, "3")):
        put_subject(world, JANE, None, RegardedRecord(type="agreement", id=number, party_id=of.id, label="Roof loan"))
    a_note(world, "About it", party_id=bank.id, case_id=case.id, regarding=Regarding(type="agreement", id="4"))
    through_a_case = granted(Grant(user="u", case_id=case.id))
    for who, listed in (
        (JANE, ["1", "2", "3"]),
        (through_a_case, ["1"]),
        (granted(Grant(user="u", party_id=bank.id)), ["3"]),
        (granted(Grant(user="u", party_id=client.id)), ["1"]),
        (granted(), []),
    ):
        assert sorted(subjects(world, "roof", who)) == listed
        assert sorted(one.id for one in find(world, who, "roof", limit=9).subjects) == listed
    offered = sorted(one.id for one in known_subjects(world, through_a_case, (client.id, bank.id, other.id)))
    # What an entry of the case is about is known from that entry.
    assert offered == ["1", "4"]
    assert sorted(one.id for one in known_subjects(world, JANE, (bank.id,))) == ["3", "4"]


def test_a_long_query_asks_for_all_of_its_words(world: WorldForTests) -> None:
    """However many are looked up, each has to be there."""
    name = "one two three four five six seven eight nine ten"
    a_party(world, name=name, mobile=None)
    assert (parties(world, name), parties(world, name.replace("ten", "eleven"))) == ([name], [])
    with Requests() as asked:
        parties(world, " ".join(f"w{n}" for n in range(39)))
    assert len(asked.names) <= 12
