"""Texts that would cost too much are refused at once, with their field, and nothing is written of them."""

from typing import Any

import pytest

from letterbook.contracts.answers import MAX_ANSWER_BYTES, handed_over
from tests.cloud import WorldForTests, rows
from tests.contract.asking import ADMIN, TEMPLATE, created, email

MADE_TO_COST = {
    "emphasis": "*" * 300 + "a" + "*" * 300,
    "brackets": "[" * 100_000,
    "quotes": "> " * 500 + "a",
}


@pytest.mark.parametrize("body", MADE_TO_COST.values(), ids=MADE_TO_COST)
@pytest.mark.parametrize("path", ["/v1/communications", "/v1/communications/preview"])
def test_a_body_that_is_made_to_cost_is_unacceptable(party: Any, path: str, body: str) -> None:
    answer = ADMIN.post(path, email(party, body=body))
    assert (answer.status, answer.places) == (422, [("body", "too_complex")])
    assert rows("communications") == 0


def test_a_template_times_its_values_is_refused_by_the_value(party: Any) -> None:
    wordy = {**TEMPLATE, "body": "{{ what }} " * 1_000}
    assert ADMIN.put("/v1/templates/wordy", wordy).status in (200, 201)
    use = {"key": "wordy", "variables": {"what": "a" * 9_000}}
    message = {"channel": "email", "party_id": party["id"], "template": use}
    for path in ("/v1/communications", "/v1/communications/preview"):
        answer = ADMIN.post(path, message)
        assert answer.status in (413, 422), answer.text
        assert answer.places == [("template.variables.what", "too_large")]
    assert rows("communications") == 0


@pytest.mark.parametrize("body", MADE_TO_COST.values(), ids=MADE_TO_COST)
def test_a_template_that_is_made_to_cost_is_not_kept(world: WorldForTests, body: str) -> None:
    answer = ADMIN.put("/v1/templates/costly", {**TEMPLATE, "body": body, "subject": "Hello", "variables": []})
    assert answer.status in (413, 422), answer.text
    assert ADMIN.get("/v1/templates/costly").status == 404


def test_a_body_of_json_in_json_in_json_is_the_senders_to_mend(world: WorldForTests) -> None:
    deep = '{"a":' * 100_000 + "1" + "}" * 100_000
    answer = ADMIN.ask("POST", "/v1/communications", raw=deep)
    assert 400 <= answer.status < 500


def test_no_answer_is_larger_than_lambda_hands_over(party: Any) -> None:
    """Quotation marks are written with more bytes in JSON, and once more where the JSON is a string."""
    note = {"channel": "note", "party_id": party["id"], "body": '"' * 200_000}
    made = created(ADMIN.post("/v1/communications", note))
    answer = ADMIN.get(f"/v1/communications/{made['id']}")
    assert answer.status == 200
    assert handed_over(answer.text) <= MAX_ANSWER_BYTES


@pytest.mark.parametrize("name", ["\u200b\u202e", "\u3164"])
def test_a_name_of_nothing_that_is_seen_is_no_name(world: WorldForTests, name: str) -> None:
    answer = ADMIN.post("/v1/parties", {"kind": "client", "name": name})
    assert answer.status == 422
    assert answer.places[0][0] == "name"


def test_a_file_is_called_what_is_seen_of_its_name(party: Any) -> None:
    told = {"name": "invoice\u202efdp.exe", "media_type": "text/plain", "bytes": 1, "party_id": party["id"]}
    created(ADMIN.post("/v1/documents", told))
    [listed] = ADMIN.get("/v1/documents", party_id=party["id"]).json["items"]
    assert listed["name"] == "invoicefdp.exe"
