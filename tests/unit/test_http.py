"""Problems and cursors."""

from typing import Any

import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from letterbook.contracts.communications import CommunicationBody
from letterbook.contracts.queries import CommunicationsQuery
from letterbook.domain.errors import CallerError, FieldError, Invalid, Malformed
from letterbook.http.cursors import decode, encode
from letterbook.http.problems import from_validation_error, problem

KEY = b"secret"
PARTY = "pty_01JD4QK8V3M2N7R5T9W1X3Y5Z7"


def refused(model: Any, raw: str) -> CallerError:
    with pytest.raises(ValidationError) as error:
        model.model_validate_json(raw)
    return from_validation_error(error.value)


def places(error: CallerError) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in error.faults]


BASE = f'"channel": "email", "party_id": "{PARTY}"'


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("{}", [("channel", "required"), ("party_id", "required")]),
        ("[]", [("", "wrong_type")]),
        ("null", [("", "wrong_type")]),
        (f'{{{BASE}, "stauts": 1}}', [("stauts", "unknown_field")]),
        (f'{{{BASE}, "channel": "fax"}}', [("channel", "not_one_of")]),
        (f'{{{BASE}, "restricted": "yes"}}', [("restricted", "wrong_type")]),
        (f'{{{BASE}, "to": [1]}}', [("to.0", "wrong_type")]),
        (f'{{{BASE}, "to": {{}}}}', [("to", "wrong_type")]),
        (f'{{{BASE}, "subject": "a\\r\\nBcc: x"}}', [("subject", "control_character")]),
        (f'{{{BASE}, "party_id": "cas_01JD4QK8V3M2N7R5T9W1X3Y5Z7"}}', [("party_id", "invalid_id")]),
        (f'{{{BASE}, "send_at": "2026-11-20T10:00:00"}}', [("send_at", "no_time_zone")]),
        (f'{{{BASE}, "send_at": "soon"}}', [("send_at", "invalid_time")]),
        (
            f'{{{BASE}, "template": {{"key": "k", "variables": {{"a b": "x"}}}}}}',
            [("template.variables.a b", "invalid_format")],
        ),
        (f'{{{BASE}, "template": {{"key": "k", "variables": {{"a": []}}}}}}', [("template.variables.a", "wrong_type")]),
        (
            f'{{{BASE}, "template": {{"key": "k", "variables": {{"a": NaN}}}}}}',
            [("template.variables.a", "wrong_type")],
        ),
        (f'{{{BASE}, "metadata": {{"a": 1}}}}', [("metadata.a", "wrong_type")]),
        (f'{{{BASE}, "from": ""}}', [("from", "too_short")]),
    ],
)
def test_what_pydantic_objects_to_has_our_fields_and_codes(raw: str, expected: list[tuple[str, str]]) -> None:
    error = refused(CommunicationBody, raw)
    assert isinstance(error, Invalid)
    assert places(error) == expected


@pytest.mark.parametrize("raw", ["", "{", "{'a': 1}", '{"subject": "\\ud800"}', "[" * 10_000])
def test_what_is_not_json_is_malformed(raw: str) -> None:
    error = refused(CommunicationBody, raw)
    assert isinstance(error, Malformed)
    assert places(error) == [("", "invalid_json")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"limit": ["0"]}, [("limit", "out_of_range")]),
        ({"limit": ["201"]}, [("limit", "out_of_range")]),
        ({"limit": ["many"]}, [("limit", "wrong_type")]),
        ({"limit": ["1", "2"]}, [("limit", "one_value")]),
        ({"stauts": ["failed"]}, [("stauts", "unknown_field")]),
        ({"status": ["failed,lost"]}, [("status.1", "not_one_of")]),
        ({"case_id": ["all"]}, [("case_id.0", "invalid_id")]),
        ({"from": ["yesterday"]}, [("from", "invalid_time")]),
        ({"from": ["2026-11-20T10:00:00"]}, [("from", "no_time_zone")]),
        ({"to": ["1066-10-14"]}, [("to", "out_of_range")]),
        ({"regarding": ["invoice"]}, [("regarding.0", "invalid_format")]),
    ],
)
def test_queries_are_checked(query: dict[str, list[str]], expected: list[tuple[str, str]]) -> None:
    with pytest.raises(ValidationError) as error:
        CommunicationsQuery.model_validate(query)
    assert places(from_validation_error(error.value)) == expected


def test_several_values_are_repeated_or_separated_by_commas() -> None:
    query = CommunicationsQuery.model_validate({"status": ["failed,sent", "queued"], "case_id": ["none"]})
    assert query.status == ("failed", "sent", "queued")
    assert query.filters().cases == ("none",)


def test_an_escaped_plus_and_one_that_was_not_are_the_same_time() -> None:
    one = CommunicationsQuery.model_validate({"from": ["2026-11-20T10:00:00+01:00"]})
    other = CommunicationsQuery.model_validate({"from": ["2026-11-20T10:00:00 01:00"]})
    assert one.from_ == other.from_


def test_a_problem() -> None:
    made = problem(Invalid("No.", FieldError("to.0", "invalid_email", "Bad."), code="bad_thing"))
    assert made.model_dump() == {
        "type": "/problems/bad-thing",
        "title": "The request is not acceptable",
        "status": 422,
        "detail": "No.",
        "code": "bad_thing",
        "errors": [{"field": "to.0", "code": "invalid_email", "message": "Bad."}],
        "draft": None,
        "communication_id": None,
    }


# ---- cursors


@given(st.text(), st.text(min_size=1))
def test_a_cursor_opens_where_it_was_sealed(scope: str, after: str) -> None:
    assert decode(KEY, scope, encode(KEY, scope, after)) == after


@given(st.text(alphabet="ABCabc123_-=+/ .é", max_size=80))
def test_no_other_cursor_opens(forged: str) -> None:
    with pytest.raises(Invalid) as refused_:
        decode(KEY, "list", forged)
    assert places(refused_.value) == [("cursor", "invalid_cursor")]


@pytest.mark.parametrize(("key", "scope"), [(b"another secret", "list"), (KEY, "another list")])
def test_a_cursor_of_another_list_does_not_open(key: bytes, scope: str) -> None:
    with pytest.raises(Invalid):
        decode(key, scope, encode(KEY, "list", "com_1"))


@given(st.data())
def test_a_changed_cursor_does_not_open(data: st.DataObject) -> None:
    good = encode(KEY, "list", "com_01JD4QK8V3M2N7R5T9W1X3Y5Z7")
    place = data.draw(st.integers(0, len(good) - 2))
    letter = data.draw(st.sampled_from("ABCDEFGHabcdefgh0123456789-_").filter(lambda one: one != good[place]))
    with pytest.raises(Invalid):
        decode(KEY, "list", good[:place] + letter + good[place + 1 :])
