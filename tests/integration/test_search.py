"""Search: every word, nothing but what holds them all, newest first, and only what the viewer may see."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.dynamodb import search
from letterbook.adapters.dynamodb.tables.search import SearchItem
from letterbook.domain.access import Grant, Viewer, VisibleScope
from letterbook.domain.channels import Channel
from letterbook.domain.errors import ConcurrentUpdate, Invalid
from letterbook.domain.filters import Filters
from letterbook.domain.message import RecordRequest
from letterbook.domain.month import Month
from letterbook.domain.party import PartyKind
from letterbook.domain.references import Regarding
from letterbook.domain.search_terms import matches, parse_query, terms_of
from letterbook.ports import Index
from letterbook.use_cases.indexing.index import index_communication, reindex
from letterbook.use_cases.messages.amend import amend
from letterbook.use_cases.messages.delete import delete
from letterbook.use_cases.messages.log_communication import log_communication
from letterbook.use_cases.reading.list_communications import list_communications
from tests.support.aws import Requests, WorldForTests, rows
from tests.support.builders import NOW, viewer
from tests.support.failing import Died, fails_once, overtaken
from tests.support.steps import a_case, a_document, a_note, a_party, an_email, an_sms, deliver_queue, send


def found(world: WorldForTests, q: str, who: Viewer | None = None, **filters: Any) -> list[str]:
    """All of it, two at a time."""
    ids: list[str] = []
    after: str | None = None
    while True:
        page = list_communications(world, who or viewer(), Filters(words=q, **filters), limit=2, after=after)
        ids += [entry.id for entry in page.items]
        after = page.after
        if after is None:
            return ids


@pytest.mark.covers("C9")
def test_subject_recipients_references_attachments_and_content_are_found(world: WorldForTests) -> None:
    party = a_party(world, name="Zoë Müller-Lüdenscheidt", email="zoe@mailbox.example")
    case = a_case(world, party, reference="DC-2026-00390")
    document = a_document(world, party_id=party.id, name="Vollmacht.pdf")
    message = an_email(
        party,
        subject="About your débit",
        body="Dear Zoë,\n\nthe **tribunal** has ruled.",
        case_id=case.id,
        regarding=Regarding(type="invoice", id="2025-00123"),
        attachments=(document.id,),
    )
    made = send(world, message)
    deliver_queue(world)
    index_communication(world, made.id)
    for q in (
        "debit",
        "DÉBIT",
        "zoe mailbox",
        "muller",
        "dc 2026 00390",
        "2025-00123",
        "vollmacht",
        "tribunal ruled",
        "ruled TRIBUNAL",
        "the tribunal has rul",
        "tri",
        "ses-1",
    ):
        assert found(world, q) == [made.id], q
    for q in ("tribunals", "rule", "ribunal", "debit payment", "strong"):
        assert found(world, q) == ([made.id] if q == "rule" else []), q


def test_newest_first_with_cursors_and_other_filters(world: WorldForTests) -> None:
    party = a_party(world)
    made = [a_note(world, f"alpha beta{n % 2}", party_id=party.id if n % 3 else None) for n in range(9)]
    newest = [one.id for one in reversed(made)]
    assert found(world, "alpha") == newest
    assert found(world, "alpha beta1") == [one.id for one in reversed(made) if one.entry.preview.endswith("1")]
    assert found(world, "bet") == newest
    in_party = [one.id for one in reversed(made) if one.entry.party.id == party.id]
    assert found(world, "alpha", parties=(party.id,)) == in_party
    assert found(world, "alpha", channels=(Channel.EMAIL,)) == []
    assert found(world, "alpha", until=NOW + timedelta(seconds=4)) == newest[-4:]


def test_what_is_changed_or_taken_away_is_found_no_more(world: WorldForTests) -> None:
    made = a_note(world, "alpha beta")
    delete(world, viewer(), made.id)
    assert found(world, "alpha") == []
    index_communication(world, made.id)
    index_communication(world, made.id)
    assert found(world, "alpha") == []
    left = world.search.indexed(made.id)
    assert left is not None
    assert (left.words, left.counted) == (frozenset(), None)


def test_publishing_twice_or_late_changes_nothing(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world), body="alpha"))
    index_communication(world, made.id)
    before = rows("search")
    index_communication(world, made.id)
    assert rows("search") == before
    deliver_queue(world)
    index_communication(world, made.id)
    index_communication(world, made.id)
    assert found(world, "alpha") == [made.id]


def test_who_may_not_see_it_does_not_find_it(world: WorldForTests) -> None:
    john, ann, bank = a_party(world), a_party(world), a_party(world, PartyKind.CREDITOR)
    johns = a_case(world, john, creditors=(bank,))
    own = a_note(world, "alpha", party_id=john.id)
    through_case = a_note(world, "alpha", party_id=bank.id, case_id=johns.id)
    a_note(world, "alpha", party_id=ann.id)
    a_note(world, "alpha", party_id=bank.id)
    a_note(world, "alpha", party_id=john.id, restricted=True)
    agent = viewer("agent", sight=VisibleScope.of([Grant(user="u", party_id=john.id)]))
    assert found(world, "alpha", agent) == [through_case.id, own.id]
    assert found(world, "alpha", viewer("agent", sight=VisibleScope())) == []
    assert len(found(world, "alpha")) == 5
    assert len(found(world, "alpha", viewer("lead"))) == 4


@pytest.mark.parametrize("q", ["the", "and of", "!!!", " - "])
def test_words_that_stand_in_every_text_are_said(world: WorldForTests, q: str) -> None:
    if q == "the":
        assert found(world, q) == []
        return
    with pytest.raises(Invalid) as refused:
        found(world, q)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("q", "no_words")]


def test_the_index_is_made_again_from_the_log(world: WorldForTests) -> None:
    made = [a_note(world, "alpha") for _ in range(3)]
    for one in made:
        indexed = world.search.indexed(one.id)
        assert indexed is not None
        world.search.remove(one.id, indexed, indexed.length)
    assert found(world, "alpha") == []
    assert reindex(world, Month(2026, 11), None) is None
    assert found(world, "alpha") == [one.id for one in reversed(made)]


WORD = st.text(alphabet="xyzé", min_size=1, max_size=4)


@given(st.lists(WORD, max_size=8), st.lists(WORD, min_size=1, max_size=3))
def test_a_match_is_what_a_reader_would_say(text: list[str], query: list[str]) -> None:
    plain = [one.replace("é", "e") for one in text]
    *whole, last = [one.replace("é", "e") for one in query]
    expected = all(one in plain for one in whole) and any(one.startswith(last) for one in plain)
    assert matches(frozenset(terms_of([" ".join(text)]).words), parse_query(" ".join(query))) is expected


# ---- the index mends itself


def test_whoever_dies_between_postings_and_entry_is_made_good(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An amendment, a publisher that dies half-way, the amendment taken back: found by what it says, and by nothing else."""
    made = a_note(world, "alpha")

    def says(text: str) -> None:
        world.clock.pass_(seconds=1)
        amend(world, viewer(), made.id, None, lambda asked: replace(asked, body=text))

    says("beta")
    fails_once(monkeypatch, search, "commit", Died())
    with pytest.raises(Died):
        index_communication(world, made.id)
    says("alpha")
    index_communication(world, made.id)
    assert (found(world, "alpha"), found(world, "beta")) == ([made.id], [])


def test_a_slow_publisher_does_not_overwrite_a_later_one(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    made = a_note(world, "alpha")

    def others() -> None:
        amend(world, viewer(), made.id, None, lambda asked: replace(asked, body="beta"))
        index_communication(world, made.id)

    overtaken(monkeypatch, world.search, "put", others)
    with pytest.raises(ConcurrentUpdate):
        index_communication(world, made.id, anew=True)
    assert (found(world, "alpha"), found(world, "beta")) == ([], [made.id])


def test_what_was_taken_away_is_not_brought_back(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    made = a_note(world, "alpha")

    def others() -> None:
        delete(world, viewer(), made.id)
        index_communication(world, made.id)

    overtaken(monkeypatch, world.search, "put", others)
    with pytest.raises(ConcurrentUpdate):
        index_communication(world, made.id, anew=True)
    assert [number for _, number in world.search.counts(["2026-11"])] == [0]


def test_two_who_make_the_index_anew_at_once_correct_the_numbers_once(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = a_note(world, "alpha")
    SearchItem(f"e#{made.id}", "entry").update(actions=[SearchItem.counted.remove()])
    before = [number for _, number in world.search.counts(["2026-11"])]

    overtaken(monkeypatch, world.search, "put", lambda: index_communication(world, made.id, anew=True))
    reindex(world, Month(2026, 11), None)
    assert [number for _, number in world.search.counts(["2026-11"])] == [before[0] + 1]


def test_a_page_that_would_take_too_long_is_cut_and_gone_on_with(world: WorldForTests) -> None:
    made = [a_note(world, "alpha") for _ in range(3)]
    for one in made:
        SearchItem("w#alp", f"alpha#{one.id}").delete()
    on = reindex(world, Month(2026, 11), None, budget=timedelta(0))
    assert on == (Month(2026, 11), made[2].id)
    assert found(world, "alpha") == [made[2].id]
    while on:
        on = reindex(world, *on, at_most=1, budget=timedelta(0))
    assert found(world, "alpha") == [one.id for one in reversed(made)]


def test_a_missing_posting_is_made_again(world: WorldForTests) -> None:
    made = a_note(world, "alpha")
    SearchItem("w#alp", f"alpha#{made.id}").delete()
    assert found(world, "alpha") == []
    reindex(world, Month(2026, 11), None)
    assert found(world, "alpha") == [made.id]


def test_a_word_whose_count_could_not_be_kept_is_known_after_the_next_try(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_once(monkeypatch, search, "put_all", RuntimeError("throttled"))
    with pytest.raises(RuntimeError):
        a_note(world, "alpha")
    [entry] = world.communications.page(Index.FEED, "2026-11#0", above="com_", below="com_~", limit=5).items
    index_communication(world, entry.id)
    assert found(world, "alpha") == [entry.id]


def test_every_page_of_a_search_gets_on(world: WorldForTests) -> None:
    """A beginning that many words share leads nowhere: the lists lead, month by month, and each page is looked at."""
    party = a_party(world)
    for month in range(1, 11):
        record = RecordRequest(channel=Channel.NOTE, party_id=party.id, body=" ".join(f"com{n}" for n in range(9)))
        at = datetime(2026, month, 3, tzinfo=UTC)
        index_communication(
            world, log_communication(world, viewer(), replace(record, channel=Channel.PHONE, occurred_at=at))[0].id
        )
    seen, after = 0, None
    for _ in range(30):
        page = list_communications(world, viewer(), Filters(words="com"), limit=50, after=after)
        seen += len(page.items)
        assert page.after != after
        after = page.after
        if after is None:
            break
    assert seen == 10


@pytest.mark.parametrize(
    ("text", "q"),
    [
        ("S\u00f8rensen", "sorensen"),
        ("\u0141ukasz", "lukasz"),
        ("Acme\u2122", "acme"),
        ("pay\u00adment", "payment"),
        ("1,250.00", "1250.00"),
        ("O\u2019Brien", "obrien"),
        ("O'Brien", "o'brien"),
        ("e-mail", "email"),
        ("thank you", "thank you"),
        ("a statement from them", "statement from"),
    ],
)
def test_words_are_found_as_people_type_them(world: WorldForTests, text: str, q: str) -> None:
    assert found(world, q) == []
    made = a_note(world, text)
    assert found(world, q) == [made.id]


@pytest.mark.parametrize("q", ["+447700900127", "+44 7700 900127", "07700 900127", "(07700) 900-127", "0770090"])
def test_a_telephone_number_is_found_however_it_is_written(world: WorldForTests, q: str) -> None:
    made = send(world, an_sms(a_party(world)))
    index_communication(world, made.id)
    assert found(world, q) == [made.id]


def test_two_common_words_that_never_meet_cost_ten_requests_a_page(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letterbook.use_cases.reading.search.TOGETHER", 5)
    party = a_party(world)
    for n in range(60):
        a_note(world, "alpha" if n % 2 else "beta", party_id=party.id)
    after, pages = None, []
    while True:
        with Requests() as asked:
            page = list_communications(world, viewer(), Filters(words="alpha beta"), limit=50, after=after)
        pages.append(len(asked.names))
        assert not page.items
        if page.after is None:
            break
        assert page.after != after
        after = page.after
    assert len(pages) > 1
    assert max(pages) <= 10
