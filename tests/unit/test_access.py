"""Who sees what."""

from dataclasses import replace

import pytest

from letterbook.domain.access import Grant, Ownership, Permission, VisibleScope, permissions_of
from letterbook.domain.errors import Forbidden
from tests.support.builders import viewer

JOHN, BANK, OTHER = "pty_john", "pty_bank", "pty_other"
JOHNS, OTHERS = "cas_johns", "cas_others"

BANK_ABOUT_JOHN = Ownership(party_id=BANK, client_id=JOHN, case_id=JOHNS, restricted=False)
BANK_ABOUT_OTHER = Ownership(party_id=BANK, client_id=OTHER, case_id=OTHERS, restricted=False)
BANK_ABOUT_NOTHING = Ownership(party_id=BANK, client_id=None, case_id=None, restricted=False)
JOHN_HIMSELF = Ownership(party_id=JOHN, client_id=JOHN, case_id=None, restricted=False)


def sight(*grants: Grant) -> VisibleScope:
    return VisibleScope.of(grants)


@pytest.mark.parametrize(
    ("grant", "seen"),
    [
        (Grant(user="u", party_id=JOHN), {BANK_ABOUT_JOHN, JOHN_HIMSELF}),
        (Grant(user="u", case_id=JOHNS), {BANK_ABOUT_JOHN}),
        (Grant(user="u", party_id=BANK), {BANK_ABOUT_NOTHING}),
        (Grant(user="u", party_id=OTHER), {BANK_ABOUT_OTHER}),
    ],
)
def test_an_agent_sees_what_was_granted_and_no_other_case_of_a_creditor(grant: Grant, seen: set[Ownership]) -> None:
    agent = viewer("agent", sight=sight(grant))
    everything = {BANK_ABOUT_JOHN, BANK_ABOUT_OTHER, BANK_ABOUT_NOTHING, JOHN_HIMSELF}
    assert {one for one in everything if agent.sees(one)} == seen


def test_who_was_granted_nothing_sees_nothing() -> None:
    agent = viewer("agent", sight=VisibleScope())
    assert not any(agent.sees(one) for one in (BANK_ABOUT_JOHN, BANK_ABOUT_NOTHING, JOHN_HIMSELF))


RESTRICTED = Ownership(party_id=JOHN, client_id=JOHN, case_id=JOHNS, restricted=True)


@pytest.mark.parametrize(
    ("role", "grants", "seen"),
    [
        ("admin", None, True),
        ("auditor", None, True),
        ("lead", None, False),
        ("lead", [Grant(user="u", case_id=JOHNS, restricted=True)], True),
        ("lead", [Grant(user="u", case_id=JOHNS)], False),
        ("agent", [Grant(user="u", party_id=JOHN)], False),
        ("agent", [Grant(user="u", party_id=JOHN, restricted=True)], True),
        ("agent", [Grant(user="u", party_id=JOHN), Grant(user="u", case_id=JOHNS, restricted=True)], True),
        ("agent", [Grant(user="u", party_id=OTHER, restricted=True)], False),
    ],
)
def test_restricted_entries_need_the_right_or_a_grant(role: str, grants: list[Grant] | None, seen: bool) -> None:
    who = viewer(role, sight=sight(*grants or ()) if role == "agent" else None)
    who = replace(who, unrestricted=frozenset(one.target for one in grants or () if one.restricted))
    assert who.sees(RESTRICTED) is seen


def test_a_case_is_seen_with_the_parties_it_is_run_for() -> None:
    agent = viewer("agent", sight=sight(Grant(user="u", party_id=JOHN)))
    assert agent.sees_case(JOHNS, JOHN)
    assert not agent.sees_case(OTHERS, OTHER)


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("admin", set(Permission), set()),
        (
            "lead",
            {Permission.READ_ALL, Permission.URGENT, Permission.TEMPLATES, Permission.GRANTS},
            {Permission.READ_RESTRICTED, Permission.SETTINGS},
        ),
        (
            "agent",
            {Permission.READ, Permission.SEND, Permission.RESEND},
            {Permission.READ_ALL, Permission.URGENT, Permission.TEMPLATES, Permission.USERS},
        ),
        (
            "auditor",
            {Permission.READ_ALL, Permission.READ_RESTRICTED, Permission.READ_AUDIT},
            {Permission.SEND, Permission.RECORDS, Permission.SETTINGS},
        ),
        ("none", set(), set(Permission)),
    ],
)
def test_roles(role: str, may: set[Permission], may_not: set[Permission]) -> None:
    who = viewer(role)
    assert may <= who.rights
    assert not may_not & who.rights
    for right in may_not:
        with pytest.raises(Forbidden):
            who.require(right)


def test_several_groups_give_the_rights_of_all_and_the_name_of_the_first() -> None:
    role, rights = permissions_of(frozenset({"auditor", "agent", "visitors"}))
    assert role == "agent"
    assert {Permission.SEND, Permission.READ_RESTRICTED} <= rights
    assert permissions_of(frozenset({"visitors"})) == ("none", frozenset())
