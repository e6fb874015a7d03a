"""Who may make one of two records, who sees what afterwards, and what becomes of it when somebody dies on the way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from letterbook.domain.access import Grant
from letterbook.domain.communication import Communication
from letterbook.domain.errors import Conflict, Forbidden, Invalid, NotFound, PartyMerged
from letterbook.domain.party import Hold, HoldKind, PartyKind
from letterbook.ports import ActivityScope
from letterbook.use_cases.delivery.sweep import sweep
from letterbook.use_cases.directory.carry_over import carry_over
from letterbook.use_cases.directory.documents import list_documents
from letterbook.use_cases.directory.merge_parties import merging_into, preview_merge
from letterbook.use_cases.directory.parties import (
    set_preferences,
)
from letterbook.use_cases.support.access import visible_party
from tests.support import builders
from tests.support.at_once import at_once
from tests.support.aws import WorldForTests
from tests.support.builders import agent, mail, viewer
from tests.support.failing import Died, fails_once, overtaken
from tests.support.merging import a_todo, later, listed, merged, two
from tests.support.steps import (
    a_case,
    a_contact,
    a_document,
    a_party,
    a_thread,
    an_email,
    carry_out_orders,
    come_in,
    send,
    standing,
)

# Who may, and who sees.


def test_who_was_granted_both_may_merge_them(world: WorldForTests) -> None:
    gone, into = two(world)
    assert merged(world, gone, into, agent(gone, into)).id == into.id


def test_who_sees_one_alone_may_not(world: WorldForTests) -> None:
    gone, into = two(world)
    with pytest.raises(Invalid):
        merged(world, gone, into, agent(gone))
    with pytest.raises(NotFound):
        merged(world, gone, into, agent(into))
    with pytest.raises(Forbidden):
        merged(world, gone, into, viewer("auditor"))
    assert visible_party(world, viewer(), gone.id)


def test_an_agent_does_not_decide_what_others_see(world: WorldForTests) -> None:
    gone, into = two(world)
    world.grants.save(Grant(user="user-3", party_id=into.id), builders.deed(into.id))
    with pytest.raises(Forbidden):
        merged(world, gone, into, agent(gone, into))
    assert merged(world, gone, into, viewer("lead")).id == into.id


def test_an_agent_does_not_change_cases_of_others(world: WorldForTests) -> None:
    gone, into = two(world)
    case = a_case(world, gone)
    with pytest.raises(Forbidden):
        merged(world, gone, into, agent(gone, into))
    assert merged(world, gone, into, agent(gone, into, cases=(case,))).id == into.id


def test_nobody_sees_more_than_before(world: WorldForTests) -> None:
    gone, into = two(world)
    for user, party, restricted in (
        ("only-gone", gone, False),
        ("only-into", into, True),
        ("both", gone, True),
        ("both", into, False),
        ("restricted", gone, True),
        ("restricted", into, True),
    ):
        world.grants.save(
            Grant(user=user, party_id=party.id, restricted=restricted), builders.deed(party.id, party_id=party.id)
        )
    merged(world, gone, into)
    later(world)
    assert {(one.user, one.party_id, one.restricted) for one in world.grants.of_user(None)} == {
        ("both", into.id, False),
        ("restricted", into.id, True),
    }


def test_who_gives_grants_may_open_the_whole_to_who_saw_a_part(world: WorldForTests) -> None:
    gone, into = two(world)
    world.grants.save(Grant(user="only-gone", party_id=gone.id, restricted=True), builders.deed(gone.id))
    merged(world, gone, into, viewer("lead"), keep_grants=True)
    later(world)
    assert {(one.user, one.party_id, one.restricted) for one in world.grants.of_user(None)} == {
        ("only-gone", into.id, False)
    }


def test_what_is_restricted_stays_restricted(world: WorldForTests) -> None:
    gone, into = two(world)
    kept = send(world, an_email(gone, restricted=True))
    merged(world, gone, into)
    assert standing(world, kept).entry.restricted
    assert listed(world, into, agent(into)) == set()


# What cannot be merged.


def test_a_record_is_not_merged_into_itself(world: WorldForTests) -> None:
    party = a_party(world)
    with pytest.raises(Invalid) as told:
        merged(world, party, party)
    assert told.value.faults[0].code == "same_party"


def test_only_two_of_a_kind_are_merged(world: WorldForTests) -> None:
    party, bank = a_party(world), a_party(world, PartyKind.CREDITOR, name="Bank", email="team@bank.example")
    with pytest.raises(Invalid) as told:
        merged(world, party, bank)
    assert told.value.faults[0].code == "other_kind"


def test_said_again_it_is_the_same(world: WorldForTests) -> None:
    gone, into = two(world)
    once = merged(world, gone, into)
    assert merged(world, gone, into) == once
    assert len([one for one in world.communications.activity(ActivityScope(party_id=into.id), after=None, limit=50).items
                if one.row.event == "party merged"]) == 1  # fmt: skip


def test_a_circle_is_no_merge(world: WorldForTests) -> None:
    gone, into = two(world)
    merged(world, gone, into)
    with pytest.raises(Invalid):
        merged(world, into, gone)
    other = a_party(world, name="Other", email="other@home.example")
    with pytest.raises(PartyMerged):
        merged(world, gone, other)


def test_a_chain_of_merges_ends_at_the_last(world: WorldForTests) -> None:
    gone, into = two(world)
    last = a_party(world, name="Priya R", email="priya@third.example")
    sent = send(world, an_email(gone))
    merged(world, gone, into)
    merged(world, into, last)
    assert standing(world, sent).entry.party.id == last.id
    with pytest.raises(PartyMerged) as told:
        visible_party(world, viewer(), gone.id)
    assert told.value.into == last.id
    fourth = a_party(world, name="P R", email="pr@fourth.example")
    assert merged(world, fourth, gone).id == last.id


def test_both_sides_of_a_case_are_not_one(world: WorldForTests) -> None:
    gone, into = two(world)
    a_case(world, gone, creditors=(into,))
    with pytest.raises(Conflict) as told:
        merged(world, gone, into)
    assert told.value.code == "on_both_sides"


def test_two_who_merge_at_once_make_one_merge(world: WorldForTests) -> None:
    gone, into = two(world)
    send(world, an_email(gone))
    send(world, an_email(into))
    pairs = [(gone, into), (into, gone)]
    at_once(2, lambda which: merged(world, *pairs[which]))
    records = [world.parties.get(one.id) for one in (gone, into)]
    remaining = [one for one in records if one and one.merged_into is None]
    assert len(remaining) == 1
    later(world)
    assert len(listed(world, remaining[0])) == 2


# Whoever dies on the way.


@pytest.mark.parametrize(
    ("port", "name"),
    [
        ("merges", "begin"),
        ("merges", "look_again"),
        ("merges", "move_contact"),
        ("cases", "save"),
        ("merges", "move_document"),
        ("threads", "save"),
        ("communications", "commit"),
        ("todos", "save"),
        ("merges", "move_activity"),
    ],
)
@pytest.mark.parametrize("again", [True, False])
def test_who_dies_on_the_way_goes_on(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, port: str, name: str, again: bool
) -> None:
    gone, into = two(world)
    a_case(world, gone)
    a_contact(world, gone)
    document = a_document(world, party_id=gone.id)
    thread = a_thread(world, gone)
    a_todo(world, gone)
    sent = [send(world, an_email(gone, thread_id=thread.id)).id for _ in range(3)]
    fails_once(monkeypatch, getattr(world, port), name, Died())
    with pytest.raises(Died):
        merged(world, gone, into)
    if again or name == "begin":
        merged(world, gone, into)
    else:
        world.clock.pass_(minutes=3)
        sweep(world)
        carry_out_orders(world)
    assert listed(world, into) == {*sent}
    documents = list_documents(world, viewer(), party_id=into.id, case_id=None, limit=9, after=None).items
    assert [one.id for one in documents] == [document.id]
    assert not merging_into(world, viewer(), into.id)
    moved = world.threads.get(thread.id)
    assert moved is not None
    assert (moved.party_id, moved.messages) == (into.id, 3)


def test_what_takes_long_is_said_and_done_by_the_queue(world: WorldForTests) -> None:
    gone, into = two(world)
    sent = {send(world, an_email(gone)).id for _ in range(3)}
    merged(world, gone, into)
    merge = world.merges.get(gone.id)
    assert merge is not None
    assert not carry_over(world, merge, timedelta(0))
    assert merging_into(world, viewer(), into.id) == [gone.id]
    world.clock.pass_(seconds=1)
    sweep(world)
    carry_out_orders(world)
    assert not merging_into(world, viewer(), into.id)
    assert listed(world, into) == sent


def test_what_was_written_by_who_had_read_the_old_record_comes_after(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, into = two(world)
    overtaken(monkeypatch, world.communications, "commit", lambda: merged(world, gone, into))
    late = send(world, an_email(gone))
    assert standing(world, late).entry.party.id == gone.id
    later(world)
    assert standing(world, late).entry.party.id == into.id
    assert world.merges.unfinished() == []


def test_wishes_that_are_told_while_it_is_merged_are_kept(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, into = two(world)
    overtaken(monkeypatch, world.parties, "save_preferences", lambda: merged(world, gone, into))
    set_preferences(world, viewer(), gone.id, None, lambda one: replace(one, hold=Hold(kind=HoldKind.SOLICITOR)))
    later(world)
    held = world.parties.preferences(into.id).hold
    assert held is not None
    assert held.kind is HoldKind.SOLICITOR


def test_a_preview_says_what_would_happen_and_does_nothing(world: WorldForTests) -> None:
    gone, into = two(world)
    send(world, an_email(gone))
    found = preview_merge(world, viewer(), gone.id, into.id)
    assert (found.gone.entries, found.into.entries, found.plan.contact is not None) == (1, 0, True)
    assert world.parties.get(gone.id) == gone


def test_what_is_sent_written_and_wished_at_the_same_moment_is_all_there(world: WorldForTests) -> None:
    gone, into = two(world)
    before = send(world, an_email(gone)).id
    deeds: list[Callable[[], Any]] = [
        lambda: merged(world, gone, into),
        lambda: send(world, an_email(gone)),
        lambda: send(world, an_email(into)),
        lambda: come_in(world, mail(From="p.raman@work.example")),
        lambda: set_preferences(world, viewer(), gone.id, None, lambda one: replace(one, skip=("invoice",))),
        lambda: a_contact(world, gone),
    ]
    done = at_once(len(deeds), lambda which: deeds[which]())
    later(world)
    assert all(isinstance(one, PartyMerged) for one in done if isinstance(one, Exception)), done
    made = {one.id for one in done if isinstance(one, Communication)}
    assert len(made) == 3
    assert listed(world, into) == {before, *made}
    assert world.parties.contacts(gone.id) == []
    wished = not isinstance(done[4], Exception)
    assert world.parties.preferences(into.id).skip == (("invoice",) if wished else ())
    assert world.merges.unfinished() == []
