"""What weakens a party's protection: looked at by what would be lost, however it is asked for."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.party import Hold, HoldKind, OptOut, OptOutSource, Preferences
from letterbook.domain.protection import weakenings
from tests.support.builders import NOW, later

TODAY = date(2026, 11, 20)
holds = st.none() | st.builds(
    Hold,
    kind=st.sampled_from(HoldKind),
    until=st.none() | st.integers(-3, 6).map(lambda days: TODAY + timedelta(days=days)),
    reason=st.sampled_from(["", "Moratorium"]),
)
opt_outs = st.lists(
    st.builds(
        OptOut,
        channel=st.sampled_from(["sms", "email"]),
        category=st.sampled_from([None, "invoice"]),
        source=st.sampled_from(OptOutSource),
        at=st.just(NOW),
    ),
    max_size=4,
).map(tuple)


def held(hold: Hold | None) -> set[int]:
    """The days from today on that are held, as far as it matters here."""
    return {day for day in range(10) if hold and not hold.is_over(TODAY + timedelta(days=day))}


@given(before=holds, after=holds)
def test_a_hold_is_weakened_where_a_day_is_lost(before: Hold | None, after: Hold | None) -> None:
    found = weakenings(Preferences(hold=before), Preferences(hold=after), TODAY)
    assert bool(found) is (not held(before) <= held(after))


@given(before=opt_outs, after=opt_outs)
def test_what_is_not_refused_lets_nothing_through_that_was_kept_out(
    before: tuple[OptOut, ...], after: tuple[OptOut, ...]
) -> None:
    if weakenings(Preferences(opt_outs=before), Preferences(opt_outs=after), TODAY):
        return
    assert {one.wish for one in before} <= {one.wish for one in after}
    added = [one for one in after if one.wish not in {other.wish for other in before}]
    assert {one.source for one in added} <= {OptOutSource.MANUAL}


@given(before=opt_outs, added=opt_outs)
def test_protection_is_added_by_anybody(before: tuple[OptOut, ...], added: tuple[OptOut, ...]) -> None:
    manual = tuple(OptOut(channel=one.channel, category=one.category, at=NOW) for one in added)
    after = Preferences(opt_outs=before).with_opt_outs((*before, *manual))
    assert weakenings(Preferences(opt_outs=before), after, TODAY) == []


@pytest.mark.parametrize("at", [later(days=-400), later(days=400)])
def test_one_that_stands_keeps_its_time_whatever_is_told(at: datetime) -> None:
    stop = OptOut(channel="sms", source=OptOutSource.STOP_KEYWORD, at=NOW)
    told = OptOut(channel="sms", source=OptOutSource.STOP_KEYWORD, at=at)
    assert Preferences(opt_outs=(stop,)).with_opt_outs([told]).opt_outs == (stop,)
