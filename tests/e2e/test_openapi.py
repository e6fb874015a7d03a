"""Whatever anybody sends to any operation, the API does not fail on its own side, and answers as its own document says."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.firm import Firm
from tests.support.sam_template import ROOT

DOCUMENT = json.loads((ROOT / "functions/query/openapi.json").read_text())
OPERATIONS = {
    result.ok().definition.raw["operationId"]: result.ok()
    for result in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()
    if isinstance(result, Ok)
}
# Bounded: with good and with bad requests, about six hundred in all.
_EXAMPLES = 8
_CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def session(firm: Firm) -> Iterator[requests.Session]:
    """One connection for all requests."""
    with requests.Session() as made:
        made.headers["Authorization"] = f"Bearer {firm.admin.token}"
        yield made


def test_it_is_served_as_it_is(firm: Firm) -> None:
    assert firm.admin.get("/v1/openapi.json") == DOCUMENT


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_no_request_breaks_the_api(firm: Firm, session: requests.Session, name: str, mode: GenerationMode) -> None:
    @settings(
        max_examples=_EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(OPERATIONS[name].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.call_and_validate(base_url=firm.endpoints["api_url"], session=session, checks=_CHECKS)

    ask()
