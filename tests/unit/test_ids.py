"""Ids are ULIDs that sort by the time they carry (checked against python-ulid)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st
from ulid import ULID

from letterbook.domain.ids import Kind, first_id, is_id, last_id, new_id, of_uuid, time_of, uuid_of

moments = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
kinds = st.sampled_from(Kind)


@given(moments, kinds)
def test_an_id_is_a_ulid_of_its_moment(at: datetime, kind: Kind) -> None:
    made = new_id(kind, at)

    assert is_id(kind, made)
    assert time_of(made) == at
    assert ULID.from_str(made.removeprefix(f"{kind}_")).milliseconds == (
        at - datetime(1970, 1, 1, tzinfo=UTC)
    ) // timedelta(milliseconds=1)


@given(st.binary(min_size=16, max_size=16))
def test_any_ulid_is_read(bytes_: bytes) -> None:
    ulid = ULID(b"\x00\x00" + bytes_[2:])

    assert is_id(Kind.PARTY, f"pty_{ulid}")
    assert time_of(f"pty_{ulid}") == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ulid.milliseconds)


@given(moments, moments)
def test_ids_sort_by_their_moments(one: datetime, other: datetime) -> None:
    if one < other:
        assert new_id(Kind.COMMUNICATION, one) < new_id(Kind.COMMUNICATION, other)


@given(moments)
def test_all_ids_of_a_moment_lie_between_its_first_and_its_last(at: datetime) -> None:
    before = first_id(Kind.COMMUNICATION, at)
    after = last_id(Kind.COMMUNICATION, at)

    assert before < new_id(Kind.COMMUNICATION, at) < after
    assert after < first_id(Kind.COMMUNICATION, at + timedelta(milliseconds=1))


def test_an_id_that_was_made_up_beyond_the_calendar_has_its_last_moment() -> None:
    assert time_of(f"com_7{'Z' * 25}").year == 9999


def test_no_two_ids_are_the_same() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)

    assert len({new_id(Kind.CASE, at) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "value",
    [
        "pty_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "com_81ARZ3NDEKTSV4RRFFQ69G5FAV",
        "com_01ARZ3NDEKTSV4RRFFQ69G5FAU",
        "com_01arz3ndektsv4rrffq69g5fav",
        "com_01ARZ3NDEKTSV4RRFFQ69G5FA",
        "com_01ARZ3NDEKTSV4RRFFQ69G5FAVV",
        "com_01ARZ3NDEKTSV4RRFFQ69G5FAV\n",
        "com_",
        "",
    ],
)
def test_what_is_not_an_id_of_the_kind_is_none(value: str) -> None:
    assert not is_id(Kind.COMMUNICATION, value)


@given(moments, kinds)
def test_an_id_written_as_a_uuid_is_read_again_as_the_same(at: datetime, kind: Kind) -> None:
    made = new_id(kind, at)
    assert uuid_of(made) == str(ULID.from_str(made.partition("_")[2]).to_uuid())
    assert (of_uuid(kind, uuid_of(made)), of_uuid(kind, uuid_of(made).upper())) == (made, made)


@pytest.mark.parametrize(
    "value", ["", "x", "0" * 32, "{61b37456-5f9e-4d56-b63b-3b1a23fa5c73}", "com_01ARZ3NDEKTSV4RRFFQ69G5FAV"]
)
def test_what_is_no_uuid_is_no_id(value: str) -> None:
    assert of_uuid(Kind.COMMUNICATION, value) is None


@pytest.mark.parametrize("digit", [*"ILOUilou_+- ?a", "\u0663", "\uff11"])
def test_what_is_no_digit_of_ours_is_no_time(digit: str) -> None:
    """Python's own numbers have more of them."""
    with pytest.raises(ValueError, match="invalid literal"):
        time_of(f"com_01M7W6{digit}000{'0' * 16}")
