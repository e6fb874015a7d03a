"""What becomes of two records of one party: laws of preferences, grants and addresses."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, strategies as st

from letterbook.domain.access import Grant, Ownership
from letterbook.domain.addresses import Holder, Holders
from letterbook.domain.merge import grant_changes, holders_after, owned_after, plan, stricter
from letterbook.domain.party import Hold, HoldKind, Lifted, OptOut, OptOutSource, PartyKind, Preferences
from letterbook.domain.protection import weakenings
from tests.support.builders import NOW, party

TODAY = date(2026, 11, 20)
DAYS = st.integers(-40, 400).map(lambda days: TODAY + timedelta(days=days))
MOMENTS = st.integers(0, 10**6).map(lambda seconds: NOW + timedelta(seconds=seconds))
CHANNELS = st.sampled_from(["email", "sms", "post"])
CATEGORIES = st.sampled_from(["invoice", "reminder"])
PREFERENCES = st.builds(
    Preferences,
    preferred=st.none() | CHANNELS,
    opt_outs=st.lists(
        st.builds(
            OptOut,
            channel=CHANNELS,
            category=st.none() | CATEGORIES,
            source=st.sampled_from(OptOutSource),
            at=MOMENTS,
        ),
        max_size=4,
        unique_by=lambda one: one.wish,
    ).map(tuple),
    skip=st.lists(CATEGORIES, unique=True).map(tuple),
    hold=st.none()
    | st.builds(Hold, kind=st.sampled_from(HoldKind), until=st.none() | DAYS, reason=st.sampled_from(["", "Letter"])),
    lifted=st.lists(
        st.builds(Lifted, channel=CHANNELS, at=MOMENTS, source=st.none() | st.sampled_from(OptOutSource)),
        max_size=3,
        unique_by=lambda one: one.of,
    ).map(tuple),
)


@given(PREFERENCES, PREFERENCES)
def test_nothing_that_protects_either_is_lost(own: Preferences, other: Preferences) -> None:
    after = stricter(own, other, TODAY)
    for before in (own, other):
        lost = [one for one in weakenings(before, after, TODAY) if not one.field.endswith("source")]
        assert lost == []
        assert {*before.skip} <= {*after.skip}


@given(PREFERENCES, PREFERENCES)
def test_nothing_is_made_up(own: Preferences, other: Preferences) -> None:
    after = stricter(own, other, TODAY)
    assert {one.wish for one in after.opt_outs} == {one.wish for one in (*own.opt_outs, *other.opt_outs)}
    assert {*after.skip} == {*own.skip, *other.skip}
    assert after.preferred == (own.preferred or other.preferred)
    assert (after.hold is None) is (own.hold is None and other.hold is None)


@given(PREFERENCES, PREFERENCES)
def test_what_is_stricter_already_stays_as_it_is(own: Preferences, other: Preferences) -> None:
    once = stricter(own, other, TODAY)
    assert stricter(once, Preferences(), TODAY).opt_outs == once.opt_outs
    assert stricter(once, Preferences(), TODAY).hold == once.hold


def test_both_reasons_of_a_hold_are_kept() -> None:
    solicitor = Hold(kind=HoldKind.SOLICITOR, reason="Letter of 3 May")
    space = Hold(kind=HoldKind.BREATHING_SPACE, until=date(2027, 1, 1))
    after = stricter(Preferences(hold=space), Preferences(hold=solicitor), TODAY).hold
    assert after == Hold(kind=HoldKind.SOLICITOR, reason="Letter of 3 May; also breathing space until 2027-01-01")


def test_a_hold_that_is_over_gives_way() -> None:
    over = Hold(kind=HoldKind.DISPUTE, until=date(2026, 1, 1))
    stands = Hold(kind=HoldKind.SOLICITOR)
    assert stricter(Preferences(hold=over), Preferences(hold=stands), TODAY).hold == stands
    assert stricter(Preferences(hold=stands), Preferences(hold=over), TODAY).hold == stands


GRANTS = st.lists(
    st.builds(
        Grant,
        user=st.sampled_from(["ann", "ben", "eva"]),
        party_id=st.sampled_from(["gone", "into", "other"]),
        restricted=st.booleans(),
    ),
    unique_by=lambda one: (one.user, one.party_id),
)


@given(GRANTS, st.booleans())
def test_nobody_sees_more_unless_that_is_said(grants: list[Grant], keep: bool) -> None:
    changes = grant_changes(grants, "gone", "into", keep=keep)
    taken = {(one.user, one.party_id) for one in changes.ended}
    after = {(one.user, one.party_id): one for one in grants if (one.user, one.party_id) not in taken}
    after |= {(one.user, one.party_id): one for one in changes.kept}
    held = {(one.user, one.party_id): one for one in grants}
    for user in ("ann", "ben", "eva"):
        both = [held.get((user, of)) for of in ("gone", "into")]
        sees = after.get((user, "into"))
        assert (sees is not None) is (all(both) or (keep and any(both)))
        assert not (sees and sees.restricted) or all(one and one.restricted for one in both)
        assert after.get((user, "other")) == held.get((user, "other"))


@given(GRANTS)
def test_who_is_affected_is_named(grants: list[Grant]) -> None:
    changes = grant_changes(grants, "gone", "into", keep=False)
    assert {one.user for one in (*changes.ended, *changes.kept)} <= {*changes.narrower}


HOLDERS = st.lists(
    st.builds(
        Holder,
        party_id=st.sampled_from(["gone", "into", "other"]),
        contact_id=st.none() | st.sampled_from(["con_1", "con_2"]),
        since=st.just(datetime(2026, 1, 1, tzinfo=UTC)),
    ),
    unique_by=lambda one: (one.party_id, one.contact_id),
).map(lambda all_: Holders(address="a@b.example", all=tuple(all_)))


@given(HOLDERS)
def test_who_had_an_address_first_has_it_first(holders: Holders) -> None:
    after = holders_after(holders, "gone", "into")
    assert "gone" not in after.parties
    assert after.parties == tuple(dict.fromkeys("into" if one == "gone" else one for one in holders.parties))
    assert holders_after(after, "gone", "into") == after


def test_what_belongs_to_others_stays_theirs() -> None:
    owned = Ownership(party_id="bank", client_id="gone", case_id="cas_1", restricted=True, candidates=("gone", "x"))
    assert owned_after(owned, "gone", "into") == Ownership(
        party_id="bank", client_id="into", case_id="cas_1", restricted=True, candidates=("into", "x")
    )


def test_the_record_that_remains_says_what_it_said_and_fills_its_gaps() -> None:
    gone = party(id="pty_1", name="P. Raman", email="p@work.example", mobile="+447700900555", account_number="A-1")
    into = party(PartyKind.CLIENT, id="pty_2", name="Priya Raman", email="priya@home.example", mobile=None)
    made = plan(gone, into, (Preferences(), Preferences()), TODAY)
    after = made.into_after
    assert (after.name, after.email, after.mobile) == ("Priya Raman", "priya@home.example", "+447700900555")
    assert made.contact is not None
    assert (made.contact.name, made.contact.email, made.contact.mobile) == ("P. Raman", "p@work.example", None)
    assert made.gone_after.merged_into == "pty_2"
    none_left = plan(
        gone, party(id="pty_3", email="P@Work.example", mobile=None), (Preferences(), Preferences()), TODAY
    )
    assert none_left.contact is None
